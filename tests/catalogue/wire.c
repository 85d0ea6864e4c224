/* W: the protobuf wire format. */
#include <stdlib.h>
#include <string.h>

#include "catalogue/catalogue.h"

#define DAMAGE(name) static void name(bytes *f)
#define CHANGE(name) static void name(writer_model *m)
/* Bytes behind a sound model are further fields of it. */
#define APPEND(name, ...) \
  DAMAGE(name) { bytes_raw(f, (unsigned char[]){__VA_ARGS__}, sizeof((unsigned char[]){__VA_ARGS__})); }
#define FF8 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF

DAMAGE(w1) { f->size = 0; }
DAMAGE(w2a) { f->size /= 2; }
DAMAGE(w2b) { f->size--; }
DAMAGE(w2c) { f->size = 2; } /* the border behind ir_version */
APPEND(w3, 0, 0, 0)
APPEND(w3b, 0xFF)
DAMAGE(w4) {
  bytes copy = {0};
  bytes_raw(&copy, f->data, f->size);
  bytes_raw(f, copy.data, copy.size);
  bytes_free(&copy);
}
DAMAGE(w5) {
  uint32_t state = 12345;
  for (size_t i = 0; i < f->size; i++) f->data[i] = (unsigned char)((state = state * 1664525 + 1013904223) >> 24);
}
APPEND(w6, 5 << 3, FF8, 0xFF, 0x82)
APPEND(w6b, 5 << 3, FF8, 0xFF, 0x02)
APPEND(w7, 5 << 3, FF8, 0xFF, 0xFF, 0x01)
APPEND(w8, 5 << 3, 0x81, 0x80, 0x00)
APPEND(w9a, 0xA8, 0x80, 0x00, 1) /* model_version with a tag of three bytes */
APPEND(w9b, 0xA8, 0x80, 0x80, 0x80, 0x00, 1)
CHANGE(w9c) { /* the last elements of both arrays of integers and floats, with tags of two and three bytes */
  writer_attribute *ids = writer_get(m, "nodes_treeids"), *values = writer_get(m, "nodes_values");
  ids->count--;
  values->count--;
  bytes_raw(&ids->extra, (unsigned char[]){8 << 3 | 0x80, 0x00, 1}, 3);
  bytes_raw(&values->extra, (unsigned char[]){7 << 3 | 5 | 0x80, 0x80, 0x00, 0, 0, 0, 0}, 7);
}
/* The first byte of the first field `tag` gets a second one. */
DAMAGE(w9d) {
  for (size_t i = 0; i < f->size; i++) {
    if (f->data[i] != (7 << 3 | 2)) continue;
    bytes_raw(f, "", 1);
    memmove(f->data + i + 2, f->data + i + 1, f->size - i - 2);
    f->data[i] |= 0x80;
    f->data[i + 1] = 0;
    return;
  }
}
APPEND(w9e, 0xA8, 0x80, 0x80, 0x00, 1)
APPEND(w9f, 0x80, 0x01, 1) /* field 16, which no model has: the first tag of two bytes */
APPEND(w10a, 0, 1)
APPEND(w10b, 0x80, 0x00, 1)
APPEND(w11, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F, 1)
APPEND(w12a, 5 << 3 | 6, 1)
APPEND(w12b, 5 << 3 | 7, 1)
APPEND(w13a, 0x9B, 0x06, 0x9C, 0x06) /* start and end of group 99 */
APPEND(w13b, 0x9C, 0x06)
DAMAGE(w13c) {
  for (int i = 0; i < 100000; i++) bytes_raw(f, (unsigned char[]){0x9B, 0x06}, 2);
}
APPEND(w14a, 7 << 3, 1)                        /* graph as a number */
APPEND(w14b, 5 << 3 | 2, 1, 1)                 /* model_version as bytes */
APPEND(w14c, 2 << 3, 1)                        /* producer_name as a number */
APPEND(w14d, 5 << 3 | 5, 1, 0, 0, 0)           /* model_version as fixed32 */
APPEND(w14e, 5 << 3 | 1, 1, 0, 0, 0, 0, 0, 0, 0) /* model_version as fixed64 */
APPEND(w15a, 2 << 3 | 2, 1)
APPEND(w15b, 2 << 3 | 2, 0xFF, 0xFF, 0xFF, 0xFF, 0x07)
APPEND(w15c, 2 << 3 | 2, 0x80, 0x80, 0x80, 0x80, 0x08)
APPEND(w15d, 2 << 3 | 2, 0x80, 0x80, 0x80, 0x80, 0x10)
APPEND(w15e, 2 << 3 | 2, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01)
APPEND(w15f, 2 << 3 | 2, FF8, 0xFF, 0x01)
CHANGE(w15g) { bytes_raw(&m->graph_extra, (unsigned char[]){10 << 3 | 2, 3, 'a'}, 3); }

