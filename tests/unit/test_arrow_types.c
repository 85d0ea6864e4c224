/* onnxtree_run_arrow with columns of every type, through a model that hands its inputs on. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <onnxtree/arrow.h>
#include <onnxtree/onnxtree.h>

#include "support/arrow_table.h"
#include "support/model_bytes.h"
#include "support/unit_test.h"

static bytes identity_value(const char *name, onnxtree_type type, size_t columns) {
  bytes row_size = {0}, width = {0}, shape = {0}, tensor = {0}, outer = {0}, info = {0};
  bytes_text(&row_size, 2, "N");
  bytes_number(&width, 1, columns);
  bytes_message(&shape, 1, &row_size);
  bytes_message(&shape, 1, &width);
  bytes_number(&tensor, 1, (uint64_t)type);
  bytes_message(&tensor, 2, &shape);
  bytes_message(&outer, 1, &tensor);
  bytes_text(&info, 1, name);
  bytes_message(&info, 2, &outer);
  return info;
}

/* One input x of the type, given out as y. */
static onnxtree_model *identity_of(onnxtree_type type, size_t columns) {
  bytes node = {0}, graph = {0}, opset = {0}, model = {0}, input = identity_value("x", type, columns), output = identity_value("y", type, columns);
  bytes_text(&node, 1, "x");
  bytes_text(&node, 2, "y");
  bytes_text(&node, 4, "Identity");
  bytes_message(&graph, 1, &node);
  bytes_text(&graph, 2, "graph");
  bytes_message(&graph, 11, &input);
  bytes_message(&graph, 12, &output);
  bytes_number(&opset, 2, 16);
  bytes_number(&model, 1, 8);
  bytes_message(&model, 7, &graph);
  bytes_message(&model, 8, &opset);
  onnxtree_model *loaded;
  onnxtree_error error;
  onnxtree_status status = onnxtree_model_load_memory(model.data, model.size, NULL, &loaded, &error);
  CU_ASSERT_EQUAL_FATAL(status, ONNXTREE_OK);
  bytes_free(&model);
  return loaded;
}

static onnxtree_model *identity(onnxtree_type type) { return identity_of(type, 1); }

enum { COUNT = 5 };

/* The status, and on success `size` bytes for each of COUNT elements are as expected (NaNs have one pattern here: that of NAN). */
static onnxtree_status converts(onnxtree_type type, const char *format, const void *validity, const void *values, const void *expected, size_t size) {
  onnxtree_model *model = identity(type);
  table t;
  struct ArrowSchema schema;
  struct ArrowArray array;
  table_begin(&t, COUNT);
  table_add(&t, "other", "tss:", NULL, values, NULL);
  table_add(&t, "x", format, validity, values, NULL);
  onnxtree_status status = table_run(model, &t, NULL, &schema, &array, NULL);
  if (status == ONNXTREE_OK) {
    CU_ASSERT_EQUAL(array.n_children, 1);
    CU_ASSERT_STRING_EQUAL(schema.children[0]->name, "y");
    CU_ASSERT(memcmp(array.children[0]->buffers[1], expected, size * COUNT) == 0);
    table_release(&schema, &array);
  }
  onnxtree_model_free(model);
  return status;
}

