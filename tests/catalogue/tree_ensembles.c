/* V: TreeEnsemble of ai.onnx.ml 5. */
#include <math.h>
#include <string.h>

#include "catalogue/catalogue.h"

#define CHANGE(name) static void name(writer_model *m)
#define SET_INT(name, attribute, index, value) \
  CHANGE(name) { writer_get(m, attribute)->ints[index] = value; }
#define SET_INTS(name, attribute, ...) \
  CHANGE(name) { writer_ints(m, attribute, sizeof((int64_t[]){__VA_ARGS__}) / 8, (int64_t[]){__VA_ARGS__}); }
#define SHORT(name, attribute) \
  CHANGE(name) { writer_get(m, attribute)->count--; }

SET_INT(v1a, "tree_roots", 0, 3)
SET_INT(v1b, "tree_roots", 0, -1)
SET_INT(v1c, "tree_roots", 0, INT64_C(1) << 40)
CHANGE(v2a) { writer_get(m, "tree_roots")->count = 0; }
CHANGE(v2b) { writer_remove(m, "tree_roots"); }
SET_INTS(v3a, "tree_roots", 0, 2, 2)
SET_INTS(v3b, "tree_roots", 0, 2, 1)
SET_INT(v4a, "nodes_falsenodeids", 0, 3)
SET_INT(v4b, "nodes_truenodeids", 0, 5)
SET_INT(v4c, "nodes_truenodeids", 0, -1)
SET_INT(v4d, "nodes_falsenodeids", 0, (INT64_C(1) << 32) + 1)
SET_INT(v5a, "nodes_falsenodeids", 0, 0)
CHANGE(v5b) { /* node 1 to node 2 and back */
  writer_get(m, "nodes_falsenodeids")->ints[1] = 2;
  writer_get(m, "nodes_falseleafs")->ints[1] = 0;
  writer_get(m, "nodes_falsenodeids")->ints[2] = 1;
  writer_get(m, "nodes_falseleafs")->ints[2] = 0;
}
SET_INTS(v6a, "tree_roots", 0)
SET_INT(v6b, "nodes_truenodeids", 1, 0)
SET_INT(v7a, "nodes_trueleafs", 0, 2)
SET_INT(v7b, "nodes_falseleafs", 0, -1)
CHANGE(v8) { /* leaf 1 and node 1 are the children of node 0 */
  writer_get(m, "nodes_truenodeids")->ints[0] = 1;
  writer_get(m, "nodes_truenodeids")->ints[1] = 0;
}
CHANGE(v9) {
  writer_get(m, "nodes_falsenodeids")->ints[2] = 3;
  writer_get(m, "leaf_targetids")->count = 4;
  writer_get(m, "leaf_weights")->count = 4;
  writer_get(m, "leaf_weights")->dims[0] = 4;
}
CHANGE(v10a) { writer_get(m, "nodes_modes")->numbers[0] = 7; }
CHANGE(v10b) { writer_get(m, "nodes_modes")->numbers[0] = 200; }
static void typed_mode(writer_model *m, double mode) { /* in int32_data, which has room for what is no byte */
  writer_get(m, "nodes_modes")->raw = false;
  writer_get(m, "nodes_modes")->numbers[0] = mode;
}
CHANGE(v10e) { typed_mode(m, -1); }
CHANGE(v10f) { typed_mode(m, 256); }
CHANGE(v10c) { writer_get(m, "nodes_modes")->element = 7; }
CHANGE(v10d) { writer_get(m, "nodes_modes")->element = 1; }
CHANGE(v11a) { writer_numbers(m, "nodes_splits", WRITER_TENSOR, 11, 3, (double[]){1, 2, 0.5}); }
/* Doubles that a float would round to the value of the row, which is 0.5. */
CHANGE(v11e) { writer_numbers(m, "nodes_splits", WRITER_TENSOR, 11, 3, (double[]){0x1.fffffffffffffp-2, 2, 0.5}); }
/* 2^24 + 1 + 1, which floats cannot count. */
CHANGE(v11f) {
  writer_ints(m, "tree_roots", 3, (int64_t[]){0, 2, 2});
  writer_numbers(m, "leaf_weights", WRITER_TENSOR, 11, 5, (double[]){16777216, 20, 30, 2, 1});
}
CHANGE(v11b) {
  writer_get(m, "nodes_splits")->rank = 2;
  writer_get(m, "nodes_splits")->dims[0] = 2;
  writer_get(m, "nodes_splits")->dims[1] = 2;
}
CHANGE(v11c) {
  writer_get(m, "nodes_splits")->count = 2;
  writer_get(m, "nodes_splits")->dims[0] = 2;
}
CHANGE(v11d) { writer_get(m, "nodes_splits")->count = 2; }
SHORT(v12, "leaf_targetids")
SET_INT(v13a, "leaf_targetids", 0, 1)
SET_INT(v13b, "leaf_targetids", 0, -1)
CHANGE(v14a) { writer_remove(m, "n_targets"); }
SET_INT(v14b, "n_targets", 0, 0)
SET_INT(v14c, "n_targets", 0, INT64_C(1) << 28)
static void member(writer_model *m, size_t count, const double *values) {
  writer_get(m, "nodes_modes")->numbers[0] = 6;
  if (count) writer_numbers(m, "membership_values", WRITER_TENSOR, 1, count, values);
}
CHANGE(v19b) {
  member(m, 0, NULL);
  writer_numbers(m, "membership_values", WRITER_TENSOR, 11, 2, (double[]){0x1.fffffffffffffp-2, NAN});
}
#define MEMBER(name, ...) CHANGE(name) { member(m, sizeof((double[]){__VA_ARGS__}) / 8, (double[]){__VA_ARGS__}); }
CHANGE(v15) { member(m, 0, NULL); }
MEMBER(v16, 0.5, 1)
MEMBER(v16b, 0.5, 1, NAN)
MEMBER(v17, 0.5, NAN, 1, NAN)
MEMBER(v18, NAN)
MEMBER(v19, 0, -0.0, 0.5, 0.5, INFINITY, NAN)
/* The NaN that closes the set of v19 in the file, as another NaN. */
static void other_nan(bytes *f, const char *nan) {
  for (size_t i = 0; i + 4 <= f->size; i++)
    if (memcmp(f->data + i, "\0\0\xC0\x7F", 4) == 0) memcpy(f->data + i, nan, 4);
}
static void v24a(bytes *f) { other_nan(f, "\x01\0\x80\x7F"); }
static void v24b(bytes *f) { other_nan(f, "\x45\x23\xC1\xFF"); }
MEMBER(v20, 16777217, 1.5, 1e30, NAN)
CHANGE(v21a) { writer_get(m, "aggregate_function")->ints[0] = 9; }
CHANGE(v21e) { writer_get(m, "aggregate_function")->ints[0] = 4; }
CHANGE(v21f) { writer_get(m, "post_transform")->ints[0] = 5; }
CHANGE(v21b) { writer_get(m, "aggregate_function")->ints[0] = -1; }
CHANGE(v21c) { writer_get(m, "post_transform")->ints[0] = 9; }
CHANGE(v21d) { writer_get(m, "post_transform")->ints[0] = -1; }
CHANGE(v22) { writer_get(m, "nodes_splits")->element = 10; }
SET_INTS(v14d, "nodes_missing_value_tracks_true", 0, 2, 0)
SET_INTS(v14e, "nodes_missing_value_tracks_true", 1, -1, 0)
SET_INT(v37, "nodes_featureids", 0, 2)
SET_INT(v37b, "nodes_featureids", 0, -1)
SET_INT(v37c, "nodes_featureids", 0, INT32_MAX)
SET_INT(v37d, "nodes_featureids", 0, INT64_C(1) << 31)

