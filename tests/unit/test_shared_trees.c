/* Eight threads share the trees of one huge forest, for so few rows that each would otherwise read all of it. What is expected is
 * calculated from how the forest is made; all numbers of threads have to give the same bits, again and again. */
#include <stdlib.h>
#include <string.h>

#include <onnxtree/onnxtree.h>

#include "api/model.h"
#include "support/model_bytes.h"
#include "support/unit_test.h"

#define DEPTH 10u
#define LEAVES (1u << DEPTH)
#define BRANCHES (LEAVES - 1)
#define FEATURES 16u
#define MOST_ROWS 400u
#define MOST_THREADS 8u
#ifdef ONNXTREE_EMULATED
#define TREES 40u /* and said to be huge */
#define ROUNDS 2
#else
#define TREES 1100u
#define ROUNDS 20
#endif

/* ---- the forest: perfect trees; level k of tree t asks whether feature (t + k) % FEATURES is 1, and goes to the first child if so ---- */

static float weight_of(size_t tree, size_t leaf) { return (float)((tree * LEAVES + leaf) * 2654435761u % 20011) / 7 - 1000; }

/* In the order of the file; partial sums are rounded, so that another order has other bits. */
static float score_of(const float *row) {
  float sum = 0;
  for (size_t tree = 0; tree < TREES; tree++) {
    size_t leaf = 0;
    for (size_t level = 0; level < DEPTH; level++) leaf = 2 * leaf + (row[(tree + level) % FEATURES] != 1);
    sum += weight_of(tree, leaf);
  }
  return sum;
}

typedef struct lists {
  int64_t *features, *yes, *no, *are_leaves, *zeros, *roots;
  float *splits, *weights;
  unsigned char *modes;
} lists;

static void fill_tree(const lists *l, size_t tree) {
  for (size_t i = 0, level = 0; i < BRANCHES; i++) { /* children of the i-th lie at 2 i + 1 and 2 i + 2 */
    if (i + 1 == (size_t)2 << level) level++;
    size_t at = tree * BRANCHES + i, first = level + 1 < DEPTH ? tree * BRANCHES + 2 * i + 1 : tree * LEAVES + 2 * (i - (LEAVES / 2 - 1));
    l->features[at] = (int64_t)((tree + level) % FEATURES);
    l->splits[at] = 1;
    l->modes[at] = 4; /* BRANCH_EQ: no layout is smaller */
    l->yes[at] = (int64_t)first;
    l->no[at] = (int64_t)first + 1;
    l->are_leaves[at] = level + 1 == DEPTH;
  }
  for (size_t i = 0; i < LEAVES; i++) l->weights[tree * LEAVES + i] = weight_of(tree, i);
  l->roots[tree] = (int64_t)(tree * BRANCHES);
}

static bytes write_forest(void) {
  const size_t n = TREES * BRANCHES, leaves = TREES * LEAVES, size = sizeof(int64_t);
  lists l = {calloc(n, size), calloc(n, size), calloc(n, size), calloc(n, size), calloc(leaves, size), calloc(TREES, size),
             calloc(n, sizeof(float)), calloc(leaves, sizeof(float)), calloc(n, 1)};
  for (size_t tree = 0; tree < TREES; tree++) fill_tree(&l, tree);
  bytes a = {0};
  bytes_ints(&a, "tree_roots", l.roots, TREES);
  bytes_ints(&a, "nodes_featureids", l.features, n);
  bytes_tensor(&a, "nodes_splits", 1, l.splits, n);
  bytes_tensor(&a, "nodes_modes", 2, l.modes, n);
  bytes_ints(&a, "nodes_truenodeids", l.yes, n);
  bytes_ints(&a, "nodes_trueleafs", l.are_leaves, n);
  bytes_ints(&a, "nodes_falsenodeids", l.no, n);
  bytes_ints(&a, "nodes_falseleafs", l.are_leaves, n);
  bytes_ints(&a, "leaf_targetids", l.zeros, leaves);
  bytes_tensor(&a, "leaf_weights", 1, l.weights, leaves);
  bytes_int(&a, "n_targets", 1);
  bytes_int(&a, "aggregate_function", 1);
  bytes_int(&a, "post_transform", 0);
  void *all[] = {l.features, l.yes, l.no, l.are_leaves, l.zeros, l.roots, l.splits, l.weights, l.modes};
  for (size_t i = 0; i < sizeof all / sizeof *all; i++) free(all[i]);
  return bytes_model("TreeEnsemble", 5, FEATURES, &a);
}

/* ---- runs ---- */

static onnxtree_model *model;
static float rows[MOST_ROWS][FEATURES], expected[MOST_ROWS];

static void test_open(void) {
  bytes file = write_forest();
  CU_ASSERT_EQUAL_FATAL(onnxtree_model_load_memory(file.data, file.size, NULL, &model, NULL), ONNXTREE_OK);
  bytes_free(&file);
#ifdef ONNXTREE_EMULATED
  model->plan.layout_bytes = UINT64_MAX;
#endif
  CU_ASSERT(model->plan.layout_bytes > (UINT64_C(16) << 20));
  for (size_t r = 0; r < MOST_ROWS; r++) {
    for (size_t f = 0; f < FEATURES; f++) rows[r][f] = (float)((r * 40503u + f * f * 977u + r * f) >> 3 & 1);
    expected[r] = score_of(rows[r]);
  }
}

static void count_tasks(void *context, size_t count, onnxtree_task *task, void *task_context) {
  *(size_t *)context = count;
  for (size_t i = count; i-- > 0;) task(task_context, i);
}

static void run(onnxtree_workspace *workspace, size_t count, const onnxtree_run_options *how) {
  float scores[MOST_ROWS] = {0};
  onnxtree_tensor in = {NULL, ONNXTREE_FLOAT, count, FEATURES, 0, rows}, out = {NULL, ONNXTREE_FLOAT, count, 1, 0, scores};
  CU_ASSERT_EQUAL(onnxtree_run(model, workspace, count, &in, 1, &out, 1, how, NULL), ONNXTREE_OK);
  CU_ASSERT(memcmp(scores, expected, count * sizeof *scores) == 0);
}

static void test_threads(void) {
  onnxtree_workspace_options options = ONNXTREE_WORKSPACE_OPTIONS_INIT;
  options.threads = MOST_THREADS;
  onnxtree_workspace *workspace;
  CU_ASSERT_EQUAL_FATAL(onnxtree_workspace_create(model, &options, &workspace, NULL), ONNXTREE_OK);
  size_t tasks = 0;
  onnxtree_run_options hook = ONNXTREE_RUN_OPTIONS_INIT, threads = ONNXTREE_RUN_OPTIONS_INIT;
  hook.parallel_for = count_tasks;
  hook.parallel_for_context = &tasks;
  run(workspace, MOST_ROWS, &hook);
#ifndef ONNXTREE_EMULATED
  CU_ASSERT_EQUAL(tasks, MOST_THREADS); /* the trees are shared: the rows are one block of one thread */
#endif
  static const size_t counts[] = {MOST_ROWS, 1, 61, 128};
  for (int round = 0; round < ROUNDS; round++)
    for (threads.threads = 1; threads.threads <= MOST_THREADS; threads.threads += threads.threads < 4 ? 1 : 4)
      run(workspace, counts[round % 4], &threads);
  onnxtree_workspace_free(workspace);
}

static void test_close(void) { onnxtree_model_free(model); }

UNIT_TEST_MAIN(shared_trees, {"a huge forest", test_open}, {"threads share its trees", test_threads}, {"close", test_close})
