/* Every model of models/ gives the same bits with every kernel, any number of threads and any split of the rows into calls; and the bits that it gave
 * when it was added, on every machine and with every compiler (frozen.tsv). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <onnxtree/onnxtree.h>

#include "support/fixture.h"
#include "support/unit_test.h"

#define MOST_INPUTS 32
#define MOST_OUTPUTS 8
#define ROWS 1003u      /* the rows of the file, repeated */
#define MOST_CALLS 150u /* for one split */
#define BLOCK_ROWS 16u  /* small, so that there is work for every thread */
#define MOST_THREADS 8u

typedef struct inputs {
  npy_array arrays[MOST_INPUTS]; /* ROWS rows of each */
  size_t count;
  size_t file_rows;
} inputs;

typedef struct outputs {
  onnxtree_tensor tensors[MOST_OUTPUTS];
  size_t count;
} outputs;

static size_t differences, evaluations, missing;

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
  if (in.count) in.file_rows = in.arrays[0].rows;
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

/* In calls of `batch` rows; returns how many rows were evaluated. */
static size_t evaluate(const onnxtree_model *model, onnxtree_workspace *workspace, const inputs *in, size_t batch, size_t threads, outputs *out) {
  size_t rows = batch * MOST_CALLS < ROWS ? batch * MOST_CALLS : ROWS;
  onnxtree_run_options options = ONNXTREE_RUN_OPTIONS_INIT;
  options.threads = threads;
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
      size_t rows = evaluate(model, is_usual ? usual : small, in, batches[b], is_usual ? 1 : threads[t], &out);
      for (size_t o = 0; o < out.count; o++) {
        if (is_same(&out.tensors[o], &expected->tensors[o], rows)) continue;
        if (differences++ < 20)
          fprintf(stderr, "%s, kernel %s, %zu rows a call, %zu threads: output %zu differs\n", name, kernel, batches[b], is_usual ? 1 : threads[t], o);
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

/* ---- frozen results ---- */

/* FNV-1a, of values rather than of memory, so that it is the same for both orders of bytes. */
static uint64_t hash_bytes(uint64_t hash, uint64_t value, size_t size) {
  for (size_t i = 0; i < size; i++) hash = (hash ^ (value >> (8 * i) & 0xFF)) * UINT64_C(0x100000001B3);
  return hash;
}

static uint64_t hash_element(uint64_t hash, const onnxtree_tensor *tensor, size_t index) {
  const onnxtree_string *text = (const onnxtree_string *)tensor->data + index;
  uint64_t wide = 0;
  uint32_t narrow = 0;
  switch (onnxtree_type_size(tensor->type) * (tensor->type != ONNXTREE_STRING)) {
    case 0:
      hash = hash_bytes(hash, text->size, 8);
      for (size_t i = 0; i < text->size; i++) hash = hash_bytes(hash, (unsigned char)text->data[i], 1);
      return hash;
    case 1: return hash_bytes(hash, ((const uint8_t *)tensor->data)[index], 1);
    case 4:
      memcpy(&narrow, (const char *)tensor->data + 4 * index, 4);
      if (tensor->type == ONNXTREE_FLOAT && (narrow & 0x7FFFFFFF) > 0x7F800000) narrow = 0x7FC00000; /* any NaN */
      return hash_bytes(hash, narrow, 4);
    default:
      memcpy(&wide, (const char *)tensor->data + 8 * index, 8);
      if (tensor->type == ONNXTREE_DOUBLE && (wide << 1) > UINT64_C(0xFFE0000000000000)) wide = UINT64_C(0x7FF8000000000000);
      return hash_bytes(hash, wide, 8);
  }
}

static uint64_t hash_outputs(const outputs *out, size_t rows) {
  uint64_t hash = UINT64_C(0xCBF29CE484222325);
  for (size_t o = 0; o < out->count; o++)
    for (size_t i = 0; i < rows * out->tensors[o].columns; i++) hash = hash_element(hash, &out->tensors[o], i);
  return hash;
}

static void check_frozen(const char *name, const char *prefix, const outputs *out, size_t rows) {
  char line[256], expected[256];
  snprintf(expected, sizeof expected, "%s\t%sinput\t%016llx\n", name, prefix, (unsigned long long)hash_outputs(out, rows));
  FILE *file = fopen(ONNXTREE_FROZEN, "r");
  CU_ASSERT_PTR_NOT_NULL_FATAL(file);
  bool is_known = false, is_equal = false;
  size_t key = strlen(expected) - 17;
  while (fgets(line, sizeof line, file)) {
    if (strncmp(line, expected, key) != 0) continue;
    is_known = true;
    is_equal = strcmp(line, expected) == 0;
  }
  fclose(file);
  if (is_equal) return;
  printf("%s: %s", is_known ? "not the frozen results" : "not frozen yet", expected);
  differences += is_known;
  missing += !is_known;
}

/* ---- all models ---- */

static void check_model(const char *name, const char *prefix) {
  inputs in = read_inputs(name, prefix);
  if (in.count > 0) {
    onnxtree_model *model = load(name, "reference");
    if (!model) model = load(name, NULL);
    onnxtree_workspace *workspace;
    CU_ASSERT_FATAL(model && onnxtree_workspace_create(model, NULL, &workspace, NULL) == ONNXTREE_OK);
    outputs expected = outputs_for(model);
    CU_ASSERT_EQUAL(evaluate(model, workspace, &in, ROWS, 1, &expected), ROWS);
    check_frozen(name, prefix, &expected, in.file_rows);
    onnxtree_workspace_free(workspace);
    for (size_t k = 0; onnxtree_kernel_name(k); k++) {
      onnxtree_model *other = load(name, onnxtree_kernel_name(k));
      if (other) check_splits(name, onnxtree_kernel_name(k), other, &in, &expected);
      onnxtree_model_free(other);
    }
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
    check_model(line, "");
    check_model(line, "edge_");
    models++;
  }
  fclose(manifest);
  printf("%zu models, %zu evaluations, %zu differences, %zu results not frozen yet\n", models, evaluations, differences, missing);
  CU_ASSERT(models >= 25);
  CU_ASSERT_EQUAL(differences, 0);
}

UNIT_TEST_MAIN(splits, {"every model, kernel, split and number of threads", test_all_models})
