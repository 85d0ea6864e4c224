/* Every model of models/ gives the same bits with every kernel, any number of threads and any split of the rows into calls.
 *   test_splits [EVERY [FILE [FIRST]]]    one model in EVERY, from FIRST on (0); writes a hash of each model's results, for `tools/test_machines.sh
 * --bits` That they are also those of other machines and compilers is what that and tests/frozen show. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <onnxtree/onnxtree.h>

#include "api/model.h"
#include "support/fixture.h"
#include "support/result_hash.h"
#include "support/unit_test.h"

#define MOST_INPUTS 32
#define MOST_OUTPUTS 8
#define ROWS 1003u      /* the rows of the file, repeated */
#define BLOCK_ROWS 16u  /* small, so that there is work for every thread */
#define MOST_THREADS 8u
#ifdef ONNXTREE_EMULATED
#  define USUALLY_EVERY 16u /* valgrind and qemu take a minute for a few models; what all of them compute there is frozen/ and golden/ */
#else
#  define USUALLY_EVERY 1u
#endif

typedef struct inputs {
  npy_array arrays[MOST_INPUTS]; /* ROWS rows of each */
  size_t count;
} inputs;

typedef struct outputs {
  onnxtree_tensor tensors[MOST_OUTPUTS];
  size_t count;
} outputs;

static size_t differences, evaluations;
static unsigned every = USUALLY_EVERY, first_model;
static FILE *hashes; /* NULL: not asked for */

/* ---- memory ---- */

static void repeat_rows(npy_array *array) {
  size_t row_bytes = array->columns * onnxtree_type_size(array->type);
  char *repeated = malloc(ROWS * row_bytes + 1);
  for (size_t r = 0; r < ROWS; r++) memcpy(repeated + r * row_bytes, (char *)array->data + r % array->rows * row_bytes, row_bytes);
  free(array->data);
  array->data = repeated;
}

static inputs read_inputs(const char *model, const char *prefix) {
  inputs in = {0};
  in.count = fixture_read_inputs(model, prefix, in.arrays, MOST_INPUTS);
  for (size_t i = 0; i < in.count; i++) repeat_rows(&in.arrays[i]);
  return in;
}

static void free_inputs(inputs *in) {
  for (size_t i = 0; i < in->count; i++) npy_free(&in->arrays[i]);
}

static outputs outputs_for(const onnxtree_model *model) {
  outputs out = {.count = onnxtree_model_output_count(model)};
  CU_ASSERT_FATAL(out.count <= MOST_OUTPUTS);
  for (size_t o = 0; o < out.count; o++) {
    onnxtree_value_info info = ONNXTREE_VALUE_INFO_INIT;
    CU_ASSERT_FATAL(onnxtree_model_output(model, o, &info) == ONNXTREE_OK);
    out.tensors[o] = (onnxtree_tensor){NULL, info.type, ROWS, info.columns, 0, calloc(ROWS * info.columns + 1, onnxtree_type_size(info.type))};
  }
  return out;
}

static void free_outputs(outputs *out) {
  for (size_t o = 0; o < out->count; o++) free(out->tensors[o].data);
}

/* ---- evaluation ---- */

static onnxtree_tensor rows_of(onnxtree_tensor tensor, size_t first, size_t count) {
  tensor.data = (char *)tensor.data + first * tensor.columns * onnxtree_type_size(tensor.type);
  tensor.rows = count;
  return tensor;
}

/* Make the planner believe that the trees are so large that threads should share them, however few the rows are. */
static void enlarge_trees(onnxtree_model *model) {
  model->plan.layout_bytes = UINT64_MAX;
  for (uint32_t s = 0; s < model->plan.step_count; s++) model->plan.steps[s].stats.max_depth = UINT32_MAX;
}

static bool has_large_trees(const onnxtree_model *model) { return model->plan.layout_bytes == UINT64_MAX; }

