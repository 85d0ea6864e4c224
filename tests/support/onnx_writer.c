#include "support/onnx_writer.h"

#include <stdlib.h>
#include <string.h>

/* ---- attributes ---- */

static void write_float(bytes *b, double value) {
  float narrow = (float)value;
  uint32_t bits;
  memcpy(&bits, &narrow, sizeof bits);
  bytes_raw(b, (unsigned char[]){(unsigned char)bits, (unsigned char)(bits >> 8), (unsigned char)(bits >> 16), (unsigned char)(bits >> 24)}, 4);
}

static void write_double(bytes *b, double value) {
  uint64_t bits;
  memcpy(&bits, &value, sizeof bits);
  for (int i = 0; i < 8; i++) bytes_raw(b, &(unsigned char){(unsigned char)(bits >> (8 * i))}, 1);
}

static void write_element(bytes *b, const writer_attribute *a, size_t i) {
  if (a->element == 1) write_float(b, a->numbers[i]);
  if (a->element == 11) write_double(b, a->numbers[i]);
  if (a->element == 2 || a->element == 3) bytes_raw(b, &(unsigned char){(unsigned char)(int)a->numbers[i]}, 1);
  if (a->element == 7) {
    for (int k = 0; k < 8; k++) bytes_raw(b, &(unsigned char){(unsigned char)((uint64_t)(int64_t)a->numbers[i] >> (8 * k))}, 1);
  }
}

static bytes tensor_message(const writer_attribute *a) {
  bytes tensor = {0}, data = {0};
  for (size_t i = 0; i < a->rank; i++) bytes_number(&tensor, 1, (uint64_t)a->dims[i]);
  bytes_number(&tensor, 2, (uint64_t)a->element);
  for (size_t i = 0; i < a->count && (a->raw || a->element == 1 || a->element == 11); i++) write_element(&data, a, i);
  if (a->raw) {
    const unsigned char zeros[8] = {0};
    if (a->raw_change < 9) bytes_raw(&data, zeros, a->raw_change);
    if (a->raw_change > SIZE_MAX / 2) data.size += a->raw_change;
    bytes_message(&tensor, 9, &data);
  } else if (data.size) {
    bytes_message(&tensor, a->element == 1 ? 4 : 10, &data);
  }
  bytes_free(&data);
  for (size_t i = 0; i < a->count && !a->raw && (a->element == 2 || a->element == 3); i++) bytes_number(&tensor, 5, (uint64_t)(int64_t)a->numbers[i]);
  for (size_t i = 0; i < a->count && !a->raw && a->element == 7; i++) bytes_number(&tensor, 7, (uint64_t)(int64_t)a->numbers[i]);
  if (a->extra.size) bytes_raw(&tensor, a->extra.data, a->extra.size);
  return tensor;
}

static void write_text(bytes *b, uint32_t field, const char *text, size_t size) {
  bytes_varint(b, (uint64_t)field << 3 | 2);
  bytes_varint(b, size ? size : strlen(text));
  bytes_raw(b, text, size ? size : strlen(text));
}

static void write_numbers(bytes *b, const writer_attribute *a) {
  bytes packed = {0};
  for (size_t i = 0; i < a->count; i++) {
    if (a->type == WRITER_INTS && a->packed) bytes_varint(&packed, (uint64_t)a->ints[i]);
    if (a->type == WRITER_INTS && !a->packed) bytes_number(b, 8, (uint64_t)a->ints[i]);
    if (a->type == WRITER_FLOATS && a->packed) write_float(&packed, a->numbers[i]);
    if (a->type == WRITER_FLOATS && !a->packed) bytes_float(b, 7, (float)a->numbers[i]);
  }
  if (a->packed) bytes_message(b, a->type == WRITER_INTS ? 8 : 7, &packed);
}

static bytes attribute_message(const writer_attribute *a) {
  bytes b = {0};
  bytes_text(&b, 1, a->name);
  switch (a->type) {
    case WRITER_FLOAT: bytes_float(&b, 2, (float)a->numbers[0]); break;
    case WRITER_INT: bytes_number(&b, 3, (uint64_t)a->ints[0]); break;
    case WRITER_STRING: write_text(&b, 4, a->texts[0], a->text_sizes[0]); break;
    case WRITER_TENSOR: {
      bytes tensor = tensor_message(a);
      bytes_message(&b, 5, &tensor);
      break;
    }
    case WRITER_STRINGS:
      for (size_t i = 0; i < a->count; i++) write_text(&b, 9, a->texts[i], a->text_sizes[i]);
      break;
    default: write_numbers(&b, a); break;
  }
  if (a->declared) bytes_number(&b, 20, a->declared);
  if (a->type != WRITER_TENSOR && a->extra.size) bytes_raw(&b, a->extra.data, a->extra.size);
  return b;
}

