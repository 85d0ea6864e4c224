/* Files made to take long, each at three sizes n, 2n, 4n. Without valgrind this only loads them; cost.sh counts the instructions of each load,
 * compares them with the size of the file and with those of the size before. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <onnxtree/onnxtree.h>

#include "support/counting_allocator.h"
#include "support/model_bytes.h"

/* ---- parts ---- */

static bytes model_of(bytes *graph) {
  bytes model = {0}, ml = {0}, onnx = {0};
  bytes_number(&model, 1, 8);
  bytes_message(&model, 7, graph);
  bytes_text(&ml, 1, "ai.onnx.ml");
  bytes_number(&ml, 2, 3);
  bytes_message(&model, 8, &ml);
  bytes_text(&onnx, 1, "");
  bytes_number(&onnx, 2, 17);
  bytes_message(&model, 8, &onnx);
  return model;
}

static void add_value(bytes *graph, uint32_t field, const char *name) {
  bytes rows = {0}, columns = {0}, shape = {0}, tensor = {0}, type = {0}, info = {0};
  bytes_text(&rows, 2, "N");
  bytes_number(&columns, 1, 3);
  bytes_message(&shape, 1, &rows);
  bytes_message(&shape, 1, &columns);
  bytes_number(&tensor, 1, 1);
  bytes_message(&tensor, 2, &shape);
  bytes_message(&type, 1, &tensor);
  bytes_text(&info, 1, name);
  bytes_message(&info, 2, &type);
  bytes_message(graph, field, &info);
}

static void add_node(bytes *graph, const char *op_type, const char *input, const char *output) {
  bytes node = {0};
  bytes_text(&node, 1, input);
  bytes_text(&node, 2, output);
  bytes_text(&node, 4, op_type);
  bytes_message(graph, 1, &node);
}

static const char *numbered(const char *name, size_t number) {
  static char texts[4][96];
  static unsigned next;
  char *text = texts[next++ % 4];
  snprintf(text, sizeof texts[0], "%.64s%zu", name, number);
  return text;
}

/* Nodes of one or more trees, to be filled. */
typedef struct forest {
  size_t nodes, leaves;
  int64_t *trees, *ids, *features, *yes, *no, *weight_trees, *weight_ids, *targets;
  float *values, *weights;
  const char **modes;
} forest;

static forest forest_of(size_t nodes, size_t leaves) {
  forest f = {nodes,
              leaves,
              calloc(nodes, 8),
              calloc(nodes, 8),
              calloc(nodes, 8),
              calloc(nodes, 8),
              calloc(nodes, 8),
              calloc(leaves, 8),
              calloc(leaves, 8),
              calloc(leaves, 8),
              calloc(nodes, 4),
              calloc(leaves, 4),
              malloc(nodes * sizeof(char *))};
  for (size_t i = 0; i < nodes; i++) {
    f.modes[i] = "LEAF";
    f.ids[i] = (int64_t)i;
  }
  return f;
}

static bytes forest_model(forest *f) {
  bytes a = {0};
  bytes_ints(&a, "nodes_treeids", f->trees, f->nodes);
  bytes_ints(&a, "nodes_nodeids", f->ids, f->nodes);
  bytes_ints(&a, "nodes_featureids", f->features, f->nodes);
  bytes_ints(&a, "nodes_truenodeids", f->yes, f->nodes);
  bytes_ints(&a, "nodes_falsenodeids", f->no, f->nodes);
  bytes_floats(&a, "nodes_values", f->values, f->nodes);
  bytes_strings(&a, "nodes_modes", f->modes, f->nodes);
  bytes_ints(&a, "target_treeids", f->weight_trees, f->leaves);
  bytes_ints(&a, "target_nodeids", f->weight_ids, f->leaves);
  bytes_ints(&a, "target_ids", f->targets, f->leaves);
  bytes_floats(&a, "target_weights", f->weights, f->leaves);
  bytes_int(&a, "n_targets", 1);
  void *all[] = {f->trees, f->ids, f->features, f->yes, f->no, f->weight_trees, f->weight_ids, f->targets, f->values, f->weights, f->modes};
  for (size_t i = 0; i < sizeof all / sizeof *all; i++) free(all[i]);
  return bytes_model("TreeEnsembleRegressor", 3, 1, &a);
}

