#include "support/model_bytes.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "support/npy.h"

void bytes_free(bytes *b) {
  free(b->data);
  *b = (bytes){0};
}

void bytes_raw(bytes *b, const void *data, size_t size) {
  if (b->size + size > b->capacity) {
    b->capacity = 2 * (b->size + size);
    b->data = realloc(b->data, b->capacity);
    if (!b->data) abort();
  }
  if (size) memcpy(b->data + b->size, data, size);
  b->size += size;
}

void bytes_varint(bytes *b, uint64_t value) {
  unsigned char out[10];
  size_t size = 0;
  for (; value >= 0x80; value >>= 7) out[size++] = (unsigned char)(value | 0x80);
  out[size++] = (unsigned char)value;
  bytes_raw(b, out, size);
}

void bytes_number(bytes *b, uint32_t field, uint64_t value) {
  bytes_varint(b, (uint64_t)field << 3);
  bytes_varint(b, value);
}

void bytes_float(bytes *b, uint32_t field, float value) {
  uint32_t bits;
  memcpy(&bits, &value, sizeof bits);
  unsigned char out[4] = {(unsigned char)bits, (unsigned char)(bits >> 8), (unsigned char)(bits >> 16), (unsigned char)(bits >> 24)};
  bytes_varint(b, (uint64_t)field << 3 | 5);
  bytes_raw(b, out, sizeof out);
}

static void delimited(bytes *b, uint32_t field, const void *data, size_t size) {
  bytes_varint(b, (uint64_t)field << 3 | 2);
  bytes_varint(b, size);
  bytes_raw(b, data, size);
}

void bytes_text(bytes *b, uint32_t field, const char *text) { delimited(b, field, text, strlen(text)); }

void bytes_message(bytes *b, uint32_t field, bytes *inner) {
  delimited(b, field, inner->data, inner->size);
  bytes_free(inner);
}

/* Field numbers and type codes are those of AttributeProto. */
static bytes begin_attribute(const char *name, uint64_t type) {
  bytes attribute = {0};
  bytes_text(&attribute, 1, name);
  bytes_number(&attribute, 20, type);
  return attribute;
}

void bytes_ints(bytes *node, const char *name, const int64_t *values, size_t count) {
  bytes attribute = begin_attribute(name, 7);
  for (size_t i = 0; i < count; i++) bytes_number(&attribute, 8, (uint64_t)values[i]);
  bytes_message(node, 5, &attribute);
}

void bytes_floats(bytes *node, const char *name, const float *values, size_t count) {
  bytes attribute = begin_attribute(name, 6);
  for (size_t i = 0; i < count; i++) bytes_float(&attribute, 7, values[i]);
  bytes_message(node, 5, &attribute);
}

void bytes_strings(bytes *node, const char *name, const char *const *values, size_t count) {
  bytes attribute = begin_attribute(name, 8);
  for (size_t i = 0; i < count; i++) bytes_text(&attribute, 9, values[i]);
  bytes_message(node, 5, &attribute);
}

void bytes_int(bytes *node, const char *name, int64_t value) {
  bytes attribute = begin_attribute(name, 2);
  bytes_number(&attribute, 3, (uint64_t)value);
  bytes_message(node, 5, &attribute);
}

void bytes_tensor(bytes *node, const char *name, int64_t element, const void *values, size_t count) {
  bytes attribute = begin_attribute(name, 4), tensor = {0}, raw = {0};
  size_t size = element == 1 ? 4 : 1;
  bytes_raw(&raw, values, count * size);
  npy_reorder(raw.data, count, size);
  bytes_number(&tensor, 1, count);
  bytes_number(&tensor, 2, (uint64_t)element);
  bytes_message(&tensor, 9, &raw);
  bytes_message(&attribute, 5, &tensor);
  bytes_message(node, 5, &attribute);
}

