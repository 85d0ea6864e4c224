/* Loads bytes as a model and uses it in every way that must make no difference. */
#ifndef TESTS_FUZZ_MODEL_USE_H
#define TESTS_FUZZ_MODEL_USE_H

#include <onnxtree/onnxtree.h>

#include "fuzz/fuzz.h"
#include "support/counting_allocator.h"

#define USE_MOST_VALUES 16

/* Rows for all inputs and memory for all outputs of a model. */
typedef struct model_use {
  const onnxtree_model *model;
  size_t rows;
  onnxtree_tensor inputs[USE_MOST_VALUES], outputs[USE_MOST_VALUES];
  size_t input_count, output_count;
} model_use;

/* Load with limits that keep an execution short. NULL if refused; then the error is checked for its form. The model and all its memory are
 * counted in `memory`, whose bound is checked. */
onnxtree_model *use_load(const uint8_t *data, size_t size, const char *kernel, counting_allocator *memory);

/* Make rows from the seed. False if the model is larger than the fuzzer cares for. */
bool use_begin(model_use *use, const onnxtree_model *model, size_t rows, uint64_t seed);
void use_end(model_use *use);

/* Evaluate rows [first, first + count). */
void use_run(model_use *use, onnxtree_workspace *workspace, size_t first, size_t count, size_t threads);

/* Whether two uses of one file gave the same bits; NaN is NaN. */
bool use_same(const model_use *a, const model_use *b);

#endif
