#include "text/scan_number.h"

#include <stdbool.h>
#include <string.h>

#include "text/parse_number.h"

enum { MOST_DIGITS = 19 }; /* as many as always fit in 64 bits */

/* digits x 10^exponent */
struct scanned {
  bool negative;
  uint64_t digits;
  int exponent;
};

static bool is_digit(char character) { return (unsigned char)(character - '0') < 10; }

/* ---- eight digits at a time ------------------------------------------------------------------------------------------------------ */

#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
static bool take_eight(const char *text, uint64_t *digits) {
  uint64_t word;
  memcpy(&word, text, sizeof word);
  /* Every byte is 0x30 to 0x39: its upper half is 3, and is still 3 when 6 is added. */
  uint64_t upper = word & UINT64_C(0xF0F0F0F0F0F0F0F0);
  uint64_t upper_of_sum = (word + UINT64_C(0x0606060606060606)) & UINT64_C(0xF0F0F0F0F0F0F0F0);
  if (upper != UINT64_C(0x3030303030303030) || upper_of_sum != upper) return false;
  /* Neighbours are joined to numbers of 2, 4 and 8 digits; the first character is the lowest byte and counts most. */
  word &= UINT64_C(0x0F0F0F0F0F0F0F0F);
  word = (word * 10 + (word >> 8)) & UINT64_C(0x00FF00FF00FF00FF);
  word = (word * 100 + (word >> 16)) & UINT64_C(0x0000FFFF0000FFFF);
  word = (word * 10000 + (word >> 32)) & UINT64_C(0xFFFFFFFF);
  *digits = *digits * 100000000 + word;
  return true;
}
#else
static bool take_eight(const char *text, uint64_t *digits) {
  (void)text;
  (void)digits;
  return false;
}
#endif

/* Digits may overflow: the caller counts them. */
static const char *take_digits(const char *text, uint64_t *digits) {
  uint64_t taken = *digits;
  while (take_eight(text, &taken)) text += 8;
  for (; is_digit(*text); text++) taken = taken * 10 + (uint64_t)(*text - '0');
  *digits = taken;
  return text;
}

/* ---- numbers --------------------------------------------------------------------------------------------------------------------- */

static const char *take_exponent(const char *text, int *exponent) {
  bool negative = *text == '-';
  text += *text == '-' || *text == '+';
  if (!is_digit(*text)) return NULL;
  int value = *text++ - '0';
  if (is_digit(*text)) value = value * 10 + (*text++ - '0');
  if (is_digit(*text)) return NULL; /* three digits are rare */
  *exponent += negative ? -value : value;
  return text;
}

static const char *scan(const char *text, struct scanned *scanned) {
  scanned->negative = *text == '-';
  text += scanned->negative;
  scanned->digits = 0;
  scanned->exponent = 0;
  const char *start = text;
  /* Before the point there are mostly few digits. */
  for (; is_digit(*text); text++) scanned->digits = scanned->digits * 10 + (uint64_t)(*text - '0');
  int64_t count = text - start;
  if (*text == '.') {
    const char *fraction = text + 1;
    text = take_digits(fraction, &scanned->digits);
    scanned->exponent = -(int)(text - fraction);
    count += text - fraction;
  }
  if (count == 0 || count > MOST_DIGITS) return NULL;
  return *text == 'e' || *text == 'E' ? take_exponent(text + 1, &scanned->exponent) : text;
}

const char *scan_float(const char *text, float *value) {
  struct scanned scanned;
  const char *end = scan(text, &scanned);
  if (!end || !float_from_decimal(scanned.digits, scanned.exponent, value)) return NULL;
  if (scanned.negative) *value = -*value;
  return end;
}

const char *scan_double(const char *text, double *value) {
  struct scanned scanned;
  const char *end = scan(text, &scanned);
  if (!end || !double_from_decimal(scanned.digits, scanned.exponent, value)) return NULL;
  if (scanned.negative) *value = -*value;
  return end;
}

const char *scan_int64(const char *text, int64_t *value) {
  bool negative = *text == '-';
  const char *start = text + negative;
  uint64_t digits = 0;
  const char *end = take_digits(start, &digits);
  if (end == start || end - start >= MOST_DIGITS) return NULL;
  *value = negative ? -(int64_t)digits : (int64_t)digits;
  return end;
}
