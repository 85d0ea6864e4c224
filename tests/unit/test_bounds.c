/* Bounded stack and memory: chains of a million nodes, files made to exhaust, every stated limit. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <onnxtree/onnxtree.h>

#include "support/counting_allocator.h"
#include "support/guarded_memory.h"
#include "support/model_bytes.h"
#include "support/onnx_writer.h"
#include "support/small_stack.h"
#include "support/unit_test.h"

#define MIB ((size_t)1 << 20)

/* A regressor whose one tree is a chain: node i asks "x0 <= i" and goes on to node i + 1 when it is not; each leaf's weight is its number. */
static bytes chain_model(size_t branches, int64_t targets) {
  size_t nodes = 2 * branches + 1;
  int64_t *zeros = calloc(nodes, sizeof *zeros), *ids = malloc(nodes * sizeof *ids), *yes = calloc(nodes, sizeof *yes),
          *no = calloc(nodes, sizeof *no);
  float *values = calloc(nodes, sizeof *values), *weights = malloc((branches + 1) * sizeof *weights);
  const char **modes = malloc(nodes * sizeof *modes);
  for (size_t i = 0; i < nodes; i++) {
    ids[i] = (int64_t)i;
    modes[i] = i < branches ? "BRANCH_LEQ" : "LEAF";
    if (i >= branches) continue;
    values[i] = (float)i;
    yes[i] = (int64_t)(branches + i);
    no[i] = i + 1 < branches ? (int64_t)i + 1 : (int64_t)(2 * branches);
  }
  for (size_t i = 0; i <= branches; i++) weights[i] = (float)i;
  bytes attributes = {0};
  bytes_ints(&attributes, "nodes_treeids", zeros, nodes);
  bytes_ints(&attributes, "nodes_nodeids", ids, nodes);
  bytes_ints(&attributes, "nodes_featureids", zeros, nodes);
  bytes_ints(&attributes, "nodes_truenodeids", yes, nodes);
  bytes_ints(&attributes, "nodes_falsenodeids", no, nodes);
  bytes_floats(&attributes, "nodes_values", values, nodes);
  bytes_strings(&attributes, "nodes_modes", modes, nodes);
  bytes_ints(&attributes, "target_treeids", zeros, branches + 1);
  bytes_ints(&attributes, "target_nodeids", ids + branches, branches + 1);
  bytes_ints(&attributes, "target_ids", zeros, branches + 1);
  bytes_floats(&attributes, "target_weights", weights, branches + 1);
  bytes_int(&attributes, "n_targets", targets);
  free(zeros);
  free(ids);
  free(yes);
  free(no);
  free(values);
  free(weights);
  free(modes);
  return bytes_model("TreeEnsembleRegressor", 1, 1, &attributes);
}

/* ---- stack ---- */

typedef struct chain_run {
  bytes model;
  onnxtree_status status;
  float scores[4];
} chain_run;

static void *run_chain(void *context) {
  chain_run *run = context;
  onnxtree_model *model;
  run->status = onnxtree_model_load_memory(run->model.data, run->model.size, NULL, &model, NULL);
  const float rows[4] = {-1, 0.5f, 499999.5f, 1e30f};
  if (run->status == ONNXTREE_OK) run->status = onnxtree_predict(model, ONNXTREE_FLOAT, rows, 4, 0, NULL, run->scores, NULL);
  onnxtree_model_free(model);
  return NULL;
}

static void expect_chain(chain_run run) {
  with_small_stack(run_chain, &run);
  CU_ASSERT_EQUAL(run.status, ONNXTREE_OK);
  CU_ASSERT(run.scores[0] == 0 && run.scores[1] == 1 && run.scores[2] == 500000 && run.scores[3] == 500000);
  bytes_free(&run.model);
}

/* T34, V23 */
static void test_chain_of_a_million(void) {
  bytes indexed = bytes_indexed_chain(500000);
  expect_chain((chain_run){.model = chain_model(500000, 1)});
  expect_chain((chain_run){.model = bytes_model("TreeEnsemble", 5, 1, &indexed)});
}

/* ---- memory ---- */

