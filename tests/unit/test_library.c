/* The public functions: arguments, allocation, bindings, splits, threads, cancellation. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <onnxtree/onnxtree.h>

#include "api/model.h"
#include "support/counting_allocator.h"
#include "support/guarded_memory.h"
#include "support/npy.h"
#include "support/unit_test.h"
#include "support/whole_file.h"

#define FOREST ONNXTREE_MODELS_DIR "/sk_forest_digits"
#define CLASSES 10

static onnxtree_model *model;
static npy_array rows;
static float *expected; /* scores of all rows in one call */

static void open_forest(void) {
  if (model) return;
  CU_ASSERT_FATAL(onnxtree_model_load_file(FOREST "/model.onnx", NULL, &model, NULL) == ONNXTREE_OK);
  CU_ASSERT_FATAL(npy_read(FOREST "/input.npy", &rows));
  expected = malloc(rows.rows * CLASSES * sizeof *expected);
  CU_ASSERT_FATAL(onnxtree_predict(model, ONNXTREE_FLOAT, rows.data, rows.rows, 0, NULL, expected, NULL) == ONNXTREE_OK);
}

static onnxtree_tensor input(size_t first, size_t count) {
  return (onnxtree_tensor){NULL, ONNXTREE_FLOAT, count, rows.columns, 0, (float *)rows.data + first * rows.columns};
}

static onnxtree_tensor scores_to(float *scores, size_t count) {
  return (onnxtree_tensor){"probabilities", ONNXTREE_FLOAT, count, CLASSES, 0, scores};
}

/* ---- arguments ---- */

static void test_arguments(void) {
  open_forest();
  onnxtree_model *other;
  onnxtree_error error;
  CU_ASSERT_EQUAL(onnxtree_model_load_file(NULL, NULL, &other, &error), ONNXTREE_INVALID_ARGUMENT);
  CU_ASSERT_PTR_NULL(other);
  CU_ASSERT_EQUAL(onnxtree_model_load_memory(NULL, 5, NULL, &other, &error), ONNXTREE_INVALID_ARGUMENT);
  CU_ASSERT_EQUAL(onnxtree_model_load_file("/nonexistent/model.onnx", NULL, &other, &error), ONNXTREE_IO);
  CU_ASSERT_EQUAL(onnxtree_model_load_file(FOREST, NULL, &other, &error), ONNXTREE_IO);
  CU_ASSERT_PTR_NOT_NULL(strstr(error.message, "directory"));
  onnxtree_load_options options = ONNXTREE_LOAD_OPTIONS_INIT;
  options.kernel = "no such kernel";
  CU_ASSERT_EQUAL(onnxtree_model_load_file(FOREST "/model.onnx", &options, &other, &error), ONNXTREE_INVALID_ARGUMENT);
  options = (onnxtree_load_options){0};
  CU_ASSERT_EQUAL(onnxtree_model_load_file(FOREST "/model.onnx", &options, &other, &error), ONNXTREE_INVALID_ARGUMENT);
  onnxtree_model_free(NULL);
  onnxtree_workspace_free(NULL);
  onnxtree_value_info info = ONNXTREE_VALUE_INFO_INIT;
  CU_ASSERT_EQUAL(onnxtree_model_input(model, 1, &info), ONNXTREE_INVALID_ARGUMENT);
  CU_ASSERT_EQUAL(onnxtree_model_output(model, 0, &info), ONNXTREE_OK);
  CU_ASSERT_STRING_EQUAL(info.name, "label");
  CU_ASSERT_STRING_EQUAL(onnxtree_version(), ONNXTREE_VERSION_STRING);
  CU_ASSERT_EQUAL(onnxtree_abi_version(), ONNXTREE_ABI_VERSION);
}

static onnxtree_status run(onnxtree_workspace *workspace, size_t count, onnxtree_tensor in, onnxtree_tensor out, const onnxtree_run_options *options,
                           onnxtree_error *error) {
  return onnxtree_run(model, workspace, count, &in, 1, &out, 1, options, error);
}

