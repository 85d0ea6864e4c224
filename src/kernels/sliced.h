/* Bit-sliced evaluation: the layout that all instruction sets share.
 *
 * A block of rows is turned into bit masks, one bit a row. Per tested feature the distinct thresholds t0 < t1 < ... are sorted, and a row's
 * rank is the number of thresholds below its value, so that "x <= tk" is "rank <= k", exactly. One mask per threshold says which rows have
 * rank > k: they take the second child. All trees share these masks. A tree, padded to a perfect one of depth d, is then a network of
 * multiplexers: the bits of the leaf index of all rows of the block come out of 2^d - 1 masks by about as many three-input operations,
 * without a branch or a gather. */
#ifndef OT_KERNELS_SLICED_H
#define OT_KERNELS_SLICED_H

#include "kernels/branch.h"
#include "kernels/tile.h"

#define OT_SLICED_MOST_DEPTH 8u
#define OT_SLICED_MOST_LEAVES (1u << OT_SLICED_MOST_DEPTH)
#define OT_SLICED_MOST_SLOTS (2u * OT_SLICED_MOST_LEAVES - 1) /* nodes of a tree with that many leaves */
#define OT_SLICED_SCALE 8u /* of masks and slots in programs: the processor then finds them in its address mode, without a shift, at any width */
#define OT_SLICED_MOST_MASKS 65536u /* more than that would not stay in any cache */
#define OT_SLICED_VECTOR 16u        /* targets at most whose weights at a leaf are one vector */
#define OT_SLICED_WINDOW 16u        /* columns, of as many adjacent features, are read from the rows together */

/* A tested feature. Its masks are first_mask + k for "rank > k"; one more, first_mask + rank_count, is room for the making of them. Where some tests
 * send NaN to the first child and others do not, twins follow: the same, with NaN the other way. */
typedef struct ot_sliced_column {
  uint32_t feature;
  uint32_t rank_count; /* distinct thresholds */
  uint32_t levels;     /* of the search tree: 2^levels > rank_count */
  uint32_t first_mask;
  size_t first_node;     /* of the search tree; node 0 is unused, the children of p are 2p and 2p + 1, padding is +infinity */
  uint32_t missing_rank; /* of NaN: above all thresholds, or 0 where most tests send it to the first child */
  bool has_twins;
  uint32_t first_special, special_count;
} ot_sliced_column;

static inline uint32_t ot_sliced_first_twin(const ot_sliced_column *column) { return column->first_mask + column->rank_count + 1; }

/* A mask made of others: of the plain ones of its column, or a union of special ones before it. */
enum { OT_SLICED_ALL /* every number */, OT_SLICED_NOT, OT_SLICED_BETWEEN /* the plain mask before it, and not it: one rank */, OT_SLICED_UNION };

typedef struct ot_sliced_special {
  uint32_t mask;
  uint32_t from;       /* a plain mask; of a union, its first part in the layout's list */
  uint32_t part_count; /* of a union */
  uint8_t kind;
  bool missing_first; /* NaN takes the first child: its bit is cleared; else it is set */
} ot_sliced_special;

/* Leaf-wise grown trees, of any depth, get reach programs: which rows reach which node, from the root down. The leaves' indices are chosen
 * so that at a branch one child keeps the index that the branch stands for, and in the index of the other one bit, seldom more, is flipped.
 * So a bit of the leaf index of all rows is the exclusive or of the nodes where it is flipped. The trees of a group share a program: while
 * one waits for a result, another goes on, and no jump depends on a tree's shape. A branch is taken together with one of its children, if
 * that is a branch: a *pair*, with three nodes below. Pairs are taken in steps of four that do not need each other's results; padding
 * splits no rows. Slot 0 holds all rows, slot 1 none; a step's results are in the next slots, from the fifth on: four children that are not
 * in the pairs, four first children of those that are, four second ones. */