static void test_numbers(void) {
  static const int8_t c[COUNT] = {-128, 127, 0, 1, -1};
  static const uint8_t C[COUNT] = {255, 127, 0, 1, 2};
  static const int16_t s[COUNT] = {-32768, 32767, 0, 1, -1};
  static const uint16_t S[COUNT] = {65535, 0, 1, 2, 3};
  static const int32_t i[COUNT] = {INT32_MIN, INT32_MAX, 0, 1, 16777217};
  static const uint32_t I[COUNT] = {UINT32_MAX, 0, 1, 2, 3};
  static const int64_t l[COUNT] = {INT64_MIN, INT64_MAX, 0, 1, 9007199254740993};
  static const uint64_t L[COUNT] = {UINT64_MAX, 0, 1, 2, 9223372036854775809u};
  static const float f[COUNT] = {0.1f, -0.0f, 1, INFINITY, 3};
  static const double g[COUNT] = {0.1, -0.0, 1e300, 1 + 1e-12, 3};
  static const unsigned char b[1] = {0x15};
#define FLOATS(...) (const float[COUNT]){__VA_ARGS__}, sizeof(float)
#define DOUBLES(...) (const double[COUNT]){__VA_ARGS__}, sizeof(double)
  CU_ASSERT_EQUAL(converts(ONNXTREE_FLOAT, "c", NULL, c, FLOATS(-128, 127, 0, 1, -1)), ONNXTREE_OK);
  CU_ASSERT_EQUAL(converts(ONNXTREE_FLOAT, "C", NULL, C, FLOATS(255, 127, 0, 1, 2)), ONNXTREE_OK);
  CU_ASSERT_EQUAL(converts(ONNXTREE_FLOAT, "s", NULL, s, FLOATS(-32768, 32767, 0, 1, -1)), ONNXTREE_OK);
  CU_ASSERT_EQUAL(converts(ONNXTREE_FLOAT, "S", NULL, S, FLOATS(65535, 0, 1, 2, 3)), ONNXTREE_OK);
  CU_ASSERT_EQUAL(converts(ONNXTREE_FLOAT, "i", NULL, i, FLOATS(-0x1p31f, 0x1p31f, 0, 1, 16777216)), ONNXTREE_OK);
  CU_ASSERT_EQUAL(converts(ONNXTREE_DOUBLE, "I", NULL, I, DOUBLES(4294967295.0, 0, 1, 2, 3)), ONNXTREE_OK);
  CU_ASSERT_EQUAL(converts(ONNXTREE_DOUBLE, "l", NULL, l, DOUBLES(-0x1p63, 0x1p63, 0, 1, 9007199254740992.0)), ONNXTREE_OK);
  CU_ASSERT_EQUAL(converts(ONNXTREE_DOUBLE, "L", NULL, L, DOUBLES(0x1p64, 0, 1, 2, 0x1p63)), ONNXTREE_OK);
  CU_ASSERT_EQUAL(converts(ONNXTREE_FLOAT, "L", NULL, L, FLOATS(0x1p64f, 0, 1, 2, 0x1p63f)), ONNXTREE_OK);
  CU_ASSERT_EQUAL(converts(ONNXTREE_FLOAT, "f", NULL, f, f, sizeof *f), ONNXTREE_OK);
  CU_ASSERT_EQUAL(converts(ONNXTREE_DOUBLE, "f", NULL, f, DOUBLES((double)0.1f, -0.0, 1, INFINITY, 3)), ONNXTREE_OK);
  CU_ASSERT_EQUAL(converts(ONNXTREE_FLOAT, "g", NULL, g, FLOATS(0.1f, -0.0f, INFINITY, 1, 3)), ONNXTREE_OK);
  CU_ASSERT_EQUAL(converts(ONNXTREE_DOUBLE, "g", NULL, g, g, sizeof *g), ONNXTREE_OK);
  CU_ASSERT_EQUAL(converts(ONNXTREE_FLOAT, "b", NULL, b, FLOATS(1, 0, 1, 0, 1)), ONNXTREE_OK);
  CU_ASSERT_EQUAL(converts(ONNXTREE_INT64, "l", NULL, l, l, sizeof *l), ONNXTREE_OK);
  CU_ASSERT_EQUAL(converts(ONNXTREE_INT64, "I", NULL, I, (const int64_t[]){4294967295, 0, 1, 2, 3}, sizeof(int64_t)), ONNXTREE_OK);
  CU_ASSERT_EQUAL(converts(ONNXTREE_INT32, "c", NULL, c, (const int32_t[]){-128, 127, 0, 1, -1}, sizeof(int32_t)), ONNXTREE_OK);
  CU_ASSERT_EQUAL(converts(ONNXTREE_INT32, "b", NULL, b, (const int32_t[]){1, 0, 1, 0, 1}, sizeof(int32_t)), ONNXTREE_OK);
  CU_ASSERT_EQUAL(converts(ONNXTREE_INT32, "I", NULL, I, NULL, 0), ONNXTREE_TYPE_MISMATCH);
  CU_ASSERT_EQUAL(converts(ONNXTREE_INT32, "l", NULL, l, NULL, 0), ONNXTREE_TYPE_MISMATCH);
  CU_ASSERT_EQUAL(converts(ONNXTREE_INT64, "L", NULL, L, NULL, 0), ONNXTREE_TYPE_MISMATCH);
  CU_ASSERT_EQUAL(converts(ONNXTREE_INT64, "g", NULL, g, NULL, 0), ONNXTREE_TYPE_MISMATCH);
  CU_ASSERT_EQUAL(converts(ONNXTREE_BOOL, "C", NULL, C, NULL, 0), ONNXTREE_TYPE_MISMATCH);
  CU_ASSERT_EQUAL(converts(ONNXTREE_STRING, "g", NULL, g, NULL, 0), ONNXTREE_TYPE_MISMATCH);
  CU_ASSERT_EQUAL(converts(ONNXTREE_FLOAT, "e", NULL, s, NULL, 0), ONNXTREE_TYPE_MISMATCH);
  CU_ASSERT_EQUAL(converts(ONNXTREE_FLOAT, "g", NULL, (const char *)g + 4, NULL, 0), ONNXTREE_INVALID_ARGUMENT);
  CU_ASSERT_EQUAL(converts(ONNXTREE_FLOAT, "g", NULL, NULL, NULL, 0), ONNXTREE_INVALID_ARGUMENT);
}

