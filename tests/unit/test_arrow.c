/* onnxtree_run_arrow with arrays that are built by hand as the format's specification describes them. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <onnxtree/arrow.h>
#include <onnxtree/onnxtree.h>

#include "support/counting_allocator.h"
#include "support/model_bytes.h"
#include "support/npy.h"
#include "support/unit_test.h"

/* ---- tables by hand ---- */

enum { MOST_COLUMNS = 80 };

typedef struct column {
  struct ArrowSchema schema;
  struct ArrowArray array;
  const void *buffers[4];
} column;

typedef struct table {
  column columns[MOST_COLUMNS];
  struct ArrowSchema schema, *schemas[MOST_COLUMNS];
  struct ArrowArray array, *arrays[MOST_COLUMNS];
  const void *buffers[1];
} table;

/* The library borrows; it must never release. */
static void no_schema_release(struct ArrowSchema *schema) { CU_ASSERT_PTR_NULL(schema); }
static void no_array_release(struct ArrowArray *array) { CU_ASSERT_PTR_NULL(array); }

static void table_begin(table *t, int64_t rows) {
  memset(t, 0, sizeof *t);
  t->schema = (struct ArrowSchema){.format = "+s", .children = t->schemas, .release = no_schema_release};
  t->array = (struct ArrowArray){.length = rows, .n_buffers = 1, .buffers = t->buffers, .children = t->arrays, .release = no_array_release};
}

static column *table_add(table *t, const char *name, const char *format, const void *validity, const void *values, const void *data) {
  int64_t index = t->schema.n_children++;
  t->array.n_children = t->schema.n_children;
  column *c = &t->columns[index];
  c->buffers[0] = validity;
  c->buffers[1] = values;
  c->buffers[2] = data;
  c->schema = (struct ArrowSchema){.format = format, .name = name, .release = no_schema_release};
  c->array = (struct ArrowArray){.length = t->array.length, .null_count = validity ? -1 : 0, .n_buffers = data ? 3 : 2, .buffers = c->buffers, .release = no_array_release};
  if (strcmp(format, "n") == 0) c->array.n_buffers = 0;
  t->schemas[index] = &c->schema;
  t->arrays[index] = &c->array;
  return c;
}

static onnxtree_status run(const onnxtree_model *model, const table *t, const onnxtree_arrow_options *options, struct ArrowSchema *schema, struct ArrowArray *array,
                           onnxtree_error *error) {
  return onnxtree_run_arrow(model, &t->schema, &t->array, options, schema, array, error);
}

static void release(struct ArrowSchema *schema, struct ArrowArray *array) {
  schema->release(schema);
  array->release(array);
  CU_ASSERT_PTR_NULL(schema->release);
  CU_ASSERT_PTR_NULL(array->release);
}

/* ---- a forest: 64 columns, 10 classes ---- */

#define FOREST ONNXTREE_MODELS_DIR "/sk_forest_digits"

static npy_array rows, labels, scores;
static onnxtree_model *forest;
static float *by_column; /* rows.columns arrays of rows.rows */

static void open_forest(void) {
  if (forest) return;
  CU_ASSERT_FATAL(onnxtree_model_load_file(FOREST "/model.onnx", NULL, &forest, NULL) == ONNXTREE_OK);
  CU_ASSERT_FATAL(npy_read(FOREST "/input.npy", &rows) && npy_read(FOREST "/onnxruntime_0.npy", &labels) && npy_read(FOREST "/onnxruntime_1.npy", &scores));
  by_column = malloc(rows.rows * rows.columns * sizeof *by_column);
  for (size_t r = 0; r < rows.rows; r++)
    for (size_t c = 0; c < rows.columns; c++) by_column[c * rows.rows + r] = ((const float *)rows.data)[r * rows.columns + c];
}

static char names[64][8];

static void forest_table(table *t, size_t skipped, size_t count) {
  table_begin(t, (int64_t)count);
  for (size_t c = 0; c < rows.columns; c++) {
    names[c][0] = 'p';
    names[c][1] = (char)('0' + c / 10);
    names[c][2] = (char)('0' + c % 10);
    table_add(t, names[c], "f", NULL, by_column + c * rows.rows + skipped, NULL);
  }
}

