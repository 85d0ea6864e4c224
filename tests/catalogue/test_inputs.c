/* I: what a caller hands to the library. Each entry is a run of two rows that is changed in one place, and the outcome that it must have. What is
 * refused is refused before a row is read: the rows then lie where nothing may be read. No run allocates. */
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <onnxtree/onnxtree.h>

#include "support/counting_allocator.h"
#include "support/guarded_memory.h"
#include "support/onnx_writer.h"
#include "support/unit_test.h"

static size_t entries;
static guarded_memory forbidden; /* not a byte of it may be read */

static void count_entry(const char *id, const char *what) { printf("%zu: %s, %s\n", ++entries, id, what); }

/* ---- models ---- */

static counting_allocator memory;

static onnxtree_model *load(writer_model *m, onnxtree_double_inputs double_inputs, const char *kernel) {
  bytes file = writer_write(m);
  onnxtree_allocator hook = counting_allocator_hook(&memory);
  onnxtree_load_options options = ONNXTREE_LOAD_OPTIONS_INIT;
  options.allocator = &hook;
  options.double_inputs = double_inputs;
  options.kernel = kernel;
  onnxtree_model *model;
  onnxtree_error error = {ONNXTREE_OK, "", ""};
  if (onnxtree_model_load_memory(file.data, file.size, &options, &model, &error) != ONNXTREE_OK) fprintf(stderr, "%s\n", error.message);
  CU_ASSERT_PTR_NOT_NULL_FATAL(model);
  bytes_free(&file);
  return model;
}

/* ---- calls that are refused, or have nothing to do ---- */

typedef struct call {
  size_t rows;
  onnxtree_tensor in, out;
  bool predicts; /* by onnxtree_predict(), which takes no output shape */
} call;

typedef struct call_entry {
  const char *id, *what;
  void (*change)(call *c);
  const char *code, *message; /* NULL: accepted */
} call_entry;

#define CALL(name) static void name(call *c)
#define PREDICT(name) \
  CALL(name##p) {     \
    name(c);          \
    c->predicts = true; \
  }
CALL(i1a) { c->in.columns = 1; }
CALL(i1b) { c->in.columns = 3; }
CALL(i1c) { c->in.rows = 1; }
CALL(i1d) { c->in.type = ONNXTREE_DOUBLE; }
PREDICT(i1d)
CALL(i2) { c->rows = c->in.rows = c->out.rows = 0; }
PREDICT(i2)
CALL(i3) { c->in.columns = 0; }
/* The rows fit into the address space, the three scores of each do not. */
CALL(i4a) { c->rows = c->in.rows = c->out.rows = SIZE_MAX / 12 + 1; }
PREDICT(i4a)
CALL(i4b) { c->rows = c->in.rows = c->out.rows = SIZE_MAX; }
PREDICT(i4b)
CALL(i4c) { c->in.row_stride = SIZE_MAX / 4; }
PREDICT(i4c)
CALL(i4d) { c->out.row_stride = SIZE_MAX / 4; }
CALL(i5a) { c->in.row_stride = 1; }
PREDICT(i5a)
CALL(i5b) { c->in.row_stride = (size_t)-2; }
PREDICT(i5b)
CALL(i5c) { c->out.row_stride = 2; }
CALL(i6a) { c->in.data = (char *)c->in.data + 1; }
PREDICT(i6a)
CALL(i6b) { c->in.data = (char *)c->in.data + 2; }
CALL(i6c) { c->in.data = (char *)c->in.data + 3; }
CALL(i6d) { c->out.data = (char *)c->out.data + 1; }
PREDICT(i6d)
CALL(i7a) { c->in.data = NULL; }
PREDICT(i7a)
CALL(i7b) { c->out.data = NULL; }
CALL(i7c) {
  i2(c);
  c->in.data = NULL;
}
PREDICT(i7c)
CALL(i8a) { c->out.columns = 2; }
CALL(i8b) { c->out.rows = 1; }
CALL(i8c) { c->out.type = ONNXTREE_DOUBLE; }