/* n branches, each with a leaf and the next branch; ids are given by position through `id`. */
static bytes chain(size_t n, const char *mode, int64_t (*id)(size_t position, size_t count)) {
  size_t nodes = 2 * n + 1;
  forest f = forest_of(nodes, n + 1);
  for (size_t i = 0; i < nodes; i++) f.ids[i] = id(i, nodes);
  for (size_t i = 0; i < n; i++) {
    f.modes[i] = mode;
    f.values[i] = (float)i;
    f.yes[i] = id(n + i, nodes);
    f.no[i] = id(i + 1 < n ? i + 1 : 2 * n, nodes);
  }
  for (size_t i = 0; i <= n; i++) {
    size_t leaf = (i * 7919) % (n + 1); /* in no order */
    f.weight_ids[i] = id(n + leaf, nodes);
    f.weights[i] = (float)leaf;
  }
  return forest_model(&f);
}

static int64_t same(size_t i, size_t n) { return (void)n, (int64_t)i; }
static int64_t descending(size_t i, size_t n) { return (int64_t)(n - i); }
static int64_t high(size_t i, size_t n) { return (void)n, (int64_t)((uint64_t)i << 40 >> 1); }
static int64_t scattered(size_t i, size_t n) { return (void)n, (int64_t)(((uint64_t)i * UINT64_C(0x9E3779B97F4A7C15)) >> 1); }

/* ---- families ---- */

