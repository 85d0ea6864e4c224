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

/* By definition, from the C library's functions in double; in float the formulas lose a few ulp. */
static void test_logistic_and_probit(void) {
  for (int i = -2000; i <= 2000; i++) {
    float x = (float)i / 64;
    CU_ASSERT(fabs((double)ot_logistic(x) - 1 / (1 + exp(-(double)x))) <= 1.2e-7);
    float p = (float)(i + 2001) / 4002;
    /* Winitzki's approximation of the inverse error function, whose own error is up to 0.0035. */
    CU_ASSERT(fabs(erfc(-(double)ot_probit(p) / sqrt(2)) / 2 - (double)p) <= 0.002);
  }
}

static size_t compare_arrays(const float *x, size_t count) {
  float found[67], expected[67];
  size_t differences = 0;
  for (size_t t = 0; ot_math_at(t); t++) {
    void (*arrays[])(float *, size_t) = {ot_math_at(t)->exp, ot_math_at(t)->logistic, ot_math_at(t)->probit};
    float (*scalars[])(float) = {ot_expf, ot_logistic, ot_probit};
    for (int f = 0; f < 3; f++) {
      memcpy(found, x, count * sizeof *x);
      arrays[f](found, count);
      for (size_t i = 0; i < count; i++) expected[i] = scalars[f](x[i]);
      for (size_t i = 0; i < count; i++)
        differences += (found[i] == found[i] || expected[i] == expected[i]) && memcmp(&found[i], &expected[i], sizeof *found) != 0;
    }
  }
  return differences;
}

/* Every instruction set, every length of a vector's rest. */
static void test_arrays(void) {
  CU_ASSERT_PTR_NOT_NULL(ot_math_at(0));
  static const float special[] = {0.0f,  -0.0f,  1e-45f,   -1e-45f, 1e-40f,  INFINITY, -INFINITY, NAN,
                                  89.0f, 88.73f, -103.98f, -104.5f, FLT_MAX, -FLT_MAX, 0.5f,      1.0f};
  float x[67];
  size_t differences = 0;
  for (size_t i = 0; i < 67; i++) x[i] = special[i % 16];
  for (size_t count = 0; count <= 67; count++) differences += compare_arrays(x, count);
  for (uint64_t bits = 0; bits <= UINT32_MAX; bits += 67 * 4 * STEP) {
    for (size_t i = 0; i < 67; i++) x[i] = float_of_bits((uint32_t)(bits + 4 * STEP * i));
    differences += compare_arrays(x, 67);
    for (size_t i = 0; i < 67; i++) x[i] = (float)((bits >> 10) + i) / 4194304.0f; /* probabilities */
    differences += compare_arrays(x, 67);
  }
  CU_ASSERT_EQUAL(differences, 0);
}

UNIT_TEST_MAIN(math, {"e^x is within 1 ulp", test_exponential}, {"ln x is within 1 ulp", test_logarithm}, {"special values", test_special_values},
               {"logistic and probit", test_logistic_and_probit}, {"arrays, by every instruction set", test_arrays})
