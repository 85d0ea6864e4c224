#include "base/math_double.h"

#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define LN2_HIGH 0x1.62e42fee00000p-1 /* with few enough bits that small integers times it are exact */
#define LN2_LOW 0x1.a39ef35793c76p-33
#define INVERSE_LN2 0x1.71547652b82fep+0
#define ROUND_SHIFT 0x1.8p52 /* adding and subtracting it rounds to an integer */

static double from_bits(uint64_t bits) {
  double value;
  memcpy(&value, &bits, sizeof value);
  return value;
}

static uint64_t to_bits(double value) {
  uint64_t bits;
  memcpy(&bits, &value, sizeof bits);
  return bits;
}

/* ---- a number as an unevaluated sum of two (T. J. Dekker, A floating-point technique for extending the available precision, 1971) ---- */

typedef struct pair {
  double high, low;
} pair;

static pair two_sum(double a, double b) {
  double sum = a + b, part = sum - a;
  return (pair){sum, (a - (sum - part)) + (b - part)};
}

static pair fast_two_sum(double large, double small) {
  double sum = large + small;
  return (pair){sum, small - (sum - large)};
}

static pair split(double a) {
  double c = 134217729.0 * a, high = c - (c - a);
  return (pair){high, a - high};
}

static pair two_product(double a, double b) {
  double product = a * b;
  pair x = split(a), y = split(b);
  return (pair){product, ((x.high * y.high - product) + x.high * y.low + x.low * y.high) + x.low * y.low};
}

static pair multiply(pair a, pair b) {
  pair product = two_product(a.high, b.high);
  return fast_two_sum(product.high, product.low + (a.high * b.low + a.low * b.high));
}

static pair add(pair a, pair b) {
  pair sum = two_sum(a.high, b.high);
  return fast_two_sum(sum.high, sum.low + (a.low + b.low));
}

/* ---- e^x ---- */

/* 2^k times y; for results that are subnormal in two steps, since 2^k is no normal number then. */
static double scale(double y, int64_t k) {
  if (k >= -1021 && k <= 1023) return y * from_bits((uint64_t)(k + 1023) << 52);
  if (k > 0) return y * from_bits((uint64_t)(k - 1 + 1023) << 52) * 2.0;
  return y * from_bits((uint64_t)(k + 54 + 1023) << 52) * 0x1p-54;
}

/* e^(x + low) = 2^k e^r, |r| <= ln 2 / 2; e^r = 1 + r + r^2 p(r), p by the Taylor series to r^14 / 14!. */
static double exp_of_sum(double x, double low) {
  static const double factors[] = {1.0 / 87178291200.0, 1.0 / 6227020800.0, 1.0 / 479001600, 1.0 / 39916800, 1.0 / 3628800, 1.0 / 362880, 1.0 / 40320,
                                   1.0 / 5040,          1.0 / 720,          1.0 / 120,       1.0 / 24,       1.0 / 6,       0.5};
  if (x > 710.0) return INFINITY;
  if (x < -746.0) return 0.0;
  double k = (x * INVERSE_LN2 + ROUND_SHIFT) - ROUND_SHIFT;
  double high = x - k * LN2_HIGH, rest = k * LN2_LOW - low;
  double r = high - rest, error = (high - r) - rest;
  double p = factors[0];
  for (size_t i = 1; i < sizeof factors / sizeof *factors; i++) p = p * r + factors[i];
  return scale(1.0 + (r + (r * r * p + error)), (int64_t)k);
}

double ot_exp(double x) { return x != x ? x : exp_of_sum(x, 0.0); }

/* ---- ln x ---- */

