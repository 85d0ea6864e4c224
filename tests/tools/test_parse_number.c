/* Reading numbers: against strtof and strtod, which round correctly, and the grammar by examples. */
#include <float.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "random_bits.h"
#include "support/unit_test.h"
#include "text/parse_number.h"
#include "text/scan_number.h"

static bool same_float(float a, float b) { return memcmp(&a, &b, sizeof a) == 0; }
static bool same_double(double a, double b) { return memcmp(&a, &b, sizeof a) == 0; }

static size_t scanned; /* numbers that scan_float() took */

/* What is scanned quickly is right, and not only a part of the number. */
static bool scan_agrees(const char *text, float expected_single, double expected_wide) {
  char padded[512] = "";
  snprintf(padded, sizeof padded - SCAN_PADDING, "%s", text);
  float single;
  double wide;
  const char *end = scan_float(padded, &single);
  bool ok = !end || (*end == '\0' && same_float(single, expected_single));
  scanned += end != NULL;
  end = scan_double(padded, &wide);
  return ok && (!end || (*end == '\0' && same_double(wide, expected_wide)));
}

/* True if both types are read as the C library reads them. */
static bool agrees(const char *text) {
  float single = -1;
  double wide = -1;
  enum number_result single_result = parse_float(text, &single);
  enum number_result wide_result = parse_double(text, &wide);
  float expected_single = strtof(text, NULL);
  double expected_wide = strtod(text, NULL);
  bool ok = single_result == (isinf(expected_single) ? NUMBER_OUT_OF_RANGE : NUMBER_OK) &&
            wide_result == (isinf(expected_wide) ? NUMBER_OUT_OF_RANGE : NUMBER_OK);
  ok = ok && (isinf(expected_single) || same_float(single, expected_single)) && (isinf(expected_wide) || same_double(wide, expected_wide));
  ok = ok && scan_agrees(text, expected_single, expected_wide);
  if (!ok) printf("\n    wrong: %s\n", text);
  return ok;
}

static void test_random_digits(void) {
  uint64_t state = 1;
  size_t wrong = 0;
  for (int i = 0; i < 400000; i++) {
    char text[80];
    uint64_t digits = random_bits(&state) >> (random_bits(&state) % 64);
    int exponent = (int)(random_bits(&state) % 81) - 55;
    const char *sign = random_bits(&state) % 2 ? "-" : "";
    if (i % 4 == 0)
      snprintf(text, sizeof text, "%s%" PRIu64 "e%d", sign, digits, exponent);
    else if (i % 4 == 1)
      snprintf(text, sizeof text, "%s0.%020" PRIu64 "%" PRIu64, sign, digits, random_bits(&state));
    else if (i % 4 == 2)
      snprintf(text, sizeof text, "%s%.18e", sign, (double)float_of_bits((uint32_t)digits & 0x7F7FFFFF));
    else
      snprintf(text, sizeof text, "%s%" PRIu64 ".%" PRIu64, sign, digits >> 32, random_bits(&state) >> 40);
    wrong += !agrees(text);
  }
  CU_ASSERT_EQUAL(wrong, 0);
  CU_ASSERT(scanned > 100000);
}

/* The exact middle of two floats, and a hair to either side: rounding first to double would get these wrong. */
static void test_halfway(void) {
  uint64_t state = 2;
  size_t wrong = 0;
  for (int i = 0; i < 100000; i++) {
    uint32_t bits = (uint32_t)random_bits(&state) & 0x7FFFFFFF;
    if (bits >= 0x7F7FFFFF) continue;
    double middle = ((double)float_of_bits(bits) + (double)float_of_bits(bits + 1)) / 2;
    char text[400];
    int size = snprintf(text, sizeof text - 1, "%.160e", middle);
    wrong += !agrees(text);
    char *exponent = strchr(text, 'e');
    memmove(exponent + 1, exponent, (size_t)(text + size - exponent) + 1);
    *exponent = '1';
    wrong += !agrees(text);
    snprintf(text, sizeof text, "%.17e", nextafter(middle, 0));
    wrong += !agrees(text);
  }
  CU_ASSERT_EQUAL(wrong, 0);
}

static void test_every_exponent_of_float(void) {
  size_t wrong = 0;
  for (uint64_t bits = 0; bits < 0x7F800000; bits += 9973) {
    char text[40];
    snprintf(text, sizeof text, "%.9g", (double)float_of_bits((uint32_t)bits));
    wrong += !agrees(text);
  }
  CU_ASSERT_EQUAL(wrong, 0);
}

static void test_hard_cases(void) {
  static const char *const texts[] = {"0",
                                      "-0",
                                      "0.0e99999",
                                      "1e-999",
                                      "-1e-999",
                                      "1e999",
                                      "-1e400",
                                      "1e99999999999999999999",
                                      "1e-99999999999999999999",
                                      "9007199254740993",
                                      "16777217",
                                      "16777217.000000000000000000000000000001",
                                      "3.4028235e38",
                                      "3.4028235677973366e38",
                                      "3.40282356779733661637e38",
                                      "3.402823e38",
                                      "3.5e38",
                                      "1e39",
                                      "1.401298464324817e-45",
                                      "7.006492321624085e-46",
                                      "7.006492321624086e-46",
                                      "1.1754943508222875e-38",
                                      "1.17549429e-38",
                                      "2.2250738585072011e-308",
                                      "4.9406564584124654e-324",
                                      "2.4703282292062328e-324",
                                      "1.7976931348623157e308",
                                      "1.7976931348623159e308",
                                      "0.1",
                                      ".5",
                                      "5.",
                                      "+1",
                                      "1E5",
                                      "1e+5",
                                      "00000000000000000000000000000000001.50",
                                      "100000000000000000000000000000000000000",
                                      "0.000000000000000000000000000000000000000000001"};
  for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) CU_ASSERT(agrees(texts[i]));
}

