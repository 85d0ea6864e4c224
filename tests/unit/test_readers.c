/* What the readers of the file refuse beyond the catalogue of malformed models (tests/catalogue): limits, and thousands of problems at
 * once. And tensors, and bytes that the scan should have refused. */
#include <stdio.h>
#include <string.h>

#include <onnxtree/onnxtree.h>

#include "onnx/attribute.h"
#include "onnx/tensor.h"
#include "onnx/wire.h"
#include "support/counting_allocator.h"
#include "support/onnx_writer.h"
#include "support/unit_test.h"

static void count_problem(void *context, onnxtree_severity severity, const char *code, const char *place, const char *message) {
  (void)code, (void)place, (void)message;
  *(size_t *)context += severity == ONNXTREE_PROBLEM;
}

/* Loads the file, frees it, and says how many problems were told. */
static size_t load(bytes file, const onnxtree_load_options *how, onnxtree_model **model, onnxtree_error *error) {
  size_t told = 0;
  onnxtree_load_options options = *how;
  options.on_problem = count_problem;
  options.on_problem_context = &told;
  *error = (onnxtree_error){ONNXTREE_OK, "accepted", ""};
  onnxtree_status status = onnxtree_model_load_memory(file.data, file.size, &options, model, error);
  CU_ASSERT_EQUAL(status, error->status);
  bytes_free(&file);
  return told;
}

static void expect(const onnxtree_error *error, const char *code, const char *text) {
  if (strcmp(error->code, code) != 0 || !strstr(error->message, text)) {
    fprintf(stderr, "expected %s: %s, found %s: %s\n", code, text, error->code, error->message);
    CU_FAIL("another outcome");
  }
}

/* ---- limits ---- */

static void expect_limit(writer_model model, onnxtree_limits limits, const char *code, const char *text) {
  onnxtree_load_options options = ONNXTREE_LOAD_OPTIONS_INIT;
  options.limits = &limits;
  limits.struct_size = sizeof limits;
  onnxtree_model *loaded;
  onnxtree_error error;
  size_t told = load(writer_write(&model), &options, &loaded, &error);
  CU_ASSERT_PTR_NULL(loaded);
  CU_ASSERT_EQUAL(told, 1);
  CU_ASSERT_EQUAL(error.status, ONNXTREE_LIMIT_EXCEEDED);
  expect(&error, code, text);
}

static void expect_within_limit(writer_model model, onnxtree_limits limits) {
  onnxtree_load_options options = ONNXTREE_LOAD_OPTIONS_INIT;
  options.limits = &limits;
  limits.struct_size = sizeof limits;
  onnxtree_model *loaded;
  onnxtree_error error;
  CU_ASSERT_EQUAL(load(writer_write(&model), &options, &loaded, &error), 0);
  expect(&error, "accepted", "");
  onnxtree_model_free(loaded);
}

static void test_limits(void) {
  expect_limit(writer_tree_ensemble(), (onnxtree_limits){.max_trees = 1}, "limit-trees", "2 trees; the limit max_trees is 1");
  expect_limit(writer_tree_ensemble(), (onnxtree_limits){.max_tree_nodes = 2}, "limit-tree-nodes",
               "3 tests and 5 leaves; the limit max_tree_nodes is 2");
  expect_limit(writer_tree_ensemble(), (onnxtree_limits){.max_tree_nodes = 7}, "limit-tree-nodes",
               "3 tests and 5 leaves; the limit max_tree_nodes is 7");
  expect_within_limit(writer_tree_ensemble(), (onnxtree_limits){.max_trees = 2, .max_tree_nodes = 8});
  expect_limit(writer_regressor(), (onnxtree_limits){.max_trees = 1}, "limit-trees", "2 trees; the limit max_trees is 1");
  expect_limit(writer_regressor(), (onnxtree_limits){.max_tree_nodes = 7}, "limit-tree-nodes", "8 nodes; the limit max_tree_nodes is 7");
  expect_within_limit(writer_regressor(), (onnxtree_limits){.max_trees = 2, .max_tree_nodes = 8});
  expect_limit(writer_classifier(), (onnxtree_limits){.max_columns = 2}, "limit-columns", "3 classes");
  expect_within_limit(writer_classifier(), (onnxtree_limits){.max_columns = 3});
}