static void test_bindings(void) {
  open_forest();
  onnxtree_workspace *workspace;
  CU_ASSERT_FATAL(onnxtree_workspace_create(model, NULL, &workspace, NULL) == ONNXTREE_OK);
  float scores[2 * CLASSES];
  onnxtree_error error;
  onnxtree_tensor in = input(0, 2), out = scores_to(scores, 2), bad = in;
  CU_ASSERT_EQUAL(run(workspace, 2, in, out, NULL, &error), ONNXTREE_OK);
  bad.type = ONNXTREE_DOUBLE;
  CU_ASSERT_EQUAL(run(workspace, 2, bad, out, NULL, &error), ONNXTREE_TYPE_MISMATCH);
  bad = in;
  bad.columns--;
  CU_ASSERT_EQUAL(run(workspace, 2, bad, out, NULL, &error), ONNXTREE_SHAPE_MISMATCH);
  bad = in;
  bad.rows = 1;
  CU_ASSERT_EQUAL(run(workspace, 2, bad, out, NULL, &error), ONNXTREE_SHAPE_MISMATCH);
  bad = in;
  bad.row_stride = 3;
  CU_ASSERT_EQUAL(run(workspace, 2, bad, out, NULL, &error), ONNXTREE_SHAPE_MISMATCH);
  bad = in;
  bad.data = (char *)bad.data + 1;
  CU_ASSERT_EQUAL(run(workspace, 2, bad, out, NULL, &error), ONNXTREE_INVALID_ARGUMENT);
  bad = in;
  bad.name = "Z";
  CU_ASSERT_EQUAL(run(workspace, 2, bad, out, NULL, &error), ONNXTREE_INVALID_ARGUMENT);
  bad = out;
  bad.name = "labels";
  CU_ASSERT_EQUAL(run(workspace, 2, in, bad, NULL, &error), ONNXTREE_INVALID_ARGUMENT);
  CU_ASSERT_EQUAL(onnxtree_run(model, workspace, 2, NULL, 0, &out, 1, NULL, &error), ONNXTREE_INVALID_ARGUMENT);
  CU_ASSERT_EQUAL(onnxtree_run(model, workspace, 0, &in, 1, &out, 1, NULL, &error), ONNXTREE_SHAPE_MISMATCH);
  in.rows = out.rows = 0;
  CU_ASSERT_EQUAL(run(workspace, 0, in, out, NULL, &error), ONNXTREE_OK);
  onnxtree_workspace_free(workspace);
}

/* ---- the same bits however rows are split ---- */

static void test_strides(void) {
  open_forest();
  size_t wide = rows.columns + 3, out_wide = CLASSES + 2;
  float *padded = calloc(rows.rows * wide, sizeof *padded), *scores = calloc(rows.rows * out_wide, sizeof *scores);
  for (size_t r = 0; r < rows.rows; r++) memcpy(padded + r * wide, (float *)rows.data + r * rows.columns, rows.columns * sizeof *padded);
  onnxtree_tensor in = {NULL, ONNXTREE_FLOAT, rows.rows, rows.columns, wide, padded}, out = scores_to(scores, rows.rows);
  out.row_stride = out_wide;
  onnxtree_workspace *workspace;
  CU_ASSERT_FATAL(onnxtree_workspace_create(model, NULL, &workspace, NULL) == ONNXTREE_OK);
  CU_ASSERT_EQUAL(run(workspace, rows.rows, in, out, NULL, NULL), ONNXTREE_OK);
  bool same = true;
  for (size_t r = 0; r < rows.rows; r++) same &= memcmp(scores + r * out_wide, expected + r * CLASSES, CLASSES * sizeof *scores) == 0;
  CU_ASSERT(same);
  onnxtree_workspace_free(workspace);
  free(padded);
  free(scores);
}

/* The second of two rows lies 8 GiB behind the first: no kernel may compute with offsets of 32 bits. */
static void test_huge_stride(void) {
  open_forest();
#if SIZE_MAX > UINT32_MAX
  const size_t stride = (size_t)1 << 31, size = (stride + rows.columns) * sizeof(float);
  float *far = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (far == MAP_FAILED) return; /* the machine does not hand out addresses without memory */
  memcpy(far, rows.data, rows.columns * sizeof *far);
  memcpy(far + stride, (float *)rows.data + rows.columns, rows.columns * sizeof *far);
  const char *kernel;
  for (size_t k = 0; (kernel = onnxtree_kernel_name(k)); k++) {
    onnxtree_load_options options = ONNXTREE_LOAD_OPTIONS_INIT;
    options.kernel = kernel;
    onnxtree_model *own;
    onnxtree_error error;
    if (onnxtree_model_load_file(FOREST "/model.onnx", &options, &own, &error) != ONNXTREE_OK) continue; /* a kernel that does not take forests */
    float scores[2 * CLASSES];
    CU_ASSERT_EQUAL(onnxtree_predict(own, ONNXTREE_FLOAT, far, 2, stride, NULL, scores, &error), ONNXTREE_OK);
    CU_ASSERT(memcmp(scores, expected, sizeof scores) == 0);
    onnxtree_model_free(own);
  }
  munmap(far, size);
#endif
}

