/* Categories as exporters write them: a chain of BRANCH_EQ tests of one feature, each the false child of the one before, all with the same
 * true child. Such a chain becomes one test for membership in a set. */
#ifndef OT_ENSEMBLE_MERGE_EQUALITY_H
#define OT_ENSEMBLE_MERGE_EQUALITY_H

#include "base/arena.h"
#include "base/problems.h"
#include "ensemble/ensemble.h"

/* Merge the chains of a validated ensemble: exactly what it computed before, in fewer tests. Branches that only their chain led to are dropped, the
 * others numbered anew, in order. NaN takes the true child if any test of the chain sent it there. False: out of memory, reported. */
bool ot_ensemble_merge_equality(ot_ensemble *ensemble, ot_arena *arena, ot_arena *scratch, ot_problems *problems);

#endif