/* ---- more problems than anybody wants to read: 100 are told, and where the first one is ---- */

enum { BRANCHES = 300, LEAVES = BRANCHES + 1, NODES = BRANCHES + LEAVES };

/* A tree that is a chain, longer than what is read at once: branch 2 i asks "x0 <= i"; its children are leaf 2 i + 1, of weight i, and the next. */
typedef struct chain {
  int64_t trees[NODES], nodes[NODES], features[NODES], yes[NODES], no[NODES], missing[NODES];
  int64_t weight_trees[LEAVES], weight_nodes[LEAVES], targets[LEAVES];
  const char *modes[NODES];
  float values[NODES], weights[LEAVES];
} chain;

static chain sound_chain(void) {
  chain c = {0};
  for (int i = 0; i < NODES; i++) {
    bool is_branch = i % 2 == 0 && i + 1 < NODES;
    c.nodes[i] = i;
    c.modes[i] = is_branch ? "BRANCH_LEQ" : "LEAF";
    c.yes[i] = is_branch ? i + 1 : 0;
    c.no[i] = is_branch ? i + 2 : 0;
    c.values[i] = is_branch ? (float)i / 2 : 0;
  }
  for (int i = 0; i < LEAVES; i++) {
    c.weight_nodes[i] = i < BRANCHES ? 2 * i + 1 : NODES - 1;
    c.weights[i] = (float)i;
  }
  return c;
}

static bytes chain_model(const chain *c, bool is_classifier) {
  bytes a = {0};
  bytes_ints(&a, "nodes_treeids", c->trees, NODES);
  bytes_ints(&a, "nodes_nodeids", c->nodes, NODES);
  bytes_ints(&a, "nodes_featureids", c->features, NODES);
  bytes_ints(&a, "nodes_truenodeids", c->yes, NODES);
  bytes_ints(&a, "nodes_falsenodeids", c->no, NODES);
  bytes_ints(&a, "nodes_missing_value_tracks_true", c->missing, NODES);
  bytes_floats(&a, "nodes_values", c->values, NODES);
  bytes_strings(&a, "nodes_modes", c->modes, NODES);
  bytes_ints(&a, is_classifier ? "class_treeids" : "target_treeids", c->weight_trees, LEAVES);
  bytes_ints(&a, is_classifier ? "class_nodeids" : "target_nodeids", c->weight_nodes, LEAVES);
  bytes_ints(&a, is_classifier ? "class_ids" : "target_ids", c->targets, LEAVES);
  bytes_floats(&a, is_classifier ? "class_weights" : "target_weights", c->weights, LEAVES);
  if (is_classifier)
    bytes_ints(&a, "classlabels_int64s", (const int64_t[]){10, 20}, 2);
  else
    bytes_int(&a, "n_targets", 1);
  return bytes_model(is_classifier ? "TreeEnsembleClassifier" : "TreeEnsembleRegressor", 3, 1, &a);
}

static bytes chain_file(const chain *c) { return chain_model(c, false); }

static void expect_hundred(bytes file, const char *code, const char *place) {
  onnxtree_load_options options = ONNXTREE_LOAD_OPTIONS_INIT;
  onnxtree_model *model;
  onnxtree_error error;
  CU_ASSERT_EQUAL(load(file, &options, &model, &error), 100);
  CU_ASSERT_PTR_NULL(model);
  CU_ASSERT_EQUAL(error.status, ONNXTREE_INVALID_MODEL);
  expect(&error, code, place);
  expect(&error, code, "(and 99 more problems)");
}

static void test_sound_chain(void) {
  chain c = sound_chain();
  onnxtree_load_options options = ONNXTREE_LOAD_OPTIONS_INIT;
  onnxtree_model *model;
  onnxtree_error error;
  CU_ASSERT_EQUAL(load(chain_file(&c), &options, &model, &error), 0);
  CU_ASSERT_PTR_NOT_NULL_FATAL(model);
  const float rows[] = {-1, 2.5f, 149, 400};
  float scores[4];
  CU_ASSERT_EQUAL(onnxtree_predict(model, ONNXTREE_FLOAT, rows, 4, 0, NULL, scores, &error), ONNXTREE_OK);
  CU_ASSERT(scores[0] == 0 && scores[1] == 3 && scores[2] == 149 && scores[3] == 300);
  onnxtree_model_free(model);
}