static void test_nulls(void) {
  static const int64_t l[COUNT] = {1, 2, 3, 4, 5};
  static const float f[COUNT] = {1, 2, 3, 4, 5};
  static const unsigned char valid[1] = {0x1b}, all[1] = {0x1f}; /* the third is null; none is */
  CU_ASSERT_EQUAL(converts(ONNXTREE_FLOAT, "l", valid, l, FLOATS(1, 2, NAN, 4, 5)), ONNXTREE_OK);
  CU_ASSERT_EQUAL(converts(ONNXTREE_FLOAT, "f", valid, f, FLOATS(1, 2, NAN, 4, 5)), ONNXTREE_OK);
  CU_ASSERT_EQUAL(converts(ONNXTREE_FLOAT, "f", all, f, f, sizeof *f), ONNXTREE_OK);
  CU_ASSERT_EQUAL(converts(ONNXTREE_DOUBLE, "b", valid, valid, DOUBLES(1, 1, NAN, 1, 1)), ONNXTREE_OK);
  CU_ASSERT_EQUAL(converts(ONNXTREE_DOUBLE, "n", NULL, NULL, DOUBLES(NAN, NAN, NAN, NAN, NAN)), ONNXTREE_OK);
  CU_ASSERT_EQUAL(converts(ONNXTREE_INT64, "l", valid, l, NULL, 0), ONNXTREE_TYPE_MISMATCH);
  CU_ASSERT_EQUAL(converts(ONNXTREE_INT64, "l", all, l, l, sizeof *l), ONNXTREE_OK);
  CU_ASSERT_EQUAL(converts(ONNXTREE_INT64, "n", NULL, NULL, NULL, 0), ONNXTREE_TYPE_MISMATCH);
  CU_ASSERT_EQUAL(converts(ONNXTREE_BOOL, "b", valid, l, NULL, 0), ONNXTREE_TYPE_MISMATCH);
}

/* Booleans of many slices: each bit in its place. */
static void test_booleans(void) {
  enum { MANY = 5003 };
  unsigned char bits[MANY / 8 + 2];
  for (size_t i = 0; i < sizeof bits; i++) bits[i] = (unsigned char)(i * 37 + i / 7);
  onnxtree_model *model = identity(ONNXTREE_BOOL);
  table t;
  struct ArrowSchema schema;
  struct ArrowArray array;
  table_begin(&t, MANY);
  column *c = table_add(&t, "x", "b", NULL, bits, NULL);
  c->array.offset = 3;
  onnxtree_arrow_options options = ONNXTREE_ARROW_OPTIONS_INIT;
  options.threads = 3;
  CU_ASSERT_EQUAL_FATAL(table_run(model, &t, &options, &schema, &array, NULL), ONNXTREE_OK);
  CU_ASSERT_STRING_EQUAL(schema.children[0]->format, "b");
  const unsigned char *found = array.children[0]->buffers[1];
  bool same = true;
  for (size_t i = 0; i < MANY; i++) same &= (found[i / 8] >> i % 8 & 1) == (bits[(i + 3) / 8] >> (i + 3) % 8 & 1);
  CU_ASSERT(same);
  table_release(&schema, &array);
  onnxtree_model_free(model);
}