static const call_entry calls[] = {
    {"I1", "one column of two", i1a, "shape-mismatch", "input 'X' has 1 columns; the model needs 2"},
    {"I1", "three columns of two", i1b, "shape-mismatch", "input 'X' has 3 columns; the model needs 2"},
    {"I1", "one row of two", i1c, "shape-mismatch", "input 'X' has 1 rows; the run has 2"},
    {"I1", "doubles for floats", i1d, "type-mismatch", "input 'X' is of type double; the model has float"},
    {"I1", "doubles for floats, predict", i1dp, "type-mismatch", "input 'X' is of type double; the model has float"},
    {"I2", "no rows", i2, NULL, NULL},
    {"I2", "no rows, predict", i2p, NULL, NULL},
    {"I3", "no columns", i3, "shape-mismatch", "input 'X' has 0 columns; the model needs 2"},
    {"I4", "scores beyond the address space", i4a, "argument", "output 'Y' is larger than the address space"},
    {"I4", "scores beyond the address space, predict", i4ap, "argument", "output 'Y' is larger than the address space"},
    {"I4", "2^64 - 1 rows", i4b, "argument", "input 'X' is larger than the address space"},
    {"I4", "2^64 - 1 rows, predict", i4bp, "argument", "input 'X' is larger than the address space"},
    {"I4", "a stride of half the address space", i4c, "argument", "input 'X' is larger than the address space"},
    {"I4", "a stride of half the address space, predict", i4cp, "argument", "input 'X' is larger than the address space"},
    {"I4", "an output stride of half the address space", i4d, "argument", "output 'Y' is larger than the address space"},
    {"I5", "a stride of one column of two", i5a, "shape-mismatch", "row stride of 1, less than its 2 columns"},
    {"I5", "a stride of one column of two, predict", i5ap, "shape-mismatch", "a row stride of 1 elements; the model needs 2 columns"},
    {"I5", "stride -2", i5b, "argument", "input 'X' is larger than the address space"},
    {"I5", "stride -2, predict", i5bp, "argument", "input 'X' is larger than the address space"},
    {"I5", "an output stride of two scores of three", i5c, "shape-mismatch", "row stride of 2, less than its 3 columns"},
    {"I6", "rows at an odd address", i6a, "argument", "input 'X' is not aligned to 4 bytes"},
    {"I6", "rows at an odd address, predict", i6ap, "argument", "input 'X' is not aligned to 4 bytes"},
    {"I6", "rows two bytes off", i6b, "argument", "input 'X' is not aligned to 4 bytes"},
    {"I6", "rows three bytes off", i6c, "argument", "input 'X' is not aligned to 4 bytes"},
    {"I6", "scores at an odd address", i6d, "argument", "output 'Y' is not aligned to 4 bytes"},
    {"I6", "scores at an odd address, predict", i6dp, "argument", "output 'Y' is not aligned to 4 bytes"},
    {"I7", "rows at NULL", i7a, "argument", "the data of input 'X' is NULL"},
    {"I7", "rows at NULL, predict", i7ap, "argument", "the data of input 'X' is NULL"},
    {"I7", "scores at NULL", i7b, "argument", "the data of output 'Y' is NULL"},
    {"I7", "no rows at NULL", i7c, NULL, NULL},
    {"I7", "no rows at NULL, predict", i7cp, NULL, NULL},
    {"I8", "room for two scores of three", i8a, "shape-mismatch", "output 'Y' has 2 columns; the model needs 3"},
    {"I8", "room for one row of two", i8b, "shape-mismatch", "output 'Y' has 1 rows; the run has 2"},
    {"I8", "room for doubles", i8c, "type-mismatch", "output 'Y' is of type double; the model has float"},
    {"T58", "scores of rows and targets beyond the address space", i4a, "argument", "output 'Y' is larger than the address space"},
};

