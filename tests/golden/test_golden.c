/* Every model of models/, with every kernel, against the predictions of ONNX Runtime and of the library that trained it. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <onnxtree/onnxtree.h>

#include "support/fixture.h"
#include "support/unit_test.h"

#define MOST_INPUTS 32
#define MOST_OUTPUTS 8
#define RELATIVE_TOLERANCE 1e-6   /* after sums over columns, matrix products and linear models */
#define ABSOLUTE_TOLERANCE 1.2e-7 /* of a transformed score, where ONNX Runtime uses the C library's functions */

/* One line of manifest.tsv. */
typedef struct entry {
  char name[128], compare[16], compat_compare[16]; /* how scores are compared with ONNX Runtime's, by default and in compat mode */
  double tolerance; /* against the training library */
} entry;

typedef struct run {
  const entry *model;
  const char *kernel, *prefix; /* prefix of the file names: "" or "edge_" */
  bool compat;
  onnxtree_model *loaded;
  npy_array inputs[MOST_INPUTS];
  size_t input_count;
  npy_array outputs[MOST_OUTPUTS];
  size_t output_count;
} run;

static size_t failures, comparisons;

static void fail(const run *r, size_t output, const char *other, size_t row, size_t column, double expected, double found) {
  failures++;
  if (failures <= 20)
    fprintf(stderr, "%s, kernel %s: %soutput %zu, row %zu, column %zu: %s has %.9g, found %.9g\n", r->model->name, r->kernel, r->prefix, output, row,
            column, other, expected, found);
}

/* ---- evaluation ---- */

static void evaluate(run *r) {
  onnxtree_error error;
  onnxtree_tensor in[MOST_INPUTS], out[MOST_OUTPUTS];
  size_t rows = r->inputs[0].rows;
  for (size_t i = 0; i < r->input_count; i++)
    in[i] = (onnxtree_tensor){NULL, r->inputs[i].type, rows, r->inputs[i].columns, 0, r->inputs[i].data};
  r->output_count = onnxtree_model_output_count(r->loaded);
  CU_ASSERT_FATAL(r->output_count <= MOST_OUTPUTS);
  for (size_t o = 0; o < r->output_count; o++) {
    onnxtree_value_info info = ONNXTREE_VALUE_INFO_INIT;
    CU_ASSERT_FATAL(onnxtree_model_output(r->loaded, o, &info) == ONNXTREE_OK);
    r->outputs[o] =
        (npy_array){.type = info.type, .rows = rows, .columns = info.columns, .data = calloc(rows * info.columns + 1, onnxtree_type_size(info.type))};
    out[o] = (onnxtree_tensor){NULL, info.type, rows, info.columns, 0, r->outputs[o].data};
  }
  onnxtree_workspace *workspace;
  CU_ASSERT_FATAL(onnxtree_workspace_create(r->loaded, NULL, &workspace, &error) == ONNXTREE_OK);
  onnxtree_status status = onnxtree_run(r->loaded, workspace, rows, in, r->input_count, out, r->output_count, NULL, &error);
  if (status != ONNXTREE_OK) fprintf(stderr, "%s: %s\n", r->model->name, error.message);
  CU_ASSERT_EQUAL_FATAL(status, ONNXTREE_OK);
  onnxtree_workspace_free(workspace);
}

/* ---- comparison ---- */

static int64_t ulps_apart(float a, float b) {
  int32_t x, y;
  memcpy(&x, &a, sizeof x);
  memcpy(&y, &b, sizeof y);
  if ((x < 0) != (y < 0)) return a == b ? 0 : INT64_MAX;
  return llabs((int64_t)x - y);
}

static bool same_string(const npy_array *a, const npy_array *b, size_t index) {
  onnxtree_string x = ((onnxtree_string *)a->data)[index], y = ((onnxtree_string *)b->data)[index];
  return x.size == y.size && memcmp(x.data, y.data, x.size) == 0;
}

static void compare_labels(const run *r, size_t o, const char *other, const npy_array *expected) {
  const npy_array *found = &r->outputs[o];
  bool is_text = found->type == ONNXTREE_STRING;
  CU_ASSERT_FATAL(expected->rows == found->rows && expected->columns == found->columns && (expected->type == ONNXTREE_STRING) == is_text);
  for (size_t i = 0; i < found->rows * found->columns; i++) {
    size_t row = i / found->columns, column = i % found->columns;
    comparisons++;
    if (is_text ? !same_string(found, expected, i) : npy_element(found, row, column) != npy_element(expected, row, column))
      fail(r, o, other, row, column, is_text ? NAN : npy_element(expected, row, column), is_text ? NAN : npy_element(found, row, column));
  }
}

static bool scores_agree(const run *r, double expected, double found, bool is_library) {
  if (isnan(expected) || isnan(found)) return isnan(expected) && isnan(found);
  double apart = fabs(expected - found);
  if (is_library) return apart <= r->model->tolerance * fmax(1.0, fabs(expected)) || expected == found;
  const char *how = r->compat ? r->model->compat_compare : r->model->compare;
  if (strcmp(how, "bits") == 0) return expected == found && signbit(expected) == signbit(found);
  if (strcmp(how, "relative") == 0) return apart <= RELATIVE_TOLERANCE * fmax(1.0, fabs(expected));
  return apart <= ABSOLUTE_TOLERANCE || ulps_apart((float)expected, (float)found) <= 4;
}

