/* Models changed by the structure-aware mutator: every kernel gives the bits of the reference, on rows on and beside the thresholds. */
#include "fuzz/model_use.h"

#define ROWS 35 /* more than one group of 16 lanes, and a rest */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  counting_allocator memory = {0};
  onnxtree_model *expected_model = use_load(data, size, "reference", &memory);
  if (!expected_model) return 0;
  uint64_t seed = fuzz_hash(data, size);
  model_use expected;
  onnxtree_workspace *workspace = NULL;
  bool usable = use_begin(&expected, expected_model, ROWS, seed);
  if (usable) {
    FUZZ_CHECK(onnxtree_workspace_create(expected_model, NULL, &workspace, NULL) == ONNXTREE_OK);
    use_run(&expected, workspace, 0, ROWS, 1);
    onnxtree_workspace_free(workspace);
  }
  for (size_t k = 0; usable && onnxtree_kernel_name(k); k++) {
    counting_allocator own = {0};
    /* "auto" must take every model that the reference takes; a named kernel may decline it. */
    onnxtree_model *model = use_load(data, size, k ? onnxtree_kernel_name(k) : NULL, &own);
    FUZZ_CHECK(model || k > 0);
    if (!model) continue;
    model_use found;
    size_t before = own.calls;
    FUZZ_CHECK(use_begin(&found, model, ROWS, seed));
    FUZZ_CHECK(onnxtree_workspace_create(model, NULL, &workspace, NULL) == ONNXTREE_OK);
    use_run(&found, workspace, 0, ROWS, 1);
    FUZZ_CHECK(own.calls == before + 1); /* a run allocates nothing */
    onnxtree_workspace_free(workspace);
    FUZZ_CHECK(use_same(&expected, &found));
    use_end(&found);
    onnxtree_model_free(model);
    FUZZ_CHECK(own.in_use == 0);
  }
  use_end(&expected);
  onnxtree_model_free(expected_model);
  FUZZ_CHECK(memory.in_use == 0);
  return 0;
}
