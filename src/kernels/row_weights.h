/* What the trees add to a single row's sums, in file order: the common part of the kernels for single rows. */
#ifndef OT_KERNELS_ROW_WEIGHTS_H
#define OT_KERNELS_ROW_WEIGHTS_H

#include "kernels/sliced.h"

#define OT_ROW_TREES 64u /* located at once */

typedef struct ot_row_weights {
  bool has_values;         /* each leaf adds one weight, to a target that is its tree's: the kernel looks up weights. Else it looks up canonical leaf
                            * numbers, and ot_accumulate() adds */
  const uint32_t *targets; /* [trees] which target; NULL: target 0 */
  uint32_t cycle;          /* as vectors hold them: the target of tree t is t % cycle, which are all targets; 0: otherwise */
} ot_row_weights;

/* False: out of memory. */
bool ot_row_weights_prepare(ot_row_weights *weights, const ot_ensemble *ensemble, const ot_sliced_layout *sliced, ot_arena *arena);

/* What a kernel's table holds for a canonical leaf: the bits of its weight, or its number. */
uint32_t ot_row_weights_entry(const ot_row_weights *weights, const ot_ensemble *ensemble, uint32_t leaf);

/* Bytes of what is looked up for a row: four for each tree, and more so that whole vectors can be stored and read. */
static inline size_t ot_row_weights_bytes(const ot_ensemble *e) {
  return (((size_t)e->tree_count + OT_ROW_TREES - 1) / OT_ROW_TREES + 1) * OT_ROW_TREES * sizeof(uint32_t);
}

#endif
