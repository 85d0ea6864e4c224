/* Scores a CSV file of numbers in one call, with as many threads as asked.
 *
 *     batch MODEL DATA.csv [THREADS]
 *
 * One numeric input, any number of columns; the first line of the data is a heading. Prints how many rows each class got. */
#include <onnxtree/onnxtree.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* Reads the rows after the heading; an empty cell is a missing value. NULL if memory runs out or a row has another width. */
static float *read_rows(FILE *file, size_t columns, size_t *rows) {
  char line[8192];
  size_t capacity = 256;
  float *numbers = malloc(capacity * columns * sizeof *numbers);
  *rows = 0;
  if (!numbers || !fgets(line, sizeof line, file)) return numbers;
  while (fgets(line, sizeof line, file)) {
    if (*rows == capacity) {
      float *larger = realloc(numbers, (capacity *= 2) * columns * sizeof *numbers);
      if (!larger) break;
      numbers = larger;
    }
    char *at = line;
    for (size_t c = 0; c < columns; c++) {
      char *end;
      float number = strtof(at, &end);
      numbers[*rows * columns + c] = end == at ? NAN : number;
      if ((*end == ',') != (c + 1 < columns)) {
        fprintf(stderr, "row %zu does not have %zu columns\n", *rows + 1, columns);
        free(numbers);
        return NULL;
      }
      at = end + 1;
    }
    ++*rows;
  }
  return numbers;
}

static onnxtree_status score(const onnxtree_model *model, float *numbers, size_t rows, size_t columns, size_t threads, onnxtree_error *error) {
  onnxtree_value_info output = ONNXTREE_VALUE_INFO_INIT;
  if (onnxtree_model_output(model, 1, &output) != ONNXTREE_OK) return ONNXTREE_INVALID_ARGUMENT;
  size_t classes = output.columns;
  int64_t *labels = malloc((rows + 1) * sizeof *labels);
  float *probabilities = malloc((rows * classes + 1) * sizeof *probabilities);

  /* A workspace is made once per thread of the program and used for many calls. */
  onnxtree_workspace_options options = ONNXTREE_WORKSPACE_OPTIONS_INIT;
  options.threads = threads;
  onnxtree_workspace *workspace = NULL;
  onnxtree_status status = onnxtree_workspace_create(model, &options, &workspace, error);
  if (status == ONNXTREE_OK && labels && probabilities) {
    const onnxtree_tensor inputs[] = {{NULL, ONNXTREE_FLOAT, rows, columns, 0, numbers}};
    const onnxtree_tensor outputs[] = {{NULL, ONNXTREE_INT64, rows, 1, 0, labels}, {NULL, ONNXTREE_FLOAT, rows, classes, 0, probabilities}};
    onnxtree_run_options how = ONNXTREE_RUN_OPTIONS_INIT;
    how.threads = threads;
    status = onnxtree_run(model, workspace, rows, inputs, 1, outputs, 2, &how, error);
  }
  for (size_t k = 0; status == ONNXTREE_OK && k < output.label_count; k++) {
    size_t found = 0;
    for (size_t r = 0; r < rows; r++) found += labels[r] == output.int64_labels[k];
    printf("class %lld: %zu of %zu rows\n", (long long)output.int64_labels[k], found, rows);
  }
  onnxtree_workspace_free(workspace);
  free(labels);
  free(probabilities);
  return status;
}

int main(int argc, char **argv) {
  if (argc < 3) {
    fprintf(stderr, "usage: batch MODEL DATA.csv [THREADS]\n");
    return 2;
  }
  onnxtree_model *model = NULL;
  onnxtree_error error = {ONNXTREE_OK, "", "the data cannot be read"};
  if (onnxtree_model_load_file(argv[1], NULL, &model, &error) != ONNXTREE_OK) {
    fprintf(stderr, "%s\n", error.message);
    return 1;
  }
  onnxtree_value_info input = ONNXTREE_VALUE_INFO_INIT;
  FILE *file = fopen(argv[2], "r");
  if (!file || onnxtree_model_input(model, 0, &input) != ONNXTREE_OK) {
    perror(argv[2]);
    onnxtree_model_free(model);
    return 1;
  }
  size_t rows = 0, threads = argc > 3 ? strtoul(argv[3], NULL, 10) : 1;
  float *numbers = read_rows(file, input.columns, &rows);
  fclose(file);
  int failed = !numbers || score(model, numbers, rows, input.columns, threads, &error) != ONNXTREE_OK;
  if (failed) fprintf(stderr, "%s\n", error.message);
  free(numbers);
  onnxtree_model_free(model);
  return failed;
}