static void check_call(const call_entry *e, const onnxtree_model *model, onnxtree_workspace *workspace) {
  float scores[7] = {-7, -7, -7, -7, -7, -7, -7};
  call c = {2, {"X", ONNXTREE_FLOAT, 2, 2, 0, forbidden.data}, {"Y", ONNXTREE_FLOAT, 2, 3, 0, scores}, false};
  onnxtree_error error = {ONNXTREE_OK, "", ""};
  e->change(&c);
  size_t allocations = memory.calls;
  onnxtree_status status = c.predicts ? onnxtree_predict(model, c.in.type, c.in.data, c.rows, c.in.row_stride, NULL, c.out.data, &error)
                                      : onnxtree_run(model, workspace, c.rows, &c.in, 1, &c.out, 1, NULL, &error);
  bool good = e->code ? status != ONNXTREE_OK && strcmp(error.code, e->code) == 0 && strstr(error.message, e->message) : status == ONNXTREE_OK;
  if (!good) fprintf(stderr, "%s, %s: %s: %s\n", e->id, e->what, error.code, error.message);
  CU_ASSERT(good);
  CU_ASSERT_EQUAL(memory.calls, allocations);
  for (int i = 0; i < 7; i++) CU_ASSERT_EQUAL(scores[i], -7);
  count_entry(e->id, e->what);
}

static void test_calls(void) {
  writer_model m = writer_classifier();
  onnxtree_model *model = load(&m, ONNXTREE_DOUBLE_INPUTS_AS_SPECIFIED, NULL);
  onnxtree_workspace *workspace;
  CU_ASSERT_FATAL(onnxtree_workspace_create(model, NULL, &workspace, NULL) == ONNXTREE_OK);
  forbidden = guarded_allocate(0, 8);
  for (size_t i = 0; i < sizeof calls / sizeof *calls; i++) check_call(&calls[i], model, workspace);
  guarded_free(&forbidden);
  onnxtree_workspace_free(workspace);
  onnxtree_model_free(model);
  CU_ASSERT_EQUAL(memory.in_use, 0);
}

/* ---- values: one test of one column, whose leaves are 1 (it holds) and 2 ---- */

static const char *const kernels[] = {NULL, "reference"};

typedef struct node_test {
  const char *mode;
  double threshold;
  int missing; /* flag; -1: the attribute is absent */
  int input;   /* element type: 1 float, 11 double, 7 int64, 6 int32 */
  bool double_threshold;
} node_test;

static writer_model one_test(const node_test *t) {
  writer_model m = writer_regressor();
  static const char *const cut[] = {"nodes_treeids", "nodes_nodeids",     "nodes_featureids",  "nodes_modes",
                                    "nodes_values",  "nodes_truenodeids", "nodes_falsenodeids"};
  static const char *const weights[] = {"target_treeids", "target_nodeids", "target_ids", "target_weights"};
  for (int i = 0; i < 7; i++) writer_get(&m, cut[i])->count = 3;
  for (int i = 0; i < 4; i++) writer_get(&m, weights[i])->count = 2;
  writer_get(&m, "nodes_truenodeids")->ints[0] = 1;
  writer_get(&m, "nodes_falsenodeids")->ints[0] = 2;
  writer_texts(&m, "nodes_modes", WRITER_STRINGS, 3, (const char *const[]){t->mode, "LEAF", "LEAF"});
  writer_get(&m, "nodes_values")->numbers[0] = t->threshold;
  writer_ints(&m, "target_nodeids", 2, (int64_t[]){1, 2});
  writer_numbers(&m, "target_weights", WRITER_FLOATS, 1, 2, (double[]){1, 2});
  if (t->missing >= 0) writer_ints(&m, "nodes_missing_value_tracks_true", 3, (int64_t[]){t->missing, 0, 0});
  if (t->double_threshold) {
    writer_remove(&m, "nodes_values");
    writer_numbers(&m, "nodes_values_as_tensor", WRITER_TENSOR, 11, 3, (double[]){t->threshold, 0, 0});
    writer_remove(&m, "target_weights");
    writer_numbers(&m, "target_weights_as_tensor", WRITER_TENSOR, 11, 2, (double[]){1, 2});
  }
  m.inputs[0] = (writer_value){"X", t->input, 2, {0, 1}};
  return m;
}