static bytes empty_initializers(size_t n) {
  bytes graph = {0};
  for (size_t i = 0; i < n; i++) bytes_message(&graph, 5, &(bytes){0});
  return model_of(&graph);
}
static bytes empty_nodes(size_t n) {
  bytes graph = {0};
  for (size_t i = 0; i < n; i++) bytes_message(&graph, 1, &(bytes){0});
  return model_of(&graph);
}
static bytes nested(size_t n) {
  bytes inner = {0};
  for (size_t i = 0; i < n; i++) {
    bytes outer = {0};
    bytes_message(&outer, i % 2 ? 4 : 1, &inner);
    inner = outer;
  }
  return model_of(&inner);
}
static bytes many_graphs(size_t n) {
  bytes model = {0};
  for (size_t i = 0; i < n; i++) bytes_message(&model, 7, &(bytes){0});
  return model;
}
static bytes unknown_fields(size_t n) {
  bytes graph = {0};
  for (size_t i = 0; i < n; i++) bytes_number(&graph, 99, i);
  return model_of(&graph);
}
static bytes one_leaf_trees(size_t n) {
  forest f = forest_of(n, n);
  for (size_t i = 0; i < n; i++) {
    f.trees[i] = f.weight_trees[i] = (int64_t)i;
    f.ids[i] = 0;
  }
  return forest_model(&f);
}
static bytes trees_descending(size_t n) {
  forest f = forest_of(n, n);
  for (size_t i = 0; i < n; i++) {
    f.trees[i] = f.weight_trees[(i * 7919) % n] = (int64_t)(n - i);
    f.ids[i] = 0;
  }
  return forest_model(&f);
}
static bytes trees_interleaved(size_t n) {
  forest f = forest_of(n, n);
  for (size_t i = 0; i < n; i++) f.trees[i] = f.weight_trees[i] = (int64_t)(i % 2);
  return forest_model(&f);
}
/* Each branch has the next one as both children: 2^n paths. */
static bytes diamonds(size_t n) {
  forest f = forest_of(n + 1, 1);
  for (size_t i = 0; i < n; i++) {
    f.modes[i] = "BRANCH_LEQ";
    f.yes[i] = f.no[i] = (int64_t)i + 1;
  }
  f.weight_ids[0] = (int64_t)n;
  return forest_model(&f);
}
static bytes chain_plain(size_t n) { return chain(n, "BRANCH_LEQ", same); }
static bytes chain_equal(size_t n) { return chain(n, "BRANCH_EQ", same); }
static bytes chain_descending(size_t n) { return chain(n, "BRANCH_LEQ", descending); }
static bytes chain_high(size_t n) { return chain(n, "BRANCH_GT", high); }
static bytes chain_scattered(size_t n) { return chain(n, "BRANCH_LT", scattered); }
/* Categories as exporters write them: a chain of equality tests with one common child. */
static bytes chain_categories(size_t n) {
  forest f = forest_of(n + 2, 2);
  for (size_t i = 0; i < n; i++) {
    f.modes[i] = "BRANCH_EQ";
    f.values[i] = (float)((i * 7919) % n);
    f.yes[i] = (int64_t)n;
    f.no[i] = i + 1 < n ? (int64_t)i + 1 : (int64_t)n + 1;
  }
  f.weight_ids[0] = (int64_t)n;
  f.weight_ids[1] = (int64_t)n + 1;
  return forest_model(&f);
}
static bytes wrong_everywhere(size_t n) {
  forest f = forest_of(n, n);
  for (size_t i = 0; i < n; i++) {
    f.modes[i] = "BRANCH_SOMETIMES";
    f.trees[i] = -1;
    f.yes[i] = f.no[i] = f.weight_ids[i] = -5;
    f.features[i] = -2;
    f.targets[i] = 9;
  }
  return forest_model(&f);
}
static bytes empty_modes(size_t n) {
  bytes a = {0};
  const char **modes = calloc(n, sizeof *modes);
  for (size_t i = 0; i < n; i++) modes[i] = "";
  bytes_strings(&a, "nodes_modes", modes, n);
  free(modes);
  const int64_t zero = 0;
  bytes_ints(&a, "nodes_treeids", &zero, 1);
  return bytes_model("TreeEnsembleRegressor", 3, 1, &a);
}
/* The one tree's ids, all 0, in n packed runs of two. */
static bytes packed_runs(size_t n) {
  static const char name[] = "nodes_treeids";
  bytes attribute = {0}, a = {0};
  bytes_text(&attribute, 1, name);
  bytes_number(&attribute, 20, 7);
  for (size_t i = 0; i < n; i++) bytes_raw(&attribute, (const unsigned char[]){8 << 3 | 2, 2, 0, 0}, 4);
  bytes_message(&a, 5, &attribute);
  return bytes_model("TreeEnsembleRegressor", 3, 1, &a);
}
static bytes chain_indexed(size_t n) {
  bytes a = bytes_indexed_chain(n);
  return bytes_model("TreeEnsemble", 5, 1, &a);
}
static bytes large_set(size_t n) {
  bytes a = bytes_set(n);
  return bytes_model("TreeEnsemble", 5, 1, &a);
}
static bytes long_text(size_t n) {
  char *text = calloc(n + 1, 1);
  memset(text, 'a', n);
  bytes graph = {0};
  add_value(&graph, 11, "x");
  add_node(&graph, "Identity", "x", "y");
  add_value(&graph, 12, "y");
  bytes model = model_of(&graph);
  bytes_text(&model, 6, text); /* doc_string */
  bytes_text(&model, 2, text); /* producer_name */
  free(text);
  return model;
}
static bytes identities(size_t n) {
  bytes graph = {0};
  for (size_t i = 0; i < n; i++) add_node(&graph, "Identity", numbered("v", i), numbered("v", i + 1));
  add_value(&graph, 11, "v0");
  add_value(&graph, 12, numbered("v", n));
  return model_of(&graph);
}
static bytes many_outputs(size_t n) {
  bytes graph = {0};
  add_value(&graph, 11, "x");
  for (size_t i = 0; i < n; i++) {
    add_node(&graph, "Identity", "x", numbered("v", i));
    add_value(&graph, 12, numbered("v", i));
  }
  return model_of(&graph);
}
static bytes wrong_outputs(size_t n) {
  bytes graph = {0};
  add_value(&graph, 11, "x");
  add_node(&graph, "Identity", "x", "y");
  for (size_t i = 0; i < n; i++) add_value(&graph, 12, numbered("v", i));
  return model_of(&graph);
}
static bytes inputs_and_initializers(size_t n) {
  bytes graph = {0};
  for (size_t i = 0; i < n; i++) {
    bytes tensor = {0};
    bytes_number(&tensor, 1, 1);
    bytes_number(&tensor, 2, 1);
    bytes_float(&tensor, 4, 1);
    bytes_text(&tensor, 8, numbered("initializer number ", i));
    bytes_message(&graph, 5, &tensor);
    add_value(&graph, 11, numbered("initializer number ", n - 1 - i));
  }
  add_value(&graph, 11, "x");
  add_node(&graph, "Identity", "x", "y");
  add_value(&graph, 12, "y");
  return model_of(&graph);
}
static bytes many_opsets(size_t n) {
  bytes graph = {0};
  add_value(&graph, 11, "v0");
  for (size_t i = 0; i < n; i++) add_node(&graph, "Identity", numbered("v", i), numbered("v", i + 1));
  add_value(&graph, 12, numbered("v", n));
  bytes model = {0}, found = model_of(&graph);
  for (size_t i = 0; i < n; i++) {
    bytes opset = {0};
    bytes_text(&opset, 1, numbered("domain ", i));
    bytes_number(&opset, 2, 1);
    bytes_message(&model, 8, &opset);
  }
  bytes_raw(&model, found.data, found.size);
  bytes_free(&found);
  return model;
}
static bytes unknown_operators(size_t n) {
  bytes graph = {0};
  add_value(&graph, 11, "x");
  for (size_t i = 0; i < n; i++) add_node(&graph, numbered("an operator with a rather long name, number ", i), "x", numbered("v", i));
  add_value(&graph, 12, "v0");
  return model_of(&graph);
}
/* Nodes of 20 bytes, the fewest for each of many: an operator that we do not have, and inputs without names. */
static bytes short_operators(size_t n) {
  bytes graph = {0};
  for (size_t i = 0; i < n; i++) {
    char type[4] = {(char)('A' + i % 26), (char)('a' + i / 26 % 26), (char)('a' + i / 676 % 26), 0};
    bytes node = {0};
    bytes_text(&node, 4, type);
    for (int input = 0; input < 6; input++) bytes_text(&node, 1, input ? "" : "x");
    bytes_message(&graph, 1, &node);
  }
  return model_of(&graph);
}
static bytes many_attributes(size_t n) {
  bytes attributes = {0};
  for (size_t i = 0; i < n; i++) bytes_int(&attributes, numbered("attribute ", i), 1);
  return bytes_model("TreeEnsembleRegressor", 3, 1, &attributes);
}
static bytes many_properties(size_t n) {
  bytes graph = {0};
  add_value(&graph, 11, "x");
  add_node(&graph, "Identity", "x", "y");
  add_value(&graph, 12, "y");
  bytes model = model_of(&graph);
  for (size_t i = 0; i < n; i++) {
    bytes entry = {0};
    bytes_text(&entry, 1, numbered("key ", i));
    bytes_text(&entry, 2, "value");
    bytes_message(&model, 14, &entry);
  }
  return model;
}
static bytes many_labels(size_t n) {
  bytes a = {0};
  const char **labels = malloc(n * sizeof *labels);
  char *texts = malloc(n * 32);
  for (size_t i = 0; i < n; i++) {
    snprintf(texts + i * 32, 32, "label %zu", (i * 7919) % n);
    labels[i] = texts + i * 32;
  }
  const int64_t zero = 0;
  const float one = 1;
  const char *const leaf = "LEAF", *const ints[] = {"nodes_treeids",      "nodes_nodeids", "nodes_featureids", "nodes_truenodeids",
                                                    "nodes_falsenodeids", "class_treeids", "class_nodeids",    "class_ids"};
  for (size_t i = 0; i < sizeof ints / sizeof *ints; i++) bytes_ints(&a, ints[i], &zero, 1);
  bytes_floats(&a, "nodes_values", &one, 1);
  bytes_strings(&a, "nodes_modes", &leaf, 1);
  bytes_floats(&a, "class_weights", &one, 1);
  bytes_strings(&a, "classlabels_strings", labels, n);
  free(labels);
  free(texts);
  return bytes_model("TreeEnsembleClassifier", 3, 1, &a);
}

