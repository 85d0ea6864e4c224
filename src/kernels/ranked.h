/* Single rows where perfect trees do not suit: trees of any shape with nodes of 4 bytes, which compare the row's rank in a column. Sixteen
 * trees descend side by side; their top three levels, padded, lie together so that no gather is needed there. */
#ifndef OT_KERNELS_RANKED_H
#define OT_KERNELS_RANKED_H

#include "kernels/row_columns.h"
#include "kernels/row_weights.h"

#define OT_RANKED_MOST_COLUMNS 64u       /* ranks of a row: four registers */
#define OT_RANKED_MOST_PAIRS 1023u       /* a tree */
#define OT_RANKED_MOST_THRESHOLDS 65534u /* a column */
#define OT_RANKED_TOP_NODES 7u

/* A node: rank << 16 | pair << 6 | column. A larger rank takes the second child. Siblings are adjacent, a pair, counted from the tree's first node;
 * the root is the first node of pair 0. A leaf has pair 0, column 0, and its number within the tree in place of the rank.
 *
 * Sets: a value's rank tells members from all others, and in a column that is tested for sets, a node has the number of its set in place of
 * the rank. The bits of all sets lie together by rank: a row finds all that its value decides in one place. */
#define OT_RANKED_PAIR_MASK 0xFFC0u
#define OT_RANKED_COLUMN_MASK 0x3Fu

/* What nodes compare with, by their columns: of a feature there is one for nodes that send NaN to the first child, one for those that do
 * not, one for sets. It is rank * factor + addend: the rank in the upper half, or the first bit of a rank's sets. */
typedef struct ot_ranked_columns {
  uint32_t sources[OT_RANKED_MOST_COLUMNS];       /* column of `ranks` */
  uint32_t missing_ranks[OT_RANKED_MOST_COLUMNS]; /* rank of NaN: above all, or 0; after all, of sets */
  uint32_t factors[OT_RANKED_MOST_COLUMNS];
  uint32_t addends[OT_RANKED_MOST_COLUMNS];
} ot_ranked_columns;

typedef struct ot_ranked_layout {
  ot_row_columns ranks;
  ot_ranked_columns *tested;
  uint32_t column_count;     /* of `tested` */
  uint32_t first_set_column; /* not 0 */
  const uint32_t *set_bits;  /* 1: the second child is taken; NULL: there are no sets */
  ot_row_weights weights;
  const uint32_t *top; /* [trees / 16][OT_RANKED_TOP_NODES][16] nodes in heap order; leaves are repeated below */
  const uint32_t *nodes;
  const uint32_t *first_nodes;  /* [trees, to a multiple of OT_ROW_TREES] */
  const uint32_t *first_leaves; /* [trees, the same] in the next array */
  const uint32_t *leaves;       /* what `weights` says */
} ot_ranked_layout;

extern const ot_kernel ot_kernel_ranked_avx512; /* for few rows; prepared by: */

/* Sets the layout up for few rows if the ensemble fits: not more columns, pairs or thresholds than these. False: out of memory. */
bool ot_ranked_prepare(const ot_ensemble *ensemble, ot_sliced_layout *layout, ot_arena *arena, ot_arena *scratch);

#endif
