/* Transcendental functions with fixed operations: the same bits on every machine, compiler, instruction set and C library.
 *
 * They compute in double with separately rounded additions and multiplications, and round once to float, which leaves an error well
 * below 1 ulp (measured over all floats by tests/unit/test_math.c). Square roots are IEEE 754 operations and need nothing of our own. */
#ifndef OT_BASE_MATH_H
#define OT_BASE_MATH_H

#include <float.h>
#include <stdbool.h>
#include <stddef.h>

_Static_assert(FLT_EVAL_METHOD == 0, "floats must be computed as floats, for the same bits everywhere");

/* e^x, rounded to float; +inf above 88.72..., 0 below -103.97..., NaN for NaN. */
float ot_expf(float x);

/* ln x, rounded to float; -inf for +-0, NaN for negative numbers and NaN. */
float ot_logf(float x);

/* 1 / (1 + e^-x), in float, from e^-|x| so that it cannot overflow. */
float ot_logistic(float x);

/* Inverse of the normal distribution function, in float, by Winitzki's approximation of the inverse error function (a = 0.147). */
float ot_probit(float x);

/* The same of `count` values in place, by vectors of an instruction set. Every table gives the bits of the functions above. */
typedef struct ot_math {
  const char *name;
  bool (*is_supported)(void); /* NULL: by every processor that runs this build */
  void (*exp)(float *values, size_t count);
  void (*logistic)(float *values, size_t count);
  void (*probit)(float *values, size_t count);
} ot_math;

/* The i-th table that this processor can use, best first, or NULL past the last. */
const ot_math *ot_math_at(size_t index);

extern const ot_math ot_math_portable, ot_math_avx2, ot_math_avx512;

#endif
