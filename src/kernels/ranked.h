/* Single rows where perfect trees do not suit: trees of any shape with nodes of 4 bytes, which compare the row's rank in a column. Sixteen
 * trees descend side by side; their top three levels, padded, lie together so that no gather is needed there. */
#ifndef OT_KERNELS_RANKED_H
#define OT_KERNELS_RANKED_H

#include "kernels/row_columns.h"
#include "kernels/row_weights.h"

#define OT_RANKED_MOST_COLUMNS 64u /* ranks of a row: four registers */
#define OT_RANKED_MOST_PAIRS 1023u   /* a tree */
#define OT_RANKED_MOST_THRESHOLDS 65534u /* a column */
#define OT_RANKED_TOP_NODES 7u

/* A node: rank << 16 | pair << 6 | column. A larger rank takes the second child. Siblings are adjacent, a pair, counted from the tree's first node;
 * the root is the first node of pair 0. A leaf has pair 0, and its number within the tree in place of the rank. */
#define OT_RANKED_PAIR_MASK 0xFFC0u

typedef struct ot_ranked_layout {
  ot_row_columns columns;  /* a feature has a second one where some nodes send NaN to the first child and others do not */
  uint32_t *missing_ranks; /* [columns] rank of NaN: above all, or 0; in the upper half */
  ot_row_weights weights;
  const uint32_t *top;         /* [trees / 16][OT_RANKED_TOP_NODES][16] nodes in heap order; leaves are repeated below */
  const uint32_t *nodes;
  const uint32_t *first_nodes; /* [trees, to a multiple of OT_ROW_TREES] */
  const uint32_t *first_leaves; /* [trees, the same] in the next array */
  const uint32_t *leaves;      /* what `weights` says */
} ot_ranked_layout;

extern const ot_kernel ot_kernel_ranked_avx512; /* for few rows; prepared by: */

/* Sets the layout up for few rows if the ensemble fits: not more columns, pairs or thresholds than these. False: out of memory. */
bool ot_ranked_prepare(const ot_ensemble *ensemble, ot_sliced_layout *layout, ot_arena *arena, ot_arena *scratch);

#endif