static onnxtree_status load_counted(const void *data, size_t size, const onnxtree_limits *limits, onnxtree_error *error, counting_allocator *counts) {
  onnxtree_allocator hook = counting_allocator_hook(counts);
  onnxtree_load_options options = ONNXTREE_LOAD_OPTIONS_INIT;
  options.allocator = &hook;
  options.limits = limits;
  onnxtree_model *model;
  onnxtree_status status = onnxtree_model_load_memory(data, size, &options, &model, error);
  onnxtree_model_free(model);
  CU_ASSERT_EQUAL(counts->in_use, 0);
  return status;
}

static void expect_refusal(bytes *model, const char *code, size_t most_memory) {
  counting_allocator counts = {0};
  onnxtree_error error = {ONNXTREE_OK, "accepted", ""};
  load_counted(model->data, model->size, NULL, &error, &counts);
  if (strcmp(error.code, code) != 0) fprintf(stderr, "expected %s, found %s: %s\n", code, error.code, error.message);
  CU_ASSERT_STRING_EQUAL(error.code, code);
  CU_ASSERT(counts.peak <= most_memory);
  bytes_free(model);
}

/* Types nested 10,000 deep in 29 kB or more: protobuf-c alone overflows the stack. */
static void test_nesting_bomb(void) {
  bytes type = {0};
  for (int i = 0; i < 10000; i++) {
    bytes outer = {0};
    bytes_message(&outer, i % 2 ? 4 : 1, &type);
    type = outer;
  }
  bytes info = {0}, graph = {0}, model = {0};
  bytes_message(&info, 2, &type);
  bytes_message(&graph, 11, &info);
  bytes_message(&model, 7, &graph);
  expect_refusal(&model, "limit-nesting", MIB);
}

/* A singular message that occurs 100,000 times: protobuf-c merges it in quadratic time. */
static void test_quadratic_merge(void) {
  bytes model = {0};
  bytes_number(&model, 1, 8);
  for (int i = 0; i < 100000; i++) {
    bytes graph = {0};
    bytes_text(&graph, 10, "d");
    bytes_message(&model, 7, &graph);
  }
  expect_refusal(&model, "wire-duplicate", MIB);
}

/* Empty messages take 2 bytes in the file and a hundred in memory. */
static void test_amplification(void) {
  bytes graph = {0}, model = {0};
  for (int i = 0; i < 1000000; i++) {
    bytes nothing = {0};
    bytes_message(&graph, 5, &nothing);
  }
  bytes_number(&model, 1, 8);
  bytes_message(&model, 7, &graph);
  size_t file = model.size;
  expect_refusal(&model, "limit-memory", 16 * file + MIB);
}

/* V20: a member takes 4 bytes in the file. The fastest kernel would need 110 for it where it takes the set; then one that needs less is chosen. */
static void test_large_sets(void) {
  static const size_t sizes[] = {1000, 20000, 40000, 65000, 66000, 1000000};
  for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
    bytes attributes = bytes_set(sizes[i]), file = bytes_model("TreeEnsemble", 5, 1, &attributes);
    counting_allocator counts = {0};
    onnxtree_allocator hook = counting_allocator_hook(&counts);
    onnxtree_load_options options = ONNXTREE_LOAD_OPTIONS_INIT;
    options.allocator = &hook;
    onnxtree_model *model;
    CU_ASSERT_EQUAL_FATAL(onnxtree_model_load_memory(file.data, file.size, &options, &model, NULL), ONNXTREE_OK);
    CU_ASSERT(counts.peak <= 16 * file.size + MIB);
    const float rows[6] = {0.25f, 1.75f, 0, 1498.75f, 1.5f, 1.7500001f}, expected[6] = {1, 1, 2, 1, 2, 2};
    float scores[6];
    CU_ASSERT_EQUAL(onnxtree_predict(model, ONNXTREE_FLOAT, rows, 6, 0, NULL, scores, NULL), ONNXTREE_OK);
    for (int r = 0; r < 6; r++) CU_ASSERT_EQUAL(scores[r], expected[r]);
    onnxtree_model_free(model);
    bytes_free(&file);
  }
}