/* The leaves that are read first are all for class 0, those that are read next all for class 1. */
static void test_classes_in_turn(void) {
  chain c = sound_chain();
  for (size_t i = 256; i < LEAVES; i++) c.targets[i] = 1;
  onnxtree_load_options options = ONNXTREE_LOAD_OPTIONS_INIT;
  onnxtree_model *model;
  onnxtree_error error;
  CU_ASSERT_EQUAL(load(chain_model(&c, true), &options, &model, &error), 0);
  CU_ASSERT_PTR_NOT_NULL_FATAL(model);
  const float rows[] = {2.5f, 255, 256, 400};
  int64_t labels[4];
  CU_ASSERT_EQUAL(onnxtree_predict(model, ONNXTREE_FLOAT, rows, 4, 0, labels, NULL, &error), ONNXTREE_OK);
  CU_ASSERT(labels[0] == 10 && labels[1] == 10 && labels[2] == 20 && labels[3] == 20);
  onnxtree_model_free(model);
}

#define EACH(array, value) \
  for (size_t i = 0; i < sizeof c.array / sizeof *c.array; i++) c.array[i] = value
#define EXPECT_HUNDRED(array, value, code, place)    \
  do {                                               \
    chain c = sound_chain();                         \
    EACH(array, value);                              \
    expect_hundred(chain_file(&c), code, place);     \
  } while (0)

static void test_many_problems(void) {
  EXPECT_HUNDRED(nodes, 7, "tree-duplicate-node", "nodes_nodeids[1]");
  EXPECT_HUNDRED(nodes, 0, "tree-duplicate-node", "nodes_nodeids[1]");
  EXPECT_HUNDRED(nodes, -1 - (int64_t)i, "tree-id", "nodes_nodeids[0]");
  EXPECT_HUNDRED(trees, (int64_t)i % 2, "tree-interleaved", "nodes_treeids[2]");
  EXPECT_HUNDRED(features, -1, "tree-feature", "nodes_featureids[0]");
  EXPECT_HUNDRED(missing, 2, "tree-missing-flag", "nodes_missing_value_tracks_true[0]");
  EXPECT_HUNDRED(yes, NODES, "tree-child", "nodes_truenodeids[0]");
  EXPECT_HUNDRED(no, -1, "tree-child", "nodes_falsenodeids[0]");
  EXPECT_HUNDRED(modes, "BRANCH_NEAR", "tree-mode", "nodes_modes[0]");
  EXPECT_HUNDRED(weight_nodes, NODES, "tree-weight-node", "target_nodeids[0]");
  EXPECT_HUNDRED(weight_trees, 1, "tree-weight-node", "target_nodeids[0]");
  EXPECT_HUNDRED(targets, 1, "tree-target", "target_ids[0]");
}

/* What an array that cannot be read would lack is not told as well. */
static void test_one_problem(void) {
  writer_model models[] = {writer_tree_ensemble(), writer_regressor(), writer_regressor()};
  writer_get(&models[0], "nodes_modes")->element = 7;
  writer_remove(&models[1], "nodes_values");
  writer_numbers(&models[1], "nodes_values_as_tensor", WRITER_TENSOR, 7, 8, (double[8]){0});
  writer_get(&models[2], "nodes_treeids")->type = writer_get(&models[2], "nodes_treeids")->declared = WRITER_INT;
  for (size_t i = 0; i < sizeof models / sizeof *models; i++) {
    onnxtree_load_options options = ONNXTREE_LOAD_OPTIONS_INIT;
    onnxtree_model *model;
    onnxtree_error error;
    CU_ASSERT_EQUAL(load(writer_write(&models[i]), &options, &model, &error), 1);
    expect(&error, i < 2 ? "tensor-type" : "attribute-type", "nodes_");
  }
}