static void test_long_numbers(void) {
  enum { DIGITS = 5000 };
  char text[DIGITS + 16];
  memset(text, '3', DIGITS);
  text[DIGITS] = '\0';
  CU_ASSERT(agrees(text));
  snprintf(text + DIGITS, 16, "e-5000");
  CU_ASSERT(agrees(text));
  memset(text, '0', DIGITS);
  memcpy(text, "0.", 2);
  memcpy(text + DIGITS, "7e4999", 7);
  CU_ASSERT(agrees(text));
}

static void test_refused(void) {
  static const char *const texts[] = {"",    " ",  "+",    "-",    ".",     "e5",   "1e", "1e+", "0x1p3", "1_000", "1,5", "nan(abc)", "--1",
                                      "1 2", "1a", "inff", "nana", "1.2.3", "1e5.", "\t", "+-1", "- 1",   "١",     "1\n", "infinit",  "0b1"};
  float single;
  double wide;
  for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
    CU_ASSERT_EQUAL(parse_float(texts[i], &single), NUMBER_INVALID);
    CU_ASSERT_EQUAL(parse_double(texts[i], &wide), NUMBER_INVALID);
    char padded[64] = "";
    snprintf(padded, sizeof padded - SCAN_PADDING, "%s", texts[i]);
    const char *end = scan_float(padded, &single);
    CU_ASSERT(!end || *end != '\0' || padded[0] == '\0');
  }
}

static void test_special(void) {
  float value = 0;
  CU_ASSERT(parse_float(" inf ", &value) == NUMBER_OK && isinf(value) && value > 0);
  CU_ASSERT(parse_float("-Infinity", &value) == NUMBER_OK && isinf(value) && value < 0);
  CU_ASSERT(parse_float("NaN", &value) == NUMBER_OK && isnan(value));
  CU_ASSERT(parse_float("\t 1.5 \t", &value) == NUMBER_OK && value == 1.5f);
}

static void test_whole_numbers(void) {
  int64_t value = 0;
  CU_ASSERT(parse_int64("9223372036854775807", &value) == NUMBER_OK && value == INT64_MAX);
  CU_ASSERT(parse_int64(" -9223372036854775808 ", &value) == NUMBER_OK && value == INT64_MIN);
  CU_ASSERT(parse_int64("+7", &value) == NUMBER_OK && value == 7);
  CU_ASSERT_EQUAL(parse_int64("9223372036854775808", &value), NUMBER_OUT_OF_RANGE);
  CU_ASSERT_EQUAL(parse_int64("1.0", &value), NUMBER_INVALID);
  CU_ASSERT_EQUAL(parse_int64("1e3", &value), NUMBER_INVALID);
  CU_ASSERT_EQUAL(parse_int64("0x10", &value), NUMBER_INVALID);
  CU_ASSERT_EQUAL(parse_int64("", &value), NUMBER_INVALID);
}

static void test_scanned_whole_numbers(void) {
  static const char text[64 + SCAN_PADDING] = "-123456789012345678,9999999999999999999,1.5,";
  int64_t value = 0;
  const char *end = scan_int64(text, &value);
  CU_ASSERT(end && *end == ',' && value == INT64_C(-123456789012345678));
  CU_ASSERT_PTR_NULL(scan_int64(text + 20, &value)); /* 19 digits are left to parse_int64() */
  end = scan_int64(text + 40, &value);
  CU_ASSERT(end && *end == '.' && value == 1);
  CU_ASSERT_PTR_NULL(scan_int64(text + 43, &value));
}

static void test_truth_values(void) {
  bool value = false;
  CU_ASSERT(parse_bool("1", &value) == NUMBER_OK && value);
  CU_ASSERT(parse_bool(" False ", &value) == NUMBER_OK && !value);
  CU_ASSERT(parse_bool("TRUE", &value) == NUMBER_OK && value);
  CU_ASSERT_EQUAL(parse_bool("2", &value), NUMBER_INVALID);
  CU_ASSERT_EQUAL(parse_bool("", &value), NUMBER_INVALID);
  CU_ASSERT_EQUAL(parse_bool("yes", &value), NUMBER_INVALID);
}

UNIT_TEST_MAIN(parse_number, {"random digits", test_random_digits}, {"middles between floats", test_halfway},
               {"floats of every size", test_every_exponent_of_float}, {"hard cases", test_hard_cases}, {"5,000 digits", test_long_numbers},
               {"what is no number", test_refused}, {"inf, nan, blanks", test_special}, {"whole numbers", test_whole_numbers},
               {"whole numbers, quickly", test_scanned_whole_numbers},
               {"truth values", test_truth_values})