#define V BASE_TREE_ENSEMBLE
static const catalogue_entry entries[] = {
    {"V0", "as it is", V, NULL, NULL, NULL, NULL, 12},
    {"V1", "root 3 of 3 nodes", V, v1a, NULL, "tree-root", "tree_roots[0]", 0},
    {"V1", "root -1", V, v1b, NULL, "tree-root", "tree_roots[0]", 0},
    {"V1", "root 2^40", V, v1c, NULL, "tree-root", "tree_roots[0]", 0},
    {"V2", "no trees", V, v2a, NULL, "tree-none", "tree_roots", 0},
    {"V2", "no tree_roots", V, v2b, NULL, "tree-none", "tree_roots", 0},
    {"V3", "a root twice", V, v3a, NULL, NULL, NULL, 14},
    {"V3", "a root that is a child of another tree", V, v3b, NULL, NULL, NULL, 42},
    {"V4", "node 3 of 3", V, v4a, NULL, "tree-child", "nodes_falsenodeids[0]", 0},
    {"V4", "leaf 5 of 5", V, v4b, NULL, "tree-child", "nodes_truenodeids[0]", 0},
    {"V4", "leaf -1", V, v4c, NULL, "tree-child", "nodes_truenodeids[0]", 0},
    {"V4", "node 2^32 + 1, cut to 32 bits 1", V, v4d, NULL, "tree-child", "nodes_falsenodeids[0]", 0},
    {"V5", "a node that is its own child", V, v5a, NULL, "tree-unreachable", "node 1", 0},
    {"V5", "a circle of two nodes", V, v5b, NULL, "tree-cycle", "node", 0},
    {"V6", "a node that no root reaches", V, v6a, NULL, "tree-unreachable", "node 2", 0},
    {"V6", "a leaf that no root reaches", V, v6b, NULL, "tree-unreachable", "leaf 1", 0},
    {"V7", "leaf flag 2", V, v7a, NULL, "tree-child", "nodes_trueleafs[0]", 0},
    {"V7", "leaf flag -1", V, v7b, NULL, "tree-child", "nodes_falseleafs[0]", 0},
    {"V8", "children of one number, one leaf and one node", V, v8, NULL, NULL, NULL, 22},
    {"V9", "a tree that is one leaf", V, v9, NULL, NULL, NULL, 11},
    {"V10", "mode 7", V, v10a, NULL, "tree-mode", "nodes_modes[0]", 0},
    {"V10", "mode 200", V, v10b, NULL, "tree-mode", "nodes_modes[0]", 0},
    {"V10", "mode -1 as a typed element", V, v10e, NULL, "tree-mode", "nodes_modes[0]", 0},
    {"V10", "mode 256, cut to a byte 0, as a typed element", V, v10f, NULL, "tree-mode", "nodes_modes[0]", 0},
    {"V10", "modes of type int64", V, v10c, NULL, "tensor-type", "nodes_modes", 0},
    {"V10", "modes of type float", V, v10d, NULL, "tensor-type", "nodes_modes", 0},
    {"V11", "double thresholds for a float input", V, v11a, NULL, NULL, NULL, 12},
    {"V11", "a double threshold between floats", V, v11e, NULL, NULL, NULL, 32},
    {"V11", "double weights", V, v11f, NULL, NULL, NULL, 16777218},
    {"V11", "two-dimensional thresholds of another size", V, v11b, NULL, "tensor-size", "nodes_splits", 0},
    {"V11", "a threshold short", V, v11c, NULL, "attribute-length", "nodes_splits", 0},
    {"V11", "thresholds that are shorter than their dimension", V, v11d, NULL, "tensor-size", "nodes_splits", 0},
    {"V12", "a leaf target short", V, v12, NULL, "attribute-length", "leaf_", 0},
    {"V13", "target 1 of 1", V, v13a, NULL, "tree-target", "leaf_targetids[0]", 0},
    {"V13", "target -1", V, v13b, NULL, "tree-target", "leaf_targetids[0]", 0},
    {"V14", "no n_targets", V, v14a, NULL, "attribute-missing", "n_targets", 0},
    {"V14", "n_targets 0", V, v14b, NULL, "attribute-value", "n_targets", 0},
    {"V14", "n_targets 2^28", V, v14c, NULL, "limit-columns", "targets; the limit max_columns", 0},
    {"V15", "BRANCH_MEMBER without sets", V, v15, NULL, "tree-members", "membership_values", 0},
    {"V16", "a last set without NaN", V, v16, NULL, NULL, NULL, 12},
    {"V16", "a set with NaN", V, v16b, NULL, NULL, NULL, 12},
    {"V17", "more sets than tests", V, v17, NULL, "tree-members", "membership_values", 0},
    {"V18", "an empty set", V, v18, NULL, "tree-members", "membership_values", 0},
    {"V19", "a set of zeros, duplicates and infinity", V, v19, NULL, NULL, NULL, 12},
    {"V19", "a set of doubles", V, v19b, NULL, NULL, NULL, 32},
    {"V20", "a set without the value", V, v20, NULL, NULL, NULL, 32},
    {"V21", "aggregate 9", V, v21a, NULL, "attribute-value", "aggregate_function", 0},
    {"V21", "aggregate 4", V, v21e, NULL, "attribute-value", "aggregate_function", 0},
    {"V21", "aggregate -1", V, v21b, NULL, "attribute-value", "aggregate_function", 0},
    {"V21", "post transform 9", V, v21c, NULL, "attribute-value", "post_transform", 0},
    {"V21", "post transform 5", V, v21f, NULL, "attribute-value", "post_transform", 0},
    {"V21", "post transform -1", V, v21d, NULL, "attribute-value", "post_transform", 0},
    {"V22", "thresholds of float16", V, v22, NULL, "tensor-type", "nodes_splits", 0},
    {"V24", "a set that a signalling NaN closes", V, v19, v24a, NULL, NULL, 12},
    {"V24", "a set that a negative NaN with a payload closes", V, v19, v24b, NULL, NULL, 12},
    {"T14", "TreeEnsemble: missing flag 2", V, v14d, NULL, "tree-missing-flag", "nodes_missing_value_tracks_true[1]", 0},
    {"T14", "TreeEnsemble: missing flag -1", V, v14e, NULL, "tree-missing-flag", "nodes_missing_value_tracks_true[1]", 0},
    {"V36", "feature 2 of 2 columns", V, v37, NULL, "tree-feature", "feature 2", 0},
    {"V37", "feature -1", V, v37b, NULL, "tree-feature", "nodes_featureids[0]", 0},
    {"V37", "feature 2^31 - 1, the largest", V, v37c, NULL, "tree-feature", "feature 2147483647, but the input has 2 columns", 0},
    {"V37", "feature 2^31", V, v37d, NULL, "tree-feature", "nodes_featureids[0]", 0},
};
const catalogue_section catalogue_tree_ensembles = SECTION("TreeEnsemble 5", entries);