static void parallel_for(void *context, size_t count, onnxtree_task *task, void *task_context) {
  *(size_t *)context += count;
  for (size_t i = count; i-- > 0;) task(task_context, i);
}

static void test_splits_and_threads(void) {
  open_forest();
  static const size_t splits[] = {1, 2, 7, 20, 60, 1000}, threads[] = {1, 2, 3, 8};
  size_t forked = 0;
  for (size_t s = 0; s < 6; s++)
    for (size_t t = 0; t < 8; t++) {
      onnxtree_workspace_options options = ONNXTREE_WORKSPACE_OPTIONS_INIT;
      options.threads = threads[t % 4];
      options.block_rows = s % 2 ? 5 : 0;
      onnxtree_run_options how = ONNXTREE_RUN_OPTIONS_INIT;
      how.threads = t < 4 ? threads[t] : 0;
      how.parallel_for = t < 4 ? NULL : parallel_for;
      how.parallel_for_context = &forked;
      onnxtree_workspace *workspace;
      CU_ASSERT_FATAL(onnxtree_workspace_create(model, &options, &workspace, NULL) == ONNXTREE_OK);
      float *scores = calloc(rows.rows * CLASSES, sizeof *scores);
      for (size_t first = 0; first < rows.rows; first += splits[s]) {
        size_t count = rows.rows - first < splits[s] ? rows.rows - first : splits[s];
        CU_ASSERT_EQUAL(run(workspace, count, input(first, count), scores_to(scores + first * CLASSES, count), &how, NULL), ONNXTREE_OK);
      }
      CU_ASSERT(memcmp(scores, expected, rows.rows * CLASSES * sizeof *scores) == 0);
      free(scores);
      onnxtree_workspace_free(workspace);
    }
  CU_ASSERT(forked > 0);
}

/* So many rows that threads take them part by part, in any order. */
static void test_many_rows(void) {
  enum { ROWS = 10007, MOST = 8 };
  open_forest();
  float *many = calloc((size_t)ROWS * rows.columns, sizeof *many);
  float *wanted = calloc(ROWS * CLASSES, sizeof *wanted), *scores = calloc(ROWS * CLASSES, sizeof *scores);
  for (size_t r = 0; r < ROWS; r++) {
    memcpy(many + r * rows.columns, (float *)rows.data + r % rows.rows * rows.columns, rows.columns * sizeof *many);
    memcpy(wanted + r * CLASSES, expected + r % rows.rows * CLASSES, CLASSES * sizeof *wanted);
  }
  onnxtree_model *own;
  CU_ASSERT_FATAL(onnxtree_model_load_file(FOREST "/model.onnx", NULL, &own, NULL) == ONNXTREE_OK);
  onnxtree_workspace_options options = ONNXTREE_WORKSPACE_OPTIONS_INIT;
  options.threads = MOST;
  onnxtree_workspace *workspace;
  CU_ASSERT_FATAL(onnxtree_workspace_create(own, &options, &workspace, NULL) == ONNXTREE_OK);
  onnxtree_tensor in = {NULL, ONNXTREE_FLOAT, ROWS, rows.columns, 0, many}, out = scores_to(scores, ROWS);
  size_t forked = 0;
  for (size_t t = 0; t < 2 * (MOST + 1); t++) {
    if (t == MOST + 1) own->plan.layout_bytes = UINT64_MAX; /* as if it were huge */
    onnxtree_run_options how = ONNXTREE_RUN_OPTIONS_INIT;
    how.threads = t % (MOST + 1);
    how.parallel_for = how.threads ? NULL : parallel_for;
    how.parallel_for_context = &forked;
    memset(scores, 0, ROWS * CLASSES * sizeof *scores);
    CU_ASSERT_EQUAL(onnxtree_run(own, workspace, ROWS, &in, 1, &out, 1, &how, NULL), ONNXTREE_OK);
    CU_ASSERT(memcmp(scores, wanted, ROWS * CLASSES * sizeof *scores) == 0);
  }
  CU_ASSERT_EQUAL(forked, 2 * MOST);
  onnxtree_workspace_free(workspace);
  onnxtree_model_free(own);
  free(many);
  free(wanted);
  free(scores);
}

