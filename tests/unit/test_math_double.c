/* Our exp, log and pow of doubles against values of higher precision. */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/math_double.h"
#include "math_double_values.h"
#include "support/unit_test.h"

/* At most one unit in the last place. */
static void check_near(double expected, double found) {
  int64_t x, y;
  memcpy(&x, &expected, sizeof x);
  memcpy(&y, &found, sizeof y);
  CU_ASSERT(llabs(x - y) <= 1);
}

static void test_exponential(void) {
  for (size_t i = 0; i < sizeof exp_values / sizeof *exp_values; i++) check_near(exp_values[i].result, ot_exp(exp_values[i].x));
  CU_ASSERT(ot_exp(0.0) == 1.0);
  CU_ASSERT(ot_exp(INFINITY) == INFINITY);
  CU_ASSERT(ot_exp(-INFINITY) == 0.0);
  CU_ASSERT(ot_exp(710.0) == INFINITY);
  CU_ASSERT(ot_exp(-746.0) == 0.0);
  CU_ASSERT(isnan(ot_exp(NAN)));
}

static void test_logarithm(void) {
  for (size_t i = 0; i < sizeof log_values / sizeof *log_values; i++) check_near(log_values[i].result, ot_log(log_values[i].x));
  CU_ASSERT(ot_log(1.0) == 0.0);
  CU_ASSERT(ot_log(0.0) == -INFINITY);
  CU_ASSERT(ot_log(-0.0) == -INFINITY);
  CU_ASSERT(ot_log(INFINITY) == INFINITY);
  CU_ASSERT(isnan(ot_log(-1.0)));
  CU_ASSERT(isnan(ot_log(NAN)));
}

static void test_power(void) {
  for (size_t i = 0; i < sizeof pow_values / sizeof *pow_values; i++) check_near(pow_values[i].result, ot_pow(pow_values[i].x, pow_values[i].y));
  for (int k = -1074; k < 1024; k++) CU_ASSERT(ot_pow(2.0, k) == ldexp(1.0, k));
}

/* C17, F.10.4.4. */
static void test_special_powers(void) {
  CU_ASSERT(ot_pow(NAN, 0.0) == 1.0);
  CU_ASSERT(ot_pow(1.0, NAN) == 1.0);
  CU_ASSERT(isnan(ot_pow(NAN, 1.0)));
  CU_ASSERT(isnan(ot_pow(2.0, NAN)));
  CU_ASSERT(isnan(ot_pow(-2.0, 0.5)));
  CU_ASSERT(ot_pow(-2.0, 3.0) == -8.0);
  CU_ASSERT(ot_pow(-2.0, 2.0) == 4.0);
  CU_ASSERT(ot_pow(0.0, -1.0) == INFINITY);
  CU_ASSERT(ot_pow(-0.0, -1.0) == -INFINITY);
  CU_ASSERT(ot_pow(-0.0, -2.0) == INFINITY);
  CU_ASSERT(signbit(ot_pow(-0.0, 3.0)));
  CU_ASSERT(ot_pow(-1.0, INFINITY) == 1.0);
  CU_ASSERT(ot_pow(0.5, INFINITY) == 0.0);
  CU_ASSERT(ot_pow(0.5, -INFINITY) == INFINITY);
  CU_ASSERT(ot_pow(INFINITY, 2.0) == INFINITY);
  CU_ASSERT(ot_pow(INFINITY, -2.0) == 0.0);
  CU_ASSERT(ot_pow(-INFINITY, 3.0) == -INFINITY);
  CU_ASSERT(ot_pow(10.0, 400.0) == INFINITY);
  CU_ASSERT(ot_pow(10.0, -400.0) == 0.0);
}

UNIT_TEST_MAIN(math_double, {"exponential", test_exponential}, {"logarithm", test_logarithm}, {"power", test_power},
               {"special powers", test_special_powers})
