/* What others may see of a tree operator. */
#ifndef OT_OPS_TREE_ENSEMBLE_H
#define OT_OPS_TREE_ENSEMBLE_H

#include "ensemble/finish.h"
#include "kernels/planner.h"
#include "ops/operator.h"

/* The ensemble of a step; NULL if its operator has none. */
const ot_ensemble *ot_step_ensemble(const ot_step *step);
/* How the trees of a step are evaluated, those of other operators that became an ensemble, too; NULL if it has none, or is not run. */
const ot_tree_groups *ot_step_groups(const ot_step *step);
/* Of a step that has an ensemble. */
const ot_finish *ot_step_finish(const ot_step *step);

/* Whether a step has one tree, in floats: what is computed from its outputs alone is then a function of the leaf. */
bool ot_step_is_single_tree(const ot_step *step);

/* Evaluate such a step at the leaves first_leaf, first_leaf + 1, ...: frame->row_count of them, one a row. `sums` has room for row_count x
 * target_count floats, `scores` for row_count x score columns (used where the scores are not wanted). */
void ot_step_at_leaves(const ot_step *step, ot_frame *frame, uint32_t first_leaf, float *sums, float *scores);

/* One tree of an ensemble that is put together. */
typedef struct ot_tree_part {
  const ot_step *step;      /* a single tree */
  const uint32_t *features; /* the column of the input for each of its features; NULL: the same */
  const float *values;      /* [its leaves x columns] what the tree adds */
} ot_tree_part;

typedef struct ot_tree_sum {
  const ot_tree_part *parts;
  size_t part_count;
  size_t columns;
  bool is_mean; /* the sum is divided by part_count */
} ot_tree_sum;

/* The ensemble of these trees, not yet validated. False: too large, or out of memory. */
bool ot_merge_trees(ot_ensemble *ensemble, const ot_tree_sum *sum, ot_arena *arena);

/* Make a step add up trees: it reads `input` and writes what it wrote. False: out of memory, the step is unchanged. */
bool ot_step_become_trees(ot_step *step, uint32_t input, const ot_tree_sum *sum, ot_arena *arena, ot_arena *scratch, ot_problems *problems);

#endif
