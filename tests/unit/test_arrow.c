/* onnxtree_run_arrow with arrays that are built by hand as the format's specification describes them. */
#include <stdlib.h>
#include <string.h>

#include <onnxtree/arrow.h>
#include <onnxtree/onnxtree.h>

#include "support/arrow_table.h"
#include "support/counting_allocator.h"
#include "support/npy.h"
#include "support/unit_test.h"

/* ---- a forest: 64 columns, 10 classes ---- */

#define FOREST ONNXTREE_MODELS_DIR "/sk_forest_digits"

static npy_array rows, labels, scores;
static onnxtree_model *forest;
static float *by_column; /* rows.columns arrays of rows.rows */

static void open_forest(void) {
  if (forest) return;
  CU_ASSERT_FATAL(onnxtree_model_load_file(FOREST "/model.onnx", NULL, &forest, NULL) == ONNXTREE_OK);
  CU_ASSERT_FATAL(npy_read(FOREST "/input.npy", &rows) && npy_read(FOREST "/onnxruntime_0.npy", &labels) &&
                  npy_read(FOREST "/onnxruntime_1.npy", &scores));
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
    for (size_t k = 0; k < 10; k++)
      same &= ((const float *)array->children[k + 1]->buffers[1])[r] == ((const float *)scores.data)[(r + skipped) * 10 + k];
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
    CU_ASSERT_EQUAL_FATAL(table_run(forest, &t, NULL, &schema, &array, NULL), ONNXTREE_OK);
    check_forest(&schema, &array, skips[s], rows.rows - skips[s]);
    table_release(&schema, &array);
  }
  forest_table(&t, 0, 0);
  CU_ASSERT_EQUAL_FATAL(table_run(forest, &t, NULL, &schema, &array, NULL), ONNXTREE_OK);
  CU_ASSERT_EQUAL(array.length, 0);
  table_release(&schema, &array);
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
  CU_ASSERT_EQUAL_FATAL(table_run(forest, &t, NULL, &schema, &array, NULL), ONNXTREE_OK);
  check_forest(&schema, &array, 6, rows.rows - 6);
  table_release(&schema, &array);
  t.arrays[5]->length = (int64_t)rows.rows - 3;
  CU_ASSERT_EQUAL(table_run(forest, &t, NULL, &schema, &array, NULL), ONNXTREE_SHAPE_MISMATCH);
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
  CU_ASSERT_EQUAL(table_run(forest, &t, NULL, &schema, &array, &error), ONNXTREE_SHAPE_MISMATCH);
  onnxtree_arrow_binding binding = {"X", wanted, 64};
  onnxtree_arrow_options options = ONNXTREE_ARROW_OPTIONS_INIT;
  options.bindings = &binding;
  options.binding_count = 1;
  options.outputs = outputs;
  options.output_count = 1;
  CU_ASSERT_EQUAL_FATAL(table_run(forest, &t, &options, &schema, &array, &error), ONNXTREE_OK);
  CU_ASSERT_EQUAL_FATAL(array.n_children, 10);
  for (size_t r = 0; r < rows.rows; r++) CU_ASSERT_EQUAL(((const float *)array.children[7]->buffers[1])[r], ((const float *)scores.data)[r * 10 + 7]);
  table_release(&schema, &array);

  wanted[7] = "p99";
  CU_ASSERT_EQUAL(table_run(forest, &t, &options, &schema, &array, &error), ONNXTREE_SHAPE_MISMATCH);
  CU_ASSERT_STRING_EQUAL(error.message, "the table has no column 'p99'");
  wanted[7] = names[7];
  t.schemas[0]->name = "p07";
  CU_ASSERT_EQUAL(table_run(forest, &t, &options, &schema, &array, &error), ONNXTREE_SHAPE_MISMATCH);
  CU_ASSERT_STRING_EQUAL(error.message, "the table has several columns 'p07'");
  binding.column_count = 63;
  CU_ASSERT_EQUAL(table_run(forest, &t, &options, &schema, &array, &error), ONNXTREE_SHAPE_MISMATCH);
  binding = (onnxtree_arrow_binding){"Y", wanted, 64};
  CU_ASSERT_EQUAL(table_run(forest, &t, &options, &schema, &array, &error), ONNXTREE_INVALID_ARGUMENT);
  options.binding_count = 0;
  CU_ASSERT_EQUAL(table_run(forest, &t, &options, &schema, &array, &error), ONNXTREE_INVALID_ARGUMENT);
  options.bindings = NULL;
  outputs[0] = "probability";
  CU_ASSERT_EQUAL(table_run(forest, &t, &options, &schema, &array, &error), ONNXTREE_SHAPE_MISMATCH);
  forest_table(&t, 0, rows.rows);
  CU_ASSERT_EQUAL(table_run(forest, &t, &options, &schema, &array, &error), ONNXTREE_INVALID_ARGUMENT);
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
    CU_ASSERT_EQUAL_FATAL(table_run(forest, &t, &options, &schema, &array, NULL), ONNXTREE_OK);
    for (size_t i = 0; i < copies; i++)
      CU_ASSERT(memcmp((const int64_t *)array.children[0]->buffers[1] + i * rows.rows, labels.data, rows.rows * sizeof(int64_t)) == 0);
    table_release(&schema, &array);

    int asked = 0;
    options.cancelled = cancel_third;
    options.cancelled_context = &asked;
    if (threads == 2) continue; /* the hook counts without locks */
    options.parallel_for = parallel_for;
    CU_ASSERT_EQUAL(table_run(forest, &t, &options, &schema, &array, NULL), ONNXTREE_CANCELLED);
    CU_ASSERT_PTR_NULL(array.release);
    CU_ASSERT_EQUAL(asked, 3);
  }
  CU_ASSERT(called > 0);
  onnxtree_arrow_options options = ONNXTREE_ARROW_OPTIONS_INIT;
  options.threads = 257;
  CU_ASSERT_EQUAL(table_run(forest, &t, &options, &schema, &array, NULL), ONNXTREE_INVALID_ARGUMENT);
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
  CU_ASSERT_EQUAL_FATAL(table_run(model, &t, NULL, &schema, &array, NULL), ONNXTREE_OK);
  size_t calls = counts.calls;
  table_release(&schema, &array);
  CU_ASSERT_EQUAL(counts.in_use, before);
  for (size_t k = 1; k <= calls; k++) {
    counts.calls = 0;
    counts.fail_at = k;
    CU_ASSERT_EQUAL(table_run(model, &t, NULL, &schema, &array, NULL), ONNXTREE_OUT_OF_MEMORY);
    CU_ASSERT_PTR_NULL(array.release);
    CU_ASSERT_EQUAL(counts.in_use, before);
  }
  counts.fail_at = 0;
  CU_ASSERT_EQUAL_FATAL(table_run(model, &t, NULL, &schema, &array, NULL), ONNXTREE_OK);
  onnxtree_model_free(model);
  struct ArrowArray moved = *array.children[0];
  array.children[0]->release = NULL;
  table_release(&schema, &array);
  CU_ASSERT(memcmp(moved.buffers[1], labels.data, rows.rows * sizeof(int64_t)) == 0);
  moved.release(&moved);
  CU_ASSERT_EQUAL(counts.in_use, 0);
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
  CU_ASSERT_EQUAL(table_run(forest, &t, &options, &schema, &array, NULL), ONNXTREE_INVALID_ARGUMENT);
  static const unsigned char bits[64] = {0xfe};
  t.buffers[0] = bits;
  t.array.null_count = 1;
  CU_ASSERT_EQUAL(table_run(forest, &t, NULL, &schema, &array, NULL), ONNXTREE_TYPE_MISMATCH);
  t.array.null_count = -1;
  CU_ASSERT_EQUAL(table_run(forest, &t, NULL, &schema, &array, NULL), ONNXTREE_TYPE_MISMATCH);
  t.array.null_count = 0;
  t.schema.n_children--;
  CU_ASSERT_EQUAL(table_run(forest, &t, NULL, &schema, &array, NULL), ONNXTREE_INVALID_ARGUMENT);
  t.array.n_children--;
  CU_ASSERT_EQUAL(table_run(forest, &t, NULL, &schema, &array, NULL), ONNXTREE_SHAPE_MISMATCH);
  t.schema.format = "l";
  CU_ASSERT_EQUAL(table_run(forest, &t, NULL, &schema, &array, NULL), ONNXTREE_INVALID_ARGUMENT);
  t.schema.release = NULL;
  CU_ASSERT_EQUAL(table_run(forest, &t, NULL, &schema, &array, NULL), ONNXTREE_INVALID_ARGUMENT);
}