#define OT_SLICED_GROUP 8u /* trees at most; groups do not cross its multiples, counted from a target's first tree */

#define OT_SLICED_STEP 4u
#define OT_SLICED_FIRST_SIDE 2u /* so many pairs of a step, the first ones, have the branch's first child; the others its second */
#define OT_SLICED_FIRST_RESULT 4u
#define OT_SLICED_RESULTS (3 * OT_SLICED_STEP)

/* Numbers of programs are packed into 64 bits, the first one lowest, and so read together: reading is what limits these programs. They are
 * scaled, see OT_SLICED_SCALE. */

/* Of the rows at slot `from`, those whose mask bit is set go to the second child, the others to the first. A branch that has no child in its pair has
 * its own mask twice. */
typedef struct ot_sliced_step {
  uint64_t masks[4]; /* 8 x 32 bits: the branches', then their children's */
  uint64_t from;     /* 4 x 16 */
} ot_sliced_step;

/* A bit is flipped for the rows of three slots, 16 bits each; then the slice. Slice OT_SLICED_MOST_DEPTH t + i is bit i, from the top, of
 * the group's t-th tree. */
typedef uint64_t ot_sliced_flip;

typedef struct ot_sliced_group {
  uint32_t tree_count;
  uint32_t step_count, slice_count, flip_count; /* each slice has one flip among the first ones */
  uint32_t first_step, first_flip;
} ot_sliced_group;

/* A tree: a perfect network of multiplexers, which suits balanced trees, or a part of its group's reach program. */
typedef struct ot_sliced_tree {
  uint32_t index_bits;    /* of a leaf index: 1 to OT_SLICED_MOST_DEPTH */
  uint32_t first_leaf;    /* 2^index_bits leaves */
  uint32_t network_depth; /* == index_bits; 0: a reach program */
  /* Network: the mask of the root, then in preorder those of both children of each node; second child is 1, the root decides the top bit. */
  uint32_t first_program;
  uint32_t pair_count, flip_count; /* its part of a reach program */
} ot_sliced_tree;

/* What names masks. */
typedef struct ot_sliced_code {
  const uint64_t *programs;
  const ot_sliced_step *steps;
} ot_sliced_code;

/* The order of evaluation: addend by addend, so target by target, if each tree's slices are made when they are needed; else file order. */
typedef struct ot_sliced_place {
  uint32_t tree;
  uint32_t group;
} ot_sliced_place;

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
  const void *search;   /* search trees, real */
  uint32_t most_levels; /* of one */
  uint32_t mask_count;
  const ot_sliced_tree *trees;
  ot_sliced_code code, code_without_twins; /* the second one is for blocks without NaN: they need no twins, and their masks are half as many */
  uint32_t program_count, step_count;
  bool has_twins;
  const ot_sliced_place *places;
  const ot_sliced_group *groups;
  const ot_sliced_flip *flips;
  uint32_t most_slots;             /* of a reach program */
  const uint32_t *leaves;          /* canonical leaf numbers */
  const ot_sliced_addend *addends; /* the fused path; NULL: leaves are located and ot_accumulate() adds */
  const uint32_t *target_addends;  /* [target_count + 1] first addend of each target */
  const float *values;
  const uint8_t *planes;          /* AVX-512: the values as byte planes, addend by addend */
  const size_t *target_planes;    /* AVX-512: [target_count] first byte of each target */
  const float *vectors;           /* AVX-512, in place of these: OT_SLICED_VECTOR weights for each canonical leaf, added to a row's sums at once */
  bool keeps_slices;              /* trees have several addends: their slices are computed once for all */
  const ot_kernel *narrow_kernel; /* the same with narrower vectors, on this layout, for batches of middle size; NULL: none */
  const ot_kernel *few_kernel;    /* evaluates few rows, */
  const void *few_layout;         /* with its own layout, */
  uint32_t few_rows;              /* up to so many */
} ot_sliced_layout;

