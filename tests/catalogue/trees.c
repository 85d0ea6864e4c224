/* T: TreeEnsembleClassifier and TreeEnsembleRegressor. */
#include <math.h>
#include <string.h>

#include "catalogue/catalogue.h"

#define CHANGE(name) static void name(writer_model *m)
#define SHORT(name, attribute) \
  CHANGE(name) { writer_get(m, attribute)->count--; }
#define SET_INT(name, attribute, index, value) \
  CHANGE(name) { writer_get(m, attribute)->ints[index] = value; }
#define SET_NUMBER(name, attribute, index, value) \
  CHANGE(name) { writer_get(m, attribute)->numbers[index] = value; }
#define SET_TEXT(name, attribute, index, value) \
  CHANGE(name) { writer_get(m, attribute)->texts[index] = value; }
#define SET_STRING(name, attribute, value) \
  CHANGE(name) { writer_texts(m, attribute, WRITER_STRING, 1, (const char *const[]){value}); }
#define SET_INTS(name, attribute, ...) \
  CHANGE(name) { writer_ints(m, attribute, sizeof((int64_t[]){__VA_ARGS__}) / 8, (int64_t[]){__VA_ARGS__}); }
#define SET_FLOATS(name, attribute, ...) \
  CHANGE(name) { writer_numbers(m, attribute, WRITER_FLOATS, 1, sizeof((double[]){__VA_ARGS__}) / 8, (double[]){__VA_ARGS__}); }

SHORT(t1, "nodes_treeids") SHORT(t2, "nodes_nodeids") SHORT(t3, "nodes_featureids") SHORT(t4, "nodes_modes") SHORT(t5, "nodes_values")
SHORT(t6, "nodes_truenodeids") SHORT(t7, "nodes_falsenodeids") SHORT(t8, "target_treeids") SHORT(t9, "target_nodeids") SHORT(t10, "target_ids")
SHORT(t11, "target_weights") SHORT(t8c, "class_treeids") SHORT(t9c, "class_nodeids") SHORT(t10c, "class_ids") SHORT(t11c, "class_weights")
SET_INTS(t12a, "nodes_missing_value_tracks_true", 0, 0, 0, 0, 0, 0, 0)
SET_INTS(t12b, "nodes_missing_value_tracks_true", 0, 0, 0, 0, 0, 0, 0, 0, 0)
SET_FLOATS(t13, "nodes_hitrates", 1, 1, 1)
SET_INTS(t14a, "nodes_missing_value_tracks_true", 2, 0, 0, 0, 0, 0, 0, 0)
SET_INTS(t14b, "nodes_missing_value_tracks_true", 0, 0, -1, 0, 0, 0, 0, 0)
SET_INTS(t14c, "nodes_missing_value_tracks_true", 0, 0, INT64_C(1) << 40, 0, 0, 0, 0, 0)

enum { NODE_ARRAYS = 7, ARRAYS = 11 };
static const char *const arrays[ARRAYS] = {"nodes_treeids",     "nodes_nodeids",      "nodes_featureids", "nodes_modes",    "nodes_values",
                                           "nodes_truenodeids", "nodes_falsenodeids", "target_treeids",   "target_nodeids", "target_ids",
                                           "target_weights"};