/* A model of this graph, with an operator set. */
static void replace_graph(bytes *f, bytes *graph) {
  bytes opset = {0};
  bytes_number(&opset, 2, 17);
  f->size = 0;
  bytes_number(f, 1, 8);
  bytes_message(f, 7, graph);
  bytes_message(f, 8, &opset);
}

static void nest(bytes *f, int levels, bool graphs) {
  bytes inner = {0};
  for (int i = 0; i < levels; i++) {
    bytes outer = {0};
    bytes_message(&outer, graphs ? (i % 3 == 0 ? 6u : i % 3 == 1 ? 5u : 1u) : (levels - 1 - i) % 2 ? 1u : 4u, &inner);
    inner = outer;
  }
  bytes info = {0}, graph = {0};
  if (graphs) {
    graph = inner; /* a graph of a node of an attribute of a graph of ... */
  } else {
    bytes_message(&info, 2, &inner);
    bytes_message(&graph, 13, &info);
  }
  replace_graph(f, &graph);
}
DAMAGE(w17a) { nest(f, 28, false); }
DAMAGE(w17b) { nest(f, 29, false); }
DAMAGE(w17c) { nest(f, 100, false); }
DAMAGE(w17d) { nest(f, 10000, false); }
DAMAGE(w17e) { nest(f, 9999, true); }
static void empty_messages(bytes *f, size_t count, unsigned char field) {
  bytes graph = {0};
  for (size_t i = 0; i < count; i++) bytes_raw(&graph, (unsigned char[]){(unsigned char)(field << 3 | 2), 0}, 2);
  replace_graph(f, &graph);
}
DAMAGE(w16a) { empty_messages(f, 1000000, 5); }
DAMAGE(w16b) { empty_messages(f, 1000000, 1); }
APPEND(w18a, 7 << 3 | 2, 0)
DAMAGE(w18b) {
  for (int i = 0; i < 100000; i++) bytes_raw(f, (unsigned char[]){7 << 3 | 2, 0}, 2);
}
CHANGE(w18c) {
  for (int i = 0; i < 2; i++) {
    bytes tensor = {0};
    bytes_message(&writer_get(m, "nodes_values")->extra, 5, &tensor);
  }
}
APPEND(w19a, 5 << 3, 1, 5 << 3, 2)
APPEND(w19b, 2 << 3 | 2, 1, 'a', 2 << 3 | 2, 1, 'b')
CHANGE(w19c) { bytes_raw(&writer_get(m, "nodes_splits")->extra, (unsigned char[]){9 << 3 | 2, 1, 'a', 9 << 3 | 2, 1, 'b'}, 6); }
CHANGE(w19d) { bytes_raw(&writer_get(m, "nodes_values")->extra, (unsigned char[]){4 << 3 | 2, 1, 'a', 4 << 3 | 2, 1, 'b'}, 6); }
CHANGE(w20a) {
  writer_get(m, "nodes_treeids")->packed = writer_get(m, "nodes_featureids")->packed = true;
  writer_get(m, "nodes_values")->packed = writer_get(m, "target_weights")->packed = true;
}
CHANGE(w20b) { /* one element unpacked behind the packed ones */
  writer_attribute *ids = writer_get(m, "nodes_treeids"), *values = writer_get(m, "nodes_values");
  ids->packed = values->packed = true;
  ids->count--;
  values->count--;
  bytes_number(&ids->extra, 8, 1);
  bytes_float(&values->extra, 7, 0);
}
CHANGE(w21a) { bytes_raw(&writer_get(m, "nodes_treeids")->extra, (unsigned char[]){8 << 3 | 2, 1, 0x80}, 3); }
CHANGE(w21b) { bytes_raw(&writer_get(m, "nodes_values")->extra, (unsigned char[]){7 << 3 | 2, 3, 0, 0, 0}, 5); }
CHANGE(w21c) { bytes_raw(&writer_get(m, "nodes_treeids")->extra, (unsigned char[]){8 << 3 | 2, 11, FF8, 0xFF, 0xFF, 1}, 13); }
CHANGE(w22) { bytes_raw(&writer_get(m, "nodes_treeids")->extra, (unsigned char[]){8 << 3 | 2, 0}, 2); }
DAMAGE(w24) {
  for (int i = 0; i < 1000000; i++) bytes_raw(f, (unsigned char[]){0x98, 0x06, 5}, 3);
}
APPEND(w23, 0x9A, 0x06, 3, 'a', 'b', 'c', 0x98, 0x06, 5)
APPEND(w23b, 0x85, 0x01, 1, 2, 3, 4) /* field 16 */
APPEND(w23c, 0x81, 0x01, 1, 2, 3, 4, 5, 6, 7, 8)
APPEND(w23d, 0x81, 0x01, 1, 2, 3, 4, 5, 6, 7)
CHANGE(w25a) { m->inputs[0].element = (INT64_C(1) << 32) + 1; }
CHANGE(w25b) { m->inputs[0].element = -1; }
CHANGE(w25c) { writer_get(m, "nodes_values")->declared = 0x80000006u; }
CHANGE(w27a) { writer_get(m, "nodes_values")->declared = 99; }
CHANGE(w27b) { m->inputs[0].element = 999; }
CHANGE(w28a) { m->nodes[0].op_type = "TreeEnsembleRegressor\xC0\x80"; }
CHANGE(w28b) { m->nodes[0].name = "\xED\xA0\x80"; }
CHANGE(w28c) { m->nodes[0].name = "\xF4\x90\x80\x80"; }
CHANGE(w28d) { m->nodes[0].name = "gr\xC3\xBC\xC3\x9F" "e"; }
APPEND(w28e, 2 << 3 | 2, 3, 'a', 0, 'b')
CHANGE(w29) { m->reversed = true; }
DAMAGE(w30) { /* a type that is a tensor and a sequence */
  bytes type = {0}, info = {0}, tensor = {0}, sequence = {0}, graph = {0};
  bytes_number(&tensor, 1, 1);
  bytes_message(&type, 1, &tensor);
  bytes_message(&type, 4, &sequence);
  bytes_text(&info, 1, "X");
  bytes_message(&info, 2, &type);
  bytes_message(&graph, 11, &info);
  replace_graph(f, &graph);
}
static void replace(bytes *f, const char *start, size_t size) {
  f->size = 0;
  bytes_raw(f, start, size);
  for (int i = 0; i < 100; i++) bytes_raw(f, "0123456789", 10);
}
DAMAGE(w32a) { replace(f, "\x1f\x8b\x08", 3); }
DAMAGE(w32b) { replace(f, "PK\x03\x04", 4); }
DAMAGE(w32c) { replace(f, "\x80\x04\x95", 3); }
DAMAGE(w32d) { replace(f, "\x40\0\0\0\0\0\0\0{\"a\"", 12); } /* safetensors */
DAMAGE(w32e) { replace(f, "ir_version: 8\ngraph {\n", 22); }
DAMAGE(w32f) { replace(f, "\x18\0\0\0ORTM", 8); }
/* All of the file. */
static void be(bytes *f, const char *start, size_t size) {
  f->size = 0;
  bytes_raw(f, start, size);
}
DAMAGE(w32g) { be(f, "CBM1", 4); }
DAMAGE(w32h) { be(f, "\x18\0\0\0ORTM", 8); }
DAMAGE(w32i) { be(f, "a\tb\r\n", 5); }
DAMAGE(w32j) { be(f, "0123456789012345678901234567890123456789012345678901234567890123\x01", 65); }
DAMAGE(w32k) { be(f, "012345678901234567890123456789012345678901234567890123456789012\x01", 64); }
DAMAGE(w32l) { be(f, "0 \x7F", 3); }
DAMAGE(w33) {
  bytes copy = {0};
  bytes_raw(&copy, "#!/bin/sh\nexit\n", 15);
  bytes_raw(&copy, f->data, f->size);
  bytes_free(f);
  *f = copy;
}

