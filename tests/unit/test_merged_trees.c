/* Graphs of single trees that are added up run as one ensemble. What they compute is compared with scikit-learn and ONNX Runtime by the golden tests. */
#include <stdio.h>
#include <string.h>

#include <onnxtree/onnxtree.h>

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

UNIT_TEST_MAIN(merged_trees, {"an isolation forest", test_sums}, {"bagging", test_means}, {"forests stay apart", test_forests})