static void check_forest(const struct ArrowSchema *schema, const struct ArrowArray *array, size_t skipped, size_t count) {
  CU_ASSERT_STRING_EQUAL(schema->format, "+s");
  CU_ASSERT_EQUAL_FATAL(schema->n_children, 11);
  CU_ASSERT_EQUAL(array->length, (int64_t)count);
  CU_ASSERT_STRING_EQUAL(schema->children[0]->name, "label");
  CU_ASSERT_STRING_EQUAL(schema->children[0]->format, "l");
  CU_ASSERT_STRING_EQUAL(schema->children[4]->name, "probabilities:3");
  CU_ASSERT_STRING_EQUAL(schema->children[4]->format, "f");
  CU_ASSERT(memcmp(array->children[0]->buffers[1], (const int64_t *)labels.data + skipped, count * sizeof(int64_t)) == 0);
  bool same = true;
  for (size_t r = 0; r < count; r++)
    for (size_t k = 0; k < 10; k++) same &= ((const float *)array->children[k + 1]->buffers[1])[r] == ((const float *)scores.data)[(r + skipped) * 10 + k];
  CU_ASSERT(same);
}

static void test_forest(void) {
  open_forest();
  table t;
  struct ArrowSchema schema;
  struct ArrowArray array;
  static const size_t skips[] = {0, 1, 13};
  for (size_t s = 0; s < 3; s++) {
    forest_table(&t, skips[s], rows.rows - skips[s]);
    CU_ASSERT_EQUAL_FATAL(run(forest, &t, NULL, &schema, &array, NULL), ONNXTREE_OK);
    check_forest(&schema, &array, skips[s], rows.rows - skips[s]);
    release(&schema, &array);
  }
  forest_table(&t, 0, 0);
  CU_ASSERT_EQUAL_FATAL(run(forest, &t, NULL, &schema, &array, NULL), ONNXTREE_OK);
  CU_ASSERT_EQUAL(array.length, 0);
  release(&schema, &array);
}

/* The table and its columns are slices of longer ones. */
static void test_offsets(void) {
  open_forest();
  table t;
  struct ArrowSchema schema;
  struct ArrowArray array;
  forest_table(&t, 0, rows.rows - 6);
  t.array.offset = 4;
  for (int64_t c = 0; c < t.array.n_children; c++) {
    t.arrays[c]->offset = 2;
    t.arrays[c]->length = (int64_t)rows.rows - 2;
  }
  CU_ASSERT_EQUAL_FATAL(run(forest, &t, NULL, &schema, &array, NULL), ONNXTREE_OK);
  check_forest(&schema, &array, 6, rows.rows - 6);
  release(&schema, &array);
  t.arrays[5]->length = (int64_t)rows.rows - 3;
  CU_ASSERT_EQUAL(run(forest, &t, NULL, &schema, &array, NULL), ONNXTREE_SHAPE_MISMATCH);
}

/* Columns in another order, with one more among them, chosen by name; only one output. */
static void test_bindings(void) {
  open_forest();
  table t;
  struct ArrowSchema schema;
  struct ArrowArray array;
  const char *wanted[64], *outputs[] = {"probabilities"};
  forest_table(&t, 0, rows.rows);
  table_add(&t, "id", "f", NULL, by_column, NULL);
  for (size_t c = 0; c < 64; c++) wanted[c] = names[c];
  for (size_t c = 0; c < 32; c++) {
    struct ArrowSchema *s = t.schemas[c];
    struct ArrowArray *a = t.arrays[c];
    t.schemas[c] = t.schemas[64 - c];
    t.arrays[c] = t.arrays[64 - c];
    t.schemas[64 - c] = s;
    t.arrays[64 - c] = a;
  }
  onnxtree_error error;
  CU_ASSERT_EQUAL(run(forest, &t, NULL, &schema, &array, &error), ONNXTREE_SHAPE_MISMATCH);
  onnxtree_arrow_binding binding = {"X", wanted, 64};
  onnxtree_arrow_options options = ONNXTREE_ARROW_OPTIONS_INIT;
  options.bindings = &binding;
  options.binding_count = 1;
  options.outputs = outputs;
  options.output_count = 1;
  CU_ASSERT_EQUAL_FATAL(run(forest, &t, &options, &schema, &array, &error), ONNXTREE_OK);
  CU_ASSERT_EQUAL_FATAL(array.n_children, 10);
  for (size_t r = 0; r < rows.rows; r++) CU_ASSERT_EQUAL(((const float *)array.children[7]->buffers[1])[r], ((const float *)scores.data)[r * 10 + 7]);
  release(&schema, &array);

  wanted[7] = "p99";
  CU_ASSERT_EQUAL(run(forest, &t, &options, &schema, &array, &error), ONNXTREE_SHAPE_MISMATCH);
  CU_ASSERT_STRING_EQUAL(error.message, "the table has no column 'p99'");
  wanted[7] = names[7];
  t.schemas[0]->name = "p07";
  CU_ASSERT_EQUAL(run(forest, &t, &options, &schema, &array, &error), ONNXTREE_SHAPE_MISMATCH);
  CU_ASSERT_STRING_EQUAL(error.message, "the table has several columns 'p07'");
  binding.column_count = 63;
  CU_ASSERT_EQUAL(run(forest, &t, &options, &schema, &array, &error), ONNXTREE_SHAPE_MISMATCH);
  binding = (onnxtree_arrow_binding){"Y", wanted, 64};
  CU_ASSERT_EQUAL(run(forest, &t, &options, &schema, &array, &error), ONNXTREE_INVALID_ARGUMENT);
  options.binding_count = 0;
  CU_ASSERT_EQUAL(run(forest, &t, &options, &schema, &array, &error), ONNXTREE_INVALID_ARGUMENT);
  options.bindings = NULL;
  outputs[0] = "probability";
  CU_ASSERT_EQUAL(run(forest, &t, &options, &schema, &array, &error), ONNXTREE_SHAPE_MISMATCH);
  forest_table(&t, 0, rows.rows);
  CU_ASSERT_EQUAL(run(forest, &t, &options, &schema, &array, &error), ONNXTREE_INVALID_ARGUMENT);
}

