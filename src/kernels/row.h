/* Evaluation of single rows, 64 trees side by side: what a block of rows is to the bit-sliced kernels, a group of trees is here. */
#ifndef OT_KERNELS_ROW_H
#define OT_KERNELS_ROW_H

#include "kernels/row_columns.h"
#include "kernels/row_weights.h"

#define OT_ROW_TOP_DEPTH 6u  /* levels whose nodes are chosen in registers */
#define OT_ROW_MOST_DEPTH 8u /* the levels below are gathered; deeper, nodes with ranks are faster */
#define OT_ROW_MOST_RANK 255u /* of a column's thresholds */
#define OT_ROW_MOST_COLUMNS 128u /* ranks of a row: two registers of bytes */

/* A node position of 64 trees: the columns whose ranks are compared, and the ranks that they are compared with. A larger rank takes the second child. */
typedef struct ot_row_position {
  uint8_t columns[OT_ROW_TREES], ranks[OT_ROW_TREES];
} ot_row_position;

/* Up to 64 consecutive trees, padded to perfect ones of one depth. */
typedef struct ot_row_group {
  uint32_t depth;
  size_t first_position; /* of the top levels' positions, in heap order */
  size_t first_leaf;     /* of its leaves or records, tree by tree: see below */
} ot_row_group;

typedef struct ot_row_layout {
  ot_row_columns columns;
  ot_row_weights weights;
  const ot_row_group *groups;
  uint32_t group_count;
  const ot_row_position *positions;
  const uint32_t *leaves;        /* what `weights` says */
} ot_row_layout;

#define OT_ROW_MISSING_FIRST 0x80u /* with a column: NaN takes the first child */

/* Where the top levels are all, a leaf of the perfect tree is found at the end of its path. Else, a record is: what lies below in one piece, nodes in its first
 * half (16 bits each: rank << 8 | column), leaves in its second. */
static inline uint32_t ot_row_tree_size(uint32_t depth) { return depth > OT_ROW_TOP_DEPTH ? 2u << depth : 1u << depth; }

extern const ot_kernel ot_kernel_row_avx512; /* for few rows; prepared by: */

/* Sets the layout up for few rows if the ensemble fits: not more columns, thresholds or levels than these. False: out of memory. */
bool ot_row_prepare(const ot_ensemble *ensemble, ot_sliced_layout *layout, ot_arena *arena, ot_arena *scratch);

#endif