writer_attribute *writer_get(writer_model *model, const char *name) {
  writer_node *node = &model->nodes[0];
  for (size_t i = 0; i < node->attribute_count; i++)
    if (strcmp(node->attributes[i].name, name) == 0) return &node->attributes[i];
  if (node->attribute_count == WRITER_MOST_ATTRIBUTES) abort();
  writer_attribute *a = &node->attributes[node->attribute_count++];
  *a = (writer_attribute){.name = name, .type = WRITER_INTS, .declared = WRITER_INTS};
  return a;
}

void writer_remove(writer_model *model, const char *name) {
  writer_node *node = &model->nodes[0];
  writer_attribute *a = writer_get(model, name);
  memmove(a, a + 1, (size_t)(node->attributes + --node->attribute_count - a) * sizeof *a);
}

void writer_ints(writer_model *model, const char *name, size_t count, const int64_t *values) {
  writer_attribute *a = writer_get(model, name);
  a->type = a->declared = WRITER_INTS;
  a->count = count;
  for (size_t i = 0; i < count; i++) a->ints[i] = values[i];
}

void writer_numbers(writer_model *model, const char *name, writer_type type, int element, size_t count, const double *values) {
  writer_attribute *a = writer_get(model, name);
  a->type = type;
  a->declared = type;
  a->element = element;
  a->count = count;
  a->raw = type == WRITER_TENSOR;
  a->rank = 1;
  a->dims[0] = (int64_t)count;
  for (size_t i = 0; i < count; i++) a->numbers[i] = values[i];
}

void writer_texts(writer_model *model, const char *name, writer_type type, size_t count, const char *const *values) {
  writer_attribute *a = writer_get(model, name);
  a->type = type;
  a->declared = type;
  a->count = count;
  for (size_t i = 0; i < count; i++) a->texts[i] = values[i];
}

/* ---- models ---- */

#define INTS(model, name, ...) writer_ints(model, name, sizeof((int64_t[]){__VA_ARGS__}) / sizeof(int64_t), (int64_t[]){__VA_ARGS__})
#define FLOATS(model, name, ...) \
  writer_numbers(model, name, WRITER_FLOATS, 1, sizeof((double[]){__VA_ARGS__}) / sizeof(double), (double[]){__VA_ARGS__})
#define TENSOR(model, name, element, ...) \
  writer_numbers(model, name, WRITER_TENSOR, element, sizeof((double[]){__VA_ARGS__}) / sizeof(double), (double[]){__VA_ARGS__})

static writer_model one_node(const char *op_type, int64_t ml_version) {
  writer_model m = {
      .ir_version = 8, .opset_count = 2, .opsets = {{"", 17}, {"ai.onnx.ml", ml_version}}, .node_count = 1, .input_count = 1, .output_count = 1};
  m.nodes[0] = (writer_node){.name = "trees", .op_type = op_type, .domain = "ai.onnx.ml", .inputs = {"X"}, .outputs = {"Y"}};
  m.inputs[0] = (writer_value){"X", 1, 2, {0, 2}};
  m.outputs[0] = (writer_value){"Y", 1, 2, {0, 1}};
  return m;
}

static void two_trees(writer_model *m) {
  static const char *const modes[] = {"BRANCH_LEQ", "LEAF", "BRANCH_LEQ", "LEAF", "LEAF", "BRANCH_LEQ", "LEAF", "LEAF"};
  INTS(m, "nodes_treeids", 0, 0, 0, 0, 0, 1, 1, 1);
  INTS(m, "nodes_nodeids", 0, 1, 2, 3, 4, 0, 1, 2);
  INTS(m, "nodes_featureids", 0, 0, 1, 0, 0, 1, 0, 0);
  INTS(m, "nodes_truenodeids", 1, 0, 3, 0, 0, 1, 0, 0);
  INTS(m, "nodes_falsenodeids", 2, 0, 4, 0, 0, 2, 0, 0);
  FLOATS(m, "nodes_values", 1, 0, 2, 0, 0, 0.5, 0, 0);
  writer_texts(m, "nodes_modes", WRITER_STRINGS, 8, modes);
}

writer_model writer_regressor(void) {
  writer_model m = one_node("TreeEnsembleRegressor", 3);
  two_trees(&m);
  INTS(&m, "target_treeids", 0, 0, 0, 1, 1);
  INTS(&m, "target_nodeids", 1, 3, 4, 1, 2);
  INTS(&m, "target_ids", 0, 0, 0, 0, 0);
  FLOATS(&m, "target_weights", 10, 20, 30, 1, 2);
  writer_attribute *n = writer_get(&m, "n_targets");
  n->type = n->declared = WRITER_INT;
  n->ints[0] = 1;
  return m;
}

writer_model writer_classifier(void) {
  writer_model m = one_node("TreeEnsembleClassifier", 3);
  two_trees(&m);
  INTS(&m, "class_treeids", 0, 0, 0, 1, 1);
  INTS(&m, "class_nodeids", 1, 3, 4, 1, 2);
  INTS(&m, "class_ids", 0, 1, 2, 0, 1);
  FLOATS(&m, "class_weights", 1, 1, 1, 0.5, 0.25);
  INTS(&m, "classlabels_int64s", 10, 20, 30);
  m.nodes[0].outputs[0] = "label";
  m.nodes[0].outputs[1] = "Y";
  m.outputs[0] = (writer_value){"label", 7, 1, {0}};
  m.outputs[1] = (writer_value){"Y", 1, 2, {0, 3}};
  m.output_count = 2;
  return m;
}

