/* Arguments that the public functions refuse: each in turn, with the words that say which. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <onnxtree/onnxtree.h>

#include "support/unit_test.h"

static onnxtree_model *forest, *sets, *regressor, *two_inputs;

static onnxtree_model *open_model(const char *name) {
  char path[512];
  snprintf(path, sizeof path, ONNXTREE_MODELS_DIR "/%s/model.onnx", name);
  onnxtree_model *model;
  CU_ASSERT_EQUAL_FATAL(onnxtree_model_load_file(path, NULL, &model, NULL), ONNXTREE_OK);
  return model;
}

static void test_open(void) {
  forest = open_model("sk_forest_digits");
  sets = open_model("v5_sets");
  regressor = open_model("sk_tree_regressor");
  two_inputs = open_model("hand_two_inputs");
}

#define REFUSED(call) CU_ASSERT_EQUAL(call, ONNXTREE_INVALID_ARGUMENT)

static void expect(onnxtree_status status, onnxtree_status wanted, const onnxtree_error *error, const char *text) {
  CU_ASSERT_EQUAL(status, wanted);
  CU_ASSERT_EQUAL(error->status, wanted);
  if (!strstr(error->message, text)) {
    fprintf(stderr, "expected '%s', found '%s'\n", text, error->message);
    CU_FAIL("another message");
  }
}

/* ---- load ---- */

static void *no_allocate(void *context, size_t size) {
  (void)context, (void)size;
  return NULL;
}
static void no_release(void *context, void *pointer, size_t size) { (void)context, (void)pointer, (void)size; }

static void expect_load(const onnxtree_load_options *options, const char *text) {
  static const unsigned char file[] = {8, 8};
  onnxtree_model *model = forest;
  onnxtree_error error;
  expect(onnxtree_model_load_memory(file, sizeof file, options, &model, &error), ONNXTREE_INVALID_ARGUMENT, &error, text);
  CU_ASSERT_PTR_NULL(model);
}

static void test_load(void) {
  onnxtree_error error;
  onnxtree_model *model;
  expect(onnxtree_model_load_memory("", 0, NULL, NULL, &error), ONNXTREE_INVALID_ARGUMENT, &error, "model is NULL");
  expect(onnxtree_model_load_file("x", NULL, NULL, &error), ONNXTREE_INVALID_ARGUMENT, &error, "model is NULL");
  expect(onnxtree_model_load_memory(NULL, 0, NULL, &model, &error), ONNXTREE_INVALID_MODEL, &error, "the file is empty");
  onnxtree_limits limits = {0};
  onnxtree_load_options options = ONNXTREE_LOAD_OPTIONS_INIT;
  options.limits = &limits;
  expect_load(&options, "onnxtree_limits.struct_size");
  options = (onnxtree_load_options)ONNXTREE_LOAD_OPTIONS_INIT;
  options.compat = (onnxtree_compat)2;
  expect_load(&options, "compat");
  options = (onnxtree_load_options)ONNXTREE_LOAD_OPTIONS_INIT;
  options.double_inputs = (onnxtree_double_inputs)2;
  expect_load(&options, "double_inputs");
  options = (onnxtree_load_options)ONNXTREE_LOAD_OPTIONS_INIT;
  options.sums = (onnxtree_sums)2;
  expect_load(&options, "sums");
  onnxtree_allocator half = {NULL, NULL, no_release};
  options = (onnxtree_load_options)ONNXTREE_LOAD_OPTIONS_INIT;
  options.allocator = &half;
  expect_load(&options, "both functions");
  half = (onnxtree_allocator){NULL, no_allocate, NULL};
  expect_load(&options, "both functions");
  half = (onnxtree_allocator){NULL, no_allocate, no_release};
  expect(onnxtree_model_load_memory("\10\10", 2, &options, &model, &error), ONNXTREE_OUT_OF_MEMORY, &error, "");
}

/* ---- workspaces ---- */

static void test_workspace(void) {
  onnxtree_error error;
  onnxtree_workspace *workspace;
  onnxtree_workspace_options options = ONNXTREE_WORKSPACE_OPTIONS_INIT;
  expect(onnxtree_workspace_create(forest, NULL, NULL, &error), ONNXTREE_INVALID_ARGUMENT, &error, "workspace is NULL");
  expect(onnxtree_workspace_create(NULL, NULL, &workspace, &error), ONNXTREE_INVALID_ARGUMENT, &error, "model is NULL");
  options.struct_size = 0;
  expect(onnxtree_workspace_create(forest, &options, &workspace, &error), ONNXTREE_INVALID_ARGUMENT, &error, "struct_size");
  options = (onnxtree_workspace_options)ONNXTREE_WORKSPACE_OPTIONS_INIT;
  options.threads = 257;
  expect(onnxtree_workspace_create(forest, &options, &workspace, &error), ONNXTREE_INVALID_ARGUMENT, &error, "257 threads; at most 256");
  CU_ASSERT_PTR_NULL(workspace);
}