/* Tasks that the hook is given for a call with so many rows, when up to five threads may be used. */
static size_t tasks_for(const onnxtree_model *walking, size_t count) {
  onnxtree_workspace_options five = ONNXTREE_WORKSPACE_OPTIONS_INIT;
  five.threads = 5;
  onnxtree_workspace *workspace;
  CU_ASSERT_FATAL(onnxtree_workspace_create(walking, &five, &workspace, NULL) == ONNXTREE_OK);
  size_t tasks = 0;
  onnxtree_run_options how = ONNXTREE_RUN_OPTIONS_INIT;
  how.parallel_for = parallel_for;
  how.parallel_for_context = &tasks;
  float *scores = calloc(count * CLASSES, sizeof *scores);
  onnxtree_tensor in = input(0, count), out = scores_to(scores, count);
  for (size_t threads = 0; threads < 5; threads++) { /* first with the hook */
    memset(scores, 0, count * CLASSES * sizeof *scores);
    CU_ASSERT_EQUAL(onnxtree_run(walking, workspace, count, &in, 1, &out, 1, &how, NULL), ONNXTREE_OK);
    CU_ASSERT(memcmp(scores, expected, count * CLASSES * sizeof *scores) == 0);
    how.parallel_for = NULL;
    how.threads = threads + 1;
  }
  free(scores);
  onnxtree_workspace_free(workspace);
  return tasks;
}

/* Few rows: threads share the trees of a huge model, unless that takes longer than it saves. */
static void test_shared_trees(void) {
  open_forest();
  onnxtree_load_options options = ONNXTREE_LOAD_OPTIONS_INIT;
  options.kernel = "walk";
  onnxtree_model *walking;
  CU_ASSERT_FATAL(onnxtree_model_load_file(FOREST "/model.onnx", &options, &walking, NULL) == ONNXTREE_OK);
  CU_ASSERT_EQUAL(tasks_for(walking, rows.rows), 0);
  walking->plan.layout_bytes = UINT64_MAX; /* as if it were huge */
  CU_ASSERT_EQUAL(tasks_for(walking, 1), 0);
  for (uint32_t s = 0; s < walking->plan.step_count; s++) walking->plan.steps[s].stats.max_depth = UINT32_MAX;
  CU_ASSERT_EQUAL(tasks_for(walking, 1), 5);
  CU_ASSERT_EQUAL(tasks_for(walking, rows.rows), 5);
  onnxtree_model_free(walking);
}

/* ---- cancellation ---- */

static int cancel_second(void *context) { return ++*(int *)context > 1; }

static void test_cancellation(void) {
  open_forest();
  onnxtree_workspace_options options = ONNXTREE_WORKSPACE_OPTIONS_INIT;
  options.block_rows = 5;
  onnxtree_workspace *workspace;
  CU_ASSERT_FATAL(onnxtree_workspace_create(model, &options, &workspace, NULL) == ONNXTREE_OK);
  float *scores = calloc(rows.rows * CLASSES, sizeof *scores);
  int asked = 0;
  onnxtree_run_options how = ONNXTREE_RUN_OPTIONS_INIT;
  how.cancelled = cancel_second;
  how.cancelled_context = &asked;
  CU_ASSERT_EQUAL(run(workspace, rows.rows, input(0, rows.rows), scores_to(scores, rows.rows), &how, NULL), ONNXTREE_CANCELLED);
  CU_ASSERT(memcmp(scores, expected, 5 * CLASSES * sizeof *scores) == 0);
  CU_ASSERT_EQUAL(run(workspace, rows.rows, input(0, rows.rows), scores_to(scores, rows.rows), NULL, NULL), ONNXTREE_OK);
  CU_ASSERT(memcmp(scores, expected, rows.rows * CLASSES * sizeof *scores) == 0);
  free(scores);
  onnxtree_workspace_free(workspace);
}

/* ---- allocation ---- */