/* Problems of two kinds, the second in each of them after 100 of the first. */
static void test_many_problems_twice(void) {
  chain c = sound_chain();
  EACH(missing, 2);
  EACH(features, -1);
  expect_hundred(chain_file(&c), "tree-missing-flag", "nodes_missing_value_tracks_true[0]");
  c = sound_chain();
  EACH(nodes, 3);
  EACH(missing, -5);
  EACH(features, INT64_MAX);
  expect_hundred(chain_file(&c), "tree-duplicate-node", "nodes_nodeids[1]");
}

/* TreeEnsemble: 601 roots, none of which is a node. */
static void test_many_roots(void) {
  int64_t roots[NODES];
  for (int i = 0; i < NODES; i++) roots[i] = 1 + i;
  const int64_t zeros[2] = {0}, ones[2] = {1, 1};
  const float splits[1] = {0.5f}, weights[1] = {1};
  const unsigned char modes[1] = {0};
  bytes a = {0};
  bytes_ints(&a, "tree_roots", roots, NODES);
  bytes_ints(&a, "nodes_featureids", zeros, 1);
  bytes_tensor(&a, "nodes_splits", 1, splits, 1);
  bytes_tensor(&a, "nodes_modes", 2, modes, 1);
  bytes_ints(&a, "nodes_truenodeids", zeros, 1);
  bytes_ints(&a, "nodes_trueleafs", ones, 1);
  bytes_ints(&a, "nodes_falsenodeids", zeros, 1);
  bytes_ints(&a, "nodes_falseleafs", ones, 1);
  bytes_ints(&a, "leaf_targetids", zeros, 1);
  bytes_tensor(&a, "leaf_weights", 1, weights, 1);
  bytes_int(&a, "n_targets", 1);
  expect_hundred(bytes_model("TreeEnsemble", 5, 1, &a), "tree-root", "tree_roots[0]");
}

/* ---- ids in any order, and memory that runs out while they are put in order ---- */

/* The regressor; ids of trees and of nodes descend, with gaps, the weights stand in another order, and there are two targets. */
static writer_model awkward_regressor(void) {
  writer_model m = writer_regressor();
  writer_ints(&m, "nodes_treeids", 8, (int64_t[]){7, 7, 7, 7, 7, 3, 3, 3});
  writer_ints(&m, "nodes_nodeids", 8, (int64_t[]){40, 39, 37, 36, 30, 0, 1, 2});
  writer_ints(&m, "nodes_truenodeids", 8, (int64_t[]){39, 0, 36, 0, 0, 1, 0, 0});
  writer_ints(&m, "nodes_falsenodeids", 8, (int64_t[]){37, 0, 30, 0, 0, 2, 0, 0});
  writer_ints(&m, "target_treeids", 5, (int64_t[]){3, 7, 3, 7, 7});
  writer_ints(&m, "target_nodeids", 5, (int64_t[]){2, 30, 1, 39, 36});
  writer_ints(&m, "target_ids", 5, (int64_t[]){1, 1, 0, 0, 0});
  writer_numbers(&m, "target_weights", WRITER_FLOATS, 1, 5, (double[]){2, 30, 1, 10, 20});
  writer_get(&m, "n_targets")->ints[0] = 2;
  m.outputs[0].dims[1] = 2;
  return m;
}

/* TreeEnsemble with a set, two targets, and the rows' leaves in both of them. */
static writer_model awkward_tree_ensemble(void) {
  writer_model m = writer_tree_ensemble();
  writer_get(&m, "nodes_modes")->numbers[0] = 6;
  writer_numbers(&m, "membership_values", WRITER_TENSOR, 1, 3, (double[]){0.25, 0.5, 7});
  writer_ints(&m, "leaf_targetids", 5, (int64_t[]){0, 0, 0, 0, 1});
  writer_get(&m, "n_targets")->ints[0] = 2;
  m.outputs[0].dims[1] = 2;
  return m;
}

