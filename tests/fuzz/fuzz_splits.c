/* The same rows in one call, split over calls, over blocks and over threads: the same bits. */
#include "fuzz/model_use.h"

#define ROWS 41

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  counting_allocator memory = {0};
  onnxtree_model *model = use_load(data, size, NULL, &memory);
  if (!model) return 0;
  uint64_t seed = fuzz_hash(data, size);
  model_use whole, parts;
  bool usable = use_begin(&whole, model, ROWS, seed);
  usable = use_begin(&parts, model, ROWS, seed) && usable;
  if (usable) {
    onnxtree_workspace *workspace;
    FUZZ_CHECK(onnxtree_workspace_create(model, NULL, &workspace, NULL) == ONNXTREE_OK);
    use_run(&whole, workspace, 0, ROWS, 1);
    onnxtree_workspace_free(workspace);
    onnxtree_workspace_options options = ONNXTREE_WORKSPACE_OPTIONS_INIT;
    options.block_rows = (size_t)(1 + fuzz_random(&seed) % ROWS);
    options.threads = seed % 16 ? 1 : 3; /* starting threads is slow: now and then */
    FUZZ_CHECK(onnxtree_workspace_create(model, &options, &workspace, NULL) == ONNXTREE_OK);
    for (size_t first = 0, count; first < ROWS; first += count) {
      count = (size_t)(1 + fuzz_random(&seed) % (ROWS - first));
      use_run(&parts, workspace, first, count, options.threads);
    }
    onnxtree_workspace_free(workspace);
    FUZZ_CHECK(use_same(&whole, &parts));
  }
  use_end(&whole);
  use_end(&parts);
  onnxtree_model_free(model);
  FUZZ_CHECK(memory.in_use == 0);
  return 0;
}
