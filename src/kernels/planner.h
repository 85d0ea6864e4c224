/* The planner: which kernel evaluates which trees of an ensemble. Mostly one takes all. Where the best one does not, neighbouring trees that it takes
 * become groups of their own; each group adds to the sums of those before it, so that all additions stay in file order. */
#ifndef OT_KERNELS_PLANNER_H
#define OT_KERNELS_PLANNER_H

#include "kernels/kernel.h"

typedef struct ot_tree_group {
  ot_ensemble ensemble; /* of these trees */
  uint32_t first_tree;
  const ot_kernel *kernel;
  const void *layout;
  size_t layout_bytes;
} ot_tree_group;

typedef struct ot_tree_groups {
  ot_tree_group *groups;
  uint32_t count; /* 0: the kernel that was asked for does not take the ensemble */
} ot_tree_groups;

/* `name`: the kernel for all trees; NULL or "auto": the planner chooses. False: out of memory. */
bool ot_groups_prepare(const ot_ensemble *ensemble, const char *name, ot_arena *arena, ot_tree_groups *groups);

size_t ot_groups_scratch_bytes(const ot_tree_groups *groups, size_t row_count);
void ot_groups_evaluate(const ot_tree_groups *groups, const ot_rows *rows, void *scratch, void *sums, uint8_t *presence);

#endif
