/* The functions of math.h, included once per instruction set: without branches, so that compilers make vector code of the loops. NAME(x). */

#include <float.h>
#include <math.h>
#include <stdint.h>
#include <string.h>

#include "base/math.h"

#define ROUND_SHIFT 0x1.8p52 /* adding it rounds to an integer, which is then in the low bits */
#define INVERSE_LN2 0x1.71547652b82fep+0
#define LN2_HIGH 0x1.62e42fee00000p-1 /* k * LN2_HIGH is exact */
#define LN2_LOW 0x1.a39ef35793c76p-33
#define LN2 0x1.62e42fefa39efp-1
#define SQRT2 0x1.6a09e667f3bcdp+0

static inline double bits_to_double(uint64_t bits) {
  double value;
  memcpy(&value, &bits, sizeof value);
  return value;
}

static inline uint64_t double_to_bits(double value) {
  uint64_t bits;
  memcpy(&bits, &value, sizeof bits);
  return bits;
}

/* e^x = 2^k e^r with k = round(x / ln 2), |r| <= ln 2 / 2; e^r by its Taylor series to r^11 / 11!, whose remainder is below 1e-14. */
static inline float exp_of(float x) {
  double wide = (double)x, shifted = wide * INVERSE_LN2 + ROUND_SHIFT, k = shifted - ROUND_SHIFT;
  double r = (wide - k * LN2_HIGH) - k * LN2_LOW;
  double sum = 1.0 / 39916800;
  sum = sum * r + 1.0 / 3628800;
  sum = sum * r + 1.0 / 362880;
  sum = sum * r + 1.0 / 40320;
  sum = sum * r + 1.0 / 5040;
  sum = sum * r + 1.0 / 720;
  sum = sum * r + 1.0 / 120;
  sum = sum * r + 1.0 / 24;
  sum = sum * r + 1.0 / 6;
  sum = sum * r + 1.0 / 2;
  sum = sum * r + 1.0;
  sum = sum * r + 1.0;
  double scale = bits_to_double((double_to_bits(shifted) + 1023) << 52);
  float result = (float)(sum * scale);
  result = x > 89.0f ? INFINITY : result;
  result = x < -104.0f ? 0.0f : result;
  return x == x ? result : x;
}

/* ln x = k ln 2 + ln m with m in [sqrt(1/2), sqrt(2)); ln m = 2 artanh(s), s = (m - 1) / (m + 1), by its series to s^19. */
static inline float log_of(float x) {
  uint64_t bits = double_to_bits((double)x); /* every float is a normal double */
  double m = bits_to_double((bits & UINT64_C(0x000FFFFFFFFFFFFF)) | UINT64_C(0x3FF0000000000000));
  double k = bits_to_double(UINT64_C(0x4338000000000000) + (bits >> 52)) - (ROUND_SHIFT + 1023);
  k = m > SQRT2 ? k + 1.0 : k;
  m = m > SQRT2 ? m * 0.5 : m;
  double s = (m - 1.0) / (m + 1.0), s2 = s * s;
  double sum = 1.0 / 19;
  sum = sum * s2 + 1.0 / 17;
  sum = sum * s2 + 1.0 / 15;
  sum = sum * s2 + 1.0 / 13;
  sum = sum * s2 + 1.0 / 11;
  sum = sum * s2 + 1.0 / 9;
  sum = sum * s2 + 1.0 / 7;
  sum = sum * s2 + 1.0 / 5;
  sum = sum * s2 + 1.0 / 3;
  sum = sum * s2 + 1.0;
  float result = (float)(k * LN2 + 2.0 * s * sum);
  result = x > FLT_MAX ? x : result;
  result = x < 0.0f ? NAN : result;
  result = x == 0.0f ? -INFINITY : result;
  return x == x ? result : x;
}

static inline float logistic_of(float x) {
  float v = 1.0f / (1.0f + exp_of(-fabsf(x)));
  return x < 0 ? 1.0f - v : v;
}

static inline float probit_of(float x) {
  float y = 2.0f * x - 1.0f;
  float logarithm = log_of((1.0f - y) * (1.0f + y));
  float v = 2.0f / (3.14159265358979f * 0.147f) + 0.5f * logarithm;
  float v2 = 1.0f / 0.147f * logarithm;
  float size = sqrtf(sqrtf(v * v - v2) - v);
  return 1.41421356f * (y < 0 ? -size : size);
}

#define OVER_ARRAY(function)                                                        \
  static void NAME(function)(float *values, size_t count) {                         \
    for (size_t i = 0; i < count; i++) values[i] = function##_of(values[i]);         \
  }
OVER_ARRAY(exp)
OVER_ARRAY(logistic)
OVER_ARRAY(probit)

#define MATH_TABLE(label, is_supported) {label, is_supported, NAME(exp), NAME(logistic), NAME(probit)}
