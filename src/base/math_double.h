/* Transcendental functions of doubles with fixed operations: the same bits on every machine, compiler and C library, less than 1 ulp from the exact
 * value (tests/unit/test_math_double.c compares with values of higher precision). Special values as in C17, annex F. */
#ifndef OT_BASE_MATH_DOUBLE_H
#define OT_BASE_MATH_DOUBLE_H

double ot_exp(double x);
double ot_log(double x);
double ot_pow(double x, double y);

#endif
