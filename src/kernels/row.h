/* Evaluation of single rows, 64 trees side by side: what a block of rows is to the bit-sliced kernels, a group of trees is here. */
#ifndef OT_KERNELS_ROW_H
#define OT_KERNELS_ROW_H

#include "kernels/row_columns.h"
#include "kernels/row_weights.h"

#define OT_ROW_TOP_DEPTH 6u  /* levels whose nodes are chosen in registers */
#define OT_ROW_MOST_DEPTH 8u /* the two levels below are gathered; deeper, nodes with ranks are faster */
#define OT_ROW_BYTE_THRESHOLDS 255u
#define OT_ROW_MOST_BYTES 128u /* of a row: two registers */

/* The bytes of a row. Each stands for up to 255 thresholds of a column, and says how many of those are below the value. A column with more
 * thresholds has several bytes, and a test looks at the one that its threshold belongs to. */
typedef struct ot_row_bytes {
  uint16_t columns[OT_ROW_MOST_BYTES];
  uint16_t thresholds_before[OT_ROW_MOST_BYTES]; /* of the column, in bytes before */
} ot_row_bytes;

/* A node position of 64 trees: the row's bytes that are compared, and the ranks that they are compared with. A larger byte takes the second child. */
typedef struct ot_row_position {
  uint8_t bytes[OT_ROW_TREES], ranks[OT_ROW_TREES];
} ot_row_position;

/* Up to 64 consecutive trees, padded to perfect ones of one depth. */
typedef struct ot_row_group {
  uint32_t depth;
  size_t first_position; /* of the top levels' positions, in heap order */
  size_t first_leaf;     /* of its leaves or records, tree by tree: see below */
} ot_row_group;

typedef struct ot_row_layout {
  ot_row_columns columns;
  ot_row_bytes *bytes;
  uint32_t byte_count;
  ot_row_weights weights;
  const ot_row_group *groups;
  uint32_t group_count;
  const ot_row_position *positions;
  const uint32_t *leaves; /* what `weights` says */
} ot_row_layout;

#define OT_ROW_MISSING_FIRST 0x80u /* with a byte's number: NaN takes the first child */

/* Where the top levels are all, a leaf of the perfect tree is found at the end of its path. Else, a record is: the two levels below, three
 * nodes (16 bits each, rank << 8 | byte; the lowest bits are the upper one), then the four leaves. */
#define OT_ROW_RECORD 6u /* words */
#define OT_ROW_TREE_RECORDS (OT_ROW_RECORD << OT_ROW_TOP_DEPTH)

static inline uint32_t ot_row_tree_size(uint32_t depth) { return depth > OT_ROW_TOP_DEPTH ? OT_ROW_TREE_RECORDS : 1u << depth; }

extern const ot_kernel ot_kernel_row_avx512; /* for few rows; prepared by: */

/* Sets the layout up for few rows if the ensemble fits: no more bytes and levels than these. False: out of memory. */
bool ot_row_prepare(const ot_ensemble *ensemble, ot_sliced_layout *layout, ot_arena *arena, ot_arena *scratch);

#endif