static void expect(onnxtree_status status, onnxtree_status wanted, const onnxtree_error *error, const char *text) {
  CU_ASSERT_EQUAL(status, wanted);
  if (!strstr(error->message, text)) CU_FAIL("another message");
}

static void test_wrong_tables(void) {
  open_forest();
  table t;
  struct ArrowSchema schema;
  struct ArrowArray array;
  onnxtree_error error;
  const onnxtree_status bad = ONNXTREE_INVALID_ARGUMENT;
  forest_table(&t, 0, rows.rows);
  expect(onnxtree_run_arrow(forest, &t.schema, NULL, NULL, &schema, &array, &error), bad, &error, "a pointer is NULL");
  expect(onnxtree_run_arrow(forest, &t.schema, &t.array, NULL, NULL, &array, &error), bad, &error, "a pointer is NULL");
  expect(onnxtree_run_arrow(forest, &t.schema, &t.array, NULL, &schema, NULL, &error), bad, &error, "a pointer is NULL");
#define WRONG(place, value, status, text)                                             \
  do {                                                                                \
    forest_table(&t, 0, rows.rows);                                                   \
    t.place = value;                                                                  \
    expect(table_run(forest, &t, NULL, &schema, &array, &error), status, &error, text); \
  } while (0)
  WRONG(array.release, NULL, bad, "the table has been released");
  WRONG(schema.format, NULL, bad, "the Arrow format is ''; a table is '+s'");
  WRONG(array.length, -1, bad, "do not fit together");
  WRONG(array.offset, -1, bad, "do not fit together");
  WRONG(array.n_children, 63, bad, "do not fit together");
  WRONG(columns[3].schema.format, NULL, ONNXTREE_TYPE_MISMATCH, "column 'p03' has the Arrow format ''");
  WRONG(columns[3].schema.format, "tdD", ONNXTREE_TYPE_MISMATCH, "column 'p03' has the Arrow format 'tdD'");
  WRONG(arrays[3], NULL, ONNXTREE_SHAPE_MISMATCH, "column 'p03'");
  WRONG(columns[3].array.release, NULL, ONNXTREE_SHAPE_MISMATCH, "column 'p03'");
  WRONG(columns[3].array.offset, -1, ONNXTREE_SHAPE_MISMATCH, "column 'p03'");
  WRONG(columns[3].array.length, -1, ONNXTREE_SHAPE_MISMATCH, "column 'p03'");
  WRONG(columns[3].array.n_buffers, 1, bad, "column 'p03' lacks a buffer");
  WRONG(columns[3].array.buffers, NULL, bad, "column 'p03' lacks a buffer");
  WRONG(columns[3].buffers[1], NULL, bad, "column 'p03' lacks a buffer");
  WRONG(columns[3].buffers[1], (const char *)by_column + 1, bad, "the data of column 'p03' is not aligned to 4 bytes");
}