/* The leaf that the row reaches in the second tree has no weight, but a number among nodes_values. */
static writer_model without_weight(writer_model m, const char *prefix) {
  static const char *const names[] = {"treeids", "nodeids", "ids", "weights"};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    char name[32];
    snprintf(name, sizeof name, "%s_%s", prefix, names[i]);
    writer_get(&m, name)->count--;
  }
  writer_get(&m, "nodes_values")->numbers[7] = 4;
  return m;
}

static writer_model weightless_regressor(void) { return without_weight(writer_regressor(), "target"); }

static writer_model weightless_minimum(void) {
  writer_model m = weightless_regressor();
  writer_texts(&m, "aggregate_function", WRITER_STRING, 1, (const char *const[]){"MIN"});
  return m;
}

static writer_model weightless_classifier(void) {
  writer_model m = without_weight(writer_classifier(), "class");
  writer_get(&m, "classlabels_int64s")->count = 2;
  writer_ints(&m, "class_ids", 4, (int64_t[]){0, 0, 0, 0});
  writer_numbers(&m, "class_weights", WRITER_FLOATS, 1, 4, (double[]){0.25, 0, 1, 0.5}); /* 0 is not negative */
  m.outputs[1].dims[1] = 2;
  return m;
}

/* The row reaches a leaf of either class; the base value is added to one of them. */
static writer_model base_of_two_classes(void) {
  writer_model m = writer_classifier();
  writer_get(&m, "classlabels_int64s")->count = 2;
  writer_ints(&m, "class_ids", 5, (int64_t[]){0, 1, 0, 0, 1});
  writer_numbers(&m, "base_values", WRITER_FLOATS, 1, 1, (double[]){100});
  m.outputs[1].dims[1] = 2;
  return m;
}

static const struct {
  writer_model (*make)(void);
  onnxtree_compat compat;
  size_t columns;
  float scores[2]; /* of the row (0.5, 3), which reaches the first leaf of the first tree and the last leaf of the second */
} awkward[] = {
    {awkward_regressor, ONNXTREE_COMPAT_DEFAULT, 2, {10, 2}},
    {awkward_tree_ensemble, ONNXTREE_COMPAT_DEFAULT, 2, {10, 2}},
    {weightless_regressor, ONNXTREE_COMPAT_DEFAULT, 1, {10}},
    {weightless_regressor, ONNXTREE_COMPAT_ONNXRUNTIME, 1, {14}}, /* D9 of docs/semantics.md */
    {weightless_minimum, ONNXTREE_COMPAT_DEFAULT, 1, {10}},
    {weightless_minimum, ONNXTREE_COMPAT_ONNXRUNTIME, 1, {4}},
    {weightless_classifier, ONNXTREE_COMPAT_DEFAULT, 2, {0.75f, 0.25f}},
    {weightless_classifier, ONNXTREE_COMPAT_ONNXRUNTIME, 2, {0.75f, 0.25f}},
    {base_of_two_classes, ONNXTREE_COMPAT_ONNXRUNTIME, 2, {101, 0.25f}}, /* D11 */
};

/* Loads and predicts while one request for memory fails; returns how many there were. */
static size_t use_awkward(size_t index, bytes file, size_t fail_at) {
  counting_allocator counts = {.fail_at = fail_at};
  onnxtree_allocator hook = counting_allocator_hook(&counts);
  const onnxtree_limits limits = {.struct_size = sizeof limits, .max_load_bytes = UINT64_MAX};
  onnxtree_load_options options = ONNXTREE_LOAD_OPTIONS_INIT;
  options.allocator = &hook;
  options.limits = &limits;
  options.compat = awkward[index].compat;
  onnxtree_model *model;
  onnxtree_status status = onnxtree_model_load_memory(file.data, file.size, &options, &model, NULL);
  size_t requests = counts.calls;
  CU_ASSERT(status == ONNXTREE_OK || (fail_at && status == ONNXTREE_OUT_OF_MEMORY));
  float scores[2] = {0};
  if (model) {
    CU_ASSERT_EQUAL(onnxtree_predict(model, ONNXTREE_FLOAT, (const float[]){0.5f, 3}, 1, 0, NULL, scores, NULL), ONNXTREE_OK);
    CU_ASSERT(memcmp(scores, awkward[index].scores, awkward[index].columns * sizeof *scores) == 0);
  }
  onnxtree_model_free(model);
  CU_ASSERT_EQUAL(counts.in_use, 0);
  return requests;
}

