/* Picking columns that are known at load. */
#ifndef OT_OPS_SELECT_H
#define OT_OPS_SELECT_H

#include "ops/operator.h"

/* An output of the step: columns `map` of its first input, with that shape. False: refused, reported. The step's run function is ot_select_run(). */
bool ot_select_columns(ot_prepare *context, size_t output, const ot_shape *shape, const uint32_t *map);
void ot_select_run(const ot_step *step, ot_frame *frame);

/* Gather (is_extractor: ArrayFeatureExtractor, whose indices are flat) along an axis with indices that are known at load. */
bool ot_select_take(ot_prepare *context, int axis, const ot_value *indices, bool is_extractor);

/* Whether a step is a Concat that puts floats behind each other, as many from each input. */
bool ot_concat_is_stack(const ot_step *step, size_t *width);

#endif