/* All cells in one call of many rows, and each in a call of its own. */
static void expect_leaves(const char *id, const node_test *t, onnxtree_double_inputs double_inputs, onnxtree_type type, const void *cells,
                          size_t count, const bool *holds) {
  enum { MOST = 200 };
  for (size_t k = 0; k < sizeof kernels / sizeof *kernels; k++) {
    writer_model m = one_test(t);
    onnxtree_model *model = load(&m, double_inputs, kernels[k]);
    float together[MOST], alone[MOST];
    CU_ASSERT_FATAL(count <= MOST);
    CU_ASSERT_EQUAL(onnxtree_predict(model, type, cells, count, 0, NULL, together, NULL), ONNXTREE_OK);
    for (size_t i = 0; i < count; i++) {
      const char *cell = (const char *)cells + i * onnxtree_type_size(type);
      CU_ASSERT_EQUAL(onnxtree_predict(model, type, cell, 1, 0, NULL, &alone[i], NULL), ONNXTREE_OK);
      float expected = holds[i] ? 1 : 2;
      if (together[i] != expected || alone[i] != expected)
        fprintf(stderr, "%s: cell %zu, %s %.9g, missing %d: %g and %g\n", id, i, t->mode, t->threshold, t->missing, (double)together[i],
                (double)alone[i]);
      CU_ASSERT(together[i] == expected && alone[i] == expected);
    }
    onnxtree_model_free(model);
  }
}

/* IEEE 754 by the definition: bits of a float that is no NaN, in the order of numbers; both zeros are 0. */
static int64_t order_of(uint32_t bits) { return bits >> 31 ? -(int64_t)(bits & 0x7FFFFFFF) : (int64_t)bits; }

static bool holds(const char *mode, uint32_t x, uint32_t threshold, bool missing_flag) {
  if ((x & 0x7FFFFFFF) > 0x7F800000) return missing_flag || strcmp(mode, "BRANCH_NEQ") == 0;
  int64_t a = order_of(x), b = order_of(threshold);
  if (strcmp(mode, "BRANCH_LEQ") == 0) return a <= b;
  if (strcmp(mode, "BRANCH_LT") == 0) return a < b;
  if (strcmp(mode, "BRANCH_GTE") == 0) return a >= b;
  if (strcmp(mode, "BRANCH_GT") == 0) return a > b;
  return (a == b) == (strcmp(mode, "BRANCH_EQ") == 0);
}

static void test_special_values(void) {
  static const char *const modes[] = {"BRANCH_LEQ", "BRANCH_LT", "BRANCH_GTE", "BRANCH_GT", "BRANCH_EQ", "BRANCH_NEQ"};
  /* NaNs (quiet, negative, signalling, with a payload), infinities, zeros, the smallest and largest subnormals, the smallest normal number, FLT_MAX,
   * 0.5 and its neighbours */
  static const uint32_t cells[] = {0x7FC00000, 0xFFC00000, 0x7F800001, 0x7FC12345, 0x7F800000, 0xFF800000, 0,
                                   0x80000000, 1,          0x80000001, 0x007FFFFF, 0x807FFFFF, 0x00800000, 0x80800000,
                                   0x7F7FFFFF, 0xFF7FFFFF, 0x3F000000, 0x3EFFFFFF, 0x3F000001};
  enum { CELLS = sizeof cells / sizeof *cells, ROWS = 9 * CELLS };
  static uint32_t rows[ROWS]; /* more than one vector of any kernel */
  for (size_t i = 0; i < ROWS; i++) rows[i] = cells[i % CELLS];
  static const uint32_t thresholds[] = {0x3F000000, 0, 0x80000000, 1, 0x7F7FFFFF, 0xFF800000, 0x7F800000};
  for (size_t m = 0; m < 6; m++)
    for (size_t t = 0; t < sizeof thresholds / sizeof *thresholds; t++)
      for (int missing = -1; missing < 2; missing++) {
        float threshold;
        memcpy(&threshold, &thresholds[t], sizeof threshold);
        bool expected[ROWS];
        for (size_t i = 0; i < ROWS; i++) expected[i] = holds(modes[m], rows[i], thresholds[t], missing == 1);
        expect_leaves("I9", &(node_test){modes[m], (double)threshold, missing, 1, false}, ONNXTREE_DOUBLE_INPUTS_AS_SPECIFIED, ONNXTREE_FLOAT, rows,
                      ROWS, expected);
      }
  count_entry("I9", "NaNs, infinities, zeros, subnormal numbers against each mode and missing flag");
}