static const int32_t text_offsets[] = {0, 1, 1, 16, 18};
static const char text_data[] = "afifteen letters\xc3\xa9";

typedef struct text_view {
  int32_t size;
  char start[4];
  int32_t buffer, offset;
} text_view;

static void check_texts(onnxtree_model *model, const table *t) {
  struct ArrowSchema schema;
  struct ArrowArray array;
  CU_ASSERT_EQUAL_FATAL(table_run(model, t, NULL, &schema, &array, NULL), ONNXTREE_OK);
  CU_ASSERT_STRING_EQUAL(schema.children[0]->format, "u");
  CU_ASSERT(memcmp(array.children[0]->buffers[1], text_offsets, sizeof text_offsets) == 0);
  CU_ASSERT(memcmp(array.children[0]->buffers[2], text_data, 18) == 0);
  table_release(&schema, &array);
}

static void test_texts(void) {
  static const int64_t large[] = {0, 1, 1, 16, 18};
  static const text_view views[] = {{1, "a", 0, 0}, {0, "", 0, 0}, {15, "fift", 0, 1}, {2, "\xc3\xa9", 0, 0}};
  onnxtree_model *model = identity(ONNXTREE_STRING);
  table t;
  table_begin(&t, 4);
  table_add(&t, "x", "u", NULL, text_offsets, text_data);
  check_texts(model, &t);
  table_begin(&t, 4);
  table_add(&t, "x", "U", NULL, large, text_data);
  check_texts(model, &t);
  table_begin(&t, 4);
  table_add(&t, "x", "vu", NULL, views, text_data);
  check_texts(model, &t);
  onnxtree_model_free(model);
}

static void test_dictionary(void) {
  static const uint8_t indices[] = {3, 2, 1, 0}, beyond[] = {3, 2, 1, 4};
  static const _Alignas(8) int32_t entry_offsets[] = {0, 2, 17, 17, 18}; /* also read as int64 */
  static const char entry_data[] = "\xc3\xa9" "fifteen lettersa";
  onnxtree_model *model = identity(ONNXTREE_STRING);
  table t;
  struct ArrowSchema entries_schema = {.format = "u", .release = no_schema_release}, schema;
  const void *entry_buffers[] = {NULL, entry_offsets, entry_data};
  struct ArrowArray entries = {.length = 4, .n_buffers = 3, .buffers = entry_buffers, .release = no_array_release}, array;
  table_begin(&t, 4);
  column *c = table_add(&t, "x", "C", NULL, indices, NULL);
  c->schema.dictionary = &entries_schema;
  c->array.dictionary = &entries;
  check_texts(model, &t);
  c->buffers[1] = beyond;
  CU_ASSERT_EQUAL(table_run(model, &t, NULL, &schema, &array, NULL), ONNXTREE_INVALID_ARGUMENT);
  entries_schema.format = "l";
  CU_ASSERT_EQUAL(table_run(model, &t, NULL, &schema, &array, NULL), ONNXTREE_TYPE_MISMATCH);
  onnxtree_model_free(model);
}