/* ---- run ---- */

static void test_run(void) {
  onnxtree_error error;
  onnxtree_workspace *workspace, *other;
  CU_ASSERT_EQUAL_FATAL(onnxtree_workspace_create(forest, NULL, &workspace, NULL), ONNXTREE_OK);
  CU_ASSERT_EQUAL_FATAL(onnxtree_workspace_create(two_inputs, NULL, &other, NULL), ONNXTREE_OK);
  static float row[64], scores[10];
  onnxtree_tensor in[2] = {{NULL, ONNXTREE_FLOAT, 1, 64, 0, row}, {"X", ONNXTREE_FLOAT, 1, 64, 0, row}};
  onnxtree_tensor out[3] = {{"probabilities", ONNXTREE_FLOAT, 1, 10, 0, scores}, {"probabilities", ONNXTREE_FLOAT, 1, 10, 0, scores}, {0}};
  onnxtree_run_options options = ONNXTREE_RUN_OPTIONS_INIT;
  const onnxtree_status bad = ONNXTREE_INVALID_ARGUMENT;
  CU_ASSERT_EQUAL(onnxtree_run(forest, workspace, 1, in, 1, out, 1, &options, &error), ONNXTREE_OK);
  expect(onnxtree_run(NULL, workspace, 1, in, 1, out, 1, NULL, &error), bad, &error, "a pointer is NULL");
  expect(onnxtree_run(forest, NULL, 1, in, 1, out, 1, NULL, &error), bad, &error, "a pointer is NULL");
  expect(onnxtree_run(forest, workspace, 1, NULL, 1, out, 1, NULL, &error), bad, &error, "a pointer is NULL");
  expect(onnxtree_run(forest, workspace, 1, in, 1, NULL, 1, NULL, &error), bad, &error, "a pointer is NULL");
  expect(onnxtree_run(forest, other, 1, in, 1, out, 1, NULL, &error), bad, &error, "another model");
  expect(onnxtree_run(forest, workspace, 1, in, 2, out, 1, NULL, &error), bad, &error, "the input 'X' is given twice");
  in[1].name = NULL;
  expect(onnxtree_run(forest, workspace, 1, in, 2, out, 1, NULL, &error), ONNXTREE_INVALID_ARGUMENT, &error, "2 inputs are given; the model has 1");
  expect(onnxtree_run(forest, workspace, 1, in, 1, out, 2, NULL, &error), bad, &error, "the output 'probabilities' is given twice");
  out[0] = (onnxtree_tensor){NULL, ONNXTREE_INT64, 1, 1, 0, row};
  out[1].name = NULL;
  expect(onnxtree_run(forest, workspace, 1, in, 1, out, 3, NULL, &error), bad, &error, "3 outputs are given; the model has 2");
  expect(onnxtree_run(forest, workspace, 1, in, 0, out, 1, NULL, &error), bad, &error, "the input 'X' is missing");
  options.threads = 2;
  expect(onnxtree_run(forest, workspace, 1, in, 1, out, 1, &options, &error), bad, &error, "2 threads; the workspace was created for 1");
  options.struct_size = 0;
  expect(onnxtree_run(forest, workspace, 1, in, 1, out, 1, &options, &error), bad, &error, "struct_size");
  onnxtree_workspace_free(workspace);
  onnxtree_workspace_free(other);
}