/* Integers become the nearest float, ties to even, before they are compared (docs/semantics.md), as in ONNX Runtime. */
static void test_integers(void) {
  const int64_t two53 = INT64_C(1) << 53;
  const int64_t wide[] = {16777216, 16777217, 16777218, 16777219, two53, two53 + 1, INT64_MIN, INT64_MAX};
  expect_leaves("I10", &(node_test){"BRANCH_LEQ", 16777216, -1, 7, false}, ONNXTREE_DOUBLE_INPUTS_AS_SPECIFIED, ONNXTREE_INT64, wide, 8,
                (const bool[]){true, true, false, false, false, false, true, false});
  expect_leaves("I10", &(node_test){"BRANCH_LEQ", 0x1p53, -1, 7, true}, ONNXTREE_DOUBLE_INPUTS_AS_SPECIFIED, ONNXTREE_INT64, wide, 8,
                (const bool[]){true, true, true, true, true, true, true, false});
  expect_leaves("I10", &(node_test){"BRANCH_LT", 0x1p53, -1, 7, true}, ONNXTREE_DOUBLE_INPUTS_AS_SPECIFIED, ONNXTREE_INT64, wide, 8,
                (const bool[]){true, true, true, true, false, false, true, false});
  count_entry("I10", "int64 beyond 2^24 and 2^53 against float and double thresholds");
  const int32_t narrow[] = {16777217, INT32_MAX, INT32_MAX - 64, INT32_MIN};
  expect_leaves("I10", &(node_test){"BRANCH_GTE", 0x1p31, -1, 6, false}, ONNXTREE_DOUBLE_INPUTS_AS_SPECIFIED, ONNXTREE_INT32, narrow, 4,
                (const bool[]){false, true, false, false});
  expect_leaves("I10", &(node_test){"BRANCH_EQ", 16777216, -1, 6, false}, ONNXTREE_DOUBLE_INPUTS_AS_SPECIFIED, ONNXTREE_INT32, narrow, 4,
                (const bool[]){true, false, false, false});
  count_entry("I10", "int32 beyond 2^24 against float thresholds");
}

/* 0.1f is 0.100000001490116..., 0.1 lies below it; the doubles beside 0.1f become 0.1f when they are rounded to float. */
static void test_doubles_beside_floats(void) {
  const double border = (double)0.1f;
  const double cells[] = {0.1,   border, nextafter(border, 1), nextafter(border, 0), (double)nextafterf(0.1f, 1), (double)nextafterf(0.1f, 0),
                          1e300, NAN};
  expect_leaves("I11", &(node_test){"BRANCH_LEQ", border, -1, 11, false}, ONNXTREE_DOUBLE_INPUTS_AS_SPECIFIED, ONNXTREE_DOUBLE, cells, 8,
                (const bool[]){true, true, false, true, false, true, false, false});
  expect_leaves("I11", &(node_test){"BRANCH_LT", border, -1, 11, false}, ONNXTREE_DOUBLE_INPUTS_AS_SPECIFIED, ONNXTREE_DOUBLE, cells, 8,
                (const bool[]){true, false, false, true, false, true, false, false});
  expect_leaves("I11", &(node_test){"BRANCH_EQ", border, 1, 11, false}, ONNXTREE_DOUBLE_INPUTS_AS_SPECIFIED, ONNXTREE_DOUBLE, cells, 8,
                (const bool[]){false, true, false, false, false, false, false, true});
  count_entry("I11", "doubles one ulp beside a float threshold");
  expect_leaves("I11", &(node_test){"BRANCH_LEQ", border, -1, 11, false}, ONNXTREE_DOUBLE_INPUTS_AS_FLOAT32, ONNXTREE_DOUBLE, cells, 8,
                (const bool[]){true, true, true, true, false, true, false, false});
  expect_leaves("I11", &(node_test){"BRANCH_LT", border, -1, 11, false}, ONNXTREE_DOUBLE_INPUTS_AS_FLOAT32, ONNXTREE_DOUBLE, cells, 8,
                (const bool[]){false, false, false, false, false, true, false, false});
  count_entry("I11", "the same, rounded to float first");
}

