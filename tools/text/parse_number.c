#include "text/parse_number.h"

#include <errno.h>
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* The command never calls setlocale(), so strtof() and strtod() read a point whatever LC_NUMERIC says. */

enum {
  KEPT_DIGITS = 19,         /* as many as always fit in 64 bits */
  LARGEST_EXPONENT = 100000 /* beyond it every type overflows or underflows */
};

/* A number as it is written: digits x 10^exponent. */
struct decimal {
  const char *text; /* its first character, the sign included */
  bool negative;
  bool is_special; /* inf or nan, then `special` is it */
  double special;
  uint64_t digits;
  int exponent;
  bool is_exact; /* no digit had to be left out */
};

/* The powers of ten that a double holds exactly. */
static const double powers_of_ten[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                       1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
enum { LARGEST_POWER = 22 };

static const char *skip_blanks(const char *text) {
  while (*text == ' ' || *text == '\t') text++;
  return text;
}

static bool is_digit(char character) { return character >= '0' && character <= '9'; }

/* Take the digits of one side of the point into account; returns how many characters they are. */
static size_t scan_digits(const char *text, struct decimal *decimal, int *kept, bool is_fraction) {
  size_t count = 0;
  for (; is_digit(text[count]); count++) {
    unsigned digit = (unsigned)(text[count] - '0');
    if (*kept < KEPT_DIGITS) {
      decimal->digits = decimal->digits * 10 + digit;
      *kept += decimal->digits != 0;
      decimal->exponent -= is_fraction;
    } else {
      decimal->exponent += !is_fraction;
      decimal->is_exact = decimal->is_exact && digit == 0;
    }
  }
  return count;
}

/* The exponent that follows 'e'; returns the end of it, or NULL. */
static const char *scan_exponent(const char *text, struct decimal *decimal) {
  bool negative = *text == '-';
  if (*text == '-' || *text == '+') text++;
  if (!is_digit(*text)) return NULL;

  int value = 0;
  for (; is_digit(*text); text++) {
    if (value < LARGEST_EXPONENT) value = value * 10 + (*text - '0');
  }
  decimal->exponent += negative ? -value : value;
  return text;
}

static bool scan_special(const char *text, const char *end, struct decimal *decimal) {
  static const struct {
    const char *name;
    double value;
  } specials[] = {{"inf", HUGE_VAL}, {"infinity", HUGE_VAL}, {"nan", (double)NAN}};

  for (size_t i = 0; i < sizeof specials / sizeof specials[0]; i++) {
    size_t size = strlen(specials[i].name);
    if ((size_t)(end - text) == size && strncasecmp(text, specials[i].name, size) == 0) {
      decimal->is_special = true;
      decimal->special = decimal->negative ? -specials[i].value : specials[i].value;
      return true;
    }
  }
  return false;
}

static const char *end_of_word(const char *text) {
  const char *end = text + strlen(text);
  while (end > text && (end[-1] == ' ' || end[-1] == '\t')) end--;
  return end;
}

static bool scan_decimal(const char *text, struct decimal *decimal) {
  *decimal = (struct decimal){.text = skip_blanks(text), .is_exact = true};
  const char *next = decimal->text;
  decimal->negative = *next == '-';
  if (*next == '-' || *next == '+') next++;
  if (!is_digit(*next) && *next != '.') return scan_special(next, end_of_word(next), decimal);

  int kept = 0;
  size_t whole = scan_digits(next, decimal, &kept, false);
  next += whole;
  size_t fraction = 0;
  if (*next == '.') {
    fraction = scan_digits(next + 1, decimal, &kept, true);
    next += fraction + 1;
  }
  if (whole + fraction == 0) return false;
  if (*next == 'e' || *next == 'E') next = scan_exponent(next + 1, decimal);
  return next && *skip_blanks(next) == '\0';
}

/* digits x 10^exponent with an error below 2 units in the last place, and none when both numbers are exact doubles. */
static double scale(uint64_t digits, int exponent) {
  return exponent < 0 ? (double)digits / powers_of_ten[-exponent] : (double)digits * powers_of_ten[exponent];
}

bool float_from_decimal(uint64_t digits, int exponent, float *value) {
  if (exponent < -LARGEST_POWER || exponent > LARGEST_POWER) return false;
  double near = scale(digits, exponent);
  if (near >= (double)FLT_MAX) return false;

  /* A double has 29 bits more than a float. Unless they are close to the middle between two floats, a small error of `near` cannot
   * change which float is nearest. Results this large or zero are normal floats. */
  uint64_t bits;
  memcpy(&bits, &near, sizeof bits);
  int64_t from_middle = (int64_t)(bits & 0x1FFFFFFF) - 0x10000000;
  if (from_middle >= -4 && from_middle <= 4) return false;
  *value = (float)near;
  return true;
}

bool double_from_decimal(uint64_t digits, int exponent, double *value) {
  if (digits > UINT64_C(1) << 53 || exponent < -LARGEST_POWER || exponent > LARGEST_POWER) return false;
  *value = scale(digits, exponent);
  return true;
}

enum number_result parse_float(const char *text, float *value) {
  struct decimal decimal;
  if (!scan_decimal(text, &decimal)) return NUMBER_INVALID;
  if (decimal.is_special) {
    *value = (float)decimal.special;
    return NUMBER_OK;
  }
  if (float_from_decimal(decimal.digits, decimal.exponent, value)) {
    *value = decimal.negative ? -*value : *value;
    return NUMBER_OK;
  }
  *value = strtof(decimal.text, NULL);
  return isinf(*value) ? NUMBER_OUT_OF_RANGE : NUMBER_OK;
}

enum number_result parse_double(const char *text, double *value) {
  struct decimal decimal;
  if (!scan_decimal(text, &decimal)) return NUMBER_INVALID;
  if (decimal.is_special) {
    *value = decimal.special;
    return NUMBER_OK;
  }
  if (decimal.is_exact && double_from_decimal(decimal.digits, decimal.exponent, value)) {
    *value = decimal.negative ? -*value : *value;
    return NUMBER_OK;
  }
  *value = strtod(decimal.text, NULL);
  return isinf(*value) ? NUMBER_OUT_OF_RANGE : NUMBER_OK;
}

enum number_result parse_int64(const char *text, int64_t *value) {
  const char *start = skip_blanks(text);
  const char *next = start + (*start == '-' || *start == '+');
  if (!is_digit(*next)) return NUMBER_INVALID;
  while (is_digit(*next)) next++;
  if (*skip_blanks(next) != '\0') return NUMBER_INVALID;

  errno = 0;
  long long whole = strtoll(start, NULL, 10);
  if (errno == ERANGE) return NUMBER_OUT_OF_RANGE;
  *value = whole;
  return NUMBER_OK;
}

enum number_result parse_bool(const char *text, bool *value) {
  const char *start = skip_blanks(text);
  size_t size = (size_t)(end_of_word(start) - start);
  if ((size == 1 && *start == '1') || (size == 4 && strncasecmp(start, "true", 4) == 0))
    *value = true;
  else if ((size == 1 && *start == '0') || (size == 5 && strncasecmp(start, "false", 5) == 0))
    *value = false;
  else
    return NUMBER_INVALID;
  return NUMBER_OK;
}