static const struct {
  const char *name;
  bytes (*make)(size_t n);
  size_t n;
} families[] = {
    {"W16 empty initializers", empty_initializers, 20000},
    {"W16 empty nodes", empty_nodes, 2000},
    {"W17 nested messages", nested, 4000},
    {"W18 graphs", many_graphs, 20000},
    {"W24 unknown fields", unknown_fields, 20000},
    {"T17 trees of one leaf", one_leaf_trees, 3000},
    {"T70 trees in descending order", trees_descending, 3000},
    {"T28 interleaved trees", trees_interleaved, 3000},
    {"T33 diamonds", diamonds, 2000},
    {"T34 chain", chain_plain, 2000},
    {"T35 chain of equality tests", chain_equal, 2000},
    {"T35 chain of categories", chain_categories, 3000},
    {"T70 descending ids", chain_descending, 2000},
    {"T70 ids that differ in high bits", chain_high, 2000},
    {"T70 scattered ids", chain_scattered, 2000},
    {"T69 empty modes", empty_modes, 20000},
    {"T72 packed runs", packed_runs, 10000},
    {"V20 a set", large_set, 10000},
    {"V23 chain of TreeEnsemble", chain_indexed, 2000},
    {"T99 everything wrong", wrong_everywhere, 3000},
    {"M21 chain of Identity", identities, 2000},
    {"M14 outputs", many_outputs, 1500},
    {"M14 outputs that nobody writes", wrong_outputs, 3000},
    {"M15 inputs that are initializers", inputs_and_initializers, 1500},
    {"M5 operator sets", many_opsets, 1500},
    {"M8 unknown operators", unknown_operators, 1500},
    {"M8 short unknown operators", short_operators, 2500},
    {"M30 attributes", many_attributes, 5000},
    {"M31 long texts", long_text, 100000},
    {"M22 properties", many_properties, 5000},
    {"T60 labels", many_labels, 5000},
};

