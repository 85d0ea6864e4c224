#include "text/format_number.h"

#include <float.h>
#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "text/parse_number.h"

/* d.ddd x 10^exponent */
struct digits {
  char text[24];
  int count;
  int exponent;
};

static void drop_trailing_zeros(struct digits *digits) {
  while (digits->count > 1 && digits->text[digits->count - 1] == '0') digits->count--;
}

/* The number below a power of two is nearer than the one above it. So the nearest decimal of some length may read back as that neighbour while
 * the next one up still reads back as the number. */
static bool is_power_of_two(double value) {
  int exponent;
  return frexp(value, &exponent) == 0.5;
}

/* ---- digits by arithmetic: floats of usual size ------------------------------------------------------------------------------ */

/* Powers of ten up to 10^22 are exact, and so the scaled value has one rounding. */
static double scaled(double value, int power) {
  static const double powers[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                  1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
  return power < 0 ? value / powers[-power] : value * powers[power];
}

static int decimal_exponent(double value) {
  int exponent = 0;
  while (value >= scaled(1, exponent + 1)) exponent++;
  while (value < scaled(1, exponent)) exponent--;
  return exponent;
}

static void digits_of_integer(uint64_t whole, int exponent_of_last, struct digits *digits) {
  digits->count = snprintf(digits->text, sizeof digits->text, "%" PRIu64, whole);
  digits->exponent = exponent_of_last + digits->count - 1;
}

/* Any decimal of 6 digits survives a trip through float, so the first count that can be enough is 6 with its zeros dropped. */
static bool digits_by_arithmetic(float value, struct digits *digits) {
  double exact = (double)value;
  if (exact < 1e-12 || exact >= 1e20 || is_power_of_two(exact)) return false;

  int exponent = decimal_exponent(exact);
  for (int count = FLT_DIG; count <= FLT_DECIMAL_DIG; count++) {
    int last = exponent - (count - 1);
    uint64_t whole = (uint64_t)(scaled(exact, -last) + 0.5);
    float back;
    if (!float_from_decimal(whole, last, &back)) return false;
    if (back == value) {
      digits_of_integer(whole, last, digits);
      drop_trailing_zeros(digits);
      return true;
    }
  }
  return false;
}

/* ---- digits by the C library: everything else ---------------------------------------------------------------------------------- */

static bool reads_back(const struct digits *digits, double value, bool is_float) {
  char text[NUMBER_TEXT_SIZE + 8];
  (void)snprintf(text, sizeof text, "%.*se%d", digits->count, digits->text, digits->exponent - (digits->count - 1));
  return is_float ? strtof(text, NULL) == (float)value : strtod(text, NULL) == value;
}

/* The nearest decimal of `count` digits. */
static void nearest_digits(double value, int count, struct digits *digits) {
  char text[NUMBER_TEXT_SIZE];
  (void)snprintf(text, sizeof text, "%.*e", count - 1, value);
  const char *exponent = strchr(text, 'e');
  digits->count = 0;
  for (const char *next = text; next < exponent; next++) {
    if (*next != '.') digits->text[digits->count++] = *next;
  }
  digits->exponent = (int)strtol(exponent + 1, NULL, 10);
}

/* The next decimal of as many digits. */
static void count_up(struct digits *digits) {
  int last = digits->count - 1;
  for (; last >= 0 && digits->text[last] == '9'; last--) digits->text[last] = '0';
  if (last >= 0) {
    digits->text[last]++;
    return;
  }
  digits->text[0] = '1'; /* 999 becomes 1000, of which one zero is dropped */
  digits->exponent++;
}

static void digits_by_library(double value, bool is_float, struct digits *digits) {
  /* Subnormal numbers have fewer digits than the type promises. */
  bool is_subnormal = value < (is_float ? (double)FLT_MIN : DBL_MIN);
  int count = is_subnormal ? 1 : is_float ? FLT_DIG : DBL_DIG;
  int most = is_float ? FLT_DECIMAL_DIG : DBL_DECIMAL_DIG;
  for (;; count++) {
    nearest_digits(value, count, digits);
    if (count == most || reads_back(digits, value, is_float)) break;
    if (!is_power_of_two(value)) continue;
    count_up(digits);
    if (reads_back(digits, value, is_float)) break;
  }
  drop_trailing_zeros(digits);
}

/* ---- layout ---------------------------------------------------------------------------------------------------------------------- */

static char *put(char *text, const char *bytes, int count) {
  memcpy(text, bytes, (size_t)count);
  return text + count;
}

static char *put_zeros(char *text, int count) {
  memset(text, '0', (size_t)count);
  return text + count;
}

static char *lay_out_plain(const struct digits *digits, char *text) {
  int whole = digits->exponent + 1; /* digits before the point */
  if (whole <= 0) {
    text = put_zeros(put(text, "0.", 2), -whole);
    return put(text, digits->text, digits->count);
  }
  if (whole >= digits->count) return put_zeros(put(text, digits->text, digits->count), whole - digits->count);
  text = put(put(text, digits->text, whole), ".", 1);
  return put(text, digits->text + whole, digits->count - whole);
}

static char *lay_out_scientific(const struct digits *digits, char *text) {
  text = put(text, digits->text, 1);
  if (digits->count > 1) text = put(put(text, ".", 1), digits->text + 1, digits->count - 1);
  return text + snprintf(text, 8, "e%d", digits->exponent);
}

static size_t format_magnitude(double value, bool is_float, char *text) {
  char *end = text;
  if (signbit(value) && !isnan(value)) {
    *end++ = '-';
    value = -value;
  }
  if (isnan(value) || isinf(value)) {
    end = put(end, isnan(value) ? "nan" : "inf", 3);
  } else if (value == 0) {
    *end++ = '0';
  } else {
    struct digits digits;
    if (!is_float || !digits_by_arithmetic((float)value, &digits)) digits_by_library(value, is_float, &digits);
    end = digits.exponent >= -5 && digits.exponent < 16 ? lay_out_plain(&digits, end) : lay_out_scientific(&digits, end);
  }
  *end = '\0';
  return (size_t)(end - text);
}

size_t format_float(float value, char *text) { return format_magnitude((double)value, true, text); }

size_t format_double(double value, char *text) { return format_magnitude(value, false, text); }

size_t format_integer(int64_t value, char *text) { return (size_t)snprintf(text, NUMBER_TEXT_SIZE, "%" PRId64, value); }
