/* Looking into trees: walking the public nodes by hand leads to the leaves that a run reports, and their weights add up to the raw scores and
 * to the scores that ONNX Runtime recorded. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <onnxtree/onnxtree.h>

#include "support/npy.h"
#include "support/unit_test.h"

/* Without post transform and class rules, with one float input. */
static const char *const plain[] = {"sk_tree_regressor", "sk_forest_regressor", "sk_gb_regressor",     "lgb_regressor",  "lgb_missing_regressor",
                                         "xgb_regressor",     "cat_regressor",       "xgb_missing_regressor", "hand_six_modes", "hand_sum_multi"};

struct traced {
  onnxtree_model *model;
  onnxtree_ensemble_info info;
  npy_array rows;
  npy_array expected;
  float *raw;
  int32_t *leaves;
};

static void traced_free(struct traced *t) {
  onnxtree_model_free(t->model);
  npy_free(&t->rows);
  npy_free(&t->expected);
  free(t->raw);
  free(t->leaves);
}

static void run_traced(struct traced *t) {
  onnxtree_workspace *workspace;
  const onnxtree_workspace_options two = {sizeof two, 7, 2}; /* many small blocks, two threads */
  CU_ASSERT_EQUAL_FATAL(onnxtree_workspace_create(t->model, &two, &workspace, NULL), ONNXTREE_OK);
  onnxtree_tensor input = {NULL, ONNXTREE_FLOAT, t->rows.rows, t->rows.columns, 0, t->rows.data};
  onnxtree_tensor raw = {NULL, ONNXTREE_FLOAT, t->rows.rows, t->info.targets, 0, t->raw};
  onnxtree_tensor leaves = {NULL, ONNXTREE_INT32, t->rows.rows, t->info.trees, 0, t->leaves};
  onnxtree_run_options options = ONNXTREE_RUN_OPTIONS_INIT;
  options.threads = 2;
  options.raw_scores = &raw;
  options.leaves = &leaves;
  CU_ASSERT_EQUAL(onnxtree_run(t->model, workspace, t->rows.rows, &input, 1, NULL, 0, &options, NULL), ONNXTREE_OK);
  options.traced_ensemble = 1;
  CU_ASSERT_EQUAL(onnxtree_run(t->model, workspace, t->rows.rows, &input, 1, NULL, 0, &options, NULL), ONNXTREE_INVALID_ARGUMENT);
  options.traced_ensemble = 0;
  raw.columns++;
  CU_ASSERT_EQUAL(onnxtree_run(t->model, workspace, t->rows.rows, &input, 1, NULL, 0, &options, NULL), ONNXTREE_SHAPE_MISMATCH);
  onnxtree_workspace_free(workspace);
}

static bool traced_open(struct traced *t, const char *name) {
  char path[512];
  *t = (struct traced){.info = ONNXTREE_ENSEMBLE_INFO_INIT};
  snprintf(path, sizeof path, ONNXTREE_MODELS_DIR "/%s/model.onnx", name);
  CU_ASSERT_EQUAL_FATAL(onnxtree_model_load_file(path, NULL, &t->model, NULL), ONNXTREE_OK);
  CU_ASSERT_EQUAL_FATAL(onnxtree_model_ensemble(t->model, 0, &t->info), ONNXTREE_OK);
  snprintf(path, sizeof path, ONNXTREE_MODELS_DIR "/%s/input.npy", name);
  CU_ASSERT_FATAL(npy_read(path, &t->rows));
  snprintf(path, sizeof path, ONNXTREE_MODELS_DIR "/%s/onnxruntime_%d.npy", name, onnxtree_model_score_output(t->model));
  CU_ASSERT_FATAL(npy_read(path, &t->expected));
  t->raw = calloc(t->rows.rows * t->info.targets + 1, sizeof *t->raw);
  t->leaves = calloc(t->rows.rows * t->info.trees + 1, sizeof *t->leaves);
  CU_ASSERT_FATAL(t->raw && t->leaves && t->rows.type == ONNXTREE_FLOAT);
  run_traced(t);
  return true;
}

static bool is_member(const struct traced *t, size_t node, size_t count, double x) {
  for (size_t i = 0; i < count; i++) {
    double member;
    CU_ASSERT_EQUAL(onnxtree_model_tree_member(t->model, 0, node, i, &member), ONNXTREE_OK);
    if (member == x) return true;
  }
  return false;
}

static bool holds(const struct traced *t, size_t node, const onnxtree_tree_node *n, double x) {
  if (isnan(x) && n->missing_is_true) return true;
  if (strcmp(n->test, "<=") == 0) return x <= n->threshold;
  if (strcmp(n->test, "<") == 0) return x < n->threshold;
  if (strcmp(n->test, ">=") == 0) return x >= n->threshold;
  if (strcmp(n->test, ">") == 0) return x > n->threshold;
  if (strcmp(n->test, "==") == 0) return x == n->threshold;
  if (strcmp(n->test, "!=") == 0) return x != n->threshold;
  return is_member(t, node, n->member_count, x);
}

static size_t walk(const struct traced *t, size_t tree, size_t row) {
  size_t node;
  CU_ASSERT_EQUAL_FATAL(onnxtree_model_tree_root(t->model, 0, tree, &node), ONNXTREE_OK);
  for (size_t steps = 0; steps <= t->info.max_depth; steps++) {
    onnxtree_tree_node n = ONNXTREE_TREE_NODE_INIT;
    CU_ASSERT_EQUAL_FATAL(onnxtree_model_tree_node(t->model, 0, node, &n), ONNXTREE_OK);
    if (n.is_leaf) return node;
    node = holds(t, node, &n, npy_element(&t->rows, row, n.feature)) ? n.true_child : n.false_child;
  }
  return SIZE_MAX;
}