static void parallel_for(void *context, size_t count, onnxtree_task *task, void *task_context) {
  *(size_t *)context += count;
  for (size_t i = count; i-- > 0;) task(task_context, i);
}

static int cancel_third(void *context) { return ++*(int *)context == 3; }

static void test_threads_and_cancellation(void) {
  open_forest();
  /* The rows over and over, so that there are many slices. */
  size_t copies = 100, count = copies * rows.rows;
  float *many = malloc(count * rows.columns * sizeof *many);
  table t;
  table_begin(&t, (int64_t)count);
  for (size_t c = 0; c < rows.columns; c++) {
    for (size_t i = 0; i < copies; i++) memcpy(many + c * count + i * rows.rows, by_column + c * rows.rows, rows.rows * sizeof *many);
    table_add(&t, "", "f", NULL, many + c * count, NULL);
  }
  struct ArrowSchema schema;
  struct ArrowArray array;
  size_t called = 0;
  for (size_t threads = 1; threads <= 8; threads++) {
    onnxtree_arrow_options options = ONNXTREE_ARROW_OPTIONS_INIT;
    options.threads = threads;
    options.parallel_for = threads % 2 ? parallel_for : NULL;
    options.parallel_for_context = &called;
    CU_ASSERT_EQUAL_FATAL(run(forest, &t, &options, &schema, &array, NULL), ONNXTREE_OK);
    for (size_t i = 0; i < copies; i++)
      CU_ASSERT(memcmp((const int64_t *)array.children[0]->buffers[1] + i * rows.rows, labels.data, rows.rows * sizeof(int64_t)) == 0);
    release(&schema, &array);

    int asked = 0;
    options.cancelled = cancel_third;
    options.cancelled_context = &asked;
    if (threads == 2) continue; /* the hook counts without locks */
    options.parallel_for = parallel_for;
    CU_ASSERT_EQUAL(run(forest, &t, &options, &schema, &array, NULL), ONNXTREE_CANCELLED);
    CU_ASSERT_PTR_NULL(array.release);
    CU_ASSERT_EQUAL(asked, 3);
  }
  CU_ASSERT(called > 0);
  onnxtree_arrow_options options = ONNXTREE_ARROW_OPTIONS_INIT;
  options.threads = 257;
  CU_ASSERT_EQUAL(run(forest, &t, &options, &schema, &array, NULL), ONNXTREE_INVALID_ARGUMENT);
  free(many);
}

