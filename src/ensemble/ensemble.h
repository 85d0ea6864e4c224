/* The canonical tree ensemble: what every ONNX form becomes and every kernel starts from. Flat arrays, no protobuf, immutable once validated.
 *
 * Branches (nodes that test a feature) and leaves are numbered apart, in file order. A child or root is an ot_node_ref: the number of a
 * branch, or of a leaf with the top bit set. Trees may share branches and leaves (exporters write categories as chains with one common
 * child); they may not contain circles. */
#ifndef OT_ENSEMBLE_ENSEMBLE_H
#define OT_ENSEMBLE_ENSEMBLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef uint32_t ot_node_ref;
#define OT_LEAF_BIT UINT32_C(0x80000000)
#define OT_MAX_NODES OT_LEAF_BIT

static inline bool ot_is_leaf(ot_node_ref ref) { return (ref & OT_LEAF_BIT) != 0; }
static inline uint32_t ot_leaf_index(ot_node_ref ref) { return ref & ~OT_LEAF_BIT; }

/* Test of a branch: feature OP threshold, or feature in a set. The numbers are those of TreeEnsemble (ai.onnx.ml 5). */
typedef enum ot_mode { OT_MODE_LEQ, OT_MODE_LT, OT_MODE_GTE, OT_MODE_GT, OT_MODE_EQ, OT_MODE_NEQ, OT_MODE_MEMBER } ot_mode;
#define OT_MODE_MASK 0x07u
#define OT_MISSING_TRUE 0x80u /* with a mode: NaN takes the true branch */

typedef enum ot_aggregate { OT_AGGREGATE_AVERAGE, OT_AGGREGATE_SUM, OT_AGGREGATE_MIN, OT_AGGREGATE_MAX } ot_aggregate;

static inline bool ot_is_extreme(ot_aggregate aggregate) { return aggregate == OT_AGGREGATE_MIN || aggregate == OT_AGGREGATE_MAX; }

/* The numbers are those of TreeEnsemble (ai.onnx.ml 5). */
typedef enum ot_post_transform {
  OT_TRANSFORM_NONE,
  OT_TRANSFORM_SOFTMAX,
  OT_TRANSFORM_LOGISTIC,
  OT_TRANSFORM_SOFTMAX_ZERO,
  OT_TRANSFORM_PROBIT
} ot_post_transform;

typedef struct ot_ensemble {
  bool is_double; /* type of thresholds, weights, comparisons and sums: double, else float; "real" below */

  bool continues; /* its trees come after others: their sums (and presence) are there, and are added to */
  uint32_t tree_count;
  uint32_t branch_count;
  uint32_t leaf_count;
  ot_node_ref *roots;       /* [tree_count] */
  uint32_t *features;       /* [branch_count] */
  uint8_t *modes;           /* [branch_count] ot_mode, perhaps with OT_MISSING_TRUE */
  void *thresholds;         /* [branch_count] real; MEMBER branches have none */
  ot_node_ref *true_child;  /* [branch_count] */
  ot_node_ref *false_child; /* [branch_count] */

  uint32_t *branch_sets;    /* [branch_count] the set of a MEMBER branch; NULL: there is no such branch */
  uint32_t set_count;
  uint32_t *set_members;    /* [set_count + 1] first member of each set */
  void *members;            /* real: those of each set ascend, differ, are not NaN and not -0 */

  uint32_t target_count;
  uint32_t weight_count;
  uint32_t *leaf_weights;   /* [leaf_count + 1] first weight of each leaf; NULL: leaf i has the one weight i */
  uint32_t *weight_targets; /* [weight_count]; NULL: all are for target 0 */
  void *weights;            /* [weight_count] real */
  ot_aggregate aggregate;
  size_t base_count;        /* 0 or target_count */
  void *base_values;        /* [base_count] real */
  bool needs_presence;      /* whether a target got any weight in a row matters for the result */

  /* Found by validation. */
  uint32_t feature_count;   /* one more than the largest feature tested */
  uint32_t features_used;   /* distinct features tested */
  uint32_t max_depth;       /* tests on the longest path */
  bool has_shared_nodes;    /* some branch has two parents, or is a root and a child */
  bool has_vector_leaves;   /* each leaf has one weight for every target, in their order; there are several */
  bool has_missing_true;
  bool has_equality;        /* modes EQ, NEQ or MEMBER occur: not every test is an order test */
  bool has_swapped_tests;   /* modes GTE or GT occur */
} ot_ensemble;

#endif
