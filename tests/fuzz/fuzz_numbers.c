/* Numbers from and to text, against the C library in its plain locale. */
#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <string.h>

#include "fuzz/fuzz.h"
#include "text/format_number.h"
#include "text/parse_number.h"

#define MOST_TEXT 64

/* The grammar in words: blanks, a sign, digits with a point, an exponent; or inf, infinity, nan; blanks. */
static bool is_number(const char *text) {
  text += strspn(text, " \t");
  if (*text == '+' || *text == '-') text++;
  char word[16] = "";
  for (size_t i = 0; i < sizeof word - 1 && isalpha((unsigned char)text[i]); i++) word[i] = (char)tolower((unsigned char)text[i]);
  if (strcmp(word, "inf") == 0 || strcmp(word, "infinity") == 0 || strcmp(word, "nan") == 0) {
    text += strlen(word);
  } else {
    size_t before = strspn(text, "0123456789"), after = 0;
    text += before;
    if (*text == '.') {
      after = strspn(++text, "0123456789");
      text += after;
    }
    if (before + after == 0) return false;
    if (*text == 'e' || *text == 'E') {
      text++;
      if (*text == '+' || *text == '-') text++;
      size_t digits = strspn(text, "0123456789");
      if (digits == 0) return false;
      text += digits;
    }
  }
  return text[strspn(text, " \t")] == '\0';
}

static void check_parsing(const char *text) {
  double wide = 0;
  float narrow = 0;
  enum number_result wide_result = parse_double(text, &wide), narrow_result = parse_float(text, &narrow);
  bool valid = is_number(text);
  FUZZ_CHECK((wide_result != NUMBER_INVALID) == valid && (narrow_result != NUMBER_INVALID) == valid);
  if (!valid) return;
  const char *start = text + strspn(text, " \t");
  double expected_wide = strtod(start, NULL);
  float expected_narrow = strtof(start, NULL);
  bool infinite = strchr(start, 'i') || strchr(start, 'I');
  FUZZ_CHECK((wide_result == NUMBER_OUT_OF_RANGE) == (isinf(expected_wide) && !infinite));
  FUZZ_CHECK((narrow_result == NUMBER_OUT_OF_RANGE) == (isinf(expected_narrow) && !infinite));
  if (wide_result == NUMBER_OK) FUZZ_CHECK(memcmp(&wide, &expected_wide, sizeof wide) == 0 || (isnan(wide) && isnan(expected_wide)));
  if (narrow_result == NUMBER_OK) FUZZ_CHECK(memcmp(&narrow, &expected_narrow, sizeof narrow) == 0 || (isnan(narrow) && isnan(expected_narrow)));
}

/* Digits of the significand, leading and trailing zeros not counted. */
static int significant_digits(const char *text) {
  int digits = 0, zeros = 0;
  for (; *text && *text != 'e'; text++) {
    if (*text < '0' || *text > '9' || (digits == 0 && *text == '0')) continue;
    zeros = *text == '0' ? zeros + 1 : 0;
    digits++;
  }
  return digits - zeros;
}

/* Reads back to the same value; one digit less does not. */
static void check_formatting(uint64_t bits) {
  char text[NUMBER_TEXT_SIZE], shorter[64];
  double wide;
  float narrow;
  memcpy(&wide, &bits, sizeof wide);
  memcpy(&narrow, &bits, sizeof narrow < sizeof bits ? sizeof narrow : sizeof bits);
  FUZZ_CHECK(format_double(wide, text) == strlen(text));
  double wide_back = strtod(text, NULL);
  FUZZ_CHECK(memcmp(&wide, &wide_back, sizeof wide) == 0 || (isnan(wide) && isnan(wide_back)));
  int digits = significant_digits(text);
  if (isfinite(wide) && digits > 1) {
    snprintf(shorter, sizeof shorter, "%.*e", digits - 2, wide);
    FUZZ_CHECK(strtod(shorter, NULL) != wide);
  }
  FUZZ_CHECK(format_float(narrow, text) == strlen(text));
  float narrow_back = strtof(text, NULL);
  FUZZ_CHECK(memcmp(&narrow, &narrow_back, sizeof narrow) == 0 || (isnan(narrow) && isnan(narrow_back)));
  digits = significant_digits(text);
  if (isfinite(narrow) && digits > 1) {
    snprintf(shorter, sizeof shorter, "%.*e", digits - 2, (double)narrow);
    FUZZ_CHECK(strtof(shorter, NULL) != narrow);
  }
}

static void check_integer(const char *text) {
  int64_t value;
  if (parse_int64(text, &value) != NUMBER_OK) return;
  errno = 0;
  FUZZ_CHECK(strtoll(text + strspn(text, " \t"), NULL, 10) == value && errno == 0);
  char back[NUMBER_TEXT_SIZE];
  format_integer(value, back);
  FUZZ_CHECK(strtoll(back, NULL, 10) == value);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  char text[MOST_TEXT + 1];
  size_t length = size < MOST_TEXT ? size : MOST_TEXT;
  if (length) memcpy(text, data, length);
  text[length] = '\0';
  check_parsing(text);
  check_integer(text);
  uint64_t bits = 0;
  memcpy(&bits, text, length < sizeof bits ? length : sizeof bits);
  check_formatting(bits);
  return 0;
}