/* Results own their memory: columns may be moved out, and the model be freed before. Every allocation may fail. */
static void test_ownership(void) {
  open_forest();
  table t;
  forest_table(&t, 0, rows.rows);
  counting_allocator counts = {0};
  onnxtree_allocator hook = counting_allocator_hook(&counts);
  onnxtree_load_options load = ONNXTREE_LOAD_OPTIONS_INIT;
  load.allocator = &hook;
  onnxtree_model *model;
  CU_ASSERT_FATAL(onnxtree_model_load_file(ONNXTREE_MODELS_DIR "/sk_forest_digits/model.onnx", &load, &model, NULL) == ONNXTREE_OK);
  struct ArrowSchema schema;
  struct ArrowArray array;
  size_t before = counts.in_use;
  counts.calls = 0;
  CU_ASSERT_EQUAL_FATAL(run(model, &t, NULL, &schema, &array, NULL), ONNXTREE_OK);
  size_t calls = counts.calls;
  release(&schema, &array);
  CU_ASSERT_EQUAL(counts.in_use, before);
  for (size_t k = 1; k <= calls; k++) {
    counts.calls = 0;
    counts.fail_at = k;
    CU_ASSERT_EQUAL(run(model, &t, NULL, &schema, &array, NULL), ONNXTREE_OUT_OF_MEMORY);
    CU_ASSERT_PTR_NULL(array.release);
    CU_ASSERT_EQUAL(counts.in_use, before);
  }
  counts.fail_at = 0;
  CU_ASSERT_EQUAL_FATAL(run(model, &t, NULL, &schema, &array, NULL), ONNXTREE_OK);
  onnxtree_model_free(model);
  struct ArrowArray moved = *array.children[0];
  array.children[0]->release = NULL;
  release(&schema, &array);
  CU_ASSERT(memcmp(moved.buffers[1], labels.data, rows.rows * sizeof(int64_t)) == 0);
  moved.release(&moved);
  CU_ASSERT_EQUAL(counts.in_use, 0);
}

/* ---- every type, through a model that hands its inputs on ---- */

