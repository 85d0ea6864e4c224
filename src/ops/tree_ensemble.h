/* What others may see of a tree operator. */
#ifndef OT_OPS_TREE_ENSEMBLE_H
#define OT_OPS_TREE_ENSEMBLE_H

#include "ensemble/finish.h"
#include "ops/operator.h"

/* The ensemble of a step; NULL if its operator has none. */
const ot_ensemble *ot_step_ensemble(const ot_step *step);
/* Of a step that has an ensemble. */
const ot_finish *ot_step_finish(const ot_step *step);

#endif