static void test_awkward(void) {
  for (size_t i = 0; i < sizeof awkward / sizeof *awkward; i++) {
    writer_model m = awkward[i].make();
    bytes file = writer_write(&m);
    size_t requests = use_awkward(i, file, 0);
    for (size_t fail_at = 1; fail_at <= requests; fail_at++) use_awkward(i, file, fail_at);
    bytes_free(&file);
  }
}

/* ---- base values, by whose rules ---- */

static onnxtree_status load_with_base(writer_model m, onnxtree_compat compat, float row_scores[2], onnxtree_error *error) {
  writer_numbers(&m, "base_values", WRITER_FLOATS, 1, 1, (double[]){100});
  onnxtree_load_options options = ONNXTREE_LOAD_OPTIONS_INIT;
  options.compat = compat;
  onnxtree_model *model;
  load(writer_write(&m), &options, &model, error);
  if (!model) return error->status;
  const float row[] = {0.5f, 3};
  onnxtree_status status = onnxtree_predict(model, ONNXTREE_FLOAT, row, 1, 0, NULL, row_scores, error);
  onnxtree_model_free(model);
  return status;
}

/* One base value for two targets: XGBoost means both; ONNX Runtime refuses the file. */
static void test_base_values(void) {
  writer_model m = writer_regressor();
  writer_get(&m, "n_targets")->ints[0] = 2;
  writer_ints(&m, "target_ids", 5, (int64_t[]){0, 1, 0, 1, 1});
  m.outputs[0].dims[1] = 2;
  float scores[2] = {0};
  onnxtree_error error;
  CU_ASSERT_EQUAL(load_with_base(m, ONNXTREE_COMPAT_DEFAULT, scores, &error), ONNXTREE_OK);
  CU_ASSERT(scores[0] == 110 && scores[1] == 102);
  CU_ASSERT_EQUAL(load_with_base(m, ONNXTREE_COMPAT_ONNXRUNTIME, scores, &error), ONNXTREE_INVALID_MODEL);
  expect(&error, "tree-base-values", "1 base values for 2 targets");
}

/* ---- doubles ---- */

/* The threshold is the double below 0.5; so is the value, which as a float is 0.5. */
static void test_double_inputs(void) {
  writer_model m = writer_regressor();
  writer_remove(&m, "nodes_values");
  writer_numbers(&m, "nodes_values_as_tensor", WRITER_TENSOR, 11, 8, (double[]){0x1.fffffffffffffp-2, 0, 2, 0, 0, 0.5, 0, 0});
  m.inputs[0].element = ONNXTREE_DOUBLE;
  const double row[] = {0x1.fffffffffffffp-2, 3};
  for (int as_float = 0; as_float < 2; as_float++) {
    onnxtree_load_options options = ONNXTREE_LOAD_OPTIONS_INIT;
    options.double_inputs = as_float ? ONNXTREE_DOUBLE_INPUTS_AS_FLOAT32 : ONNXTREE_DOUBLE_INPUTS_AS_SPECIFIED;
    onnxtree_model *model;
    onnxtree_error error;
    CU_ASSERT_EQUAL(load(writer_write(&m), &options, &model, &error), 0);
    CU_ASSERT_PTR_NOT_NULL_FATAL(model);
    float score = 0;
    CU_ASSERT_EQUAL(onnxtree_predict(model, ONNXTREE_DOUBLE, row, 1, 0, NULL, &score, &error), ONNXTREE_OK);
    CU_ASSERT_EQUAL(score, as_float ? 32 : 12);
    onnxtree_model_free(model);
  }
}

/* ---- tensors ---- */

