/* What others may see of elementwise operators. */
#ifndef OT_OPS_ELEMENTWISE_H
#define OT_OPS_ELEMENTWISE_H

#include "ops/operator.h"

/* Whether a step adds floats of the same shape, in the order of its inputs. */
bool ot_elementwise_adds(const ot_step *step);

#endif