static bytes identity_value(const char *name, onnxtree_type type) {
  bytes row_size = {0}, width = {0}, shape = {0}, tensor = {0}, outer = {0}, info = {0};
  bytes_text(&row_size, 2, "N");
  bytes_number(&width, 1, 1);
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
static onnxtree_model *identity(onnxtree_type type) {
  bytes node = {0}, graph = {0}, opset = {0}, model = {0}, input = identity_value("x", type), output = identity_value("y", type);
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
  onnxtree_status status = run(model, &t, NULL, &schema, &array, NULL);
  if (status == ONNXTREE_OK) {
    CU_ASSERT_EQUAL(array.n_children, 1);
    CU_ASSERT_STRING_EQUAL(schema.children[0]->name, "y");
    CU_ASSERT(memcmp(array.children[0]->buffers[1], expected, size * COUNT) == 0);
    release(&schema, &array);
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
  CU_ASSERT_EQUAL_FATAL(run(model, &t, &options, &schema, &array, NULL), ONNXTREE_OK);
  CU_ASSERT_STRING_EQUAL(schema.children[0]->format, "b");
  const unsigned char *found = array.children[0]->buffers[1];
  bool same = true;
  for (size_t i = 0; i < MANY; i++) same &= (found[i / 8] >> i % 8 & 1) == (bits[(i + 3) / 8] >> (i + 3) % 8 & 1);
  CU_ASSERT(same);
  release(&schema, &array);
  onnxtree_model_free(model);
}

static void check_texts(onnxtree_model *model, const table *t) {
  struct ArrowSchema schema;
  struct ArrowArray array;
  CU_ASSERT_EQUAL_FATAL(run(model, t, NULL, &schema, &array, NULL), ONNXTREE_OK);
  CU_ASSERT_STRING_EQUAL(schema.children[0]->format, "u");
  static const int32_t offsets[] = {0, 1, 1, 16, 18};
  CU_ASSERT(memcmp(array.children[0]->buffers[1], offsets, sizeof offsets) == 0);
  CU_ASSERT(memcmp(array.children[0]->buffers[2], "afifteen letters\xc3\xa9", 18) == 0);
  release(&schema, &array);
}

static void test_texts(void) {
  static const int32_t offsets[] = {0, 1, 1, 16, 18};
  static const int64_t large[] = {0, 1, 1, 16, 18};
  static const char data[] = "afifteen letters\xc3\xa9";
  struct { int32_t size; char start[4]; int32_t buffer, offset; } views[4] = {{1, "a", 0, 0}, {0, "", 0, 0}, {15, "fift", 0, 1}, {2, "\xc3\xa9", 0, 0}};
  static const uint8_t indices[] = {3, 2, 1, 0}, beyond[] = {3, 2, 1, 4};
  static const _Alignas(8) int32_t entry_offsets[] = {0, 2, 17, 17, 18}; /* also read as int64 */
  static const char entry_data[] = "\xc3\xa9" "fifteen lettersa";
  onnxtree_model *model = identity(ONNXTREE_STRING);
  table t;
  table_begin(&t, 4);
  table_add(&t, "x", "u", NULL, offsets, data);
  check_texts(model, &t);
  table_begin(&t, 4);
  table_add(&t, "x", "U", NULL, large, data);
  check_texts(model, &t);
  table_begin(&t, 4);
  table_add(&t, "x", "vu", NULL, views, data);
  check_texts(model, &t);

  struct ArrowSchema entries_schema = {.format = "u", .release = no_schema_release}, schema;
  const void *entry_buffers[] = {NULL, entry_offsets, entry_data};
  struct ArrowArray entries = {.length = 4, .n_buffers = 3, .buffers = entry_buffers, .release = no_array_release}, array;
  table_begin(&t, 4);
  column *c = table_add(&t, "x", "C", NULL, indices, NULL);
  c->schema.dictionary = &entries_schema;
  c->array.dictionary = &entries;
  check_texts(model, &t);
  c->buffers[1] = beyond;
  CU_ASSERT_EQUAL(run(model, &t, NULL, &schema, &array, NULL), ONNXTREE_INVALID_ARGUMENT);
  entries_schema.format = "l";
  CU_ASSERT_EQUAL(run(model, &t, NULL, &schema, &array, NULL), ONNXTREE_TYPE_MISMATCH);

  static const int32_t wrong[] = {0, 5, 1, 16, 18};
  table_begin(&t, 4);
  table_add(&t, "x", "u", NULL, wrong, data);
  CU_ASSERT_EQUAL(run(model, &t, NULL, &schema, &array, NULL), ONNXTREE_INVALID_ARGUMENT);
  static const unsigned char valid[] = {0x07};
  table_begin(&t, 4);
  table_add(&t, "x", "u", valid, offsets, data);
  CU_ASSERT_EQUAL(run(model, &t, NULL, &schema, &array, NULL), ONNXTREE_TYPE_MISMATCH);
  table_begin(&t, 0);
  table_add(&t, "x", "u", NULL, offsets, data);
  CU_ASSERT_EQUAL_FATAL(run(model, &t, NULL, &schema, &array, NULL), ONNXTREE_OK);
  release(&schema, &array);
  onnxtree_model_free(model);
}

static void test_arguments(void) {
  open_forest();
  table t;
  struct ArrowSchema schema;
  struct ArrowArray array;
  forest_table(&t, 0, rows.rows);
  CU_ASSERT_EQUAL(onnxtree_run_arrow(NULL, &t.schema, &t.array, NULL, &schema, &array, NULL), ONNXTREE_INVALID_ARGUMENT);
  CU_ASSERT_EQUAL(onnxtree_run_arrow(forest, NULL, &t.array, NULL, &schema, &array, NULL), ONNXTREE_INVALID_ARGUMENT);
  onnxtree_arrow_options options = {0};
  CU_ASSERT_EQUAL(run(forest, &t, &options, &schema, &array, NULL), ONNXTREE_INVALID_ARGUMENT);
  static const unsigned char bits[64] = {0xfe};
  t.buffers[0] = bits;
  t.array.null_count = 1;
  CU_ASSERT_EQUAL(run(forest, &t, NULL, &schema, &array, NULL), ONNXTREE_TYPE_MISMATCH);
  t.array.null_count = -1;
  CU_ASSERT_EQUAL(run(forest, &t, NULL, &schema, &array, NULL), ONNXTREE_TYPE_MISMATCH);
  t.array.null_count = 0;
  t.schema.n_children--;
  CU_ASSERT_EQUAL(run(forest, &t, NULL, &schema, &array, NULL), ONNXTREE_INVALID_ARGUMENT);
  t.array.n_children--;
  CU_ASSERT_EQUAL(run(forest, &t, NULL, &schema, &array, NULL), ONNXTREE_SHAPE_MISMATCH);
  t.schema.format = "l";
  CU_ASSERT_EQUAL(run(forest, &t, NULL, &schema, &array, NULL), ONNXTREE_INVALID_ARGUMENT);
  t.schema.release = NULL;
  CU_ASSERT_EQUAL(run(forest, &t, NULL, &schema, &array, NULL), ONNXTREE_INVALID_ARGUMENT);
}

static void test_close(void) {
  onnxtree_model_free(forest);
  npy_free(&rows);
  npy_free(&labels);
  npy_free(&scores);
  free(by_column);
}

UNIT_TEST_MAIN(arrow, {"a forest", test_forest}, {"offsets", test_offsets}, {"bindings", test_bindings}, {"threads and cancellation", test_threads_and_cancellation},
               {"ownership", test_ownership}, {"numbers", test_numbers}, {"nulls", test_nulls}, {"booleans", test_booleans}, {"texts", test_texts},
               {"arguments", test_arguments}, {"close", test_close})
