/* Bit-sliced evaluation: the layout that all instruction sets share.
 *
 * A block of rows is turned into bit masks, one bit a row. Per tested feature the distinct thresholds t0 < t1 < ... are sorted, and a row's rank is
 * the number of thresholds below its value, so that "x <= tk" is "rank <= k", exactly. One mask per threshold says which rows have rank > k:
 * they take the second child. All trees share these masks. A tree, padded to a perfect one of depth d, is then a network of multiplexers: the bits of the
 * leaf index of all rows of the block come out of 2^d - 1 masks by about as many three-input operations, without a branch or a gather. */
#ifndef OT_KERNELS_SLICED_H
#define OT_KERNELS_SLICED_H

#include "kernels/tile.h"

#define OT_SLICED_MOST_DEPTH 8u
#define OT_SLICED_MOST_LEAVES (1u << OT_SLICED_MOST_DEPTH)
#define OT_SLICED_MOST_MASKS 65536u /* more than that would not stay in any cache */

/* A tested feature. Its masks are first_mask + k for "rank > k"; one more, first_mask + rank_count, is room for the making of them. */
typedef struct ot_sliced_column {
  uint32_t feature;
  uint32_t rank_count; /* distinct thresholds */
  uint32_t levels;     /* of the search tree: 2^levels > rank_count */
  uint32_t first_mask;
  size_t first_node;   /* of the search tree; node 0 is unused, the children of p are 2p and 2p + 1, padding is +infinity */
  uint32_t first_special, special_count;
} ot_sliced_column;

/* A mask that differs from "rank > k" where a value is NaN, or that no number passes. */
typedef struct ot_sliced_special {
  uint32_t mask;
  int64_t rank;       /* -1: set for every number */
  bool missing_first; /* NaN takes the first child: its bit is cleared */
} ot_sliced_special;

typedef struct ot_sliced_tree {
  uint32_t depth;         /* 1 to OT_SLICED_MOST_DEPTH */
  uint32_t first_program; /* 2^depth - 1 mask numbers in heap order */
  uint32_t first_leaf;    /* 2^depth leaves, in order of their index: the first decision is the top bit, second child is 1 */
} ot_sliced_tree;

typedef struct ot_sliced_layout {
  const ot_sliced_column *columns;
  uint32_t column_count;
  const ot_sliced_special *specials;
  const void *search; /* search trees, real */
  uint32_t mask_count;
  const ot_sliced_tree *trees;
  const uint32_t *programs;
  const uint32_t *leaves; /* canonical leaf numbers */
  const float *values;    /* their weights, when the fused path adds them; else NULL */
  const uint8_t *planes;  /* AVX-512: the weights as byte planes; else NULL */
  const void *walk;       /* layout of the walk kernel, for few rows */
} ot_sliced_layout;

/* NULL in *layout if the ensemble has trees deeper than OT_SLICED_MOST_DEPTH, equality tests, or too many thresholds. False: out of memory. */
bool ot_sliced_prepare(const ot_ensemble *ensemble, ot_arena *arena, ot_arena *scratch, ot_sliced_layout **layout);

#endif