/* Raw scores in doubles, without leaves, of a model that adds floats: the same numbers. */
static void test_trace_in_doubles(void) {
  onnxtree_workspace *workspace;
  CU_ASSERT_EQUAL_FATAL(onnxtree_workspace_create(regressor, NULL, &workspace, NULL), ONNXTREE_OK);
  onnxtree_value_info info = ONNXTREE_VALUE_INFO_INIT;
  CU_ASSERT_EQUAL_FATAL(onnxtree_model_input(regressor, 0, &info), ONNXTREE_OK);
  static float row[64], score[1], raw_float[1];
  double raw_double[1] = {0};
  onnxtree_tensor in = {NULL, ONNXTREE_FLOAT, 1, info.columns, 0, row}, out = {NULL, ONNXTREE_FLOAT, 1, 1, 0, score};
  onnxtree_tensor raw = {NULL, ONNXTREE_FLOAT, 1, 1, 0, raw_float};
  onnxtree_run_options options = ONNXTREE_RUN_OPTIONS_INIT;
  options.raw_scores = &raw;
  CU_ASSERT_EQUAL(onnxtree_run(regressor, workspace, 1, &in, 1, &out, 1, &options, NULL), ONNXTREE_OK);
  raw = (onnxtree_tensor){NULL, ONNXTREE_DOUBLE, 1, 1, 0, raw_double};
  CU_ASSERT_EQUAL(onnxtree_run(regressor, workspace, 1, &in, 1, &out, 1, &options, NULL), ONNXTREE_OK);
  CU_ASSERT(score[0] != 0 && raw_float[0] == score[0] && raw_double[0] == (double)score[0]);
  int32_t leaf[1] = {-1};
  onnxtree_tensor leaves = {NULL, ONNXTREE_INT32, 1, 1, 0, leaf};
  options.raw_scores = NULL;
  options.leaves = &leaves;
  CU_ASSERT_EQUAL(onnxtree_run(regressor, workspace, 1, &in, 1, NULL, 0, &options, NULL), ONNXTREE_OK);
  CU_ASSERT(leaf[0] >= 0);
  onnxtree_workspace_free(workspace);
}

static void test_predict(void) {
  onnxtree_error error;
  static float row[64], score[10];
  int64_t label;
  const onnxtree_status bad = ONNXTREE_INVALID_ARGUMENT;
  expect(onnxtree_predict(NULL, ONNXTREE_FLOAT, row, 1, 0, NULL, score, &error), bad, &error, "model is NULL");
  expect(onnxtree_predict(two_inputs, ONNXTREE_FLOAT, row, 1, 0, NULL, score, &error), bad, &error, "the model has 2 inputs; use onnxtree_run()");
  expect(onnxtree_predict(regressor, ONNXTREE_FLOAT, row, 1, 0, &label, score, &error), bad, &error, "no label output");
  expect(onnxtree_predict(forest, ONNXTREE_FLOAT, row, 2, 63, &label, score, &error), ONNXTREE_SHAPE_MISMATCH, &error,
         "a row stride of 63 elements; the model needs 64");
  expect(onnxtree_predict(forest, ONNXTREE_DOUBLE, row, 1, 0, &label, score, &error), ONNXTREE_TYPE_MISMATCH, &error, "input 'X'");
  CU_ASSERT_EQUAL(onnxtree_predict(forest, ONNXTREE_FLOAT, row, 1, 0, NULL, NULL, &error), ONNXTREE_OK);
}

/* ---- what is in a model ---- */

static void test_inspect(void) {
  onnxtree_value_info info = ONNXTREE_VALUE_INFO_INIT, unsized = {0};
  onnxtree_model_metadata metadata = ONNXTREE_MODEL_METADATA_INIT;
  onnxtree_model_stats stats = ONNXTREE_MODEL_STATS_INIT;
  onnxtree_group_info group = ONNXTREE_GROUP_INFO_INIT;
  const char *a, *b;
  int64_t version;
  REFUSED(onnxtree_model_input(NULL, 0, &info));
  REFUSED(onnxtree_model_input(forest, 0, NULL));
  REFUSED(onnxtree_model_input(forest, 0, &unsized));
  REFUSED(onnxtree_model_output(NULL, 0, &info));
  REFUSED(onnxtree_model_output(forest, 0, NULL));
  REFUSED(onnxtree_model_output(forest, 2, &info));
  REFUSED(onnxtree_model_get_metadata(NULL, &metadata));
  REFUSED(onnxtree_model_get_metadata(forest, NULL));
  REFUSED(onnxtree_model_get_stats(NULL, &stats));
  REFUSED(onnxtree_model_get_stats(forest, NULL));
  REFUSED(onnxtree_model_opset(NULL, 0, &a, &version));
  REFUSED(onnxtree_model_opset(forest, 0, NULL, &version));
  REFUSED(onnxtree_model_opset(forest, 0, &a, NULL));
  REFUSED(onnxtree_model_opset(forest, 99, &a, &version));
  REFUSED(onnxtree_model_property(NULL, 0, &a, &b));
  REFUSED(onnxtree_model_property(forest, 0, NULL, &b));
  REFUSED(onnxtree_model_property(forest, 0, &a, NULL));
  REFUSED(onnxtree_model_property(forest, 99, &a, &b));
  REFUSED(onnxtree_model_operator(NULL, 0, &a, NULL, NULL, NULL, NULL));
  REFUSED(onnxtree_model_operator(forest, 99, &a, NULL, NULL, NULL, NULL));
  CU_ASSERT_EQUAL(onnxtree_model_operator(forest, 0, NULL, NULL, NULL, NULL, NULL), ONNXTREE_OK);
  REFUSED(onnxtree_model_group(NULL, 0, 0, &group));
  REFUSED(onnxtree_model_group(forest, 0, 0, NULL));
  REFUSED(onnxtree_model_group(forest, 99, 0, &group));
  REFUSED(onnxtree_model_group(forest, 0, 99, &group));
  CU_ASSERT_PTR_NULL(onnxtree_kernel_name(99));
  CU_ASSERT_STRING_EQUAL(onnxtree_status_name(ONNXTREE_OK), "ok");
  CU_ASSERT_STRING_EQUAL(onnxtree_status_name((onnxtree_status)99), "unknown");
  CU_ASSERT_STRING_EQUAL(onnxtree_type_name((onnxtree_type)2), "undefined");
  CU_ASSERT_STRING_EQUAL(onnxtree_type_name((onnxtree_type)99), "undefined");
  CU_ASSERT_STRING_EQUAL(onnxtree_type_name(ONNXTREE_INT64), "int64");
  CU_ASSERT_EQUAL(onnxtree_type_size((onnxtree_type)99), 0);
  CU_ASSERT_EQUAL(onnxtree_type_size(ONNXTREE_DOUBLE), 8);
}

