/* What is added in float and what in double. The load option `sums`: three trees of one leaf each, 1e8, 1 and -1e8, whose sum is 0 in float
 * and 1 in double. */
#include <onnxtree/onnxtree.h>

#include "support/onnx_writer.h"
#include "support/unit_test.h"

static float score(onnxtree_sums sums) {
  const int64_t trees[] = {0, 1, 2}, zeros[] = {0, 0, 0};
  const float weights[] = {1e8f, 1.0f, -1e8f}, values[] = {0, 0, 0};
  const char *const modes[] = {"LEAF", "LEAF", "LEAF"};
  bytes node = {0};
  bytes_ints(&node, "nodes_treeids", trees, 3);
  bytes_ints(&node, "nodes_nodeids", zeros, 3);
  bytes_ints(&node, "nodes_featureids", zeros, 3);
  bytes_ints(&node, "nodes_truenodeids", zeros, 3);
  bytes_ints(&node, "nodes_falsenodeids", zeros, 3);
  bytes_floats(&node, "nodes_values", values, 3);
  bytes_strings(&node, "nodes_modes", modes, 3);
  bytes_ints(&node, "target_treeids", trees, 3);
  bytes_ints(&node, "target_nodeids", zeros, 3);
  bytes_ints(&node, "target_ids", zeros, 3);
  bytes_floats(&node, "target_weights", weights, 3);
  bytes_int(&node, "n_targets", 1);
  bytes file = bytes_model("TreeEnsembleRegressor", 1, 1, &node);
  onnxtree_load_options options = ONNXTREE_LOAD_OPTIONS_INIT;
  options.sums = sums;
  onnxtree_model *model;
  const float row = 0;
  float result = -1;
  CU_ASSERT_FATAL(onnxtree_model_load_memory(file.data, file.size, &options, &model, NULL) == ONNXTREE_OK);
  CU_ASSERT(onnxtree_predict(model, ONNXTREE_FLOAT, &row, 1, 0, NULL, &result, NULL) == ONNXTREE_OK);
  onnxtree_model_free(model);
  bytes_free(&file);
  return result;
}

static void test_float(void) { CU_ASSERT(score(ONNXTREE_SUMS_AS_SPECIFIED) == 0.0f); }
static void test_double(void) { CU_ASSERT(score(ONNXTREE_SUMS_IN_DOUBLE) == 1.0f); }

/* A tensor of doubles among the attributes makes all arithmetic double: 2^24 + 0.75 + 13 is then rounded once, to 2^24 + 14; floats would lose 0.75,
 * and then a tie goes to 2^24 + 12. */
static void expect_double(writer_model m) {
  bytes file = writer_write(&m);
  onnxtree_model *model;
  float result = -1;
  CU_ASSERT_FATAL(onnxtree_model_load_memory(file.data, file.size, NULL, &model, NULL) == ONNXTREE_OK);
  CU_ASSERT(onnxtree_predict(model, ONNXTREE_FLOAT, (const float[]){0.5f, 3}, 1, 0, NULL, &result, NULL) == ONNXTREE_OK);
  CU_ASSERT(result == 0x1p24f + 14);
  onnxtree_model_free(model);
  bytes_free(&file);
}

static void test_double_weights(void) {
  writer_model m = writer_regressor();
  writer_remove(&m, "target_weights");
  writer_numbers(&m, "target_weights_as_tensor", WRITER_TENSOR, 11, 5, (double[]){0x1p24 + 0.75, 20, 30, 1, 13});
  expect_double(m);
}

static void test_double_base_value(void) {
  writer_model m = writer_regressor();
  writer_get(&m, "target_weights")->numbers[4] = 3; /* with 10 of the other tree */
  writer_numbers(&m, "base_values_as_tensor", WRITER_TENSOR, 11, 1, (double[]){0x1p24 + 0.75});
  expect_double(m);
}

UNIT_TEST_MAIN(sums, {"float, as specified", test_float}, {"double", test_double}, {"double weights", test_double_weights},
               {"a double base value", test_double_base_value})