static void cut(writer_model *m, size_t nodes, size_t weights) {
  for (size_t i = 0; i < ARRAYS; i++) writer_get(m, arrays[i])->count = i < NODE_ARRAYS ? nodes : weights;
}
CHANGE(t15) { cut(m, 0, 0); }
CHANGE(t16) {
  cut(m, 1, 1);
  writer_get(m, "nodes_modes")->texts[0] = "LEAF";
  writer_get(m, "target_nodeids")->ints[0] = 0;
}
SET_INT(t18, "nodes_truenodeids", 2, 2)
SET_INT(t19a, "nodes_truenodeids", 2, 0)
SET_INT(t19d, "nodes_truenodeids", 5, 0)
CHANGE(t19b) { /* node 4 is its own child and nobody else's */
  writer_get(m, "nodes_modes")->texts[4] = "BRANCH_LEQ";
  writer_get(m, "nodes_truenodeids")->ints[4] = 4;
  writer_get(m, "nodes_falsenodeids")->ints[4] = 3;
  writer_get(m, "nodes_falsenodeids")->ints[2] = 3;
  writer_get(m, "target_nodeids")->ints[2] = 3;
}
CHANGE(t19c) {
  t19b(m);
  writer_get(m, "nodes_truenodeids")->ints[4] = 2;
  writer_get(m, "nodes_falsenodeids")->ints[2] = 4;
}
SET_INT(t20a, "nodes_falsenodeids", 2, 77)
SET_INT(t20b, "nodes_truenodeids", 5, 4)
SET_INT(t21a, "nodes_truenodeids", 0, -1)
SET_INT(t21b, "nodes_truenodeids", 0, INT64_C(1) << 62)
SET_INT(t21c, "nodes_truenodeids", 0, INT64_MIN)
SET_INT(t22, "nodes_truenodeids", 0, (INT64_C(1) << 32) + 1)
SET_INT(t23, "nodes_nodeids", 4, (INT64_C(1) << 32) + 3)
CHANGE(t23a) {
  t23(m);
  writer_get(m, "nodes_falsenodeids")->ints[2] = (INT64_C(1) << 32) + 3;
  writer_get(m, "target_nodeids")->ints[2] = (INT64_C(1) << 32) + 3;
}
SET_INT(t24, "nodes_nodeids", 3, 4)
CHANGE(t25a) {
  for (int i = 0; i < 5; i++) writer_get(m, "nodes_treeids")->ints[i] = -1;
  for (int i = 0; i < 3; i++) writer_get(m, "target_treeids")->ints[i] = -1;
}
SET_INT(t25b, "nodes_nodeids", 4, -4)
CHANGE(t26) {
  for (int i = 0; i < 5; i++) writer_get(m, "nodes_treeids")->ints[i] = INT64_C(1) << 40;
  for (int i = 0; i < 3; i++) writer_get(m, "target_treeids")->ints[i] = INT64_C(1) << 40;
  for (int i = 5; i < 8; i++) writer_get(m, "nodes_treeids")->ints[i] = 5;
  for (int i = 3; i < 5; i++) writer_get(m, "target_treeids")->ints[i] = 5;
}
CHANGE(t27) { /* ids 40, 39, 37, 36, 30 */
  const int64_t ids[] = {40, 39, 37, 36, 30};
  for (int i = 0; i < 5; i++) writer_get(m, "nodes_nodeids")->ints[i] = ids[i];
  writer_get(m, "nodes_truenodeids")->ints[0] = 39;
  writer_get(m, "nodes_falsenodeids")->ints[0] = 37;
  writer_get(m, "nodes_truenodeids")->ints[2] = 36;
  writer_get(m, "nodes_falsenodeids")->ints[2] = 30;
  const int64_t leaves[] = {39, 36, 30};
  for (int i = 0; i < 3; i++) writer_get(m, "target_nodeids")->ints[i] = leaves[i];
}
SET_INT(t28, "nodes_treeids", 4, 1)
CHANGE(t28a) { /* the last node of tree 0 behind those of tree 1 */
  for (int i = 4; i < 8; i++) writer_get(m, "nodes_treeids")->ints[i] = i < 7;
  const int64_t ids[] = {0, 1, 2, 4};
  for (int i = 4; i < 8; i++) writer_get(m, "nodes_nodeids")->ints[i] = ids[i - 4];
}
CHANGE(t29) { /* node 2 first: its parent is listed later */
  const int64_t ids[] = {2, 1, 0};
  const int64_t yes[] = {3, 0, 1}, no[] = {4, 0, 2};
  for (int i = 0; i < 3; i++) {
    writer_get(m, "nodes_nodeids")->ints[i] = ids[i];
    writer_get(m, "nodes_truenodeids")->ints[i] = yes[i];
    writer_get(m, "nodes_falsenodeids")->ints[i] = no[i];
  }
}
SET_INT(t30, "nodes_falsenodeids", 0, 1)
SET_INT(t31, "nodes_falsenodeids", 2, 3)
CHANGE(t32a) { /* both children of node 2 are leaf 3; leaf 4 takes its place nowhere, so the weight and the node go */
  t31(m);
  for (size_t k = 0; k < ARRAYS; k++) {
    writer_attribute *a = writer_get(m, arrays[k]);
    for (int i = k < NODE_ARRAYS ? 4 : 2; i < 7; i++) {
      a->ints[i] = a->ints[i + 1];
      a->numbers[i] = a->numbers[i + 1];
      a->texts[i] = a->texts[i + 1];
    }
    a->count--;
  }
}
SET_INT(t36a, "nodes_featureids", 0, 2)
SET_INT(t36b, "nodes_featureids", 2, 3)
SET_INT(t37a, "nodes_featureids", 0, -1)
SET_INT(t37b, "nodes_featureids", 0, INT64_C(1) << 31)
SET_INT(t37c, "nodes_featureids", 0, INT64_C(1) << 32)
SET_INT(t37d, "nodes_featureids", 0, INT64_MAX)
SET_INT(t37e, "nodes_featureids", 0, INT32_MAX)
SET_INT(t38, "nodes_featureids", 1, 99)
SET_TEXT(t39a, "nodes_modes", 0, "BRANCH_NEAR")
SET_TEXT(t39b, "nodes_modes", 0, "")
SET_TEXT(t39c, "nodes_modes", 0, "branch_leq")
SET_TEXT(t39e, "nodes_modes", 0, "BRANCH_LEQ ")
SET_TEXT(t39f, "nodes_modes", 0, "BRANCH_MEMBER")
CHANGE(t39g) { /* BRANCH_LT is the usual mode where the other one is read */
  writer_get(m, "nodes_modes")->texts[0] = "BRANCH_LT";
  writer_get(m, "nodes_modes")->texts[2] = "BRANCH_LE";
}
CHANGE(t39d) {
  writer_get(m, "nodes_modes")->texts[0] = "BRANCH_LEQ\0";
  writer_get(m, "nodes_modes")->text_sizes[0] = 11;
}
SET_INT(t40a, "nodes_truenodeids", 1, 4)
SET_INT(t40b, "nodes_truenodeids", 2, 0)
SET_NUMBER(t41, "nodes_values", 0, NAN)
SET_NUMBER(t42a, "nodes_values", 0, INFINITY)
SET_NUMBER(t42b, "nodes_values", 0, -INFINITY)
SET_NUMBER(t42c, "nodes_values", 0, 1e-45)
CHANGE(t43) { /* the row has 0.5, the threshold the double just below it */
  const double values[] = {0x1.fffffffffffffp-2, 0, 2, 0, 0, 0.5, 0, 0};
  writer_remove(m, "nodes_values");
  writer_numbers(m, "nodes_values_as_tensor", WRITER_TENSOR, 11, 8, values);
}
static const double eight[8] = {1, 0, 2, 0, 0, 0.5, 0, 0};
CHANGE(t44a) { writer_numbers(m, "nodes_values_as_tensor", WRITER_TENSOR, 1, 8, eight); }
CHANGE(t44b) {
  writer_numbers(m, "nodes_hitrates", WRITER_FLOATS, 1, 8, eight);
  writer_numbers(m, "nodes_hitrates_as_tensor", WRITER_TENSOR, 1, 8, eight);
}
CHANGE(t44c) { writer_numbers(m, "target_weights_as_tensor", WRITER_TENSOR, 1, 5, eight); }
CHANGE(t44d) {
  writer_numbers(m, "base_values", WRITER_FLOATS, 1, 1, eight);
  writer_numbers(m, "base_values_as_tensor", WRITER_TENSOR, 1, 1, eight);
}
static writer_attribute *tensor(writer_model *m) {
  writer_remove(m, "nodes_values");
  writer_numbers(m, "nodes_values_as_tensor", WRITER_TENSOR, 1, 8, eight);
  return writer_get(m, "nodes_values_as_tensor");
}
#define TENSOR_ELEMENT(name, number) CHANGE(name) { tensor(m)->element = number; }
TENSOR_ELEMENT(t45a, 7) TENSOR_ELEMENT(t45b, 8) TENSOR_ELEMENT(t45c, 10) TENSOR_ELEMENT(t45d, 0)
#define TENSOR_RAW(name, more) CHANGE(name) { tensor(m)->raw_change = (size_t)(more); }
TENSOR_RAW(t46a, 1) TENSOR_RAW(t46b, 4) TENSOR_RAW(t46c, 8) TENSOR_RAW(t46d, -1) TENSOR_RAW(t46e, -4) TENSOR_RAW(t46f, -8)
CHANGE(t46g) { bytes_float(&tensor(m)->extra, 4, 1); }
CHANGE(t46h) {
  writer_attribute *a = tensor(m);
  a->raw = false;
  a->count = 0;
}
CHANGE(t46i) { tensor(m)->raw = false; }
CHANGE(t47a) { tensor(m)->dims[0] = -8; }
CHANGE(t47b) {
  writer_attribute *a = tensor(m);
  a->rank = 2;
  a->dims[0] = (INT64_C(1) << 61) + 1;
  a->dims[1] = 8;
}
CHANGE(t47c) { tensor(m)->rank = 0; }
CHANGE(t47d) {
  writer_attribute *a = tensor(m);
  a->rank = 2;
  a->dims[0] = 0;
  a->dims[1] = 8;
}
CHANGE(t48a) { bytes_number(&tensor(m)->extra, 14, 1); }
CHANGE(t48d) { bytes_number(&tensor(m)->extra, 14, 0); }
CHANGE(t48b) {
  bytes segment = {0};
  bytes_number(&segment, 1, 0);
  bytes_message(&tensor(m)->extra, 3, &segment);
}
CHANGE(t48c) {
  bytes entry = {0};
  bytes_text(&entry, 1, "location");
  bytes_text(&entry, 2, "../../etc/passwd");
  bytes_message(&tensor(m)->extra, 13, &entry);
}
CHANGE(t49) { cut(m, 8, 4); }
CHANGE(t49e) { cut(m, 8, 3); }
/* The weight of the leaf that the row reaches in the first tree is on the other side of 0 than that of a leaf without weight would be. */
CHANGE(t49b) {
  t49(m);
  writer_texts(m, "aggregate_function", WRITER_STRING, 1, (const char *const[]){"MIN"});
}
CHANGE(t49c) {
  t49(m);
  writer_texts(m, "aggregate_function", WRITER_STRING, 1, (const char *const[]){"MAX"});
  writer_get(m, "target_weights")->numbers[0] = -10;
}
CHANGE(t49d) { /* tree 1 of three nodes, then tree 0 of one, which ends the list of leaves */
  cut(m, 4, 2);
  writer_ints(m, "nodes_treeids", 4, (int64_t[]){1, 1, 1, 0});
  writer_ints(m, "nodes_nodeids", 4, (int64_t[]){0, 1, 2, 0});
  writer_get(m, "nodes_modes")->texts[2] = "LEAF";
  writer_ints(m, "target_treeids", 2, (int64_t[]){1, 1});
  writer_ints(m, "target_nodeids", 2, (int64_t[]){1, 2});
  writer_texts(m, "aggregate_function", WRITER_STRING, 1, (const char *const[]){"MIN"});
}
SET_INT(t50, "target_nodeids", 0, 0)
CHANGE(t50b) {
  writer_ints(m, "target_nodeids", 5, (int64_t[]){0, 2, 0, 0, 0});
  writer_texts(m, "aggregate_function", WRITER_STRING, 1, (const char *const[]){"MIN"});
}
SET_INT(t51a, "target_nodeids", 0, 9)
SET_INT(t51b, "target_treeids", 0, 9)
SET_INT(t52, "target_nodeids", 1, 1)
CHANGE(t52b) { /* and another leaf has none, so that leaves of several kinds are told apart */
  t52(m);
  writer_texts(m, "aggregate_function", WRITER_STRING, 1, (const char *const[]){"MAX"});
}
CHANGE(t53) { /* the weights in another order */
  writer_ints(m, "target_treeids", 5, (int64_t[]){1, 0, 1, 0, 0});
  writer_ints(m, "target_nodeids", 5, (int64_t[]){2, 4, 1, 1, 3});
  writer_numbers(m, "target_weights", WRITER_FLOATS, 1, 5, (double[]){2, 30, 1, 10, 20});
}
SET_NUMBER(t54a, "target_weights", 0, NAN)
SET_NUMBER(t54b, "target_weights", 0, INFINITY)
SET_INT(t55a, "target_ids", 0, 1)
SET_INT(t55b, "target_ids", 0, -1)
SET_INT(t55c, "target_ids", 0, INT64_C(1) << 31)
SET_INT(t55d, "target_ids", 0, INT64_MAX)
SET_INT(t55e, "target_ids", 0, INT64_C(1) << 32)
SET_INT(t56a, "n_targets", 0, 0)
SET_INT(t56b, "n_targets", 0, -1)
CHANGE(t56c) { writer_remove(m, "n_targets"); }
SET_INT(t57a, "n_targets", 0, INT64_C(1) << 28)
SET_INT(t57b, "n_targets", 0, INT64_C(1) << 31)
SET_INT(t57c, "n_targets", 0, INT64_C(1) << 40)
SET_INT(t57d, "n_targets", 0, INT64_MAX)
SET_FLOATS(t59a, "base_values", 100)
SET_FLOATS(t59b, "base_values", 1, 2)
SET_FLOATS(t59c, "base_values", NAN)
SET_FLOATS(t59d, "base_values", 1, 2, 3, 4)
CHANGE(t60a) { writer_texts(m, "classlabels_strings", WRITER_STRINGS, 3, (const char *const[]){"a", "b", "c"}); }
CHANGE(t60b) { writer_remove(m, "classlabels_int64s"); }
CHANGE(t60c) { writer_get(m, "classlabels_int64s")->count = 0; }
CHANGE(t60d) {
  writer_get(m, "classlabels_int64s")->count = 1;
  for (int i = 0; i < 5; i++) writer_get(m, "class_ids")->ints[i] = 0;
  m->outputs[1].dims[1] = 1;
}
SET_INT(t60e, "classlabels_int64s", 2, 10)
SET_INT(t61a, "class_ids", 0, 3)
SET_INT(t61b, "class_ids", 0, -1)
CHANGE(t62) {
  writer_remove(m, "classlabels_int64s");
  writer_texts(m, "classlabels_strings", WRITER_STRINGS, 3, (const char *const[]){"=cmd|' /C calc'!A0", "a\"b,c\nd\x1b[2J", "\xFF\xFE"});
  m->outputs[0].element = 8;
}
CHANGE(t62b) {
  t62(m);
  writer_get(m, "classlabels_strings")->texts[1] = "NUL\0inside";
  writer_get(m, "classlabels_strings")->text_sizes[1] = 10;
}
CHANGE(t62c) { /* the digest is FNV-1a: two texts that are known to have the same */
  t62(m);
  writer_get(m, "classlabels_strings")->texts[0] = "7mohtcOFVz";
  writer_get(m, "classlabels_strings")->texts[1] = "c1E51sSEyx";
}
SET_INTS(t63, "classlabels_int64s", INT64_MIN, INT64_MAX, 0)
SET_STRING(t64a, "post_transform", "SIGMOID")
SET_STRING(t64b, "post_transform", "logistic")
SET_STRING(t64c, "post_transform", "")
CHANGE(t64d) {
  writer_texts(m, "post_transform", WRITER_STRING, 1, (const char *const[]){"NONE\0"});
  writer_get(m, "post_transform")->text_sizes[0] = 5;
}
CHANGE(t59e) { /* two classes with weights for both, one base value */
  writer_get(m, "classlabels_int64s")->count = 2;
  for (int i = 0; i < 5; i++) writer_get(m, "class_ids")->ints[i] = i % 2;
  m->outputs[1].dims[1] = 2;
  t59a(m);
}
SET_STRING(t65a, "aggregate_function", "MEDIAN")
SET_STRING(t67, "aggregate_function", "AVERAGE")
CHANGE(t66a) {
  t64b(m);
  writer_get(m, "post_transform")->texts[0] = "LOGISTIC";
  writer_get(m, "target_weights")->numbers[0] = INFINITY;
}
CHANGE(t66b) {
  t66a(m);
  writer_get(m, "post_transform")->texts[0] = "PROBIT";
}
CHANGE(t66c) {
  t66a(m);
  writer_get(m, "target_weights")->numbers[0] = -1e30;
}
CHANGE(t68) { /* two classes, weights for class 1 alone */
  writer_get(m, "classlabels_int64s")->count = 2;
  for (int i = 0; i < 5; i++) writer_get(m, "class_ids")->ints[i] = 1;
  m->outputs[1].dims[1] = 2;
}
CHANGE(t71a) {
  writer_attribute *a = writer_get(m, "nodes_treeids");
  a->type = a->declared = WRITER_INT;
}
CHANGE(t71b) {
  writer_attribute *a = writer_get(m, "nodes_values");
  a->type = a->declared = WRITER_FLOAT;
}