static void test_run_allocates_nothing(void) {
  open_forest();
  counting_allocator counts = {0};
  onnxtree_allocator hook = counting_allocator_hook(&counts);
  onnxtree_load_options options = ONNXTREE_LOAD_OPTIONS_INIT;
  options.allocator = &hook;
  onnxtree_model *own;
  onnxtree_workspace *workspace;
  CU_ASSERT_FATAL(onnxtree_model_load_file(FOREST "/model.onnx", &options, &own, NULL) == ONNXTREE_OK);
  CU_ASSERT_FATAL(onnxtree_workspace_create(own, NULL, &workspace, NULL) == ONNXTREE_OK);
  size_t before = counts.calls;
  float *scores = malloc(rows.rows * CLASSES * sizeof *scores);
  onnxtree_tensor in = input(0, rows.rows), out = scores_to(scores, rows.rows);
  CU_ASSERT_EQUAL(onnxtree_run(own, workspace, rows.rows, &in, 1, &out, 1, NULL, NULL), ONNXTREE_OK);
  CU_ASSERT_EQUAL(counts.calls, before);
  CU_ASSERT(memcmp(scores, expected, rows.rows * CLASSES * sizeof *scores) == 0);
  free(scores);
  onnxtree_workspace_free(workspace);
  onnxtree_model_free(own);
}

/* Names, labels and metadata of two models. */
static void same_words(const onnxtree_model *a, const onnxtree_model *b) {
  CU_ASSERT_EQUAL_FATAL(onnxtree_model_output_count(a), onnxtree_model_output_count(b));
  for (size_t i = 0; i < onnxtree_model_output_count(a); i++) {
    onnxtree_value_info x = ONNXTREE_VALUE_INFO_INIT, y = ONNXTREE_VALUE_INFO_INIT;
    CU_ASSERT_FATAL(onnxtree_model_output(a, i, &x) == ONNXTREE_OK && onnxtree_model_output(b, i, &y) == ONNXTREE_OK);
    CU_ASSERT_STRING_EQUAL(x.name, y.name);
    for (size_t k = 0; k < x.label_count; k++) {
      if (x.string_labels) CU_ASSERT_STRING_EQUAL(x.string_labels[k].data, y.string_labels[k].data);
      if (x.int64_labels) CU_ASSERT_EQUAL(x.int64_labels[k], y.int64_labels[k]);
    }
  }
  onnxtree_model_metadata x = ONNXTREE_MODEL_METADATA_INIT, y = ONNXTREE_MODEL_METADATA_INIT;
  CU_ASSERT(onnxtree_model_get_metadata(a, &x) == ONNXTREE_OK && onnxtree_model_get_metadata(b, &y) == ONNXTREE_OK);
  CU_ASSERT_STRING_EQUAL(x.producer_name, y.producer_name);
  CU_ASSERT_STRING_EQUAL(x.graph_name, y.graph_name);
}

/* The bytes that a model was loaded from are overwritten and unmapped; all that the model says afterwards is as if it came from the file. */
static void test_bytes_not_retained(void) {
  static const char *const names[] = {"sk_forest_digits", "sk_forest_strings", "cat_strings", "sk_double_forest", "hand_two_inputs"};
  for (size_t n = 0; n < sizeof names / sizeof *names; n++) {
    char path[512];
    snprintf(path, sizeof path, "%s/%s/model.onnx", ONNXTREE_MODELS_DIR, names[n]);
    FILE *file = fopen(path, "rb");
    CU_ASSERT_FATAL(file != NULL);
    fseek(file, 0, SEEK_END);
    size_t size = (size_t)ftell(file);
    rewind(file);
    guarded_memory bytes = guarded_allocate(size, 1);
    CU_ASSERT_FATAL(fread(bytes.data, 1, size, file) == size);
    fclose(file);
    onnxtree_model *from_memory, *from_file;
    CU_ASSERT_FATAL(onnxtree_model_load_memory(bytes.data, size, NULL, &from_memory, NULL) == ONNXTREE_OK);
    memset(bytes.data, 0xff, size);
    guarded_free(&bytes);
    CU_ASSERT_FATAL(onnxtree_model_load_file(path, NULL, &from_file, NULL) == ONNXTREE_OK);
    same_words(from_memory, from_file);
    if (n == 0) {
      float *scores = malloc(rows.rows * CLASSES * sizeof *scores);
      CU_ASSERT_EQUAL(onnxtree_predict(from_memory, ONNXTREE_FLOAT, rows.data, rows.rows, 0, NULL, scores, NULL), ONNXTREE_OK);
      CU_ASSERT(memcmp(scores, expected, rows.rows * CLASSES * sizeof *scores) == 0);
      free(scores);
    }
    onnxtree_model_free(from_memory);
    onnxtree_model_free(from_file);
  }
}

/* ---- files ---- */

