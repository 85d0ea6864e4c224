/* A model, and in the last two bytes which allocation fails: once or from then on. Out of memory is reported as such and nothing leaks. */
#include "fuzz/model_use.h"

#define ROWS 3

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  if (size < 2) return 0;
  size -= 2;
  counting_allocator memory = {.fail_at = 1 + data[size], .fail_from_then = data[size + 1] & 1};
  onnxtree_model *model = use_load(data, size, data[size + 1] & 2 ? "reference" : NULL, &memory);
  if (!model) return 0;
  model_use use;
  if (use_begin(&use, model, ROWS, 1)) {
    onnxtree_workspace *workspace;
    onnxtree_error error;
    onnxtree_status status = onnxtree_workspace_create(model, NULL, &workspace, &error);
    FUZZ_CHECK(status == ONNXTREE_OK || status == ONNXTREE_OUT_OF_MEMORY);
    if (status == ONNXTREE_OK) use_run(&use, workspace, 0, ROWS, 1);
    onnxtree_workspace_free(workspace);
    if (status != ONNXTREE_OK && !memory.fail_from_then) { /* the model is as good as before */
      FUZZ_CHECK(onnxtree_workspace_create(model, NULL, &workspace, &error) == ONNXTREE_OK);
      use_run(&use, workspace, 0, ROWS, 1);
      onnxtree_workspace_free(workspace);
    }
  }
  use_end(&use);
  onnxtree_model_free(model);
  FUZZ_CHECK(memory.in_use == 0);
  return 0;
}
