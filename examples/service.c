/* A service that answers one request at a time: a line of numbers in, a line with the label and its probability out.
 *
 *     service MODEL
 *
 * The model is loaded once. onnxtree_predict() needs neither a lock nor memory, so that any number of threads could run this loop. */
#include <onnxtree/onnxtree.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_COLUMNS = 256, MOST_CLASSES = 64 };

/* Numbers between commas or blanks. Returns how many. */
static size_t parse(char *line, float *row) {
  size_t count = 0;
  for (char *part = strtok(line, ", \t\r\n"); part && count < MOST_COLUMNS; part = strtok(NULL, ", \t\r\n")) row[count++] = strtof(part, NULL);
  return count;
}

int main(int argc, char **argv) {
  onnxtree_model *model = NULL;
  onnxtree_error error;
  if (argc != 2 || onnxtree_model_load_file(argv[1], NULL, &model, &error) != ONNXTREE_OK) {
    fprintf(stderr, "%s\n", argc != 2 ? "usage: service MODEL" : error.message);
    return 1;
  }
  onnxtree_value_info input = ONNXTREE_VALUE_INFO_INIT, scores = ONNXTREE_VALUE_INFO_INIT;
  int score_output = onnxtree_model_score_output(model);
  if (onnxtree_model_input(model, 0, &input) != ONNXTREE_OK || input.columns > MOST_COLUMNS || score_output < 0 ||
      onnxtree_model_output(model, (size_t)score_output, &scores) != ONNXTREE_OK || scores.columns > MOST_CLASSES ||
      scores.label_type != ONNXTREE_INT64) {
    fprintf(stderr, "this example is for classifiers with integer labels\n");
    onnxtree_model_free(model);
    return 1;
  }
  char line[8192];
  while (fgets(line, sizeof line, stdin)) {
    float row[MOST_COLUMNS], probabilities[MOST_CLASSES];
    int64_t label = 0;
    size_t count = parse(line, row);
    if (count != input.columns) {
      printf("error: %zu numbers; %zu are needed\n", count, input.columns);
    } else if (onnxtree_predict(model, ONNXTREE_FLOAT, row, 1, 0, &label, probabilities, &error) != ONNXTREE_OK) {
      printf("error: %s\n", error.message);
    } else {
      size_t k = 0;
      while (k + 1 < scores.label_count && scores.int64_labels[k] != label) k++;
      printf("%lld %.6f\n", (long long)label, (double)probabilities[k]);
    }
    fflush(stdout);
  }
  onnxtree_model_free(model);
  return 0;
}
