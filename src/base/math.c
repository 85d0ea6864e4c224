#include "base/math.h"

#include <float.h>
#include <math.h>
#include <stdint.h>
#include <string.h>

static double bits_to_double(uint64_t bits) {
  double value;
  memcpy(&value, &bits, sizeof value);
  return value;
}

static uint64_t double_to_bits(double value) {
  uint64_t bits;
  memcpy(&bits, &value, sizeof bits);
  return bits;
}

/* e^x = 2^k e^r with k = round(x / ln 2), |r| <= ln 2 / 2; e^r by its Taylor series to r^11 / 11!, whose remainder is below 1e-14. */
float ot_expf(float x) {
  if (!(x == x)) return x;
  if (x > 89.0f) return INFINITY;
  if (x < -104.0f) return 0.0f;
  static const double inverse_ln2 = 0x1.71547652b82fep+0;
  static const double ln2_high = 0x1.62e42fee00000p-1, ln2_low = 0x1.a39ef35793c76p-33; /* their sum is ln 2; k * ln2_high is exact */
  static const double round_shift = 0x1.8p52;                                          /* adding it rounds to an integer */
  double wide = x;
  double k = (wide * inverse_ln2 + round_shift) - round_shift;
  double r = (wide - k * ln2_high) - k * ln2_low;
  static const double factors[] = {1.0 / 39916800, 1.0 / 3628800, 1.0 / 362880, 1.0 / 40320, 1.0 / 5040, 1.0 / 720,
                                   1.0 / 120,      1.0 / 24,      1.0 / 6,      1.0 / 2,     1.0,        1.0};
  double sum = factors[0];
  for (int i = 1; i < 12; i++) sum = sum * r + factors[i];
  double scale = bits_to_double((uint64_t)((int64_t)k + 1023) << 52);
  return (float)(sum * scale);
}

/* ln x = k ln 2 + ln m with m in [sqrt(1/2), sqrt(2)); ln m = 2 artanh(s), s = (m - 1) / (m + 1), by its series to s^19. */
float ot_logf(float x) {
  if (!(x == x)) return x;
  if (x == 0.0f) return -INFINITY;
  if (x < 0.0f) return NAN;
  if (x > FLT_MAX) return x;
  uint64_t bits = double_to_bits(x); /* every float is a normal double */
  int64_t k = (int64_t)(bits >> 52) - 1023;
  double m = bits_to_double((bits & 0x000FFFFFFFFFFFFFu) | 0x3FF0000000000000u);
  if (m > 0x1.6a09e667f3bcdp+0) {
    m = m * 0.5;
    k++;
  }
  double s = (m - 1.0) / (m + 1.0);
  double s2 = s * s;
  static const double factors[] = {1.0 / 19, 1.0 / 17, 1.0 / 15, 1.0 / 13, 1.0 / 11, 1.0 / 9, 1.0 / 7, 1.0 / 5, 1.0 / 3, 1.0};
  double sum = factors[0];
  for (int i = 1; i < 10; i++) sum = sum * s2 + factors[i];
  return (float)((double)k * 0x1.62e42fefa39efp-1 + 2.0 * s * sum);
}
