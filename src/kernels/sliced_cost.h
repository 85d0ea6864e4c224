/* What a block and a single row cost, to choose between them: nanoseconds on the machine of docs/performance.md, which says how they were measured
 * (tests/cost/measure_costs.c); only their ratios matter. */
#ifndef OT_KERNELS_SLICED_COST_H
#define OT_KERNELS_SLICED_COST_H

#include "kernels/sliced.h"

/* Of a block of rows, whatever its number of rows. */
typedef struct ot_block_costs {
  double column; /* ranks */
  double mask;
  double node;         /* of a network */
  double step;         /* of a reach program */
  double network_tree; /* each, for leaf values and sums */
  double reach_tree;
} ot_block_costs;

#define OT_BLOCK_TERMS 6u
/* How much of each a block of this layout has, in that order. */
void ot_sliced_block_terms(const ot_ensemble *ensemble, const ot_sliced_layout *layout, double terms[OT_BLOCK_TERMS]);

/* Sets layout->few_rows: up to so many rows, the kernel for few rows is faster than a block. */
void ot_sliced_choose_few_rows(const ot_ensemble *ensemble, ot_sliced_layout *layout, const ot_block_costs *costs);

/* A kernel's prepare(), for those that leave few rows to the walk of all machines. */
bool ot_sliced_prepare_plain(const ot_ensemble *ensemble, ot_arena *arena, ot_arena *scratch, const ot_block_costs *costs, const void **layout);

#endif