/* A branch with a set, or SIZE_MAX. */
static size_t find_set(const onnxtree_model *model, onnxtree_tree_node *node) {
  for (size_t i = 0; onnxtree_model_tree_node(model, 0, i, node) == ONNXTREE_OK && !node->is_leaf; i++)
    if (strcmp(node->test, "in") == 0) return i;
  return SIZE_MAX;
}

static void test_trees(void) {
  onnxtree_ensemble_info info = ONNXTREE_ENSEMBLE_INFO_INIT;
  onnxtree_tree_node node = ONNXTREE_TREE_NODE_INIT;
  size_t number, target;
  double value;
  CU_ASSERT_EQUAL_FATAL(onnxtree_model_ensemble(sets, 0, &info), ONNXTREE_OK);
  REFUSED(onnxtree_model_ensemble(sets, 0, NULL));
  REFUSED(onnxtree_model_tree_root(sets, 9, 0, &number));
  REFUSED(onnxtree_model_tree_root(sets, 0, 0, NULL));
  REFUSED(onnxtree_model_tree_node(sets, 9, 0, &node));
  REFUSED(onnxtree_model_tree_node(sets, 0, 0, NULL));
  size_t leaf = info.branches, end = info.branches + info.leaves;
  REFUSED(onnxtree_model_tree_weight(sets, 9, leaf, 0, &target, &value));
  REFUSED(onnxtree_model_tree_weight(sets, 0, leaf, 0, NULL, &value));
  REFUSED(onnxtree_model_tree_weight(sets, 0, leaf, 0, &target, NULL));
  REFUSED(onnxtree_model_tree_weight(sets, 0, end, 0, &target, &value));
  size_t set = find_set(sets, &node);
  CU_ASSERT_FATAL(set != SIZE_MAX && node.member_count > 0);
  CU_ASSERT_EQUAL(onnxtree_model_tree_member(sets, 0, set, node.member_count - 1, &value), ONNXTREE_OK);
  REFUSED(onnxtree_model_tree_member(sets, 0, set, node.member_count, &value));
  REFUSED(onnxtree_model_tree_member(sets, 9, set, 0, &value));
  REFUSED(onnxtree_model_tree_member(sets, 0, set, 0, NULL));
  REFUSED(onnxtree_model_tree_member(sets, 0, end, 0, &value));
  CU_ASSERT_EQUAL(find_set(forest, &node), SIZE_MAX);
}

static void test_close(void) {
  onnxtree_model *const all[] = {forest, sets, regressor, two_inputs};
  for (size_t i = 0; i < sizeof all / sizeof *all; i++) onnxtree_model_free(all[i]);
}

UNIT_TEST_MAIN(arguments, {"open", test_open}, {"load", test_load}, {"workspaces", test_workspace}, {"run", test_run},
               {"a trace in doubles", test_trace_in_doubles}, {"predict", test_predict}, {"what is in a model", test_inspect}, {"trees", test_trees},
               {"close", test_close})
