/* Any bytes: refused with a code and a place, or a model that evaluates the same with the fastest and the reference kernel. */
#include "fuzz/model_use.h"

#define ROWS 3

static void evaluate(model_use *use, const onnxtree_model *model) {
  onnxtree_workspace *workspace;
  FUZZ_CHECK(onnxtree_workspace_create(model, NULL, &workspace, NULL) == ONNXTREE_OK);
  use_run(use, workspace, 0, ROWS, 1);
  onnxtree_workspace_free(workspace);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static const char *const kernels[] = {NULL, "reference"};
  onnxtree_model *models[2];
  counting_allocator memory[2] = {{0}, {0}};
  model_use uses[2];
  bool used = true;
  for (int k = 0; k < 2; k++) {
    models[k] = use_load(data, size, kernels[k], &memory[k]);
    if (!models[k]) break;
    used = use_begin(&uses[k], models[k], ROWS, 1) && used;
    if (used) evaluate(&uses[k], models[k]);
  }
  if (!models[0]) return 0;
  FUZZ_CHECK(models[1]);
  FUZZ_CHECK(!used || use_same(&uses[0], &uses[1]));
  for (int k = 0; k < 2; k++) {
    use_end(&uses[k]);
    onnxtree_model_free(models[k]);
    FUZZ_CHECK(memory[k].in_use == 0);
  }
  return 0;
}
