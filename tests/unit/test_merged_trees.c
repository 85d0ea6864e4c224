/* Graphs of single trees that are added up run as one ensemble. What they compute is compared with scikit-learn and ONNX Runtime by the golden tests.
 * */
#include <stdio.h>
#include <string.h>

#include <onnxtree/onnxtree.h>

#include "support/onnx_writer.h"
#include "support/unit_test.h"

/* The kernel of the first operator of that type in a model, "" if it has none. */
static void check_kernel(const char *name, const char *wanted, bool merged) {
  char path[512];
  snprintf(path, sizeof path, "%s/%s/model.onnx", ONNXTREE_MODELS_DIR, name);
  onnxtree_model *model;
  CU_ASSERT_FATAL(onnxtree_model_load_file(path, NULL, &model, NULL) == ONNXTREE_OK);
  const char *type = "", *kernel = "";
  for (size_t i = 0; strcmp(type, wanted) != 0 && onnxtree_model_operator(model, i, &type, NULL, NULL, NULL, &kernel) == ONNXTREE_OK; i++) {}
  CU_ASSERT_STRING_EQUAL(type, wanted);
  CU_ASSERT((*kernel != '\0') == merged);
  onnxtree_model_free(model);
}

static void test_sums(void) { check_kernel("meta_isolation", "Sum", true); }
static void test_means(void) { check_kernel("meta_bagging", "ReduceMean", true); }
/* The terms are forests: their sums would have to be rounded before they are added. */
static void test_forests(void) { check_kernel("meta_voting", "Sum", false); }

/* A tree of a TreeEnsemble: is the column in the set? Then the first weight; else the second, or the third where the other column is above 2. */
static writer_node tree_with_set(const char *output, int64_t column, double member, double other_member, const double weights[3]) {
  writer_model m = writer_tree_ensemble();
  writer_ints(&m, "tree_roots", 1, (int64_t[]){0});
  writer_ints(&m, "nodes_featureids", 2, (int64_t[]){column, 1 - column});
  writer_numbers(&m, "nodes_splits", WRITER_TENSOR, 1, 2, (double[]){0, 2});
  writer_numbers(&m, "nodes_modes", WRITER_TENSOR, 2, 2, (double[]){6, 0});
  writer_ints(&m, "nodes_truenodeids", 2, (int64_t[]){0, 1});
  writer_ints(&m, "nodes_trueleafs", 2, (int64_t[]){1, 1});
  writer_ints(&m, "nodes_falsenodeids", 2, (int64_t[]){1, 2});
  writer_ints(&m, "nodes_falseleafs", 2, (int64_t[]){0, 1});
  writer_ints(&m, "leaf_targetids", 3, (int64_t[]){0, 0, 0});
  writer_numbers(&m, "leaf_weights", WRITER_TENSOR, 1, 3, weights);
  writer_numbers(&m, "membership_values", WRITER_TENSOR, 1, 2, (double[]){member, other_member});
  m.nodes[0].outputs[0] = output;
  return m.nodes[0];
}

/* Sets move to the merged ensemble. */
static void test_sets(void) {
  writer_model m = writer_tree_ensemble();
  m.nodes[0] = tree_with_set("a", 0, 1, 3, (double[]){1, 2, 4});
  m.nodes[1] = tree_with_set("b", 1, 1, 7, (double[]){10, 20, 40});
  m.nodes[2] = tree_with_set("c", 0, 7, 5, (double[]){100, 200, 400});
  m.nodes[3] = (writer_node){.name = "sum", .op_type = "Sum", .inputs = {"a", "b", "c"}, .outputs = {"Y"}};
  m.node_count = 4;
  bytes file = writer_write(&m);
  onnxtree_model *model;
  CU_ASSERT_EQUAL_FATAL(onnxtree_model_load_memory(file.data, file.size, NULL, &model, NULL), ONNXTREE_OK);
  bytes_free(&file);
  const char *kernel = "";
  CU_ASSERT_EQUAL(onnxtree_model_operator(model, 3, NULL, NULL, NULL, NULL, &kernel), ONNXTREE_OK);
  CU_ASSERT_STRING_NOT_EQUAL(kernel, ""); /* of the sum */
  const float rows[][2] = {{1, 1}, {3, 7}, {7, 3}, {5, 1}, {0, 0}, {2, 3}};
  const float expected[] = {1 + 10 + 200, 1 + 10 + 400, 4 + 40 + 100, 2 + 10 + 100, 2 + 20 + 200, 4 + 20 + 400};
  float scores[6];
  CU_ASSERT_EQUAL(onnxtree_predict(model, ONNXTREE_FLOAT, rows, 6, 0, NULL, scores, NULL), ONNXTREE_OK);
  CU_ASSERT(memcmp(scores, expected, sizeof scores) == 0);
  onnxtree_model_free(model);
}

UNIT_TEST_MAIN(merged_trees, {"an isolation forest", test_sums}, {"bagging", test_means}, {"forests stay apart", test_forests}, {"sets", test_sets})
