/* Post transforms of ai.onnx.ml, in float, with ONNX Runtime's formulas over our own exp and log: the same bits everywhere. */
#ifndef OT_ENSEMBLE_TRANSFORM_H
#define OT_ENSEMBLE_TRANSFORM_H

#include <stddef.h>

#include "ensemble/ensemble.h"

/* 1 / (1 + e^-x), computed from e^-|x| so that it cannot overflow. */
float ot_logistic(float x);

/* Inverse of the normal distribution function, by Winitzki's approximation of the inverse error function (a = 0.147). */
float ot_probit(float x);

/* Transform the `count` scores of one row in place. `zero_sum_is_nan` keeps ONNX Runtime's 0/0 when SOFTMAX_ZERO has only zeros. */
void ot_transform(ot_post_transform transform, float *scores, size_t count, bool zero_sum_is_nan);

#endif