#define R BASE_REGRESSOR
#define C BASE_CLASSIFIER
#define LENGTH(id, change, base, name) {id, "an array that is one shorter", base, change, NULL, "attribute-length", name, 0}
static const catalogue_entry entries[] = {
    {"T0", "the regressor as it is", R, NULL, NULL, NULL, NULL, 12},
    {"T0", "the classifier as it is", C, NULL, NULL, NULL, NULL, 1},
    /* all arrays are compared with nodes_treeids: if that one is short, the others are named */
    LENGTH("T1", t1, R, "nodes_nodeids"),
    LENGTH("T2", t2, R, "nodes_nodeids"),
    LENGTH("T3", t3, R, "nodes_featureids"),
    LENGTH("T4", t4, R, "nodes_modes"),
    LENGTH("T5", t5, R, "nodes_values"),
    LENGTH("T6", t6, R, "nodes_truenodeids"),
    LENGTH("T7", t7, R, "nodes_falsenodeids"),
    LENGTH("T8", t8, R, "target_treeids"),
    LENGTH("T9", t9, R, "target_nodeids"),
    LENGTH("T10", t10, R, "target_ids"),
    LENGTH("T11", t11, R, "target_weights"),
    LENGTH("T1", t1, C, "nodes_treeids"),
    LENGTH("T4", t4, C, "nodes_modes"),
    LENGTH("T5", t5, C, "nodes_values"),
    LENGTH("T8", t8c, C, "class_treeids"),
    LENGTH("T9", t9c, C, "class_nodeids"),
    LENGTH("T10", t10c, C, "class_ids"),
    LENGTH("T11", t11c, C, "class_weights"),
    LENGTH("T12", t12a, R, "nodes_missing_value_tracks_true"),
    LENGTH("T12", t12b, C, "nodes_missing_value_tracks_true"),
    LENGTH("T13", t13, R, "nodes_hitrates"),
    {"T14", "missing flag 2", R, t14a, NULL, "tree-missing-flag", "nodes_missing_value_tracks_true[0]", 0},
    {"T14", "missing flag -1", R, t14b, NULL, "tree-missing-flag", "nodes_missing_value_tracks_true[2]", 0},
    {"T14", "missing flag 2^40", R, t14c, NULL, "tree-missing-flag", "nodes_missing_value_tracks_true[2]", 0},
    {"T15", "no trees", R, t15, NULL, "tree-none", "nodes_treeids", 0},
    {"T16", "one tree of one leaf", R, t16, NULL, NULL, NULL, 10},
    {"T18", "a node that is its own child", R, t18, NULL, "tree-cycle", "node 2 of tree 0", 0},
    {"T19", "a child that is the root", R, t19a, NULL, "tree-cycle", "tree 0", 0},
    {"T19", "the root of the second tree is its own child", R, t19d, NULL, "tree-cycle", "node 0 of tree 1", 0},
    {"T19", "a circle that no path reaches", R, t19b, NULL, "tree-unreachable", "node 4 of tree 0", 0},
    {"T19", "a circle of two nodes below the root", R, t19c, NULL, "tree-cycle", "node 2 of tree 0", 0},
    {"T20", "a child that does not exist", R, t20a, NULL, "tree-child", "nodes_falsenodeids[2]", 0},
    {"T20", "a child of another tree", R, t20b, NULL, "tree-child", "nodes_truenodeids[5]", 0},
    {"T21", "child -1", R, t21a, NULL, "tree-child", "nodes_truenodeids[0]", 0},
    {"T21", "child 2^62", R, t21b, NULL, "tree-child", "nodes_truenodeids[0]", 0},
    {"T21", "child -2^63", R, t21c, NULL, "tree-child", "nodes_truenodeids[0]", 0},
    {"T22", "child 2^32 + 1, cut to 32 bits 1", R, t22, NULL, "tree-child", "nodes_truenodeids[0]", 0},
    {"T23", "node id 2^32 + 3, cut to 32 bits 3, nobody's child", R, t23, NULL, "tree-child", "nodes_falsenodeids[2]", 0},
    {"T23", "node id 2^32 + 3, referenced exactly", R, t23a, NULL, NULL, NULL, 12},
    {"T24", "two nodes of one id", R, t24, NULL, "tree-duplicate-node", "nodes_nodeids[4]", 0},
    {"T25", "tree id -1", R, t25a, NULL, "tree-id", "nodes_treeids[0]", 0},
    {"T25", "node id -4", R, t25b, NULL, "tree-id", "nodes_nodeids[4]", 0},
    {"T26", "tree ids 2^40 and 5", R, t26, NULL, NULL, NULL, 12},
    {"T27", "node ids that descend with gaps", R, t27, NULL, NULL, NULL, 12},
    {"T28", "a node of another tree among those of the first", R, t28, NULL, "tree-child", "nodes_falsenodeids[2]", 0},
    {"T28", "trees whose nodes are mixed", R, t28a, NULL, "tree-interleaved", "nodes_treeids[7]", 0},
    {"T29", "the first listed node is a child", R, t29, NULL, "tree-root", "node 0 of tree 0", 0},
    {"T30", "a second node without parent", R, t30, NULL, "tree-unreachable", "node 2 of tree 0", 0},
    {"T31", "a leaf without parent", R, t31, NULL, "tree-unreachable", "node 4 of tree 0", 0},
    {"T32", "a leaf with two parents", R, t32a, NULL, NULL, NULL, 12},
    {"T36", "feature 2 of 2 columns", R, t36a, NULL, "tree-feature", "feature 2", 0},
    {"T36", "feature 3 of 2 columns", R, t36b, NULL, "tree-feature", "feature 3", 0},
    {"T37", "feature -1", R, t37a, NULL, "tree-feature", "nodes_featureids[0]", 0},
    {"T37", "feature 2^31 - 1, the largest", R, t37e, NULL, "tree-feature", "feature 2147483647, but the input has 2 columns", 0},
    {"T37", "feature 2^31", R, t37b, NULL, "tree-feature", "nodes_featureids[0]", 0},
    {"T37", "feature 2^32", R, t37c, NULL, "tree-feature", "nodes_featureids[0]", 0},
    {"T37", "feature 2^63 - 1", R, t37d, NULL, "tree-feature", "nodes_featureids[0]", 0},
    {"T38", "feature 99 of a leaf", R, t38, NULL, NULL, NULL, 12},
    {"T39", "mode BRANCH_NEAR", R, t39a, NULL, "tree-mode", "nodes_modes[0]", 0},
    {"T39", "an empty mode", R, t39b, NULL, "tree-mode", "nodes_modes[0]", 0},
    {"T39", "a mode in lower case", R, t39c, NULL, "tree-mode", "nodes_modes[0]", 0},
    {"T39", "a mode that ends with NUL", R, t39d, NULL, "tree-mode", "nodes_modes[0]", 0},
    {"T39", "a mode that ends with a blank", R, t39e, NULL, "tree-mode", "nodes_modes[0]", 0},
    {"T39", "a mode that is another one up to its last letter", R, t39g, NULL, "tree-mode", "nodes_modes[2]", 0},
    {"T39", "BRANCH_MEMBER in version 3", R, t39f, NULL, "tree-mode", "nodes_modes[0]", 0},
    {"T40", "a leaf with a child", R, t40a, NULL, NULL, NULL, 12},
    {"T40", "a branch whose child is the root: none was set", R, t40b, NULL, "tree-cycle", "tree 0", 0},
    {"T41", "threshold NaN", R, t41, NULL, NULL, "tree-not-a-number", 32},
    {"T42", "threshold infinite", R, t42a, NULL, NULL, NULL, 12},
    {"T42", "threshold minus infinite", R, t42b, NULL, NULL, NULL, 32},
    {"T42", "threshold subnormal", R, t42c, NULL, NULL, NULL, 32},
    {"T43", "a double threshold between floats", R, t43, NULL, NULL, NULL, 32},
    {"T44", "thresholds in both forms", R, t44a, NULL, "attribute-both", "nodes_values", 0},
    {"T44", "hit rates in both forms", R, t44b, NULL, "attribute-both", "nodes_hitrates", 0},
    {"T44", "weights in both forms", R, t44c, NULL, "attribute-both", "target_weights", 0},
    {"T44", "base values in both forms", R, t44d, NULL, "attribute-both", "base_values", 0},
    {"T45", "a tensor of int64", R, t45a, NULL, "tensor-type", "nodes_values_as_tensor", 0},
    {"T45", "a tensor of strings with raw_data", R, t45b, NULL, "tensor-size", "nodes_values_as_tensor", 0},
    {"T45", "a tensor of float16", R, t45c, NULL, "tensor-type", "nodes_values_as_tensor", 0},
    {"T45", "a tensor without type", R, t45d, NULL, "tensor-type", "nodes_values_as_tensor", 0},
    {"T46", "raw_data one byte long", R, t46a, NULL, "tensor-size", "nodes_values_as_tensor", 0},
    {"T46", "raw_data one element long", R, t46b, NULL, "tensor-size", "nodes_values_as_tensor", 0},
    {"T46", "raw_data two elements long", R, t46c, NULL, "tensor-size", "nodes_values_as_tensor", 0},
    {"T46", "raw_data one byte short", R, t46d, NULL, "tensor-size", "nodes_values_as_tensor", 0},
    {"T46", "raw_data one element short", R, t46e, NULL, "tensor-size", "nodes_values_as_tensor", 0},
    {"T46", "raw_data two elements short", R, t46f, NULL, "tensor-size", "nodes_values_as_tensor", 0},
    {"T46", "raw and typed data", R, t46g, NULL, "tensor-size", "nodes_values_as_tensor", 0},
    {"T46", "no data", R, t46h, NULL, "tensor-size", "nodes_values_as_tensor", 0},
    {"T46", "typed data alone", R, t46i, NULL, NULL, NULL, 12},
    {"T47", "a negative dimension", R, t47a, NULL, "tensor-size", "nodes_values_as_tensor", 0},
    {"T47", "a product of dimensions beyond 64 bits", R, t47b, NULL, "tensor-size", "nodes_values_as_tensor", 0},
    {"T47", "eight elements in a scalar", R, t47c, NULL, "tensor-size", "nodes_values_as_tensor", 0},
    {"T47", "a dimension 0 with data", R, t47d, NULL, "tensor-size", "nodes_values_as_tensor", 0},
    {"T48", "data_location EXTERNAL", R, t48a, NULL, "external-data", "nodes_values_as_tensor", 0},
    {"T48", "data_location DEFAULT", R, t48d, NULL, NULL, NULL, 12},
    {"T48", "a segment", R, t48b, NULL, "tensor-size", "nodes_values_as_tensor", 0},
    {"T48", "external_data that names a file", R, t48c, NULL, "external-data", "nodes_values_as_tensor", 0},
    {"T49", "a leaf without weight", R, t49, NULL, NULL, "(the first is leaf 4)", 10},
    {"T49", "two leaves without weight", R, t49e, NULL, NULL, "(the first is leaf 3)", 10},
    {"T49", "a leaf without weight is not the smallest", R, t49b, NULL, NULL, "tree-leaf-without-weight", 10},
    {"T49", "a leaf without weight is not the largest", R, t49c, NULL, NULL, "tree-leaf-without-weight", -10},
    {"T49", "a tree that is a leaf without weight is not the smallest", R, t49d, NULL, NULL, "tree-leaf-without-weight", 10},
    {"T50", "a weight of a branch", R, t50, NULL, NULL, "tree-weight-on-branch", 2},
    {"T50", "weights of branches alone, MIN", R, t50b, NULL, NULL, "tree-weight-on-branch", 0},
    {"T51", "a weight of an unknown node", R, t51a, NULL, "tree-weight-node", "target_nodeids[0]", 0},
    {"T51", "a weight of an unknown tree", R, t51b, NULL, "tree-weight-node", "target_nodeids[0]", 0},
    {"T52", "two weights of one leaf and target", R, t52, NULL, NULL, "tree-weight-repeated", 12},
    {"T52", "two weights of one leaf, none of another, MAX", R, t52b, NULL, NULL, "tree-weight-repeated", 10},
    {"T53", "weights in another order", R, t53, NULL, NULL, NULL, 12},
    {"T54", "a weight that is NaN", R, t54a, NULL, NULL, "tree-not-a-number", NAN},
    {"T54", "an infinite weight", R, t54b, NULL, NULL, "tree-not-a-number", INFINITY},
    {"T55", "target 1 of 1", R, t55a, NULL, "tree-target", "target_ids[0]", 0},
    {"T55", "target -1", R, t55b, NULL, "tree-target", "target_ids[0]", 0},
    {"T55", "target 2^31", R, t55c, NULL, "tree-target", "target_ids[0]", 0},
    {"T55", "target 2^63 - 1", R, t55d, NULL, "tree-target", "target_ids[0]", 0},
    {"T55", "target 2^32, cut to 32 bits 0", R, t55e, NULL, "tree-target", "target_ids[0]", 0},
    {"T56", "n_targets 0", R, t56a, NULL, "attribute-value", "n_targets", 0},
    {"T56", "n_targets -1", R, t56b, NULL, "attribute-value", "n_targets", 0},
    {"T56", "no n_targets", R, t56c, NULL, "attribute-missing", "n_targets", 0},
    {"T57", "n_targets 2^28", R, t57a, NULL, "limit-columns", "targets; the limit max_columns", 0},
    {"T57", "n_targets 2^31", R, t57b, NULL, "limit-columns", "targets; the limit max_columns", 0},
    {"T57", "n_targets 2^40", R, t57c, NULL, "limit-columns", "targets; the limit max_columns", 0},
    {"T57", "n_targets 2^63 - 1", R, t57d, NULL, "limit-columns", "targets; the limit max_columns", 0},
    {"T59", "one base value", R, t59a, NULL, NULL, NULL, 112},
    {"T59", "two base values for one target", R, t59b, NULL, "tree-base-values", "base_values", 0},
    {"T59", "a base value that is NaN", R, t59c, NULL, NULL, "tree-not-a-number", NAN},
    {"T59", "four base values for three classes", C, t59d, NULL, "tree-base-values", "base_values", 0},
    {"T59", "one base value for three classes", C, t59a, NULL, "tree-base-values", "base_values", 0},
    {"T59", "one base value for two classes that both have weights", C, t59e, NULL, "tree-base-values", "base_values", 0},
    {"T60", "labels of both kinds", C, t60a, NULL, "tree-labels", "classlabels_strings", 0},
    {"T60", "no labels", C, t60b, NULL, "tree-labels", "trees", 0},
    {"T60", "empty labels", C, t60c, NULL, "tree-labels", "trees", 0},
    {"T60", "one label", C, t60d, NULL, NULL, NULL, 1.25},
    {"T60", "a label that occurs twice", C, t60e, NULL, "tree-labels", "trees", 0},
    {"T61", "class 3 of 3", C, t61a, NULL, "tree-target", "class_ids[0]", 0},
    {"T61", "class -1", C, t61b, NULL, "tree-target", "class_ids[0]", 0},
    {"T62", "labels that are formulas, control characters, no UTF-8", C, t62, NULL, NULL, NULL, 1},
    {"T62", "a label with NUL", C, t62b, NULL, NULL, NULL, 1},
    {"T62", "two labels of one digest", C, t62c, NULL, NULL, NULL, 1},
    {"T63", "the smallest and the largest label", C, t63, NULL, NULL, NULL, 1},
    {"T64", "an unknown post transform", R, t64a, NULL, "attribute-value", "post_transform", 0},
    {"T64", "a post transform in lower case", R, t64b, NULL, "attribute-value", "post_transform", 0},
    {"T64", "an empty post transform", R, t64c, NULL, "attribute-value", "post_transform", 0},
    {"T64", "a post transform that ends with NUL", R, t64d, NULL, "attribute-value", "post_transform", 0},
    {"T65", "an unknown aggregate", R, t65a, NULL, "attribute-value", "aggregate_function", 0},
    {"T65", "an aggregate of a classifier", C, t67, NULL, "attribute-unknown", "aggregate_function", 0},
    {"T66", "LOGISTIC of infinity", R, t66a, NULL, NULL, NULL, 1},
    {"T66", "PROBIT of infinity", R, t66b, NULL, NULL, NULL, NAN},
    {"T66", "LOGISTIC of -1e30", R, t66c, NULL, NULL, NULL, 0},
    {"T67", "AVERAGE", R, t67, NULL, NULL, NULL, 6},
    {"T68", "two classes, all weights for class 1", C, t68, NULL, NULL, NULL, 0},
    {"T71", "an INT in place of INTS", R, t71a, NULL, "attribute-type", "nodes_treeids", 0},
    {"T71", "a FLOAT in place of FLOATS", R, t71b, NULL, "attribute-type", "nodes_values", 0},
};
const catalogue_section catalogue_trees = SECTION("trees", entries);
