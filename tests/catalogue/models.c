/* M: the model and its graph. */
#include <stdio.h>
#include <string.h>

#include "catalogue/catalogue.h"

#define CHANGE(name) static void name(writer_model *m)

static void append_message(bytes *to, uint32_t field, const char *text_field_1) {
  bytes inner = {0};
  if (text_field_1) bytes_text(&inner, 1, text_field_1);
  bytes_message(to, field, &inner);
}
/* An initializer of one float. */
static void append_tensor(bytes *to, uint32_t field, const char *name, bool external, const char *location, unsigned data_location) {
  bytes tensor = {0};
  bytes_number(&tensor, 1, 1);
  bytes_number(&tensor, 2, 1);
  if (!external) bytes_float(&tensor, 4, 1);
  bytes_text(&tensor, 8, name);
  if (location) {
    bytes entry = {0};
    bytes_text(&entry, 1, "location");
    bytes_text(&entry, 2, location);
    bytes_message(&tensor, 13, &entry);
  }
  if (data_location) bytes_number(&tensor, 14, data_location);
  bytes_message(to, field, &tensor);
}
static void second_node(writer_model *m, const char *op_type, const char *domain, const char *input, const char *output) {
  m->nodes[m->node_count++] = (writer_node){.name = "second", .op_type = op_type, .domain = domain, .inputs = {input}, .outputs = {output}};
}