static void compare_scores(const run *r, size_t o, const char *other, const npy_array *expected, bool is_library) {
  const npy_array *found = &r->outputs[o];
  CU_ASSERT_FATAL(expected->rows == found->rows && expected->columns == found->columns);
  for (size_t row = 0; row < found->rows; row++) {
    for (size_t column = 0; column < found->columns; column++) {
      double x = npy_element(expected, row, column), y = npy_element(found, row, column);
      comparisons++;
      if (!scores_agree(r, x, y, is_library)) fail(r, o, other, row, column, x, y);
    }
  }
}

static void compare(const run *r, const char *other, bool is_library) {
  for (size_t o = 0; o < r->output_count; o++) {
    npy_array expected;
    if (!fixture_read(r->model->name, r->prefix, other, o, &expected)) continue;
    bool is_score = r->outputs[o].type == ONNXTREE_FLOAT || r->outputs[o].type == ONNXTREE_DOUBLE;
    if (is_score)
      compare_scores(r, o, other, &expected, is_library);
    else
      compare_labels(r, o, other, &expected);
    npy_free(&expected);
  }
}

/* False if the kernel does not take the model's ensembles. */
static bool load(run *r) {
  onnxtree_load_options options = ONNXTREE_LOAD_OPTIONS_INIT;
  options.kernel = r->kernel;
  options.compat = r->compat ? ONNXTREE_COMPAT_ONNXRUNTIME : ONNXTREE_COMPAT_DEFAULT;
  onnxtree_error error;
  onnxtree_status status = onnxtree_model_load_file(fixture_path(r->model->name, "", "model", SIZE_MAX, "onnx"), &options, &r->loaded, &error);
  if (status == ONNXTREE_INVALID_ARGUMENT && strcmp(error.code, "unknown-kernel") == 0) return false;
  if (status != ONNXTREE_OK) fprintf(stderr, "%s: %s\n", r->model->name, error.message);
  CU_ASSERT_EQUAL_FATAL(status, ONNXTREE_OK);
  return true;
}

static void check(const entry *model, const char *kernel, const char *prefix, bool compat) {
  run r = {.model = model, .kernel = kernel, .prefix = prefix, .compat = compat};
  const char *with_runtime = compat ? model->compat_compare : model->compare;
  if (compat && strcmp(with_runtime, "none") == 0) return;
  if (!load(&r)) return;
  r.input_count = fixture_read_inputs(model->name, prefix, r.inputs, MOST_INPUTS);
  if (r.input_count > 0) {
    evaluate(&r);
    if (!compat) compare(&r, "library", true);
    if (strcmp(with_runtime, "none") != 0) compare(&r, "onnxruntime", false);
  }
  for (size_t i = 0; i < r.input_count; i++) npy_free(&r.inputs[i]);
  for (size_t o = 0; o < r.output_count; o++) npy_free(&r.outputs[o]);
  onnxtree_model_free(r.loaded);
}

/* ---- the manifest ---- */

/* The text of the named column, or "". */
static const char *cell(char *line, const char *header, const char *name, char *buffer, size_t size) {
  const char *h = header, *l = line;
  buffer[0] = '\0';
  for (;;) {
    size_t h_size = strcspn(h, "\t\r\n"), l_size = strcspn(l, "\t\r\n");
    if (h_size == strlen(name) && strncmp(h, name, h_size) == 0) {
      snprintf(buffer, size, "%.*s", (int)l_size, l);
      return buffer;
    }
    if (h[h_size] != '\t' || l[l_size] != '\t') return buffer;
    h += h_size + 1;
    l += l_size + 1;
  }
}

static void test_all_models(void) {
  FILE *manifest = fopen(ONNXTREE_MODELS_DIR "/manifest.tsv", "r");
  CU_ASSERT_PTR_NOT_NULL_FATAL(manifest);
  char header[1024], line[4096], number[32];
  size_t models = 0;
  CU_ASSERT_FATAL(fgets(header, sizeof header, manifest) != NULL);
  while (fgets(line, sizeof line, manifest)) {
    entry model;
    cell(line, header, "name", model.name, sizeof model.name);
    cell(line, header, "compare", model.compare, sizeof model.compare);
    cell(line, header, "compat_compare", model.compat_compare, sizeof model.compat_compare);
    model.tolerance = strtod(cell(line, header, "tolerance", number, sizeof number), NULL);
    for (size_t k = 0; onnxtree_kernel_name(k); k++) {
      for (int compat = 0; compat < 2; compat++) {
        check(&model, onnxtree_kernel_name(k), "", compat != 0);
        check(&model, onnxtree_kernel_name(k), "edge_", compat != 0);
      }
    }
    models++;
  }
  fclose(manifest);
  printf("%zu models, %zu comparisons, %zu differences\n", models, comparisons, failures);
  CU_ASSERT(models >= 25);
  CU_ASSERT_EQUAL(failures, 0);
}

UNIT_TEST_MAIN(golden, {"every model of models/manifest.tsv", test_all_models})