/* x = 2^k (1 + f) with 1 + f in [sqrt(1/2), sqrt(2)); x is positive and finite. */
static double reduce(double x, double *f) {
  int64_t k = -1023;
  if (x < DBL_MIN) {
    x *= 0x1p54;
    k -= 54;
  }
  uint64_t bits = to_bits(x);
  k += (int64_t)(bits >> 52);
  double m = from_bits((bits & 0x000FFFFFFFFFFFFFu) | 0x3FF0000000000000u);
  if (m > 0x1.6a09e667f3bcdp+0) {
    m *= 0.5;
    k++;
  }
  *f = m - 1.0;
  return (double)k;
}

/* 2 (1/first + z/(first + 2) + ... + z^n/(first + 2 n)): the rest of the series of 2 artanh. */
static double series(double z, int first, int terms) {
  double sum = 0;
  for (int i = terms; i-- > 0;) sum = sum * z + 2.0 / (first + 2 * i);
  return sum;
}

/* ln(1 + f) = 2 artanh(s), s = f / (2 + f); 2 s = f - f^2/2 + s f^2/2 keeps the rounding error of s small. */
double ot_log(double x) {
  if (x != x) return x;
  if (x == 0.0) return -INFINITY;
  if (x < 0.0) return NAN;
  if (x > DBL_MAX) return x;
  double f, k = reduce(x, &f);
  double s = f / (2.0 + f), z = s * s, half = 0.5 * f * f;
  double rest = z * series(z, 3, 11);
  return k * LN2_HIGH - ((half - (s * (half + rest) + k * LN2_LOW)) - f);
}

/* ln x to about 2^-64 of itself: s as a pair, the first terms of the series too. */
static pair log_as_pair(double x) {
  static const pair two_thirds = {0x1.5555555555555p-1, 0x1.5555555555555p-55};
  double f, k = reduce(x, &f);
  pair divisor = two_sum(2.0, f);
  double quotient = f / divisor.high;
  pair product = two_product(quotient, divisor.high);
  pair s = fast_two_sum(quotient, (((f - product.high) - product.low) - quotient * divisor.low) / divisor.high);
  pair z = multiply(s, s);
  double tail = z.high * series(z.high, 5, 10);
  pair factor = add(two_thirds, (pair){tail, 0.0});
  pair cube = multiply(multiply(s, z), factor);
  pair log = add((pair){2.0 * s.high, 2.0 * s.low}, cube);
  pair power = two_product(k, LN2_HIGH);
  return add(add(power, (pair){k * LN2_LOW, 0.0}), log);
}

/* ---- x^y ---- */

static bool is_integer(double y) { return fabs(y) >= 0x1p53 || y == (double)(int64_t)y; }
static bool is_odd(double y) { return fabs(y) < 0x1p53 && is_integer(y) && ((int64_t)y & 1); }

static double power_of_special(double x, double y, bool *done) {
  *done = true;
  if (y == 0.0 || x == 1.0) return 1.0;
  if (x != x || y != y) return NAN;
  double magnitude = fabs(x);
  bool grows = magnitude > 1.0;
  if (fabs(y) > DBL_MAX) return magnitude == 1.0 ? 1.0 : grows == (y > 0) ? INFINITY : 0.0;
  if (magnitude == 0.0 || magnitude > DBL_MAX) {
    double result = grows == (y > 0) ? INFINITY : 0.0;
    return is_odd(y) ? copysign(result, x) : result;
  }
  if (x < 0.0 && !is_integer(y)) return NAN;
  *done = false;
  return 0.0;
}

double ot_pow(double x, double y) {
  bool done;
  double special = power_of_special(x, y, &done);
  if (done) return special;
  pair log = log_as_pair(fabs(x));
  double product = y * log.high, result;
  if (product > 710.0 || product < -746.0) {
    result = product > 0 ? INFINITY : 0.0;
  } else {
    bool splits = fabs(y) < 0x1p900; /* beyond, the log is so small that its product is tiny or the above holds */
    pair exact = splits ? multiply((pair){y, 0.0}, log) : (pair){product, 0.0};
    result = exp_of_sum(exact.high, exact.low);
  }
  return x < 0.0 && is_odd(y) ? -result : result;
}
