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
#define OT_SLICED_MOST_SLOTS (2u * OT_SLICED_MOST_LEAVES - 1) /* nodes of a tree with that many leaves */
#define OT_SLICED_SCALE 8u /* programs hold masks and slots times 8: the processor then finds them in its address mode, without a shift, at any width */
#define OT_SLICED_MOST_MASKS 65536u /* more than that would not stay in any cache */
#define OT_SLICED_WINDOW 16u /* columns, of as many adjacent features, are read from the rows together */

/* A tested feature. Its masks are first_mask + k for "rank > k"; one more, first_mask + rank_count, is room for the making of them. */
typedef struct ot_sliced_column {
  uint32_t feature;
  uint32_t rank_count; /* distinct thresholds */
  uint32_t levels;     /* of the search tree: 2^levels > rank_count */
  uint32_t first_mask;
  size_t first_node;   /* of the search tree; node 0 is unused, the children of p are 2p and 2p + 1, padding is +infinity */
  uint32_t missing_rank; /* of NaN: above all thresholds, or 0 where most tests send it to the first child */
  uint32_t first_special, special_count;
} ot_sliced_column;

/* A mask made of others: of the plain ones of its column, or a union of special ones before it. */
enum { OT_SLICED_ALL /* every number */, OT_SLICED_COPY, OT_SLICED_NOT, OT_SLICED_BETWEEN /* the plain mask before it, and not it: one rank */, OT_SLICED_UNION };

typedef struct ot_sliced_special {
  uint32_t mask;
  uint32_t from;       /* a plain mask; of a union, its first part in the layout's list */
  uint32_t part_count; /* of a union */
  uint8_t kind;
  bool missing_first;  /* NaN takes the first child: its bit is cleared; else it is set */
} ot_sliced_special;

/* One branch of a reach program: of the rows at slot `from`, those whose mask bit is set go to the second child, the others to the first. The root is
 * slot 0, and the children of the k-th branch are slots 2k + 1 and 2k + 2. */
typedef struct ot_sliced_op {
  uint32_t mask; /* scaled, as is the slot */
  uint32_t from;
} ot_sliced_op;

/* A tree as one of two programs. A perfect network of multiplexers suits balanced trees. Leaf-wise grown trees, of any depth, get a reach
 * program: which rows reach which node, from the root down; a leaf index bit is then the union of the nodes below which it is always 1. */
typedef struct ot_sliced_tree {
  uint32_t index_bits;    /* of a leaf index: 1 to OT_SLICED_MOST_DEPTH */
  uint32_t first_leaf;    /* 2^index_bits leaves */
  uint32_t network_depth; /* == index_bits; 0: a reach program */
  uint32_t first_program; /* network: 2^depth - 1 masks, scaled, in heap order; second child is 1, the root decides the top bit */
  uint32_t first_op, op_count;
  uint32_t first_union;                             /* slots, scaled, those of the top bit first */
  uint16_t union_counts[OT_SLICED_MOST_DEPTH];      /* by bit, from the top; odd, the last slot is repeated where need be */
} ot_sliced_tree;

/* The weights of one tree for one target. */
typedef struct ot_sliced_addend {
  uint32_t tree;
  size_t first_value; /* 2^index_bits weights, by leaf index */
} ot_sliced_addend;

typedef struct ot_sliced_layout {
  const ot_sliced_column *columns;
  uint32_t column_count;
  const ot_sliced_special *specials;
  const uint32_t *parts; /* masks of unions */
  uint32_t part_count;
  const void *search; /* search trees, real */
  uint32_t mask_count;
  const ot_sliced_tree *trees;
  const uint32_t *programs;
  const ot_sliced_op *ops;
  const uint16_t *unions;
  uint32_t most_slots; /* of a reach program */
  const uint32_t *leaves; /* canonical leaf numbers */
  const ot_sliced_addend *addends; /* the fused path; NULL: leaves are located and ot_accumulate() adds */
  const uint32_t *target_addends;  /* [target_count + 1] first addend of each target */
  const float *values;
  const uint8_t *planes;           /* AVX-512: the values as byte planes, addend by addend */
  const size_t *target_planes;     /* AVX-512: [target_count] first byte of each target */
  bool keeps_slices;               /* trees have several addends: their slices are computed once for all */
  const ot_kernel *narrow_kernel; /* the same with narrower vectors, on this layout, for batches of middle size; NULL: none */
  const ot_kernel *few_kernel; /* evaluates few rows, */
  const void *few_layout;      /* with its own layout, */
  uint32_t few_rows;           /* up to so many */
} ot_sliced_layout;

/* Bytes of one byte plane of 2^index_bits values: whole registers. */
static inline size_t ot_sliced_plane_size(uint32_t index_bits) { return index_bits <= 6 ? 64 : (size_t)1 << index_bits; }

/* NULL in *layout if the ensemble has trees that are deeper than OT_SLICED_MOST_DEPTH and have more than OT_SLICED_MOST_LEAVES leaves, or too many
 * thresholds or sets. False: out of memory. */
bool ot_sliced_prepare(const ot_ensemble *ensemble, ot_arena *arena, ot_arena *scratch, ot_sliced_layout **layout);

/* Let a kernel evaluate few rows, if it takes the ensemble. False: out of memory. */
bool ot_sliced_prepare_few(const ot_ensemble *ensemble, ot_sliced_layout *layout, const ot_kernel *kernel, ot_arena *arena, ot_arena *scratch);

/* How many columns, from this one on, are read from the rows together. */
static inline uint32_t ot_sliced_window(const ot_sliced_layout *layout, uint32_t column) {
  uint32_t end = column + 1, base = layout->columns[column].feature;
  while (end < layout->column_count && layout->columns[end].feature - base < OT_SLICED_WINDOW) end++;
  return end - column;
}

/* ---- parts of the preparation ---- */

/* Sets up the fused path where all leaves of each tree have weights for the same targets, once each. False: out of memory. */
bool ot_sliced_prepare_addends(const ot_ensemble *ensemble, ot_sliced_layout *layout, ot_arena *arena, ot_arena *scratch);

/* A tree unfolded into a list of nodes, parents first; nodes that the tree shares occur once for every path. */
typedef struct ot_unfolded_node {
  ot_node_ref ref;
  uint16_t parent;
  uint16_t children[2]; /* of a branch: first, second */
  uint16_t low, high;   /* leaves below it, numbered in order: low <= number < high */
} ot_unfolded_node;

/* Number of nodes, or 0 if the tree has more than OT_SLICED_MOST_LEAVES leaves. Branches are as ot_branch_of() sees them. */
uint32_t ot_unfold_tree(const ot_ensemble *ensemble, ot_node_ref root, ot_unfolded_node nodes[OT_SLICED_MOST_SLOTS]);

/* The unions of the tree's reach program, or only their counts when `slots` is NULL; returns their number. */
uint32_t ot_reach_unions(const ot_unfolded_node *nodes, uint32_t count, uint32_t index_bits, uint16_t *union_counts, uint16_t *slots);

#endif
