#include "support/fixture.h"

#include <stdio.h>

const char *fixture_path(const char *model, const char *prefix, const char *what, size_t index, const char *extension) {
  static char path[512];
  if (index == SIZE_MAX)
    snprintf(path, sizeof path, "%s/%s/%s%s.%s", ONNXTREE_MODELS_DIR, model, prefix, what, extension);
  else
    snprintf(path, sizeof path, "%s/%s/%s%s_%zu.%s", ONNXTREE_MODELS_DIR, model, prefix, what, index, extension);
  return path;
}

bool fixture_read(const char *model, const char *prefix, const char *what, size_t index, npy_array *array) {
  return npy_read(fixture_path(model, prefix, what, index, "npy"), array) || npy_read_lines(fixture_path(model, prefix, what, index, "txt"), array);
}

size_t fixture_read_inputs(const char *model, const char *prefix, npy_array *inputs, size_t most) {
  if (fixture_read(model, prefix, "input", SIZE_MAX, &inputs[0])) return 1;
  size_t count = 0;
  while (count < most && fixture_read(model, prefix, "input", count, &inputs[count])) count++;
  return count;
}