/* Bytes of one byte plane of 2^index_bits values: whole registers. */
static inline size_t ot_sliced_plane_size(uint32_t index_bits) { return index_bits <= 6 ? 64 : (size_t)1 << index_bits; }

/* NULL in *layout if the ensemble has trees that are deeper than OT_SLICED_MOST_DEPTH and have more than OT_SLICED_MOST_LEAVES leaves, or too many
 * thresholds or sets. False: out of memory. */
bool ot_sliced_prepare(const ot_ensemble *ensemble, ot_arena *arena, ot_arena *scratch, ot_sliced_layout **layout);

/* Let a kernel evaluate few rows, if it takes the ensemble. False: out of memory. */
bool ot_sliced_prepare_few(const ot_ensemble *ensemble, ot_sliced_layout *layout, const ot_kernel *kernel, ot_arena *arena, ot_arena *scratch);

/* The few_kernel and few_rows of a layout. */
const ot_kernel *ot_sliced_for_few(const void *layout, size_t *most_rows);

/* How many columns, from this one on, are read from the rows together. */
static inline uint32_t ot_sliced_window(const ot_sliced_layout *layout, uint32_t column) {
  uint32_t end = column + 1, base = layout->columns[column].feature;
  while (end < layout->column_count && layout->columns[end].feature - base < OT_SLICED_WINDOW) end++;
  return end - column;
}

/* ---- parts of the preparation ---- */

/* Sets up the fused path where all leaves of each tree have weights for the same targets, once each. False: out of memory. */
bool ot_sliced_prepare_addends(const ot_ensemble *ensemble, ot_sliced_layout *layout, ot_arena *arena, ot_arena *scratch);

/* Sets the code for blocks without NaN. False: out of memory. */
bool ot_sliced_prepare_without_twins(ot_sliced_layout *layout, ot_arena *arena, ot_arena *scratch);

/* A tree unfolded into a list of nodes, parents first; nodes that the tree shares occur once for every path. */
typedef struct ot_unfolded_node {
  ot_node_ref ref;
  uint16_t children[2]; /* of a branch: first, second; 0: a leaf */
  uint16_t partner;     /* of a branch: the child in its pair; 0: none */
  uint16_t leaf_count;  /* below it */
  uint8_t index;        /* of a leaf; a branch that begins a pair has that of one of its leaves, and of the first node below the pair */
  bool is_partner;
} ot_unfolded_node;

/* Whether a branch and a child of it, or a branch alone, are to be split. */
static inline bool ot_begins_pair(const ot_unfolded_node *node) { return node->children[0] && !node->is_partner; }

/* The nodes below a pair, the one first that has its index; returns how many. */
uint32_t ot_below_pair(const ot_unfolded_node *nodes, const ot_unfolded_node *branch, uint16_t below[3]);

/* Number of nodes, or 0 if the tree has more than OT_SLICED_MOST_LEAVES leaves. `branches` is what ot_branch_of() says of each. */
uint32_t ot_unfold_tree(const ot_branch *branches, ot_node_ref root, ot_unfolded_node nodes[OT_SLICED_MOST_SLOTS]);

static inline uint32_t ot_index_bits(uint32_t leaf_count) {
  uint32_t bits = 1;
  while (leaf_count > 1u << bits) bits++;
  return bits;
}

/* Gives every leaf an index. */
void ot_choose_indices(ot_unfolded_node *nodes);

/* Sets what the tree's part of a reach program has. */
void ot_measure_reach(const ot_unfolded_node *nodes, uint32_t count, ot_sliced_tree *tree);

/* Sets up places, groups and reach programs; trees and addends are there. `masks` are those of the branches. False: out of memory. */
bool ot_sliced_prepare_groups(const ot_ensemble *ensemble, const ot_branch *branches, const uint32_t *masks, ot_sliced_layout *layout,
                              ot_arena *arena, ot_arena *scratch);

#endif
