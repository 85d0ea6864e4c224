/* What the parts of the readers share: the attribute list of the node-list form and the state of one reading. */
#ifndef OT_ENSEMBLE_READER_ATTRIBUTES_H
#define OT_ENSEMBLE_READER_ATTRIBUTES_H

#include "ensemble/reader.h"
#include "ensemble/real.h"
#include "ensemble/validate.h"
#include "onnx/attribute_set.h"
#include "onnx/reals.h"

/* Rules of the attribute sets of TreeEnsembleClassifier and TreeEnsembleRegressor; weights are class_* or target_* by operator. */
enum {
  OT_A_TREE_IDS,
  OT_A_NODE_IDS,
  OT_A_FEATURES,
  OT_A_MODES,
  OT_A_TRUE_IDS,
  OT_A_FALSE_IDS,
  OT_A_VALUES,
  OT_A_VALUES_TENSOR,
  OT_A_MISSING,
  OT_A_HITRATES,
  OT_A_HITRATES_TENSOR,
  OT_A_WEIGHT_TREE_IDS,
  OT_A_WEIGHT_NODE_IDS,
  OT_A_WEIGHT_TARGETS,
  OT_A_WEIGHTS,
  OT_A_WEIGHTS_TENSOR,
  OT_A_BASE,
  OT_A_BASE_TENSOR,
  OT_A_POST_TRANSFORM,
  OT_A_LABELS_STRINGS, /* classifier */
  OT_A_LABELS_INTS,
  OT_A_TARGET_COUNT = OT_A_LABELS_STRINGS, /* regressor */
  OT_A_AGGREGATE = OT_A_LABELS_INTS,
  OT_A_COUNT
};

typedef struct ot_reading {
  const ot_reader_options *options;
  ot_attribute_set set;
  ot_reals values, hitrates, weights, base;
  const char *place;
  ot_ensemble *ensemble;
  ot_finish *finish;
  ot_arena *arena;   /* for the result */
  ot_arena *scratch; /* for the time of reading */
  ot_problems *problems;

  /* The nodes as the file lists them. */
  size_t node_count;
  int64_t *tree_ids;      /* [tree_count] */
  uint32_t *tree_first;   /* [tree_count + 1] first node of each tree */
  uint32_t *tree_order;   /* [tree_count] trees by ascending id; NULL: they ascend already */
  uint8_t *tree_is_dense; /* [tree_count] node ids are 0, 1, 2, ... */
  int64_t *node_ids;      /* [node_count]; NULL: those of all trees are 0, 1, 2, ... */
  uint32_t *node_order;   /* [node_count] nodes of each tree by ascending id; NULL: all trees are dense */
  ot_node_ref *refs;      /* [node_count] canonical number of each node */
  void *leaf_values;      /* [leaf_count] real: nodes_values of the leaves; NULL unless compat needs them */
} ot_reading;

/* ---- reader.c ---- */

#define OT_MOST_PROBLEMS 100 /* more of them help nobody */

/* An element of an attribute that is not what it has to be; false, and nothing is said, once there have been enough problems. */
bool ot_report(const ot_reading *reading, ot_problem_code code, size_t rule, size_t index, int64_t value, const char *message);

/* One array of a group that has to be of one length, that of the first. */
typedef struct ot_length_rule {
  size_t rule;
  ot_problem_code absent; /* the problem if it is absent; OT_PROBLEM_COUNT: it may be */
  const ot_reals *reals;  /* where the attribute was opened as such */
} ot_length_rule;

void ot_check_lengths(const ot_reading *reading, const ot_length_rule *rules, size_t rule_count);
void ot_read_target_count(ot_reading *reading, size_t rule);

/* Arrays for the trees and branches that have been counted. */
bool ot_allocate_branches(ot_reading *reading);

/* The end of every reading: what follows from what was read, validation, then equality chains become sets. */
bool ot_reading_settle(ot_reading *reading, const ot_node_names *names);

/* ---- parts of the node-list form ---- */

/* read_nodes.c: trees, branches and leaves. */
bool ot_read_nodes(ot_reading *reading);
int64_t ot_node_id(const ot_reading *reading, uint32_t tree, size_t index);
/* Position in the file of a node, or SIZE_MAX. `tree` is the tree's number. */
size_t ot_find_node(const ot_reading *reading, uint32_t tree, int64_t node_id);
/* Number of the tree with this id, or UINT32_MAX; `hint` is a tree: the last one found. */
uint32_t ot_find_tree(const ot_reading *reading, int64_t tree_id, uint32_t hint);

/* read_weights.c: leaf weights; needs the nodes. */
bool ot_read_weights(ot_reading *reading);

#endif