#define R BASE_REGRESSOR
static const catalogue_entry entries[] = {
    {"W1", "an empty file", R, NULL, w1, "model-no-graph", "graph", 0},
    {"W2", "the first half", R, NULL, w2a, "wire-truncated", "byte", 0},
    {"W2", "all but the last byte", R, NULL, w2b, "wire-truncated", "byte", 0},
    {"W2", "nothing but ir_version", R, NULL, w2c, "model-no-graph", "graph", 0},
    {"W3", "zeros behind the model", R, NULL, w3, "wire-tag", "field number 0", 0},
    {"W3", "a byte behind the model", R, NULL, w3b, "wire-truncated", "byte", 0},
    {"W4", "two models, one behind the other", R, NULL, w4, "wire-duplicate", "field graph", 0},
    {"W5", "random bytes", R, NULL, w5, "wire-tag", "byte 0", 0},
    {"W6", "a number whose tenth byte continues", R, NULL, w6, "wire-varint", "model_version", 0},
    {"W6", "a number of 65 bits", R, NULL, w6b, "wire-varint", "model_version", 0},
    {"W7", "a number of eleven bytes", R, NULL, w7, "wire-varint", "model_version", 0},
    {"W8", "a number that is longer than needed", R, NULL, w8, NULL, NULL, 12},
    {"W9", "a tag that is longer than needed", R, NULL, w9a, NULL, NULL, 12},
    {"W9", "elements of arrays with longer tags than needed", R, w9c, NULL, NULL, NULL, 12},
    {"W9", "the graph with a longer tag than needed", R, NULL, w9d, NULL, NULL, 12},
    {"W9", "a tag of four bytes", R, NULL, w9e, NULL, NULL, 12},
    {"W9", "the smallest tag that takes two bytes", R, NULL, w9f, NULL, NULL, 12},
    {"W9", "a tag of five bytes", R, NULL, w9b, "wire-tag", "longer than 4 bytes", 0},
    {"W10", "field 0", R, NULL, w10a, "wire-tag", "field number 0", 0},
    {"W10", "field 0 in two bytes", R, NULL, w10b, "wire-tag", "field number 0", 0},
    {"W11", "a field number beyond 2^29", R, NULL, w11, "wire-tag", "longer than 4 bytes", 0},
    {"W12", "wire type 6", R, NULL, w12a, "wire-type", "wire type", 0},
    {"W12", "wire type 7", R, NULL, w12b, "wire-type", "wire type", 0},
    {"W13", "an empty group", R, NULL, w13a, "wire-group", "group", 0},
    {"W13", "the end of a group", R, NULL, w13b, "wire-group", "group", 0},
    {"W13", "100,000 groups", R, NULL, w13c, "wire-group", "group", 0},
    {"W14", "graph as a number", R, NULL, w14a, "wire-type", "field graph", 0},
    {"W14", "model_version as bytes", R, NULL, w14b, "wire-type", "field model_version", 0},
    {"W14", "producer_name as a number", R, NULL, w14c, "wire-type", "field producer_name", 0},
    {"W14", "model_version as fixed32", R, NULL, w14d, "wire-type", "field model_version", 0},
    {"W14", "model_version as fixed64", R, NULL, w14e, "wire-type", "field model_version", 0},
    {"W15", "length one too many", R, NULL, w15a, "wire-truncated", "producer_name", 0},
    {"W15", "length 2^31 - 1", R, NULL, w15b, "wire-truncated", "producer_name", 0},
    {"W15", "length 2^31", R, NULL, w15c, "wire-truncated", "producer_name", 0},
    {"W15", "length 2^32", R, NULL, w15d, "wire-truncated", "producer_name", 0},
    {"W15", "length 2^63", R, NULL, w15e, "wire-truncated", "producer_name", 0},
    {"W15", "length 2^64 - 1", R, NULL, w15f, "wire-truncated", "producer_name", 0},
    {"W15", "a text that is longer than its graph", R, w15g, NULL, "wire-length", "doc_string", 0},
    {"W16", "a million empty initializers", R, NULL, w16a, "limit-memory", "max_load_bytes", 0},
    {"W16", "a million empty nodes", R, NULL, w16b, "limit-graph-nodes", "max_graph_nodes", 0},
    {"W17", "32 levels in a value that nobody reads; the graph is empty", R, NULL, w17a, "graph-empty", "nodes", 0},
    {"W17", "33 levels", R, NULL, w17b, "limit-nesting", "max_nesting", 0},
    {"W17", "100 levels", R, NULL, w17c, "limit-nesting", "max_nesting", 0},
    {"W17", "10,000 levels of types", R, NULL, w17d, "limit-nesting", "max_nesting", 0},
    {"W17", "10,000 levels of graphs", R, NULL, w17e, "limit-nesting", "max_nesting", 0},
    {"W18", "a second graph", R, NULL, w18a, "wire-duplicate", "field graph", 0},
    {"W18", "100,000 graphs", R, NULL, w18b, "wire-duplicate", "field graph", 0},
    {"W18", "a second tensor of an attribute", R, w18c, NULL, "wire-duplicate", "field t", 0},
    {"W19", "a number that is given twice", R, NULL, w19a, NULL, NULL, 12},
    {"W19", "a text that is given twice", R, NULL, w19b, "wire-duplicate", "producer_name", 0},
    {"W19", "a tensor's bytes given twice", BASE_TREE_ENSEMBLE, w19c, NULL, "wire-duplicate", "field raw_data", 0},
    {"W19", "an attribute's bytes given twice", R, w19d, NULL, "wire-duplicate", "field s", 0},
    {"W20", "packed arrays", R, w20a, NULL, NULL, NULL, 12},
    {"W20", "packed and unpacked in one array", R, w20b, NULL, NULL, NULL, 12},
    {"W21", "packed integers that end inside one", R, w21a, NULL, "wire-packed", "field ints", 0},
    {"W21", "packed floats that end inside one", R, w21b, NULL, "wire-packed", "field floats", 0},
    {"W21", "packed integers, one of eleven bytes", R, w21c, NULL, "wire-varint", "field ints", 0},
    {"W22", "an empty packed array", R, w22, NULL, NULL, NULL, 12},
    {"W23", "unknown fields", R, NULL, w23, NULL, NULL, 12},
    {"W23", "an unknown field of four bytes at the end", R, NULL, w23b, NULL, NULL, 12},
    {"W23", "an unknown field of eight bytes at the end", R, NULL, w23c, NULL, NULL, 12},
    {"W23", "one that lacks a byte", R, NULL, w23d, "wire-truncated", "the bytes end inside a number", 0},
    {"W24", "a million unknown fields", R, NULL, w24, "limit-memory", "max_load_bytes", 0},
    {"W25", "element type 2^32 + 1: an int32 field keeps the low bits, as protobuf demands", R, w25a, NULL, NULL, NULL, 12},
    {"W25", "element type -1", R, w25b, NULL, "value-unsupported", "X", 0},
    {"W25", "attribute type 2^31 + 6", R, w25c, NULL, "attribute-type", "nodes_values", 0},
    {"W27", "attribute type 99", R, w27a, NULL, "attribute-type", "nodes_values", 0},
    {"W27", "element type 999", R, w27b, NULL, "value-unsupported", "X", 0},
    {"W28", "over-long UTF-8", R, w28a, NULL, "wire-text", "op_type", 0},
    {"W28", "half a UTF-16 pair", R, w28b, NULL, "wire-text", "name", 0},
    {"W28", "a character beyond Unicode", R, w28c, NULL, "wire-text", "name", 0},
    {"W28", "a name in German", R, w28d, NULL, NULL, NULL, 12},
    {"W28", "NUL in a text", R, NULL, w28e, "wire-text", "producer_name", 0},
    {"W29", "fields in another order", R, w29, NULL, NULL, NULL, 12},
    {"W30", "a type that is two things: the last counts, and the graph is empty", R, NULL, w30, "graph-empty", "nodes", 0},
    {"W32", "gzip", R, NULL, w32a, "not-onnx", "gzip", 0},
    {"W32", "zip", R, NULL, w32b, "not-onnx", "zip", 0},
    {"W32", "pickle", R, NULL, w32c, "not-onnx", "pickle", 0},
    {"W32", "safetensors", R, NULL, w32d, "wire-type", "byte", 0},
    {"W32", "ONNX as text", R, NULL, w32e, "not-onnx", "text", 0},
    {"W32", "ONNX Runtime's format", R, NULL, w32f, "not-onnx", ".ort", 0},
    {"W32", "CatBoost's mark and no more", R, NULL, w32g, "not-onnx", "CatBoost", 0},
    {"W32", "ONNX Runtime's mark and no more", R, NULL, w32h, "not-onnx", ".ort", 0},
    {"W32", "text with a tab and a line end", R, NULL, w32i, "not-onnx", "text", 0},
    {"W32", "64 characters of text, and a byte that is none", R, NULL, w32j, "not-onnx", "text", 0},
    {"W32", "63 characters of text, and a byte that is none", R, NULL, w32k, "wire-type", "byte 0", 0},
    {"W32", "text with DEL", R, NULL, w32l, "wire-type", "byte 0", 0},
    {"W33", "a script in front of a model", R, NULL, w33, "wire-group", "byte", 0},
};
const catalogue_section catalogue_wire = SECTION("wire format", entries);