/* The raw scores are the recorded ones (where there is one for two classes, it is the second's), bit for bit, and differ from the sums of weights by
 * the same base value in every row. */
static size_t count_differences(const struct traced *t) {
  size_t wrong = 0;
  float *sums = calloc(2 * t->info.targets, sizeof *sums), *bases = sums + t->info.targets;
  CU_ASSERT_PTR_NOT_NULL_FATAL(sums);
  for (size_t row = 0; row < t->rows.rows; row++) {
    memset(sums, 0, t->info.targets * sizeof *sums);
    for (size_t tree = 0; tree < t->info.trees; tree++) {
      size_t node = walk(t, tree, row);
      wrong += (size_t)t->leaves[row * t->info.trees + tree] != node - t->info.branches;
      size_t target;
      double weight;
      for (size_t i = 0; onnxtree_model_tree_weight(t->model, 0, node, i, &target, &weight) == ONNXTREE_OK; i++) sums[target] += (float)weight;
    }
    for (size_t k = 0; k < t->info.targets; k++) {
      float raw = t->raw[row * t->info.targets + k], expected = (float)npy_element(&t->expected, row, t->expected.columns - t->info.targets + k);
      wrong += memcmp(&raw, &expected, sizeof raw) != 0;
      if (row == 0) bases[k] = raw - sums[k];
      wrong += fabsf(raw - sums[k] - bases[k]) > 1e-4f * (1 + fabsf(raw));
    }
  }
  free(sums);
  return wrong;
}

static void test_plain_scores(void) {
  for (size_t i = 0; i < sizeof plain / sizeof *plain; i++) {
    struct traced t;
    traced_open(&t, plain[i]);
    CU_ASSERT_STRING_EQUAL(t.info.post_transform, "none");
    size_t wrong = count_differences(&t);
    if (wrong) printf("\n    %s: %zu differences\n", plain[i], wrong);
    CU_ASSERT_EQUAL(wrong, 0);
    traced_free(&t);
  }
}

/* Of a booster with one score for two classes: logistic(raw) is the probability of the second. */
static void test_binary_booster(void) {
  struct traced t;
  traced_open(&t, "lgb_binary");
  CU_ASSERT_EQUAL(t.info.targets, 1);
  npy_array probabilities;
  CU_ASSERT_FATAL(npy_read(ONNXTREE_MODELS_DIR "/lgb_binary/onnxruntime_1.npy", &probabilities));
  for (size_t row = 0; row < t.rows.rows; row++)
    CU_ASSERT(fabs(1 / (1 + exp(-(double)t.raw[row])) - npy_element(&probabilities, row, 1)) < 1e-6);
  npy_free(&probabilities);
  traced_free(&t);
}

/* Without post transform the raw scores are the scores, whatever joins the trees' weights. */
static void test_aggregates(void) {
  static const char *const names[] = {"hand_average", "hand_average_multi", "hand_min", "hand_min_multi", "hand_max", "hand_max_multi",
                                      "v5_average", "v5_min", "v5_max"};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    struct traced t;
    traced_open(&t, names[i]);
    CU_ASSERT_STRING_EQUAL(t.info.post_transform, "none");
    size_t wrong = 0;
    for (size_t row = 0; row < t.rows.rows; row++)
      for (size_t k = 0; k < t.info.targets; k++) {
        float expected = (float)npy_element(&t.expected, row, t.expected.columns - t.info.targets + k);
        wrong += memcmp(&t.raw[row * t.info.targets + k], &expected, sizeof expected) != 0;
      }
    if (wrong) printf("\n    %s: %zu differences\n", names[i], wrong);
    CU_ASSERT_EQUAL(wrong, 0);
    traced_free(&t);
  }
}

static void test_arguments(void) {
  struct traced t;
  traced_open(&t, "sk_tree_regressor");
  onnxtree_tree_node node = ONNXTREE_TREE_NODE_INIT;
  onnxtree_ensemble_info info = ONNXTREE_ENSEMBLE_INFO_INIT, unsized = {0};
  size_t number, target;
  double value;
  CU_ASSERT_EQUAL(onnxtree_model_ensemble(NULL, 0, &info), ONNXTREE_INVALID_ARGUMENT);
  CU_ASSERT_EQUAL(onnxtree_model_ensemble(t.model, 1, &info), ONNXTREE_INVALID_ARGUMENT);
  CU_ASSERT_EQUAL(onnxtree_model_ensemble(t.model, 0, &unsized), ONNXTREE_INVALID_ARGUMENT);
  CU_ASSERT_EQUAL(onnxtree_model_tree_root(t.model, 0, t.info.trees, &number), ONNXTREE_INVALID_ARGUMENT);
  CU_ASSERT_EQUAL(onnxtree_model_tree_node(t.model, 0, t.info.branches + t.info.leaves, &node), ONNXTREE_INVALID_ARGUMENT);
  CU_ASSERT_EQUAL(onnxtree_model_tree_weight(t.model, 0, 0, 0, &target, &value), ONNXTREE_INVALID_ARGUMENT);
  CU_ASSERT_EQUAL(onnxtree_model_tree_weight(t.model, 0, t.info.branches, 1, &target, &value), ONNXTREE_INVALID_ARGUMENT);
  CU_ASSERT_EQUAL(onnxtree_model_tree_member(t.model, 0, 0, 0, &value), ONNXTREE_INVALID_ARGUMENT);
  traced_free(&t);
}

UNIT_TEST_MAIN(trees,
               {"plain scores", test_plain_scores},
               {"a binary booster", test_binary_booster},
               {"aggregates", test_aggregates},
               {"arguments", test_arguments})