/* All rows are there: no buffer says otherwise, though the count was not made, or the buffer has all bits set. */
static void test_no_null_rows(void) {
  open_forest();
  table t;
  struct ArrowSchema schema;
  struct ArrowArray array;
  unsigned char *all = malloc(rows.rows / 8 + 1);
  memset(all, 0xFF, rows.rows / 8 + 1);
  for (int i = 0; i < 3; i++) {
    forest_table(&t, 0, rows.rows);
    t.array.null_count = -1;
    t.array.n_buffers = i > 0;
    t.buffers[0] = i == 2 ? all : NULL;
    CU_ASSERT_EQUAL_FATAL(table_run(forest, &t, NULL, &schema, &array, NULL), ONNXTREE_OK);
    check_forest(&schema, &array, 0, rows.rows);
    table_release(&schema, &array);
  }
  free(all);
}

static void test_wrong_options(void) {
  open_forest();
  table t;
  struct ArrowSchema schema;
  struct ArrowArray array;
  onnxtree_error error;
  const onnxtree_status bad = ONNXTREE_INVALID_ARGUMENT;
  const char *wanted[64], *twice[] = {"label", "label"};
  forest_table(&t, 0, rows.rows);
  for (size_t c = 0; c < 64; c++) wanted[c] = names[c];
  onnxtree_arrow_options options = ONNXTREE_ARROW_OPTIONS_INIT;
  options.output_count = 2;
  expect(table_run(forest, &t, &options, &schema, &array, &error), bad, &error, "a pointer is NULL");
  options.outputs = twice;
  expect(table_run(forest, &t, &options, &schema, &array, &error), bad, &error, "the output 'label' is asked for twice");
  options = (onnxtree_arrow_options)ONNXTREE_ARROW_OPTIONS_INIT;
  options.binding_count = 1;
  expect(table_run(forest, &t, &options, &schema, &array, &error), bad, &error, "a pointer is NULL");
  onnxtree_arrow_binding bindings[] = {{NULL, wanted, 64}, {"X", wanted, 64}};
  options.bindings = bindings;
  CU_ASSERT_EQUAL_FATAL(table_run(forest, &t, &options, &schema, &array, &error), ONNXTREE_OK);
  check_forest(&schema, &array, 0, rows.rows);
  table_release(&schema, &array);
  options.binding_count = 2;
  expect(table_run(forest, &t, &options, &schema, &array, &error), bad, &error, "the input 'X' is bound twice");
  bindings[1].input = NULL;
  expect(table_run(forest, &t, &options, &schema, &array, &error), bad, &error, "the model has no input ''");
  options.binding_count = 1;
  wanted[5] = NULL;
  expect(table_run(forest, &t, &options, &schema, &array, &error), bad, &error, "a column's name is NULL");
  bindings[0].columns = NULL;
  expect(table_run(forest, &t, &options, &schema, &array, &error), bad, &error, "a column's name is NULL");
}

static void test_close(void) {
  onnxtree_model_free(forest);
  npy_free(&rows);
  npy_free(&labels);
  npy_free(&scores);
  free(by_column);
}

UNIT_TEST_MAIN(arrow, {"a forest", test_forest}, {"offsets", test_offsets}, {"bindings", test_bindings},
               {"threads and cancellation", test_threads_and_cancellation}, {"ownership", test_ownership}, {"arguments", test_arguments},
               {"wrong tables", test_wrong_tables}, {"no null rows", test_no_null_rows}, {"wrong options", test_wrong_options}, {"close", test_close})