bytes bytes_indexed_chain(size_t branches) {
  const size_t leaves = branches + 1;
  int64_t *zeros = calloc(leaves, sizeof *zeros), *ones = calloc(leaves, sizeof *ones), *yes = calloc(leaves, sizeof *yes),
          *no = calloc(leaves, sizeof *no);
  int64_t *is_last = calloc(leaves, sizeof *is_last);
  float *numbers = calloc(leaves, sizeof *numbers);
  unsigned char *modes = calloc(leaves, 1);
  if (!zeros || !ones || !yes || !no || !is_last || !numbers || !modes) exit(EXIT_FAILURE);
  for (size_t i = 0; i < leaves; i++) {
    ones[i] = 1;
    yes[i] = (int64_t)i;
    no[i] = (int64_t)i + 1;
    numbers[i] = (float)i;
  }
  is_last[branches - 1] = 1;
  bytes a = {0};
  bytes_ints(&a, "tree_roots", zeros, 1);
  bytes_ints(&a, "nodes_featureids", zeros, branches);
  bytes_tensor(&a, "nodes_splits", 1, numbers, branches);
  bytes_tensor(&a, "nodes_modes", 2, modes, branches);
  bytes_ints(&a, "nodes_truenodeids", yes, branches);
  bytes_ints(&a, "nodes_trueleafs", ones, branches);
  bytes_ints(&a, "nodes_falsenodeids", no, branches);
  bytes_ints(&a, "nodes_falseleafs", is_last, branches);
  bytes_ints(&a, "leaf_targetids", zeros, leaves);
  bytes_tensor(&a, "leaf_weights", 1, numbers, leaves);
  bytes_int(&a, "n_targets", 1);
  bytes_int(&a, "aggregate_function", 1);
  bytes_int(&a, "post_transform", 0);
  void *all[] = {zeros, ones, yes, no, is_last, numbers, modes};
  for (size_t i = 0; i < sizeof all / sizeof *all; i++) free(all[i]);
  return a;
}

bytes bytes_set(size_t count) {
  const int64_t zero = 0, one = 1, targets[] = {0, 0};
  float *members = calloc(count + 1, sizeof *members);
  if (!members) exit(EXIT_FAILURE);
  for (size_t i = 0; i < count; i++) members[i] = (float)((uint64_t)i * 7919 % count) * 1.5f + 0.25f; /* in no order */
  members[count] = NAN;
  bytes a = {0};
  bytes_ints(&a, "tree_roots", &zero, 1);
  bytes_ints(&a, "nodes_featureids", &zero, 1);
  bytes_tensor(&a, "nodes_splits", 1, (const float[]){0}, 1);
  bytes_tensor(&a, "nodes_modes", 2, (const unsigned char[]){6}, 1);
  bytes_ints(&a, "nodes_truenodeids", &zero, 1);
  bytes_ints(&a, "nodes_trueleafs", &one, 1);
  bytes_ints(&a, "nodes_falsenodeids", &one, 1);
  bytes_ints(&a, "nodes_falseleafs", &one, 1);
  bytes_ints(&a, "leaf_targetids", targets, 2);
  bytes_tensor(&a, "leaf_weights", 1, (const float[]){1, 2}, 2);
  bytes_tensor(&a, "membership_values", 1, members, count + 1);
  bytes_int(&a, "n_targets", 1);
  free(members);
  return a;
}

static bytes float_matrix(const char *name, int64_t columns) {
  bytes rows = {0}, width = {0}, shape = {0}, tensor = {0}, type = {0}, info = {0};
  bytes_text(&rows, 2, "N");
  bytes_number(&width, 1, (uint64_t)columns);
  bytes_message(&shape, 1, &rows);
  bytes_message(&shape, 1, &width);
  bytes_number(&tensor, 1, 1);
  bytes_message(&tensor, 2, &shape);
  bytes_message(&type, 1, &tensor);
  bytes_text(&info, 1, name);
  bytes_message(&info, 2, &type);
  return info;
}

bytes bytes_model(const char *op_type, int64_t ml_version, int64_t columns, bytes *attributes) {
  bytes node = {0}, graph = {0}, opset = {0}, model = {0}, input = float_matrix("X", columns), output = {0};
  bytes_text(&node, 1, "X");
  bytes_text(&node, 2, "Y");
  bytes_text(&node, 3, "trees");
  bytes_text(&node, 4, op_type);
  bytes_text(&node, 7, "ai.onnx.ml");
  bytes_raw(&node, attributes->data, attributes->size);
  bytes_free(attributes);
  bytes_text(&output, 1, "Y");
  bytes_message(&graph, 1, &node);
  bytes_text(&graph, 2, "graph");
  bytes_message(&graph, 11, &input);
  bytes_message(&graph, 12, &output);
  bytes_text(&opset, 1, "ai.onnx.ml");
  bytes_number(&opset, 2, (uint64_t)ml_version);
  bytes_number(&model, 1, 8);
  bytes_message(&model, 7, &graph);
  bytes_message(&model, 8, &opset);
  return model;
}