static void test_odd_texts(void) {
  static const int32_t falling[] = {0, 5, 1, 16, 18};
  static const unsigned char valid[] = {0x07};
  onnxtree_model *model = identity(ONNXTREE_STRING);
  table t;
  struct ArrowSchema schema;
  struct ArrowArray array;
  table_begin(&t, 4);
  table_add(&t, "x", "u", NULL, falling, text_data);
  CU_ASSERT_EQUAL(table_run(model, &t, NULL, &schema, &array, NULL), ONNXTREE_INVALID_ARGUMENT);
  table_begin(&t, 4);
  table_add(&t, "x", "u", valid, text_offsets, text_data); /* a null is no text */
  CU_ASSERT_EQUAL(table_run(model, &t, NULL, &schema, &array, NULL), ONNXTREE_TYPE_MISMATCH);
  table_begin(&t, 0);
  table_add(&t, "x", "u", NULL, text_offsets, text_data);
  CU_ASSERT_EQUAL_FATAL(table_run(model, &t, NULL, &schema, &array, NULL), ONNXTREE_OK);
  table_release(&schema, &array);
  onnxtree_model_free(model);
}

/* Two columns of a type come out as they went in. Elements of `size` bytes, COUNT of them a column. */
static void check_two_columns(onnxtree_type type, const char *format, const void *first, const void *second, size_t size) {
  onnxtree_model *model = identity_of(type, 2);
  table t;
  struct ArrowSchema schema;
  struct ArrowArray array;
  table_begin(&t, COUNT);
  table_add(&t, NULL, format, NULL, first, NULL); /* columns need no names */
  table_add(&t, NULL, format, NULL, second, NULL);
  CU_ASSERT_EQUAL_FATAL(table_run(model, &t, NULL, &schema, &array, NULL), ONNXTREE_OK);
  CU_ASSERT_EQUAL_FATAL(array.n_children, 2);
  CU_ASSERT_STRING_EQUAL(schema.children[0]->name, "y:0");
  CU_ASSERT_STRING_EQUAL(schema.children[1]->name, "y:1");
  CU_ASSERT_STRING_EQUAL(schema.children[1]->format, format);
  CU_ASSERT(memcmp(array.children[0]->buffers[1], first, size * COUNT) == 0);
  CU_ASSERT(memcmp(array.children[1]->buffers[1], second, size * COUNT) == 0);
  table_release(&schema, &array);
  onnxtree_model_free(model);
}

static void test_several_columns(void) {
  static const float f[2][COUNT] = {{1, 2, 3, 4, 5}, {-1, 0.5f, 0, 1e30f, 7}};
  static const double g[2][COUNT] = {{1, 2, 3, 4, 5}, {-1, 0.1, 0, 1e300, 7}};
  static const int32_t i[2][COUNT] = {{1, 2, 3, 4, 5}, {-1, INT32_MAX, INT32_MIN, 0, 7}};
  static const int64_t l[2][COUNT] = {{1, 2, 3, 4, 5}, {-1, INT64_MAX, INT64_MIN, 0, 7}};
  check_two_columns(ONNXTREE_FLOAT, "f", f[0], f[1], sizeof(float));
  check_two_columns(ONNXTREE_DOUBLE, "g", g[0], g[1], sizeof(double));
  check_two_columns(ONNXTREE_INT32, "i", i[0], i[1], sizeof(int32_t));
  check_two_columns(ONNXTREE_INT64, "l", l[0], l[1], sizeof(int64_t));
}

static void test_several_texts(void) {
  static const int32_t offsets[2][COUNT + 1] = {{0, 1, 1, 2, 3, 6}, {0, 3, 3, 4, 4, 5}};
  static const char *const data[2] = {"abcdef", "xyzuv"};
  onnxtree_model *model = identity_of(ONNXTREE_STRING, 2);
  table t;
  struct ArrowSchema schema;
  struct ArrowArray array;
  table_begin(&t, COUNT);
  for (int c = 0; c < 2; c++) table_add(&t, "", "u", NULL, offsets[c], data[c]);
  CU_ASSERT_EQUAL_FATAL(table_run(model, &t, NULL, &schema, &array, NULL), ONNXTREE_OK);
  for (int c = 0; c < 2; c++) {
    CU_ASSERT(memcmp(array.children[c]->buffers[1], offsets[c], sizeof offsets[c]) == 0);
    CU_ASSERT(memcmp(array.children[c]->buffers[2], data[c], strlen(data[c])) == 0);
  }
  table_release(&schema, &array);
  onnxtree_model_free(model);
}

