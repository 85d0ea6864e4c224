/* A program of somebody else, in C11. */
#include <onnxtree/onnxtree.h>

#include <stdio.h>

int main(int argc, char **argv) {
  onnxtree_model *model;
  onnxtree_error error;
  if (argc != 2 || onnxtree_abi_version() != ONNXTREE_ABI_VERSION) return 2;
  if (onnxtree_model_load_file(argv[1], NULL, &model, &error) != ONNXTREE_OK) {
    fprintf(stderr, "%s\n", error.message);
    return 1;
  }
  const float row[4] = {5.1f, 3.5f, 1.4f, 0.2f};
  int64_t label = -1;
  if (onnxtree_predict(model, ONNXTREE_FLOAT, row, 1, 0, &label, NULL, &error) != ONNXTREE_OK) return 1;
  printf("onnxtree %s: label %d\n", onnxtree_version(), (int)label);
  onnxtree_model_free(model);
  return 0;
}
