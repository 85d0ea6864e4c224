/* What others may see of reductions. */
#ifndef OT_OPS_REDUCE_H
#define OT_OPS_REDUCE_H

#include "ops/operator.h"

/* Whether a step adds up groups of `width` floats that lie behind each other, element by element and in order; *is_mean: and divides by their number.
 * */
bool ot_reduce_adds(const ot_step *step, size_t width, bool *is_mean);

#endif
