/* Looking into the trees of a model: nodes, tests, leaf weights.
 *
 * What is shown is what is evaluated: nodes are numbered anew, weights of branches are left out, and a chain of tests for equality is one test
 * for membership in a set. All functions are thread-safe and cannot fail, except that an index out of range, or an info record whose struct_size
 * is 0, gives ONNXTREE_INVALID_ARGUMENT. What they hand out belongs to the model and lives as long as it. */
#ifndef ONNXTREE_TREES_H
#define ONNXTREE_TREES_H

#include <stddef.h>

#include <onnxtree/export.h>
#include <onnxtree/model.h>
#include <onnxtree/status.h>

#ifdef __cplusplus
extern "C" {
#endif

/* One tree operator of the graph. Nodes are numbered from 0: first the branches, then the leaves, both in the order of the file. */
typedef struct onnxtree_ensemble_info {
  size_t struct_size;         /* set it to sizeof(onnxtree_ensemble_info) before the call */
  size_t operator_index;      /* for onnxtree_model_operator() */
  onnxtree_type type;         /* of thresholds, weights and sums: ONNXTREE_FLOAT or ONNXTREE_DOUBLE */
  size_t trees;               /* its trees */
  size_t branches;            /* nodes with a test, over all trees */
  size_t leaves;              /* nodes with weights, over all trees */
  size_t targets;             /* sums: outputs of a regressor, classes; 1 for a classifier of two classes with one score */
  size_t features;            /* one more than the largest column that is tested */
  size_t max_depth;           /* tests on the longest path */
  const char *aggregate;      /* "sum", "average", "min" or "max" */
  const char *post_transform; /* "none", "softmax", "logistic", "softmax-zero" or "probit" */
} onnxtree_ensemble_info;

#define ONNXTREE_ENSEMBLE_INFO_INIT { sizeof(onnxtree_ensemble_info), 0, ONNXTREE_UNDEFINED, 0, 0, 0, 0, 0, 0, NULL, NULL }

/* The index-th tree operator, in the order of the graph. */
ONNXTREE_API onnxtree_status onnxtree_model_ensemble(const onnxtree_model *model, size_t index, onnxtree_ensemble_info *info);

/* A node: a branch, which tests a column of its input, or a leaf. A node may have several parents, but there are no circles. */
typedef struct onnxtree_tree_node {
  size_t struct_size;  /* set it to sizeof(onnxtree_tree_node) before the call */
  int is_leaf;         /* 1 for a leaf, 0 for a branch */
  const char *test;    /* branches: "<=", "<", ">=", ">", "==", "!=" or "in"; leaves: "" */
  size_t feature;      /* branches: the column that is tested */
  double threshold;    /* branches, unless the test is "in" */
  size_t member_count; /* test "in": size of the set; onnxtree_model_tree_member() */
  int missing_is_true; /* branches: whether NaN goes to true_child; otherwise it goes where the comparison says, false but for "!=" */
  size_t true_child;   /* branches: node numbers */
  size_t false_child;  /* branches: node numbers */
  size_t weight_count; /* leaves: onnxtree_model_tree_weight() */
} onnxtree_tree_node;

#define ONNXTREE_TREE_NODE_INIT { sizeof(onnxtree_tree_node), 0, NULL, 0, 0, 0, 0, 0, 0, 0 }

/* The node that a tree starts with. */
ONNXTREE_API onnxtree_status onnxtree_model_tree_root(const onnxtree_model *model, size_t ensemble, size_t tree, size_t *node);
/* A node of any tree of the ensemble. */
ONNXTREE_API onnxtree_status onnxtree_model_tree_node(const onnxtree_model *model, size_t ensemble, size_t node, onnxtree_tree_node *info);
/* The index-th weight of a leaf, and the target that it is added to. */
ONNXTREE_API onnxtree_status onnxtree_model_tree_weight(const onnxtree_model *model, size_t ensemble, size_t node, size_t index, size_t *target,
                                                        double *weight);
/* The index-th member, in ascending order, of the set of a branch with the test "in". */
ONNXTREE_API onnxtree_status onnxtree_model_tree_member(const onnxtree_model *model, size_t ensemble, size_t node, size_t index, double *member);

#ifdef __cplusplus
}
#endif

#endif
