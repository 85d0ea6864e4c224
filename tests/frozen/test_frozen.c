/* Results are for ever: every version has to give, for the models and rows of models/, the bits that each released version gave.
 *   test_frozen                 compares with every file of tests/frozen
 *   test_frozen --write FILE    writes the present results (tools/freeze.sh) */
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <onnxtree/onnxtree.h>

#include "support/npy.h"
#include "support/result_hash.h"

#define MOST_VALUES 40

static const char *const kernels[] = {NULL, "reference"};

/* ---- hashes ---- */

static bool hash_file(const char *path, result_hash *h) {
  FILE *file = fopen(path, "rb");
  unsigned char buffer[4096];
  size_t size;
  if (!file) return false;
  for (*h = RESULT_HASH_START; (size = fread(buffer, 1, sizeof buffer, file)) > 0;) *h = result_hash_bytes(*h, buffer, size);
  fclose(file);
  return true;
}

/* ---- one model with one set of rows ---- */

/* "<model>/<prefix>input": input.npy, or input_0.npy, input_1.npy, ... (or .txt); the hash of the files goes into *h. */
static size_t read_inputs(const char *folder, const char *prefix, npy_array *arrays, result_hash *h) {
  static const char *const endings[] = {"npy", "txt"};
  size_t count = 0;
  *h = RESULT_HASH_START;
  for (int single = 1; single >= 0; single--)
    for (size_t found = 1; found && count < MOST_VALUES && (!single || count == 0);) {
      found = 0;
      for (int e = 0; e < 2 && !found; e++) {
        char path[1024];
        result_hash of_file;
        if (single)
          snprintf(path, sizeof path, "%.400s/%.20sinput.%s", folder, prefix, endings[e]);
        else
          snprintf(path, sizeof path, "%.400s/%.20sinput_%zu.%s", folder, prefix, count, endings[e]);
        if (!hash_file(path, &of_file)) continue;
        if (e == 0 ? npy_read(path, &arrays[count]) : npy_read_lines(path, &arrays[count])) {
          *h = result_hash_number(*h, of_file, 8);
          count++;
          found = 1;
        }
      }
    }
  return count;
}

/* The hash of all outputs; false if the model cannot be used with these rows. */
static bool evaluate(const char *folder, const char *prefix, const char *kernel, result_hash *inputs, result_hash *outputs) {
  char path[1024];
  npy_array arrays[MOST_VALUES];
  onnxtree_tensor in[MOST_VALUES], out[MOST_VALUES];
  size_t count = read_inputs(folder, prefix, arrays, inputs), used = 0;
  if (count == 0) return false;
  snprintf(path, sizeof path, "%.400s/model.onnx", folder);
  onnxtree_load_options options = ONNXTREE_LOAD_OPTIONS_INIT;
  options.kernel = kernel;
  onnxtree_model *model;
  onnxtree_error error = {ONNXTREE_OK, "", ""};
  onnxtree_workspace *workspace = NULL;
  bool good = onnxtree_model_load_file(path, &options, &model, &error) == ONNXTREE_OK &&
              onnxtree_workspace_create(model, NULL, &workspace, &error) == ONNXTREE_OK;
  for (size_t i = 0; i < count; i++) in[i] = (onnxtree_tensor){NULL, arrays[i].type, arrays[0].rows, arrays[i].columns, 0, arrays[i].data};
  for (; good && used < onnxtree_model_output_count(model) && used < MOST_VALUES; used++) {
    onnxtree_value_info info = ONNXTREE_VALUE_INFO_INIT;
    good = onnxtree_model_output(model, used, &info) == ONNXTREE_OK;
    out[used] =
        (onnxtree_tensor){NULL, info.type, arrays[0].rows, info.columns, 0, calloc(arrays[0].rows * info.columns + 1, onnxtree_type_size(info.type))};
  }
  good = good && onnxtree_run(model, workspace, arrays[0].rows, in, count, out, used, NULL, &error) == ONNXTREE_OK;
  if (!good) fprintf(stderr, "%s, %sinput: %s\n", folder, prefix, error.message);
  *outputs = RESULT_HASH_START;
  for (size_t o = 0; o < used; o++) {
    if (good) *outputs = result_hash_tensor(*outputs, &out[o]);
    free(out[o].data);
  }
  for (size_t i = 0; i < count; i++) npy_free(&arrays[i]);
  onnxtree_workspace_free(workspace);
  onnxtree_model_free(model);
  return good;
}

/* ---- the corpus ---- */

static int write_corpus(const char *path) {
  static const char *const prefixes[] = {"", "edge_"};
  glob_t found;
  FILE *file = fopen(path, "w");
  if (!file || glob(ONNXTREE_MODELS_DIR "/*/model.onnx", 0, NULL, &found) != 0) return EXIT_FAILURE;
  fprintf(file, "model\trows\thash of model\thash of rows\thash of results\n");
  for (size_t i = 0; i < found.gl_pathc; i++)
    for (int p = 0; p < 2; p++) {
      char folder[512];
      result_hash model, inputs, outputs;
      snprintf(folder, sizeof folder, "%.*s", (int)(strlen(found.gl_pathv[i]) - strlen("/model.onnx")), found.gl_pathv[i]);
      if (!hash_file(found.gl_pathv[i], &model) || !evaluate(folder, prefixes[p], NULL, &inputs, &outputs)) continue;
      fprintf(file, "%s\t%sinput\t%016llx\t%016llx\t%016llx\n", strrchr(folder, '/') + 1, prefixes[p], (unsigned long long)model,
              (unsigned long long)inputs, (unsigned long long)outputs);
    }
  globfree(&found);
  return fclose(file) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

static size_t compared, wrong;

static void compare_line(const char *path, const char *line) {
  char name[128], rows[32], folder[512], file[600];
  unsigned long long model, inputs, outputs;
  if (sscanf(line, "%127s %31s %llx %llx %llx", name, rows, &model, &inputs, &outputs) != 5) return;
  snprintf(folder, sizeof folder, "%s/%s", ONNXTREE_MODELS_DIR, name);
  snprintf(file, sizeof file, "%.500s/model.onnx", folder);
  rows[strlen(rows) - strlen("input")] = '\0'; /* the prefix remains */
  for (int k = 0; k < 2; k++) {
    result_hash h = 0, found_inputs = 0, found = 0;
    bool good = hash_file(file, &h) && evaluate(folder, rows, kernels[k], &found_inputs, &found);
    compared++;
    if (good && h == model && found_inputs == inputs && found == outputs) continue;
    wrong++;
    fprintf(stderr, "%s: %s, %sinput, kernel %s: %s\n", path, name, rows, kernels[k] ? kernels[k] : "auto",
            !good || h != model || found_inputs != inputs
                ? "the frozen model or its rows have changed: add another one instead (before a release: remove the file, tools/freeze.sh)"
                : "other results than frozen");
  }
}

int main(int argc, char **argv) {
  if (argc == 3 && strcmp(argv[1], "--write") == 0) return write_corpus(argv[2]);
  glob_t found;
  if (glob(ONNXTREE_FROZEN_DIR "/*.tsv", 0, NULL, &found) != 0) return EXIT_FAILURE;
  for (size_t i = 0; i < found.gl_pathc; i++) {
    char line[512];
    FILE *file = fopen(found.gl_pathv[i], "r");
    while (file && fgets(line, sizeof line, file)) compare_line(found.gl_pathv[i], line);
    if (file) fclose(file);
  }
  printf("%zu versions, %zu results, %zu differ\n", (size_t)found.gl_pathc, compared, wrong);
  globfree(&found);
  return wrong == 0 && compared > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
