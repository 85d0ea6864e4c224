/* Values that an operator cannot use: the run fails and names the first such row, whatever the blocks and the threads; the workspace stays usable. */
#include <stdio.h>
#include <string.h>

#include <onnxtree/onnxtree.h>

#include "support/onnx_writer.h"
#include "support/unit_test.h"

enum { ROWS = 300 };

/* One node, one float output Y of two columns. */
static onnxtree_model *load(writer_model m) {
  bytes file = writer_write(&m);
  onnxtree_model *model = NULL;
  onnxtree_error error;
  if (onnxtree_model_load_memory(file.data, file.size, NULL, &model, &error) != ONNXTREE_OK) fprintf(stderr, "%s\n", error.message);
  bytes_free(&file);
  CU_ASSERT_PTR_NOT_NULL_FATAL(model);
  return model;
}

static writer_model one_node(const char *op_type, const char *domain) {
  writer_model m = {.ir_version = 8, .opset_count = 2, .opsets = {{"", 17}, {"ai.onnx.ml", 3}}, .node_count = 1, .input_count = 1, .output_count = 1};
  m.nodes[0] = (writer_node){.name = "picky", .op_type = op_type, .domain = domain, .inputs = {"X"}, .outputs = {"Y"}};
  m.inputs[0] = (writer_value){"X", ONNXTREE_INT64, 2, {0, 1}};
  m.outputs[0] = (writer_value){"Y", ONNXTREE_FLOAT, 2, {0, 2}};
  return m;
}

/* Two categories, 10 and 20, and no room for others. */
static onnxtree_model *one_hot(void) {
  writer_model m = one_node("OneHotEncoder", "ai.onnx.ml");
  writer_ints(&m, "cats_int64s", 2, (int64_t[]){10, 20});
  writer_attribute *zeros = writer_get(&m, "zeros");
  zeros->type = zeros->declared = WRITER_INT;
  m.outputs[0].rank = 3;
  m.outputs[0].dims[1] = 1;
  m.outputs[0].dims[2] = 2;
  return load(m);
}

/* Runs with blocks of 7 rows and so many threads. */
static onnxtree_status run(const onnxtree_model *model, onnxtree_workspace *workspace, const onnxtree_tensor *inputs, size_t count,
                           float *scores, size_t threads, onnxtree_error *error) {
  onnxtree_tensor out = {NULL, ONNXTREE_FLOAT, ROWS, 2, 0, scores};
  onnxtree_run_options options = ONNXTREE_RUN_OPTIONS_INIT;
  options.threads = threads;
  return onnxtree_run(model, workspace, ROWS, inputs, count, &out, 1, &options, error);
}

static void check_failure(const onnxtree_model *model, const onnxtree_tensor *bad, const onnxtree_tensor *good, size_t count,
                          const char *message, const float *expected) {
  onnxtree_workspace_options small = ONNXTREE_WORKSPACE_OPTIONS_INIT;
  small.block_rows = 7;
  small.threads = 3;
  onnxtree_workspace *workspace;
  onnxtree_error error;
  static float scores[ROWS * 2];
  CU_ASSERT_EQUAL_FATAL(onnxtree_workspace_create(model, &small, &workspace, NULL), ONNXTREE_OK);
  for (size_t threads = 1; threads <= 3; threads++) {
    CU_ASSERT_EQUAL(run(model, workspace, bad, count, scores, threads, &error), ONNXTREE_INVALID_DATA);
    CU_ASSERT_STRING_EQUAL(error.code, "data-value");
    CU_ASSERT_STRING_EQUAL(error.message, message);
    CU_ASSERT_EQUAL(run(model, workspace, good, count, scores, threads, &error), ONNXTREE_OK);
    CU_ASSERT(memcmp(scores, expected, sizeof scores) == 0);
  }
  onnxtree_workspace_free(workspace);
}

static void test_unknown_category(void) {
  static int64_t good[ROWS], bad[ROWS];
  static float expected[ROWS * 2];
  for (size_t r = 0; r < ROWS; r++) {
    good[r] = bad[r] = r % 3 ? 10 : 20;
    expected[2 * r + (r % 3 ? 0 : 1)] = 1;
  }
  bad[205] = 30;
  bad[37] = -10;
  onnxtree_model *model = one_hot();
  onnxtree_tensor with_bad = {NULL, ONNXTREE_INT64, ROWS, 1, 0, bad}, without = {NULL, ONNXTREE_INT64, ROWS, 1, 0, good};
  check_failure(model, &with_bad, &without, 1, "row 37: node 'picky' (OneHotEncoder): a category is not one of those that the model knows", expected);
  static float scores[ROWS * 2];
  onnxtree_error error;
  CU_ASSERT_EQUAL(onnxtree_predict(model, ONNXTREE_INT64, bad, ROWS, 0, NULL, scores, &error), ONNXTREE_INVALID_DATA);
  CU_ASSERT_PTR_NOT_NULL(strstr(error.message, "row 37: "));
  onnxtree_model_free(model);
}

static void test_index_out_of_range(void) {
  static float values[ROWS * 3], expected[ROWS * 2];
  static int64_t good[ROWS * 2], bad[ROWS * 2];
  for (size_t r = 0; r < ROWS; r++)
    for (size_t c = 0; c < 3; c++) values[3 * r + c] = (float)(10 * r + c);
  for (size_t r = 0; r < ROWS; r++)
    for (size_t c = 0; c < 2; c++) {
      good[2 * r + c] = bad[2 * r + c] = (int64_t)((r + c) % 6) - 3; /* -3 is the first of three columns, like 0 */
      expected[2 * r + c] = values[3 * r + (r + c) % 3];
    }
  writer_model m = one_node("GatherElements", "");
  m.nodes[0].inputs[0] = "V";
  m.nodes[0].inputs[1] = "I";
  m.inputs[0] = (writer_value){"V", ONNXTREE_FLOAT, 2, {0, 3}};
  m.inputs[1] = (writer_value){"I", ONNXTREE_INT64, 2, {0, 2}};
  m.input_count = 2;
  writer_attribute *axis = writer_get(&m, "axis");
  axis->type = axis->declared = WRITER_INT;
  axis->ints[0] = 1;
  onnxtree_model *model = load(m);
  const int64_t beyond[] = {3, -4, INT64_MAX, INT64_MIN};
  for (size_t i = 0; i < 4; i++) {
    bad[2 * 299 + 1] = beyond[i];
    bad[2 * 111] = beyond[3 - i];
    const onnxtree_tensor with_bad[2] = {{NULL, ONNXTREE_FLOAT, ROWS, 3, 0, values}, {NULL, ONNXTREE_INT64, ROWS, 2, 0, bad}};
    const onnxtree_tensor without[2] = {{NULL, ONNXTREE_FLOAT, ROWS, 3, 0, values}, {NULL, ONNXTREE_INT64, ROWS, 2, 0, good}};
    check_failure(model, with_bad, without, 2,
                  "row 111: node 'picky' (GatherElements): an index is outside of the dimension that it selects from", expected);
  }
  onnxtree_model_free(model);
}

UNIT_TEST_MAIN(data_values, {"an unknown category", test_unknown_category}, {"an index out of range", test_index_out_of_range})
