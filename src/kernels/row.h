/* Evaluation of single rows, 64 trees side by side: what a block of rows is to the bit-sliced kernels, a group of trees is here. */
#ifndef OT_KERNELS_ROW_H
#define OT_KERNELS_ROW_H

#include "kernels/row_columns.h"

#define OT_ROW_TREES 64u
#define OT_ROW_MOST_DEPTH 6u   /* deeper, nodes with ranks are faster */
#define OT_ROW_MOST_THRESHOLDS 255u /* a column */
#define OT_ROW_MOST_COLUMNS 128u /* ranks of a row: two registers of bytes */

/* Up to 64 consecutive trees, padded to perfect ones of one depth. */
typedef struct ot_row_group {
  uint32_t first_tree, tree_count;
  uint32_t depth;
  size_t first_position; /* of its 2^depth - 1 node positions in the layout's arrays, 64 entries each */
  size_t first_leaf;     /* of its 64 x 2^depth leaves: tree by tree */
} ot_row_group;

typedef struct ot_row_layout {
  const ot_sliced_layout *sliced; /* columns and search trees */
  const ot_row_group *groups;
  uint32_t group_count;
  const uint8_t *columns;       /* [position][64] column whose rank is compared */
  const uint8_t *ranks;         /* [position][64] a larger rank takes the second child */
  const uint64_t *missing_first; /* [position] trees where NaN takes the first child; NULL: none */
  const uint32_t *leaves;       /* canonical leaf numbers; NULL when there are */
  const float *values;          /* their weights, which is when one target is summed */
  ot_row_columns row_columns;
} ot_row_layout;

extern const ot_kernel ot_kernel_row_avx512; /* for few rows; prepared by: */

/* Sets the layout up for few rows if the ensemble fits: not more columns, thresholds or levels than these. False: out of memory. */
bool ot_row_prepare(const ot_ensemble *ensemble, ot_sliced_layout *layout, ot_arena *arena, ot_arena *scratch);

#endif