static void m1(bytes *f) { f->size = 2; }
CHANGE(m2) { m->opset_count = 0; }
CHANGE(m3) { m->opset_count = 1; }
CHANGE(m4a) { m->opsets[1].version = 0; }
CHANGE(m4b) { m->opsets[1].version = -1; }
CHANGE(m4c) { m->opsets[1].version = INT64_MAX; }
CHANGE(m4d) { m->opsets[1].version = 99; }
CHANGE(m5a) {
  m->opsets[2].domain = "ai.onnx.ml";
  m->opsets[2].version = 1;
  m->opset_count = 3;
}
CHANGE(m5b) {
  m5a(m);
  m->opsets[2].version = 3;
}
CHANGE(m5c) { /* 62 domains more, that is 64 */
  for (int i = 0; i < 62; i++) {
    char name[16];
    snprintf(name, sizeof name, "domain %d", i);
    bytes opset = {0};
    bytes_text(&opset, 1, name);
    bytes_number(&opset, 2, 1);
    bytes_message(&m->model_extra, 8, &opset);
  }
}
CHANGE(m5d) {
  m5c(m);
  m->opsets[2].domain = "one more";
  m->opsets[2].version = 1;
  m->opset_count = 3;
}
CHANGE(m6a) {
  m->opsets[1].version = 1;
  writer_numbers(m, "base_values_as_tensor", WRITER_TENSOR, 1, 1, (double[]){1});
}
CHANGE(m6b) {
  m->opsets[1].version = 3;
}
CHANGE(m7a) { m->ir_version = 0; }
CHANGE(m7b) { m->ir_version = -3; }
CHANGE(m7c) { m->ir_version = INT64_C(1) << 62; }
CHANGE(m8a) { m->nodes[0].op_type = "TreeEnsembleOracle"; }
CHANGE(m8b) { m->nodes[0].domain = "ai.onnx.ML"; }
CHANGE(m8c) { m->nodes[0].domain = "ai.onnx.ml "; }
CHANGE(m8d) { m->nodes[0].op_type = "treeensembleregressor"; }
CHANGE(m8e) { m->nodes[0].domain = "com.example"; }
CHANGE(m9) { m->node_count = 0; }
CHANGE(m10) { m->nodes[0].inputs[0] = "nowhere"; }
CHANGE(m11a) { m->nodes[0].inputs[0] = "Y"; }
CHANGE(m11b) {
  m->nodes[0].inputs[0] = "Z";
  second_node(m, "Identity", "", "Y", "Z");
}
CHANGE(m12) { /* in the wrong order */
  m->nodes[1] = m->nodes[0];
  m->nodes[0] = (writer_node){.name = "first", .op_type = "Identity", .domain = "", .inputs = {"Y"}, .outputs = {"Z"}};
  m->node_count = 2;
}
CHANGE(m13a) { second_node(m, "Identity", "", "X", "Y"); }
CHANGE(m13b) { m->nodes[0].outputs[0] = "X"; }
CHANGE(m13c) { append_tensor(&m->graph_extra, 5, "Y", false, NULL, 0); }
CHANGE(m14a) { m->outputs[0].name = "nowhere"; }
CHANGE(m14b) { m->output_count = 0; }
CHANGE(m14c) {
  m->outputs[1] = m->outputs[0];
  m->output_count = 2;
}
CHANGE(m14d) {
  m->inputs[1] = m->outputs[1] = m->outputs[2] = (writer_value){NULL, 1, 2, {0, 2}}; /* the output is the input */
  m->input_count = 2;
  m->output_count = 3;
}
CHANGE(m15a) { m->input_count = 0; }
CHANGE(m15b) {
  m->inputs[1] = m->inputs[0];
  m->input_count = 2;
}
CHANGE(m15c) {
  m->inputs[1] = (writer_value){"unused", 1, 2, {0, 7}};
  m->input_count = 2;
}
CHANGE(m16a) { m->inputs[0].element = 8; }
CHANGE(m16b) { m->inputs[0].element = 0; }
CHANGE(m16c) { m->inputs[0].element = 16; }
CHANGE(m16d) { m->inputs[0].element = 10; }
CHANGE(m16e) { m->inputs[0].element = 9; }
CHANGE(m17a) { m->inputs[0].rank = 0; }
CHANGE(m17b) { m->inputs[0].rank = 1; }
CHANGE(m17c) {
  m->inputs[0].rank = 3;
  m->inputs[0].dims[2] = 2;
}
CHANGE(m17d) { m->inputs[0].dims[1] = -2; }
CHANGE(m17e) { m->inputs[0].dims[1] = INT64_C(1) << 62; }
CHANGE(m17f) { m->inputs[0].dims[1] = 0; }
CHANGE(m18) { m->inputs[0].dims[1] = 1; }
CHANGE(m19a) { m->outputs[0].element = 7; }
CHANGE(m19b) { m->outputs[0].element = 1; }
CHANGE(m19c) { m->outputs[0].dims[1] = 77; }
static void zip_map(writer_model *m, const char *attribute, size_t count, const int64_t *values) {
  m->nodes[0].outputs[1] = "P";
  m->nodes[1] = (writer_node){.name = "zip", .op_type = "ZipMap", .domain = "ai.onnx.ml", .inputs = {"P"}, .outputs = {"Y"}};
  if (attribute) {
    writer_attribute *a = &m->nodes[1].attributes[m->nodes[1].attribute_count++];
    *a = (writer_attribute){.name = attribute, .type = WRITER_INTS, .declared = WRITER_INTS, .count = count};
    for (size_t i = 0; i < count; i++) a->ints[i] = values[i];
  }
  m->node_count = 2;
  m->outputs[1].element = 0;
}
CHANGE(m20a) { zip_map(m, "classlabels_int64s", 2, (int64_t[]){10, 20}); }
CHANGE(m20b) { zip_map(m, NULL, 0, NULL); }
CHANGE(m20c) { zip_map(m, "classlabels_int64s", 3, (int64_t[]){10, 20, 30}); }
CHANGE(m20d) { zip_map(m, "classlabels_int64s", 3, (int64_t[]){10, 20, 10}); }
CHANGE(m20e) {
  m20c(m);
  writer_attribute *a = &m->nodes[1].attributes[m->nodes[1].attribute_count++];
  *a = (writer_attribute){.name = "classlabels_strings", .type = WRITER_STRINGS, .declared = WRITER_STRINGS, .count = 3, .texts = {"a", "b", "c"}};
}
static void cast_first(writer_model *m, int64_t to) {
  second_node(m, "Cast", "", "Y", "Z");
  writer_node *node = &m->nodes[1];
  node->attribute_count = 1;
  node->attributes[0] = (writer_attribute){.name = "to", .type = WRITER_INT, .declared = WRITER_INT, .ints = {to}};
  m->outputs[0] = (writer_value){"Z", 0, 0, {0}};
}
CHANGE(m21b) { cast_first(m, 99); }
CHANGE(m21a) { cast_first(m, 8); }
CHANGE(m21c) { cast_first(m, 11); }
CHANGE(m22a) {
  bytes attribute = {0}, graph = {0};
  bytes_message(&attribute, 6, &graph);
  bytes_raw(&writer_get(m, "n_targets")->extra, attribute.data, attribute.size);
  bytes_free(&attribute);
}
CHANGE(m22b) { append_message(&m->model_extra, 25, "f"); }
CHANGE(m22c) { append_message(&m->model_extra, 20, NULL); }
CHANGE(m22d) { append_message(&m->graph_extra, 15, NULL); }
CHANGE(m22e) { append_message(&m->model_extra, 14, "key"); }
CHANGE(m23a) { append_tensor(&m->graph_extra, 5, "c", true, "../../etc/passwd", 1); }
CHANGE(m23b) { append_tensor(&m->graph_extra, 5, "c", true, "/etc/passwd", 1); }
CHANGE(m23c) { append_tensor(&m->graph_extra, 5, "c", true, "", 1); }
CHANGE(m23d) { append_tensor(&m->graph_extra, 5, "c", true, NULL, 1); }
CHANGE(m23e) { append_tensor(&m->graph_extra, 5, "c", false, NULL, 7); }
CHANGE(m24) { append_tensor(&m->graph_extra, 5, "c", false, "weights.bin", 0); }
CHANGE(m25) {
  writer_node *node = &m->nodes[0];
  node->attributes[node->attribute_count++] = *writer_get(m, "nodes_modes");
}
CHANGE(m26) { writer_ints(m, "nodes_colours", 1, (int64_t[]){1}); }
CHANGE(m27a) { writer_get(m, "nodes_values")->declared = 0; }
CHANGE(m27b) { writer_get(m, "nodes_values")->declared = WRITER_INTS; }
CHANGE(m27c) { bytes_number(&writer_get(m, "nodes_values")->extra, 8, 5); }
/* As many that they are passed over together, and that their number is kept. */
CHANGE(m27d) {
  for (int i = 0; i < 40; i++) m27c(m);
}
CHANGE(m27e) {
  for (int i = 0; i < 2500; i++) m27c(m);
}
CHANGE(m28) { bytes_text(&writer_get(m, "n_targets")->extra, 21, "outer"); }
#define MISSING(name, attribute) \
  CHANGE(name) { writer_remove(m, attribute); }