int main(void) {
  size_t number = 0;
  for (size_t f = 0; f < sizeof families / sizeof *families; f++)
    for (size_t n = families[f].n; n <= 4 * families[f].n; n *= 2) {
      bytes file = families[f].make(n);
      counting_allocator memory = {0};
      onnxtree_allocator hook = counting_allocator_hook(&memory);
      onnxtree_load_options options = ONNXTREE_LOAD_OPTIONS_INIT;
      options.allocator = &hook;
      onnxtree_model *model;
      onnxtree_error error = {ONNXTREE_OK, "accepted", ""};
      onnxtree_status status = onnxtree_model_load_memory(file.data, file.size, &options, &model, &error);
      onnxtree_model_free(model);
      bool bounded = memory.peak <= 16 * file.size + ((size_t)1 << 20) && memory.in_use == 0 && status != ONNXTREE_INTERNAL;
      printf("load %zu: %s %zu, %zu bytes, %zu of memory, %s\n", ++number, families[f].name, n, file.size, memory.peak, error.code);
      if (!bounded) fprintf(stderr, "%s: %zu bytes of memory for %zu of file\n", families[f].name, memory.peak, file.size);
      bytes_free(&file);
      if (!bounded) return EXIT_FAILURE;
    }
  return EXIT_SUCCESS;
}
