/* Our exp and log against the C library's double functions, over floats spread through the whole range. */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/math.h"
#include "support/unit_test.h"

static float float_of_bits(uint32_t bits) {
  float value;
  memcpy(&value, &bits, sizeof value);
  return value;
}

static int64_t ulps_apart(float a, float b) {
  int32_t x, y;
  memcpy(&x, &a, sizeof x);
  memcpy(&y, &b, sizeof y);
  return llabs((int64_t)x - y);
}

/* A prime step visits every exponent and many mantissas. */
#define STEP 1009u

static void test_exponential(void) {
  int64_t worst = 0;
  for (uint64_t bits = 0; bits <= UINT32_MAX; bits += STEP) {
    float x = float_of_bits((uint32_t)bits);
    if (x != x) continue;
    float expected = (float)exp((double)x), found = ot_expf(x);
    if (ulps_apart(expected, found) > worst) worst = ulps_apart(expected, found);
  }
  CU_ASSERT(worst <= 1);
}

static void test_logarithm(void) {
  int64_t worst = 0;
  for (uint32_t bits = 1; bits < 0x7F800000u; bits += STEP) {
    float x = float_of_bits(bits), expected = (float)log((double)x), found = ot_logf(x);
    if (ulps_apart(expected, found) > worst) worst = ulps_apart(expected, found);
  }
  CU_ASSERT(worst <= 1);
}

static void test_special_values(void) {
  CU_ASSERT(isnan(ot_expf(NAN)));
  CU_ASSERT(ot_expf(INFINITY) == INFINITY);
  CU_ASSERT(ot_expf(-INFINITY) == 0.0f);
  CU_ASSERT(ot_expf(0.0f) == 1.0f);
  CU_ASSERT(ot_logf(1.0f) == 0.0f);
  CU_ASSERT(ot_logf(0.0f) == -INFINITY);
  CU_ASSERT(ot_logf(-0.0f) == -INFINITY);
  CU_ASSERT(ot_logf(INFINITY) == INFINITY);
  CU_ASSERT(isnan(ot_logf(-1.0f)));
  CU_ASSERT(isnan(ot_logf(NAN)));
}

UNIT_TEST_MAIN(math, {"e^x is within 1 ulp", test_exponential}, {"ln x is within 1 ulp", test_logarithm}, {"special values", test_special_values})
