/* Transcendental functions with fixed operations: the same bits on every machine, compiler and C library.
 *
 * They compute in double with separately rounded additions and multiplications, and round once to float, which leaves an error well
 * below 1 ulp (measured over all floats by tests/unit/test_math.c). Square roots are IEEE 754 operations and need nothing of our own. */
#ifndef OT_BASE_MATH_H
#define OT_BASE_MATH_H

#include <float.h>

_Static_assert(FLT_EVAL_METHOD == 0, "floats must be computed as floats, for the same bits everywhere");

/* e^x, rounded to float; +inf above 88.72..., 0 below -103.97..., NaN for NaN. */
float ot_expf(float x);

/* ln x, rounded to float; -inf for +-0, NaN for negative numbers and NaN. */
float ot_logf(float x);

#endif