writer_model writer_tree_ensemble(void) {
  writer_model m = one_node("TreeEnsemble", 5);
  m.opsets[0].version = 21;
  INTS(&m, "tree_roots", 0, 2);
  INTS(&m, "nodes_featureids", 0, 1, 1);
  TENSOR(&m, "nodes_splits", 1, 1, 2, 0.5);
  TENSOR(&m, "nodes_modes", 2, 0, 0, 0);
  INTS(&m, "nodes_truenodeids", 0, 1, 3);
  INTS(&m, "nodes_trueleafs", 1, 1, 1);
  INTS(&m, "nodes_falsenodeids", 1, 2, 4);
  INTS(&m, "nodes_falseleafs", 0, 1, 1);
  INTS(&m, "leaf_targetids", 0, 0, 0, 0, 0);
  TENSOR(&m, "leaf_weights", 1, 10, 20, 30, 1, 2);
  const char *const names[] = {"n_targets", "aggregate_function", "post_transform"};
  const int64_t values[] = {1, 1, 0};
  for (int i = 0; i < 3; i++) {
    writer_attribute *a = writer_get(&m, names[i]);
    a->type = a->declared = WRITER_INT;
    a->ints[0] = values[i];
  }
  return m;
}

/* ---- files ---- */

static bytes value_message(const writer_value *v) {
  bytes shape = {0}, tensor = {0}, type = {0}, info = {0};
  for (size_t i = 0; i < v->rank; i++) {
    bytes dimension = {0};
    if (v->dims[i])
      bytes_number(&dimension, 1, (uint64_t)v->dims[i]);
    else
      bytes_text(&dimension, 2, "N");
    bytes_message(&shape, 1, &dimension);
  }
  bytes_number(&tensor, 1, (uint64_t)v->element);
  bytes_message(&tensor, 2, &shape);
  bytes_message(&type, 1, &tensor);
  if (v->name) bytes_text(&info, 1, v->name);
  if (v->element)
    bytes_message(&info, 2, &type);
  else
    bytes_free(&type);
  return info;
}

static bytes node_message(const writer_node *n) {
  bytes node = {0};
  for (size_t i = 0; i < WRITER_MOST_VALUES && n->inputs[i]; i++) bytes_text(&node, 1, n->inputs[i]);
  for (size_t i = 0; i < WRITER_MOST_VALUES && n->outputs[i]; i++) bytes_text(&node, 2, n->outputs[i]);
  if (n->name) bytes_text(&node, 3, n->name);
  bytes_text(&node, 4, n->op_type);
  if (n->domain) bytes_text(&node, 7, n->domain);
  for (size_t i = 0; i < n->attribute_count; i++) {
    bytes attribute = attribute_message(&n->attributes[i]);
    bytes_message(&node, 5, &attribute);
  }
  return node;
}

static bytes graph_message(const writer_model *m) {
  bytes graph = {0};
  for (size_t i = 0; i < m->node_count; i++) {
    bytes node = node_message(&m->nodes[i]);
    bytes_message(&graph, 1, &node);
  }
  bytes_text(&graph, 2, "graph");
  for (size_t i = 0; i < m->input_count; i++) {
    bytes input = value_message(&m->inputs[i]);
    bytes_message(&graph, 11, &input);
  }
  for (size_t i = 0; i < m->output_count; i++) {
    bytes output = value_message(&m->outputs[i]);
    bytes_message(&graph, 12, &output);
  }
  if (m->graph_extra.size) bytes_raw(&graph, m->graph_extra.data, m->graph_extra.size);
  return graph;
}

static void write_opsets(bytes *model, const writer_model *m) {
  for (size_t i = 0; i < m->opset_count; i++) {
    bytes opset = {0};
    bytes_text(&opset, 1, m->opsets[i].domain);
    bytes_number(&opset, 2, (uint64_t)m->opsets[i].version);
    bytes_message(model, 8, &opset);
  }
}

bytes writer_write(writer_model *m) {
  bytes model = {0}, graph = graph_message(m);
  if (m->reversed) write_opsets(&model, m);
  if (m->ir_version && !m->reversed) bytes_number(&model, 1, (uint64_t)m->ir_version);
  bytes_message(&model, 7, &graph);
  if (m->ir_version && m->reversed) bytes_number(&model, 1, (uint64_t)m->ir_version);
  if (!m->reversed) write_opsets(&model, m);
  if (m->model_extra.size) bytes_raw(&model, m->model_extra.data, m->model_extra.size);
  bytes_free(&m->model_extra);
  bytes_free(&m->graph_extra);
  for (size_t i = 0; i < m->node_count; i++)
    for (size_t k = 0; k < m->nodes[i].attribute_count; k++) bytes_free(&m->nodes[i].attributes[k].extra);
  return model;
}