MISSING(m29a, "nodes_treeids")
MISSING(m29b, "nodes_nodeids") MISSING(m29c, "nodes_featureids") MISSING(m29d, "nodes_modes") MISSING(m29e, "nodes_values")
    MISSING(m29f, "nodes_truenodeids") MISSING(m29g, "nodes_falsenodeids") MISSING(m29h, "target_treeids") MISSING(m29i, "target_nodeids")
        MISSING(m29j, "target_ids") MISSING(m29k, "target_weights") CHANGE(m31) {
  m->nodes[0].name = "a\x1b[2Jb\n\"c";
  m->nodes[0].inputs[0] = "nowhere\x1b]0;title\x07";
}
CHANGE(m32a) { m->nodes[0].inputs[0] = ""; }
CHANGE(m32b) { m->nodes[0].inputs[1] = "X"; }
CHANGE(m32c) { m->nodes[0].outputs[1] = "Z"; }
CHANGE(m32d) { m->nodes[0].outputs[0] = NULL; }
CHANGE(m32e) { m->nodes[0].inputs[0] = NULL; }

#define R BASE_REGRESSOR
#define C BASE_CLASSIFIER
#define GONE(change, name) {"M29", "a needed attribute is missing", R, change, NULL, "attribute-missing", name, 0}
static const catalogue_entry entries[] = {
    {"M1", "no graph", R, NULL, m1, "model-no-graph", "graph", 0},
    {"M2", "no operator sets", R, m2, NULL, "opset-missing", NULL, 0},
    {"M3", "no operator set of the node's domain", R, m3, NULL, "opset-missing", "ai.onnx.ml", 0},
    {"M4", "version 0", R, m4a, NULL, "opset-version", "ai.onnx.ml", 0},
    {"M4", "version -1", R, m4b, NULL, "opset-version", "ai.onnx.ml", 0},
    {"M4", "version 2^63 - 1", R, m4c, NULL, "operator-unsupported", "TreeEnsembleRegressor", 0},
    {"M4", "version 99", R, m4d, NULL, "operator-unsupported", "TreeEnsembleRegressor", 0},
    {"M5", "one domain with two versions", R, m5a, NULL, "opset-conflict", "ai.onnx.ml", 0},
    {"M5", "one domain twice with the same version", R, m5b, NULL, NULL, NULL, 12},
    {"M5", "64 operator sets", R, m5c, NULL, NULL, NULL, 12},
    {"M5", "65 operator sets", R, m5d, NULL, "limit-opsets", "64 operator sets", 0},
    {"M6", "an attribute of version 3 in version 1", R, m6a, NULL, "attribute-unknown", "base_values_as_tensor", 0},
    {"M6", "TreeEnsemble in version 3", BASE_TREE_ENSEMBLE, m6b, NULL, "operator-unsupported", "TreeEnsemble", 0},
    {"M7", "no ir_version", R, m7a, NULL, "model-ir-version", "ir_version", 0},
    {"M7", "ir_version -3", R, m7b, NULL, "model-ir-version", "ir_version", 0},
    {"M7", "ir_version 2^62: newer than anything, accepted", R, m7c, NULL, NULL, NULL, 12},
    {"M8", "an unknown operator", R, m8a, NULL, "operator-unsupported", "TreeEnsembleOracle", 0},
    {"M8", "a domain in capitals", R, m8b, NULL, "operator-unsupported", "ai.onnx.ML", 0},
    {"M8", "a domain that ends with a blank", R, m8c, NULL, "operator-unsupported", "TreeEnsembleRegressor", 0},
    {"M8", "an operator in lower case", R, m8d, NULL, "operator-unsupported", "treeensembleregressor", 0},
    {"M8", "an unknown domain", R, m8e, NULL, "operator-unsupported", "com.example", 0},
    {"M9", "no nodes", R, m9, NULL, "graph-empty", "nodes", 0},
    {"M10", "an input that nobody writes", R, m10, NULL, "graph-undefined", "nowhere", 0},
    {"M11", "a node that reads what it writes", R, m11a, NULL, "graph-cycle", "Y", 0},
    {"M11", "two nodes that read each other", R, m11b, NULL, "graph-cycle", "Z", 0},
    {"M12", "nodes in the wrong order", R, m12, NULL, "graph-cycle", "Y", 0},
    {"M13", "two nodes write one value", R, m13a, NULL, "graph-duplicate", "Y", 0},
    {"M13", "a node writes an input", R, m13b, NULL, "graph-duplicate", "X", 0},
    {"M13", "a node writes an initializer", R, m13c, NULL, "graph-duplicate", "Y", 0},
    {"M14", "an output that nobody writes", R, m14a, NULL, "graph-undefined", "nowhere", 0},
    {"M14", "no outputs", R, m14b, NULL, "graph-empty", "outputs", 0},
    {"M14", "an output twice", R, m14c, NULL, "graph-duplicate", "Y", 0},
    {"M14", "an output without a name twice", R, m14d, NULL, "graph-duplicate", "''", 0},
    {"M15", "no inputs", R, m15a, NULL, "graph-empty", "input", 0},
    {"M15", "an input twice", R, m15b, NULL, "graph-duplicate", "X", 0},
    {"M15", "an input that is not used", R, m15c, NULL, NULL, "unused", 12},
    {"M16", "a tree on strings", R, m16a, NULL, "value-type", "X", 0},
    {"M16", "an input without type", R, m16b, NULL, "value-unsupported", "X", 0},
    {"M16", "bfloat16", R, m16c, NULL, "value-unsupported", "X", 0},
    {"M16", "float16", R, m16d, NULL, "value-unsupported", "X", 0},
    {"M16", "a tree on bools", R, m16e, NULL, "value-type", "X", 0},
    {"M17", "a scalar input", R, m17a, NULL, "value-shape", "X", 0},
    {"M17", "an input of rank 1", R, m17b, NULL, "value-shape", "X", 0},
    {"M17", "an input of rank 3", R, m17c, NULL, "value-shape", "X", 0},
    {"M17", "-2 columns", R, m17d, NULL, "value-shape", "X", 0},
    {"M17", "2^62 columns", R, m17e, NULL, "limit-columns", "X", 0},
    {"M17", "columns by name", R, m17f, NULL, NULL, NULL, 12},
    {"M18", "fewer columns than the trees test", R, m18, NULL, "tree-feature", "feature 1", 0},
    {"M19", "a score declared as int64", R, m19a, NULL, "value-type", "Y", 0},
    {"M19", "labels declared as float", C, m19b, NULL, "value-type", "label", 0},
    {"M19", "an output declared 77 wide: ignored, exporters write such", R, m19c, NULL, NULL, NULL, 12},
    {"M20", "ZipMap of two labels for three columns", C, m20a, NULL, "tree-labels", "zip", 0},
    {"M20", "ZipMap without labels", C, m20b, NULL, "tree-labels", "zip", 0},
    {"M20", "ZipMap with labels of both kinds", C, m20e, NULL, "tree-labels", "zip", 0},
    {"M20", "ZipMap with a label twice", C, m20d, NULL, NULL, NULL, 1},
    {"M20", "ZipMap as it should be", C, m20c, NULL, NULL, NULL, 1},
    {"M21", "Cast to string", R, m21a, NULL, "operator-unsupported", "Cast", 0},
    {"M21", "Cast to an unknown type", R, m21b, NULL, "operator-unsupported", "99", 0},
    {"M21", "Cast to double", R, m21c, NULL, NULL, NULL, 12},
    {"M22", "a graph in an attribute", R, m22a, NULL, NULL, NULL, 12},
    {"M22", "a local function", R, m22b, NULL, "model-unsupported", "function", 0},
    {"M22", "training information", R, m22c, NULL, "model-unsupported", "training", 0},
    {"M22", "a sparse initializer", R, m22d, NULL, "model-unsupported", "sparse", 0},
    {"M22", "a property", R, m22e, NULL, NULL, NULL, 12},
    {"M23", "an initializer in ../../etc/passwd", R, m23a, NULL, "external-data", "'c'", 0},
    {"M23", "an initializer in /etc/passwd", R, m23b, NULL, "external-data", "'c'", 0},
    {"M23", "an initializer in a file without name", R, m23c, NULL, "external-data", "'c'", 0},
    {"M23", "an external initializer that names no file", R, m23d, NULL, "external-data", "'c'", 0},
    {"W27", "an initializer whose data are in location 7", R, m23e, NULL, "external-data", "'c'", 0},
    {"M24", "a file named beside data that is inside", R, m24, NULL, "external-data", "'c'", 0},
    {"M25", "an attribute twice", R, m25, NULL, "attribute-duplicate", "nodes_modes", 0},
    {"M26", "an unknown attribute", R, m26, NULL, "attribute-unknown", "nodes_colours", 0},
    {"M27", "an attribute that does not state its type", R, m27a, NULL, "attribute-type", "nodes_values", 0},
    {"M27", "floats that are declared as integers", R, m27b, NULL, "attribute-type", "nodes_values", 0},
    {"M27", "floats and integers", R, m27c, NULL, "attribute-type", "nodes_values", 0},
    {"M27", "floats and 40 integers", R, m27d, NULL, "attribute-type", "nodes_values", 0},
    {"M27", "floats and 2,500 integers", R, m27e, NULL, "attribute-type", "nodes_values", 0},
    {"M28", "an attribute of an enclosing function", R, m28, NULL, "attribute-reference", "n_targets", 0},
    {"M29", "no tree ids", R, m29a, NULL, "tree-none", "nodes_treeids", 0},
    GONE(m29b, "nodes_nodeids"),
    GONE(m29c, "nodes_featureids"),
    GONE(m29d, "nodes_modes"),
    GONE(m29e, "nodes_values"),
    GONE(m29f, "nodes_truenodeids"),
    GONE(m29g, "nodes_falsenodeids"),
    GONE(m29h, "target_treeids"),
    GONE(m29i, "target_nodeids"),
    GONE(m29j, "target_ids"),
    GONE(m29k, "target_weights"),
    {"M31", "control characters in names: the message has none", R, m31, NULL, "graph-undefined", "'a?[2Jb?", 0},
    {"M32", "the tree's input left out", R, m32a, NULL, "graph-arity", "trees", 0},
    {"M32", "a second input", R, m32b, NULL, "graph-arity", "trees", 0},
    {"M32", "a second output", R, m32c, NULL, "graph-arity", "trees", 0},
    {"M32", "no output", R, m32d, NULL, "graph-arity", "trees", 0},
    {"M32", "no input", R, m32e, NULL, "graph-arity", "trees", 0},
};
const catalogue_section catalogue_models = SECTION("models and graphs", entries);
