/* Node layouts of the walk kernel. */
#ifndef OT_KERNELS_WALK_H
#define OT_KERNELS_WALK_H

#include "kernels/member_test.h"
#include "kernels/tile.h"

/* 8 bytes: float thresholds, order tests, features below 32,768, no shared nodes, trees of up to 65,535 pairs.
 * Every test is made a "feature <= threshold" (order_test.h says how). Siblings are adjacent: a pair. The root is the first node of the
 * tree's first pair. A pair is followed by those below its first node and then those below its second, so that the end of a path lies in
 * few cache lines. */
typedef struct ot_compact_node {
  union {
    float threshold;
    uint32_t leaf; /* or its weight, a float */
  } as;
  uint16_t feature; /* OT_COMPACT_MISSING_FIRST: NaN takes the first child */
  uint16_t pair;    /* of the children, counted from the node's own; 0: a leaf */
} ot_compact_node;

#define OT_COMPACT_MISSING_FIRST 0x8000u
#define OT_COMPACT_FEATURE_MASK 0x7FFFu

typedef struct ot_compact_layout {
  const ot_compact_node *nodes;
  const uint32_t *roots; /* [tree_count + 1] */
  bool holds_weights;    /* ot_adds_single_weights(): leaves are located as their weights */
} ot_compact_layout;

/* Whether the ensemble fits; if so, build the layout. NULL in *layout if it does not fit. False: out of memory. */
bool ot_compact_prepare(const ot_ensemble *ensemble, ot_arena *arena, ot_arena *scratch, const ot_compact_layout **layout);
void ot_compact_locate(const ot_ensemble *ensemble, const ot_compact_layout *layout, const ot_rows *rows, uint32_t first_tree, uint32_t tree_count,
                       uint32_t *leaves);

/* 16 bytes (24 with doubles): everything else. Children are node references as in the ensemble; the test is a set of accepted outcomes.
 * Numbers have no outcome that a test for membership accepts; the set says. */
enum { OT_OUTCOME_LESS = 1, OT_OUTCOME_EQUAL = 2, OT_OUTCOME_GREATER = 4, OT_OUTCOME_MISSING = 8 };

typedef struct ot_wide_node_float {
  float threshold;
  uint32_t feature;
  ot_node_ref child[2]; /* [1]: taken when the outcome is accepted */
} ot_wide_node_float;

typedef struct ot_wide_node_double {
  double threshold;
  uint32_t feature;
  ot_node_ref child[2];
} ot_wide_node_double;

#define OT_WIDE_OUTCOME_SHIFT 28 /* the accepted outcomes are in the top four bits of `feature` */
#define OT_WIDE_FEATURE_MASK ((UINT32_C(1) << OT_WIDE_OUTCOME_SHIFT) - 1)

typedef struct ot_wide_layout {
  const void *nodes;
  const uint32_t *node_sets; /* [branch_count] as ot_member_sets counts them, 0: none; NULL: no test is for membership */
  ot_member_sets sets;
} ot_wide_layout;

bool ot_wide_prepare(const ot_ensemble *ensemble, ot_arena *arena, const ot_wide_layout **layout);
void ot_wide_locate(const ot_ensemble *ensemble, const ot_wide_layout *layout, const ot_rows *rows, uint32_t first_tree, uint32_t tree_count,
                    uint32_t *leaves);

#endif