/* Whatever the bound, what it refuses is named as its doing. */
static void test_every_memory_limit(void) {
  bytes model = chain_model(100, 1);
  bool refused = true;
  for (uint64_t limit = 1; refused; limit += limit < 4000 ? 1 : 61) {
    onnxtree_limits limits = ONNXTREE_LIMITS_INIT;
    limits.max_load_bytes = limit;
    counting_allocator counts = {0};
    onnxtree_error error = {ONNXTREE_OK, "accepted", ""};
    refused = load_counted(model.data, model.size, &limits, &error, &counts) != ONNXTREE_OK;
    CU_ASSERT(!refused || strcmp(error.code, "limit-memory") == 0);
    CU_ASSERT(counts.peak <= limit + 1024); /* the model itself is not counted while its bound is not known */
  }
  bytes_free(&model);
}

/* T24: a tree of 150 nodes that all have one id, and one behind it whose ids have gaps: so many problems that reading ends, before that
 * tree's ids are in order. */
static void test_many_problems(void) {
  enum { REPEATED = 150, NODES = REPEATED + 3 };
  int64_t trees[NODES] = {0}, ids[NODES], yes[NODES] = {0}, no[NODES] = {0}, zeros[NODES] = {0};
  float values[NODES] = {0};
  const char *modes[NODES];
  for (int i = 0; i < NODES; i++) {
    trees[i] = i >= REPEATED;
    ids[i] = i < REPEATED ? 7 : 3 + 5 * (i - REPEATED);
    modes[i] = i == REPEATED ? "BRANCH_LEQ" : "LEAF";
  }
  yes[REPEATED] = 8;
  no[REPEATED] = 13;
  bytes attributes = {0};
  bytes_ints(&attributes, "nodes_treeids", trees, NODES);
  bytes_ints(&attributes, "nodes_nodeids", ids, NODES);
  bytes_ints(&attributes, "nodes_featureids", zeros, NODES);
  bytes_ints(&attributes, "nodes_truenodeids", yes, NODES);
  bytes_ints(&attributes, "nodes_falsenodeids", no, NODES);
  bytes_floats(&attributes, "nodes_values", values, NODES);
  bytes_strings(&attributes, "nodes_modes", modes, NODES);
  bytes_ints(&attributes, "target_treeids", trees + REPEATED, 2);
  bytes_ints(&attributes, "target_nodeids", ids + REPEATED + 1, 2);
  bytes_ints(&attributes, "target_ids", zeros, 2);
  bytes_floats(&attributes, "target_weights", values, 2);
  bytes_int(&attributes, "n_targets", 1);
  bytes model = bytes_model("TreeEnsembleRegressor", 1, 1, &attributes);
  expect_refusal(&model, "tree-duplicate-node", MIB);
}

static void test_many_targets(void) {
  bytes model = chain_model(3, INT64_C(1) << 28);
  expect_refusal(&model, "limit-columns", MIB);
}

/* ---- limits ---- */

static void expect_limit(onnxtree_limits limits, const char *code) {
  bytes model = chain_model(100, 1);
  counting_allocator counts = {0};
  onnxtree_error error = {ONNXTREE_OK, "accepted", ""};
  CU_ASSERT_EQUAL(load_counted(model.data, model.size, &limits, &error, &counts), ONNXTREE_LIMIT_EXCEEDED);
  CU_ASSERT_STRING_EQUAL(error.code, code);
  bytes_free(&model);
}

/* W31: more bytes than a file may have are refused before one is read; with 2^32 of them, nothing is cut to 32 bits. */
static void test_huge_file(void) {
  guarded_memory nothing = guarded_allocate(0, 1);
  for (int i = 0; i < 3; i++) {
    const size_t sizes[] = {SIZE_MAX, (size_t)1 << 31, (size_t)((UINT64_C(1) << 32) + 5) > 5 ? (size_t)((UINT64_C(1) << 32) + 5) : SIZE_MAX / 2};
    counting_allocator counts = {0};
    onnxtree_error error = {ONNXTREE_OK, "accepted", ""};
    CU_ASSERT_EQUAL(load_counted(nothing.data, sizes[i], NULL, &error, &counts), ONNXTREE_LIMIT_EXCEEDED);
    CU_ASSERT_STRING_EQUAL(error.code, "limit-file");
    CU_ASSERT(counts.peak <= 1024);
  }
  guarded_free(&nothing);
}