static void test_typed_tensors(void) {
  ot_memory memory;
  ot_arena arena;
  ot_problems problems = {0};
  ot_memory_init(&memory, NULL, UINT64_MAX);
  ot_arena_init(&arena, &memory);
  int64_t dims[] = {3};
  int32_t numbers[] = {0, 1, 200};
  uint8_t raw[] = {0, 1, 200};
  Onnxtree__Pb__TensorProto proto = ONNXTREE__PB__TENSOR_PROTO__INIT;
  proto.has_data_type = true;
  proto.n_dims = 1;
  proto.dims = dims;
  for (int is_raw = 0; is_raw < 2; is_raw++)
    for (int is_bool = 0; is_bool < 2; is_bool++) {
      proto.data_type = is_bool ? ONNXTREE_BOOL : OT_TENSOR_UINT8;
      proto.n_int32_data = is_raw ? 0 : 3;
      proto.int32_data = is_raw ? NULL : numbers;
      proto.has_raw_data = is_raw;
      proto.raw_data = is_raw ? (ProtobufCBinaryData){3, raw} : (ProtobufCBinaryData){0, NULL};
      ot_tensor tensor;
      CU_ASSERT_FATAL(ot_tensor_open(&tensor, &proto, "", &problems));
      const uint8_t *elements = ot_tensor_elements(&tensor, &arena);
      CU_ASSERT_FATAL(elements != NULL);
      CU_ASSERT(elements[0] == 0 && elements[1] == 1 && elements[2] == (is_bool ? 1 : 200));
      if (!is_bool) CU_ASSERT(ot_tensor_element(&tensor, 2) == 200);
    }
  CU_ASSERT_EQUAL(problems.found, 0);
  ot_arena_free(&arena);
}

/* ---- bytes that have not been scanned: nothing beyond them is read ---- */

static void test_unscanned_tensor(void) {
  const unsigned char group[] = {0x9B, 0x06}, dims[] = {0x08, 0x80};
  ot_memory memory;
  ot_arena arena;
  onnxtree_error error;
  ot_memory_init(&memory, NULL, UINT64_MAX);
  ot_arena_init(&arena, &memory);
  ot_tensor tensor;
  const unsigned char *const files[] = {group, dims};
  for (int i = 0; i < 2; i++) {
    ot_problems problems = {.error = &error};
    CU_ASSERT_FALSE(ot_tensor_decode(&tensor, files[i], 2, &arena, "here", &problems));
    expect(&error, "wire-type", "here: protobuf-c");
  }
  ot_arena_free(&arena);
}

static void test_unscanned_elements(void) {
  const unsigned char varint[] = {0x80, 0x80}, number[] = {7 << 3 | OT_WIRE_FIXED32, 1, 2, 3}, text[] = {9 << 3 | OT_WIRE_BYTES, 5, 'a', 'b'};
  const unsigned char *at = varint;
  CU_ASSERT_EQUAL(ot_wire_take_varint(&at, varint + 2), 0);
  CU_ASSERT_PTR_EQUAL(at, varint + 2);
  ot_cursor cursor = {number, NULL, number + sizeof number};
  CU_ASSERT(ot_cursor_float(&cursor) == 0);
  cursor.at = cursor.end;
  CU_ASSERT(ot_cursor_float(&cursor) == 0);
  cursor = (ot_cursor){text, NULL, text + sizeof text};
  onnxtree_string found = ot_cursor_string(&cursor);
  CU_ASSERT(found.size == 2 && memcmp(found.data, "ab", 2) == 0);
  CU_ASSERT_PTR_EQUAL(cursor.at, text + sizeof text);
  CU_ASSERT_EQUAL(ot_cursor_string(&cursor).size, 0);
  CU_ASSERT_EQUAL(ot_cursor_int(&cursor), 0);
}

UNIT_TEST_MAIN(readers,
               {"limits", test_limits},
               {"a sound chain", test_sound_chain},
               {"classes in turn", test_classes_in_turn},
               {"one problem", test_one_problem},
               {"many problems", test_many_problems},
               {"many problems of two kinds", test_many_problems_twice},
               {"many roots", test_many_roots},
               {"ids in any order", test_awkward},
               {"base values", test_base_values},
               {"double inputs", test_double_inputs},
               {"typed tensors", test_typed_tensors},
               {"a tensor that was not scanned", test_unscanned_tensor},
               {"elements that were not scanned", test_unscanned_elements})