/* Instead of threads, which take long to start: the last task first. */
static void backwards(void *context, size_t count, onnxtree_task *task, void *task_context) {
  (void)context;
  for (size_t i = count; i-- > 0;) task(task_context, i);
}

/* In calls of `batch` rows; returns how many rows were evaluated: a few hundred, or all if they are one or two calls. */
static size_t evaluate(const onnxtree_model *model, onnxtree_workspace *workspace, const inputs *in, size_t batch, size_t threads, outputs *out) {
  size_t rows = batch > 100 ? ROWS : batch < 8 ? 40 * batch : 5 * 60;
  onnxtree_run_options options = ONNXTREE_RUN_OPTIONS_INIT;
  options.threads = threads;
  if (threads > 1 && has_large_trees(model)) options.parallel_for = backwards;
  for (size_t first = 0; first < rows; first += batch) {
    size_t count = rows - first < batch ? rows - first : batch;
    onnxtree_tensor from[MOST_INPUTS], to[MOST_OUTPUTS];
    for (size_t i = 0; i < in->count; i++)
      from[i] = rows_of((onnxtree_tensor){NULL, in->arrays[i].type, ROWS, in->arrays[i].columns, 0, in->arrays[i].data}, first, count);
    for (size_t o = 0; o < out->count; o++) to[o] = rows_of(out->tensors[o], first, count);
    onnxtree_error error;
    onnxtree_status status = onnxtree_run(model, workspace, count, from, in->count, to, out->count, &options, &error);
    if (status != ONNXTREE_OK) fprintf(stderr, "%s\n", error.message);
    CU_ASSERT_EQUAL_FATAL(status, ONNXTREE_OK);
  }
  evaluations++;
  return rows;
}

static bool is_same(const onnxtree_tensor *a, const onnxtree_tensor *b, size_t rows) {
  if (a->type != ONNXTREE_STRING) return memcmp(a->data, b->data, rows * a->columns * onnxtree_type_size(a->type)) == 0;
  const onnxtree_string *x = a->data, *y = b->data;
  for (size_t i = 0; i < rows * a->columns; i++)
    if (x[i].size != y[i].size || memcmp(x[i].data, y[i].data, x[i].size) != 0) return false;
  return true;
}

/* ---- splits ---- */

static void check_splits(const char *name, const char *kernel, const onnxtree_model *model, const inputs *in, const outputs *expected) {
  static const size_t batches[] = {1, 2, 7, 20, 60, 1000}, threads[] = {1, 2, 3, MOST_THREADS};
  onnxtree_workspace_options options = ONNXTREE_WORKSPACE_OPTIONS_INIT;
  options.threads = MOST_THREADS;
  options.block_rows = BLOCK_ROWS;
  onnxtree_workspace *small, *usual;
  CU_ASSERT_FATAL(onnxtree_workspace_create(model, &options, &small, NULL) == ONNXTREE_OK);
  CU_ASSERT_FATAL(onnxtree_workspace_create(model, NULL, &usual, NULL) == ONNXTREE_OK);
  outputs out = outputs_for(model);
  for (size_t b = 0; b < sizeof batches / sizeof *batches; b++)
    for (size_t t = 0; t <= sizeof threads / sizeof *threads; t++) {
      bool is_usual = t == sizeof threads / sizeof *threads;
      if (batches[b] <= BLOCK_ROWS && !is_usual && threads[t] > 1 && !has_large_trees(model)) continue; /* one block is for one thread */
      size_t rows = evaluate(model, is_usual ? usual : small, in, batches[b], is_usual ? 1 : threads[t], &out);
      for (size_t o = 0; o < out.count; o++) {
        if (is_same(&out.tensors[o], &expected->tensors[o], rows)) continue;
        if (differences++ < 20)
          fprintf(stderr, "%s, kernel %s, %zu rows a call, %zu threads: output %zu differs\n", name, kernel, batches[b], is_usual ? 1 : threads[t],
                  o);
      }
    }
  free_outputs(&out);
  onnxtree_workspace_free(small);
  onnxtree_workspace_free(usual);
}