static void test_limits(void) {
  const onnxtree_limits defaults = ONNXTREE_LIMITS_INIT;
  onnxtree_limits l = defaults;
  l.max_file_bytes = 100;
  expect_limit(l, "limit-file");
  l = defaults;
  l.max_load_bytes = 3000;
  expect_limit(l, "limit-memory");
  l = defaults;
  l.max_nesting = 3;
  expect_limit(l, "limit-nesting");
  l = defaults;
  l.max_tree_nodes = 200; /* T72 */
  expect_limit(l, "limit-tree-nodes");
  l = defaults;
  l.max_scratch_bytes = 16;
  expect_limit(l, "limit-scratch");
  bytes model = chain_model(100, 1);
  counting_allocator counts = {0};
  CU_ASSERT_EQUAL(load_counted(model.data, model.size, &defaults, NULL, &counts), ONNXTREE_OK);
  bytes_free(&model);
}

/* What a limit says is allowed, and one more is not. A limit of 0 is the default, so each is at least 2 here. */
static writer_model two_nodes(void) {
  writer_model m = writer_regressor();
  m.nodes[m.node_count++] = (writer_node){.name = "copy", .op_type = "Identity", .domain = "", .inputs = {"Y"}, .outputs = {"Z"}};
  m.outputs[0].name = "Z";
  return m;
}

static writer_model long_label(void) {
  writer_model m = writer_classifier();
  static const char *const labels[] = {"a", "four", "b"};
  writer_remove(&m, "classlabels_int64s");
  writer_texts(&m, "classlabels_strings", WRITER_STRINGS, 3, labels);
  m.outputs[0].element = 8;
  return m;
}

#define LIMIT(name) offsetof(onnxtree_limits, name)
static const struct {
  writer_model (*make)(void);
  size_t limit;
  uint32_t least;
  const char *code;
} borders[] = {
    {writer_regressor, LIMIT(max_nesting), 7, "limit-nesting"}, /* the input's first dimension */
    {two_nodes, LIMIT(max_graph_nodes), 2, "limit-graph-nodes"},
    {writer_regressor, LIMIT(max_trees), 2, "limit-trees"},
    {writer_tree_ensemble, LIMIT(max_trees), 2, "limit-trees"},
    {writer_regressor, LIMIT(max_tree_nodes), 8, "limit-tree-nodes"},
    {writer_tree_ensemble, LIMIT(max_tree_nodes), 8, "limit-tree-nodes"}, /* three tests and five leaves */
    {writer_regressor, LIMIT(max_columns), 2, "limit-columns"},
    {writer_classifier, LIMIT(max_columns), 3, "limit-columns"},
    {long_label, LIMIT(max_label_bytes), 4, "limit-label"},
};

static void test_borders(void) {
  for (size_t i = 0; i < sizeof borders / sizeof *borders; i++) {
    writer_model m = borders[i].make();
    bytes file = writer_write(&m);
    for (uint32_t less = 0; less < 2; less++) {
      onnxtree_limits limits = ONNXTREE_LIMITS_INIT;
      uint32_t value = borders[i].least - less;
      memcpy((char *)&limits + borders[i].limit, &value, sizeof value);
      counting_allocator counts = {0};
      onnxtree_error error = {ONNXTREE_OK, "accepted", ""};
      onnxtree_status status = load_counted(file.data, file.size, &limits, &error, &counts);
      bool good = less ? status == ONNXTREE_LIMIT_EXCEEDED && strcmp(error.code, borders[i].code) == 0 : status == ONNXTREE_OK;
      if (!good) fprintf(stderr, "%s: %u: %s: %s\n", borders[i].code, value, error.code, error.message);
      CU_ASSERT(good);
    }
    bytes_free(&file);
  }
}

UNIT_TEST_MAIN(bounds,
               {"a chain of a million nodes on a 64 KiB stack", test_chain_of_a_million},
               {"nesting bomb", test_nesting_bomb},
               {"quadratic merge", test_quadratic_merge},
               {"amplification", test_amplification},
               {"2^28 targets", test_many_targets},
               {"many problems", test_many_problems},
               {"large sets", test_large_sets},
               {"every limit of memory", test_every_memory_limit},
               {"a file of 4 GiB", test_huge_file},
               {"limits", test_limits},
               {"borders of limits", test_borders})
