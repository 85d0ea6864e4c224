/* Writing numbers: what is written reads back, and fewer digits would not. */
#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "random_bits.h"
#include "support/unit_test.h"
#include "text/format_number.h"

/* Digits of the number without the zeros around them. */
static int significant_digits(const char *text) {
  char digits[64];
  int count = 0;
  for (; *text && *text != 'e'; text++) {
    if (*text >= '0' && *text <= '9' && (count > 0 || *text != '0')) digits[count++] = *text;
  }
  while (count > 0 && digits[count - 1] == '0') count--;
  return count;
}

static int least_digits_of_float(float value) {
  char text[40];
  for (int count = 1; count < FLT_DECIMAL_DIG; count++) {
    snprintf(text, sizeof text, "%.*e", count - 1, (double)value);
    if (strtof(text, NULL) == value) return count;
  }
  return FLT_DECIMAL_DIG;
}

static int least_digits_of_double(double value) {
  char text[40];
  for (int count = 1; count < DBL_DECIMAL_DIG; count++) {
    snprintf(text, sizeof text, "%.*e", count - 1, value);
    if (strtod(text, NULL) == value) return count;
  }
  return DBL_DECIMAL_DIG;
}

static bool float_is_right(float value) {
  char text[NUMBER_TEXT_SIZE];
  size_t size = format_float(value, text);
  bool ok = size == strlen(text) && strtof(text, NULL) == value && significant_digits(text) <= least_digits_of_float(value);
  if (!ok) printf("\n    wrong: %.9g -> %s\n", (double)value, text);
  return ok;
}

static bool double_is_right(double value) {
  char text[NUMBER_TEXT_SIZE];
  size_t size = format_double(value, text);
  bool ok = size == strlen(text) && strtod(text, NULL) == value && significant_digits(text) <= least_digits_of_double(value);
  if (!ok) printf("\n    wrong: %.17g -> %s\n", value, text);
  return ok;
}

static void test_random_floats(void) {
  uint64_t state = 3;
  size_t wrong = 0;
  for (int i = 0; i < 200000; i++) {
    float any = float_of_bits((uint32_t)random_bits(&state));
    float probability = (float)(random_bits(&state) >> 40) / 16777216.0f;
    wrong += isfinite(any) && any != 0 && !float_is_right(any);
    wrong += probability != 0 && !float_is_right(probability);
  }
  CU_ASSERT_EQUAL(wrong, 0);
}

static void test_floats_at_the_edges(void) {
  size_t wrong = 0;
  for (uint32_t exponent = 0; exponent < 255; exponent++) {
    for (uint32_t mantissa = 0; mantissa < 3; mantissa++) {
      uint32_t bits = exponent << 23 | mantissa;
      wrong += bits != 0 && !float_is_right(float_of_bits(bits));
      wrong += bits != 0 && !float_is_right(float_of_bits(bits - 1)) && bits != 1;
    }
  }
  for (int power = -45; power <= 38; power++) {
    char text[16];
    snprintf(text, sizeof text, "1e%d", power);
    wrong += !float_is_right(strtof(text, NULL));
  }
  CU_ASSERT_EQUAL(wrong, 0);
}

static void test_random_doubles(void) {
  uint64_t state = 4;
  size_t wrong = 0;
  for (int i = 0; i < 50000; i++) {
    double any = double_of_bits(random_bits(&state));
    double usual = (double)(random_bits(&state) >> 11) * 0x1p-53;
    wrong += isfinite(any) && !double_is_right(any);
    wrong += !double_is_right(usual);
  }
  for (uint64_t exponent = 0; exponent < 2047; exponent++) wrong += exponent > 0 && !double_is_right(double_of_bits(exponent << 52));
  static const double edges[] = {4.9406564584124654e-324, 1e-310, DBL_MIN, DBL_MAX};
  for (size_t i = 0; i < sizeof edges / sizeof edges[0]; i++) wrong += !double_is_right(edges[i]);
  CU_ASSERT_EQUAL(wrong, 0);
}

static void check(const char *expected, double value, bool is_float) {
  char text[NUMBER_TEXT_SIZE];
  if (is_float)
    format_float((float)value, text);
  else
    format_double(value, text);
  CU_ASSERT_STRING_EQUAL(text, expected);
}

/* Where the nearest decimal of that length is not the answer; the texts are those of Python's repr() and of NumPy. */
static void test_powers_of_two(void) {
  static const struct {
    int power;
    const char *text;
  } doubles[] = {{-1017, "7.120236347223045e-307"},
                 {-957, "8.209073602596753e-289"},
                 {-921, "5.641232424577593e-278"},
                 {-791, "7.678447687145631e-239"}},
    floats[] = {{-96, "1.2621775e-29"}, {87, "1.5474251e26"}, {90, "1.2379401e27"}};
  char text[NUMBER_TEXT_SIZE];
  for (size_t i = 0; i < sizeof doubles / sizeof *doubles; i++) {
    format_double(ldexp(1, doubles[i].power), text);
    CU_ASSERT_STRING_EQUAL(text, doubles[i].text);
  }
  for (size_t i = 0; i < sizeof floats / sizeof *floats; i++) {
    format_float(ldexpf(1, floats[i].power), text);
    CU_ASSERT_STRING_EQUAL(text, floats[i].text);
  }
}

static void test_notation(void) {
  static const struct {
    const char *text;
    double value;
  } cases[] = {{"0", 0},
               {"5", 5},
               {"-5", -5},
               {"0.1", 0.1},
               {"0.25", 0.25},
               {"1.5", 1.5},
               {"100", 100},
               {"0.00001", 1e-5},
               {"9.9e-6", 9.9e-6},
               {"1e-6", 1e-6},
               {"1000000000000000", 1e15},
               {"1e16", 1e16},
               {"1.5e20", 1.5e20},
               {"1e-30", 1e-30}};
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    check(cases[i].text, cases[i].value, false);
    check(cases[i].text, cases[i].value, true);
  }
  for (int is_float = 0; is_float < 2; is_float++) {
    check("nan", (double)NAN, is_float);
    check("inf", HUGE_VAL, is_float);
    check("-inf", -HUGE_VAL, is_float);
    check("-0", -0.0, is_float);
  }
  check("0.1", (double)0.1f, true);
  check("0.10000000149011612", (double)0.1f, false);
  check("3.4028235e38", (double)FLT_MAX, true);
  check("1e-45", (double)float_of_bits(1), true);
  check("5e-324", double_of_bits(1), false);
  check("1.7976931348623157e308", DBL_MAX, false);
}

static void test_integers(void) {
  char text[NUMBER_TEXT_SIZE];
  CU_ASSERT_EQUAL(format_integer(INT64_MIN, text), 20);
  CU_ASSERT_STRING_EQUAL(text, "-9223372036854775808");
}

UNIT_TEST_MAIN(format_number, {"random floats", test_random_floats}, {"powers of two and ten", test_floats_at_the_edges},
               {"random doubles", test_random_doubles}, {"notation", test_notation}, {"powers of two", test_powers_of_two},
               {"integers", test_integers})