/* ---- I6, I12: where rows lie ---- */

/* Doubles and integers of eight bytes: each of the seven addresses that are not aligned. */
static void test_misaligned_doubles(void) {
  writer_model m = one_test(&(node_test){"BRANCH_LEQ", 1, -1, 11, false});
  onnxtree_model *model = load(&m, ONNXTREE_DOUBLE_INPUTS_AS_SPECIFIED, NULL);
  guarded_memory nowhere = guarded_allocate(0, 8);
  for (size_t offset = 1; offset < 8; offset++) {
    onnxtree_error error = {ONNXTREE_OK, "", ""};
    float score;
    CU_ASSERT_EQUAL(onnxtree_predict(model, ONNXTREE_DOUBLE, (char *)nowhere.data + offset, 1, 0, NULL, &score, &error), ONNXTREE_INVALID_ARGUMENT);
    CU_ASSERT_PTR_NOT_NULL(strstr(error.message, "input 'X' is not aligned to 8 bytes"));
  }
  guarded_free(&nowhere);
  onnxtree_model_free(model);
  count_entry("I6", "doubles at offsets 1 to 7");
}

/* Each row ends at a page that may not be read. */
static void test_guarded_rows(void) {
  static const float rows[4][2] = {{0.5f, 3}, {0.5f, 0.25f}, {5, 1}, {5, 3}}, expected[4] = {12, 11, 22, 32};
  writer_model m = writer_regressor();
  onnxtree_model *model = load(&m, ONNXTREE_DOUBLE_INPUTS_AS_SPECIFIED, NULL);
  for (size_t count = 1; count <= 70; count++) {
    guarded_memory cells, scores = guarded_allocate(count * sizeof(float), sizeof(float));
    size_t stride = guarded_rows(&cells, count, sizeof rows[0]) / sizeof(float);
    for (size_t i = 0; i < count; i++) memcpy((float *)cells.data + i * stride, rows[i % 4], sizeof rows[0]);
    CU_ASSERT_EQUAL(onnxtree_predict(model, ONNXTREE_FLOAT, cells.data, count, stride, NULL, scores.data, NULL), ONNXTREE_OK);
    for (size_t i = 0; i < count; i++) CU_ASSERT_EQUAL(((float *)scores.data)[i], expected[i % 4]);
    guarded_free(&cells);
    guarded_free(&scores);
  }
  onnxtree_model_free(model);
  count_entry("I12", "1 to 70 rows, a forbidden page behind each, another behind the scores");
}

static void test_all_entries_ran(void) { CU_ASSERT_EQUAL(entries, sizeof calls / sizeof *calls + 7); }

UNIT_TEST_MAIN(inputs, {"calls", test_calls}, {"special values", test_special_values}, {"integers", test_integers},
               {"doubles beside floats", test_doubles_beside_floats}, {"misaligned doubles", test_misaligned_doubles},
               {"rows between forbidden pages", test_guarded_rows}, {"all entries ran", test_all_entries_ran})
