/* Loads a model and scores two rows of four features. */
#include <onnxtree/onnxtree.h>
#include <stdio.h>

int main(int argc, char **argv) {
  onnxtree_model *model;
  onnxtree_error error;
  if (argc < 2 || onnxtree_model_load_file(argv[1], NULL, &model, &error) != ONNXTREE_OK) {
    fprintf(stderr, "%s\n", argc < 2 ? "usage: predict MODEL" : error.message);
    return 1;
  }
  const float rows[2][4] = {{5.1f, 3.5f, 1.4f, 0.2f}, {6.3f, 3.3f, 6.0f, 2.5f}};
  int64_t labels[2];
  float probabilities[2][3];
  if (onnxtree_predict(model, ONNXTREE_FLOAT, rows, 2, 0, labels, probabilities[0], &error) != ONNXTREE_OK) {
    fprintf(stderr, "%s\n", error.message);
    return 1;
  }
  for (int r = 0; r < 2; r++) printf("class %d with probability %.3f\n", (int)labels[r], (double)probabilities[r][labels[r]]);
  onnxtree_model_free(model);
  return 0;
}
