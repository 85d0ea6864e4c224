/* Post transforms of ai.onnx.ml, in float, with ONNX Runtime's formulas over our own functions of base/math.h: the same bits everywhere. */
#ifndef OT_ENSEMBLE_TRANSFORM_H
#define OT_ENSEMBLE_TRANSFORM_H

#include <stddef.h>

#include "ensemble/ensemble.h"

/* Transform scores in place: `columns` of each of `rows` rows, `stride` apart. `zero_sum_is_nan` keeps ONNX Runtime's 0/0 when SOFTMAX_ZERO has only
 * zeros. */
void ot_transform_rows(ot_post_transform transform, float *scores, size_t stride, size_t columns, size_t rows, bool zero_sum_is_nan);

/* The same of one row. */
void ot_transform(ot_post_transform transform, float *scores, size_t count, bool zero_sum_is_nan);

#endif