/* What a text or a dictionary cannot be. */
static void test_wrong_texts(void) {
  onnxtree_model *model = identity(ONNXTREE_STRING);
  table t;
  struct ArrowSchema schema;
  struct ArrowArray array;
  const text_view views[] = {{-1, "", 0, 0}, {15, "fift", -1, 0}, {15, "fift", 0, -1}};
  for (size_t i = 0; i < 3; i++) {
    table_begin(&t, 1);
    table_add(&t, "x", "vu", NULL, &views[i], "fifteen letters");
    CU_ASSERT_EQUAL(table_run(model, &t, NULL, &schema, &array, NULL), ONNXTREE_INVALID_ARGUMENT);
  }
  static const int32_t below[] = {-1, 2};
  static const int64_t large_below[] = {-1, 2}, large_down[] = {2, 1}, none[] = {0, 0};
  const struct { const char *format; const void *offsets; } wrong[] = {{"u", below}, {"U", large_below}, {"U", large_down}};
  for (size_t i = 0; i < 3; i++) {
    table_begin(&t, 1);
    table_add(&t, "x", wrong[i].format, NULL, wrong[i].offsets, "ab");
    CU_ASSERT_EQUAL(table_run(model, &t, NULL, &schema, &array, NULL), ONNXTREE_INVALID_ARGUMENT);
  }
  table_begin(&t, 1); /* an empty text needs no buffer of data */
  table_add(&t, "x", "U", NULL, none, NULL)->array.n_buffers = 3;
  CU_ASSERT_EQUAL_FATAL(table_run(model, &t, NULL, &schema, &array, NULL), ONNXTREE_OK);
  CU_ASSERT_EQUAL(((const int32_t *)array.children[0]->buffers[1])[1], 0);
  table_release(&schema, &array);
  onnxtree_model_free(model);
}

static void test_wrong_dictionaries(void) {
  static const int32_t offsets[] = {0, 1};
  static const float reals[] = {0};
  static const uint64_t wide[] = {0};
  onnxtree_model *model = identity(ONNXTREE_STRING);
  struct ArrowSchema entries_schema = {.format = "u", .release = no_schema_release}, schema;
  const void *entry_buffers[] = {NULL, offsets, "a"};
  struct ArrowArray entries = {.length = 1, .n_buffers = 3, .buffers = entry_buffers, .release = no_array_release}, array;
  onnxtree_error error;
  table t;
  table_begin(&t, 1);
  column *c = table_add(&t, "x", "L", NULL, wide, NULL);
  c->schema.dictionary = &entries_schema;
  c->array.dictionary = &entries;
  CU_ASSERT_EQUAL_FATAL(table_run(model, &t, NULL, &schema, &array, NULL), ONNXTREE_OK);
  CU_ASSERT(memcmp(array.children[0]->buffers[2], "a", 1) == 0);
  table_release(&schema, &array);
  c->array.dictionary = NULL;
  CU_ASSERT_EQUAL(table_run(model, &t, NULL, &schema, &array, NULL), ONNXTREE_SHAPE_MISMATCH);
  entries.length = 0;
  c->array.dictionary = &entries;
  CU_ASSERT_EQUAL(table_run(model, &t, NULL, &schema, &array, &error), ONNXTREE_INVALID_ARGUMENT);
  CU_ASSERT_PTR_NOT_NULL(strstr(error.message, "column 'x', row 0: the index is outside the dictionary"));
  c->schema.format = "f";
  c->buffers[1] = reals;
  CU_ASSERT_EQUAL(table_run(model, &t, NULL, &schema, &array, &error), ONNXTREE_INVALID_ARGUMENT);
  CU_ASSERT_STRING_EQUAL(error.message, "column 'x' has a dictionary but no integer indices");
  onnxtree_model_free(model);
}

UNIT_TEST_MAIN(arrow_types, {"numbers", test_numbers}, {"nulls", test_nulls}, {"booleans", test_booleans}, {"texts", test_texts},
               {"a dictionary", test_dictionary}, {"falling offsets, a null and no rows", test_odd_texts},
               {"several columns", test_several_columns}, {"several columns of text", test_several_texts}, {"wrong texts", test_wrong_texts},
               {"wrong dictionaries", test_wrong_dictionaries})