/* Loads what a child process writes into a pipe: `copies` times the forest's file. */
static onnxtree_status load_from_pipe(size_t copies, uint64_t most_bytes, onnxtree_model **loaded, onnxtree_error *error) {
  int ends[2];
  size_t size;
  char *bytes = whole_file_read(FOREST "/model.onnx", &size);
  CU_ASSERT_FATAL(bytes != NULL && pipe(ends) == 0);
  pid_t child = fork();
  CU_ASSERT_FATAL(child >= 0);
  if (child == 0) {
    signal(SIGPIPE, SIG_DFL);
    close(ends[0]);
    for (size_t at = 0; copies > 0; copies--)
      for (at = 0; at < size;) {
        ssize_t written = write(ends[1], bytes + at, size - at);
        if (written < 0) _exit(1);
        at += (size_t)written;
      }
    _exit(0);
  }
  close(ends[1]);
  free(bytes);
  char path[32];
  snprintf(path, sizeof path, "/dev/fd/%d", ends[0]);
  onnxtree_limits limits = ONNXTREE_LIMITS_INIT;
  limits.max_file_bytes = most_bytes;
  onnxtree_load_options options = ONNXTREE_LOAD_OPTIONS_INIT;
  options.limits = &limits;
  onnxtree_status status = onnxtree_model_load_file(path, &options, loaded, error);
  close(ends[0]);
  waitpid(child, NULL, 0);
  return status;
}

static void test_files(void) {
  open_forest();
  onnxtree_model *other;
  onnxtree_error error;
  onnxtree_limits limits = ONNXTREE_LIMITS_INIT;
  limits.max_file_bytes = 10;
  onnxtree_load_options options = ONNXTREE_LOAD_OPTIONS_INIT;
  options.limits = &limits;
  CU_ASSERT_EQUAL(onnxtree_model_load_file(FOREST "/model.onnx", &options, &other, &error), ONNXTREE_LIMIT_EXCEEDED);
  CU_ASSERT_STRING_EQUAL(error.code, "limit-file");
  CU_ASSERT_PTR_NOT_NULL(strstr(error.message, "the file is larger than max_file_bytes = 10"));
  CU_ASSERT_EQUAL(onnxtree_model_load_memory(rows.data, 11, &options, &other, &error), ONNXTREE_LIMIT_EXCEEDED);
  CU_ASSERT_EQUAL(onnxtree_model_load_file("/dev/null", NULL, &other, &error), ONNXTREE_IO);
  CU_ASSERT_PTR_NOT_NULL(strstr(error.message, "it is a device, not a file"));
  CU_ASSERT_EQUAL(onnxtree_model_load_file(FOREST "/model.onnx/x", NULL, &other, &error), ONNXTREE_IO);
  CU_ASSERT_PTR_NOT_NULL(strstr(error.message, "part of the path is no directory"));
}

/* A pipe has no size: memory grows as it is read. */
static void test_pipes(void) {
  open_forest();
  onnxtree_model *other;
  onnxtree_error error;
  CU_ASSERT_EQUAL_FATAL(load_from_pipe(1, 0, &other, &error), ONNXTREE_OK);
  float *scores = calloc(rows.rows * CLASSES, sizeof *scores);
  CU_ASSERT_EQUAL(onnxtree_predict(other, ONNXTREE_FLOAT, rows.data, rows.rows, 0, NULL, scores, &error), ONNXTREE_OK);
  CU_ASSERT(memcmp(scores, expected, rows.rows * CLASSES * sizeof *scores) == 0);
  free(scores);
  onnxtree_model_free(other);
  CU_ASSERT_EQUAL(load_from_pipe(2, 0, &other, &error), ONNXTREE_MALFORMED);
  CU_ASSERT_STRING_EQUAL(error.code, "wire-duplicate"); /* a second graph */
  CU_ASSERT_EQUAL(load_from_pipe(20, 100000, &other, &error), ONNXTREE_LIMIT_EXCEEDED);
  CU_ASSERT_STRING_EQUAL(error.code, "limit-file");
}

static void test_close(void) {
  onnxtree_model_free(model);
  npy_free(&rows);
  free(expected);
}

UNIT_TEST_MAIN(library,
               {"arguments", test_arguments},
               {"bindings", test_bindings},
               {"strides", test_strides},
               {"a huge stride", test_huge_stride},
               {"splits and threads", test_splits_and_threads},
               {"many rows", test_many_rows},
               {"shared trees", test_shared_trees},
               {"cancellation", test_cancellation},
               {"a run allocates nothing", test_run_allocates_nothing},
               {"bytes are not retained", test_bytes_not_retained},
               {"files", test_files},
               {"pipes", test_pipes},
               {"close", test_close})