/* NULL if the kernel does not take the model's ensembles. */
static onnxtree_model *load(const char *name, const char *kernel) {
  onnxtree_load_options options = ONNXTREE_LOAD_OPTIONS_INIT;
  options.kernel = kernel;
  onnxtree_model *model = NULL;
  onnxtree_error error;
  if (onnxtree_model_load_file(fixture_path(name, "", "model", SIZE_MAX, "onnx"), &options, &model, &error) == ONNXTREE_OK) return model;
  CU_ASSERT_STRING_EQUAL(error.code, "unknown-kernel");
  return NULL;
}

/* ---- all models ---- */

static void write_hash(const char *name, const char *prefix, const outputs *out) {
  result_hash hash = RESULT_HASH_START;
  for (size_t o = 0; o < out->count; o++) hash = result_hash_tensor(hash, &out->tensors[o]);
  fprintf(hashes, "%s\t%sinput\t%016llx\n", name, prefix, (unsigned long long)hash);
}

static void check_model(const char *name, const char *prefix) {
  inputs in = read_inputs(name, prefix);
  if (in.count > 0) {
    onnxtree_model *model = load(name, "reference");
    if (!model) model = load(name, NULL);
    onnxtree_workspace *workspace = NULL;
    CU_ASSERT_FATAL(model && onnxtree_workspace_create(model, NULL, &workspace, NULL) == ONNXTREE_OK);
    outputs expected = outputs_for(model);
    CU_ASSERT_EQUAL(evaluate(model, workspace, &in, ROWS, 1, &expected), ROWS);
    onnxtree_workspace_free(workspace);
    for (size_t k = 0; onnxtree_kernel_name(k); k++) {
      onnxtree_model *other = load(name, onnxtree_kernel_name(k));
      if (other) {
        check_splits(name, onnxtree_kernel_name(k), other, &in, &expected);
        enlarge_trees(other);
        check_splits(name, onnxtree_kernel_name(k), other, &in, &expected);
      }
      onnxtree_model_free(other);
    }
    if (hashes) write_hash(name, prefix, &expected);
    free_outputs(&expected);
    onnxtree_model_free(model);
  }
  free_inputs(&in);
}

static void test_all_models(void) {
  FILE *manifest = fopen(ONNXTREE_MODELS_DIR "/manifest.tsv", "r");
  CU_ASSERT_PTR_NOT_NULL_FATAL(manifest);
  char line[4096];
  size_t models = 0;
  CU_ASSERT_FATAL(fgets(line, sizeof line, manifest) != NULL); /* the header */
  while (fgets(line, sizeof line, manifest)) {
    line[strcspn(line, "\t")] = '\0';
    if (models++ % every != first_model) continue;
    check_model(line, "");
    check_model(line, "edge_");
  }
  fclose(manifest);
  printf("%zu models, 1 of %u looked at, %zu evaluations, %zu differences\n", models, every, evaluations, differences);
  CU_ASSERT(models >= 25);
  CU_ASSERT_EQUAL(differences, 0);
}

int main(int argc, char **argv) {
  if (argc > 1) every = (unsigned)strtoul(argv[1], NULL, 10);
  if (argc > 2) hashes = fopen(argv[2], "w");
  if (argc > 3) first_model = (unsigned)strtoul(argv[3], NULL, 10);
  if (every == 0 || first_model >= every || (argc > 2 && !hashes)) return EXIT_FAILURE;
  CU_TestInfo tests[] = {{"every model, kernel, split and number of threads", test_all_models}, CU_TEST_INFO_NULL};
  int result = unit_test_run("splits", tests);
  return hashes && fclose(hashes) != 0 ? EXIT_FAILURE : result;
}
