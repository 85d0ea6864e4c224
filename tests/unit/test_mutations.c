/* W2, W34 of the catalogue. Damaged files: every prefix, every single-bit flip and every single-byte deletion of small models. Nothing crashes (the
 * sanitizers and valgrind watch), every refusal has a code, and what is still accepted is evaluated the same by the fastest and the reference kernel.
 * */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <onnxtree/onnxtree.h>

#include "support/counting_allocator.h"
#include "support/unit_test.h"

#define MOST_BYTES 8192
#define ROWS 3
#define MOST_CELLS 4096

static size_t accepted, refused;

static unsigned char *read_model(const char *name, size_t *size) {
  char path[512];
  snprintf(path, sizeof path, "%s/%s/model.onnx", ONNXTREE_MODELS_DIR, name);
  FILE *file = fopen(path, "rb");
  CU_ASSERT_PTR_NOT_NULL_FATAL(file);
  unsigned char *bytes = malloc(MOST_BYTES);
  *size = fread(bytes, 1, MOST_BYTES, file);
  fclose(file);
  CU_ASSERT_FATAL(*size > 0 && *size < MOST_BYTES);
  return bytes;
}

/* Scores of three rows; false if the model is no longer of the simple kind. */
static bool predict(const onnxtree_model *model, float *scores, size_t *count) {
  onnxtree_value_info in = ONNXTREE_VALUE_INFO_INIT, out = ONNXTREE_VALUE_INFO_INIT;
  int score = onnxtree_model_score_output(model);
  if (onnxtree_model_input_count(model) != 1 || score < 0 || onnxtree_model_input(model, 0, &in) != ONNXTREE_OK) return false;
  if (onnxtree_model_output(model, (size_t)score, &out) != ONNXTREE_OK || in.columns * ROWS > MOST_CELLS || out.columns * ROWS > MOST_CELLS)
    return false;
  static double cells[MOST_CELLS]; /* wide enough for any type; as bits, any value is a number */
  memset(cells, in.type == ONNXTREE_BOOL ? 1 : 0x3E, sizeof cells);
  *count = out.columns * ROWS;
  return onnxtree_predict(model, in.type, cells, ROWS, 0, NULL, scores, NULL) == ONNXTREE_OK;
}

static void load_twice(const unsigned char *bytes, size_t size) {
  static float scores[2][MOST_CELLS];
  size_t counts[2] = {0, 0};
  for (int k = 0; k < 2; k++) {
    counting_allocator memory = {0};
    onnxtree_allocator hook = counting_allocator_hook(&memory);
    onnxtree_load_options options = ONNXTREE_LOAD_OPTIONS_INIT;
    options.kernel = k ? "reference" : NULL;
    options.allocator = &hook;
    onnxtree_model *model;
    onnxtree_error error = {ONNXTREE_OK, NULL, ""};
    onnxtree_status status = onnxtree_model_load_memory(bytes, size, &options, &model, &error);
    CU_ASSERT_FATAL((status == ONNXTREE_OK) == (model != NULL));
    CU_ASSERT_FATAL(status == ONNXTREE_OK || (error.code && error.message[0] && status == error.status));
    if (model && !predict(model, scores[k], &counts[k])) counts[k] = 0;
    accepted += model != NULL;
    refused += model == NULL;
    onnxtree_model_free(model);
    CU_ASSERT_EQUAL_FATAL(memory.in_use, 0);
    CU_ASSERT_FATAL(memory.peak <= 16 * size + ((size_t)1 << 20) + 8192); /* the model's own record comes on top of the budget */
  }
  CU_ASSERT_EQUAL(counts[0], counts[1]);
  for (size_t i = 0; i < counts[0]; i++)
    CU_ASSERT_FATAL(memcmp(&scores[0][i], &scores[1][i], sizeof(float)) == 0 || (scores[0][i] != scores[0][i] && scores[1][i] != scores[1][i]));
}

static void mutate(const char *name) {
  size_t size;
  unsigned char *bytes = read_model(name, &size), *copy = malloc(MOST_BYTES);
  load_twice(bytes, size);
  CU_ASSERT(accepted > 0);
  for (size_t at = 0; at < size; at++) {
    /* A heap copy of the exact size: one byte read too much is seen. */
    unsigned char *prefix = malloc(at ? at : 1);
    memcpy(prefix, bytes, at);
    load_twice(prefix, at);
    free(prefix);
    memcpy(copy, bytes, at);
    memcpy(copy + at, bytes + at + 1, size - at - 1);
    load_twice(copy, size - 1);
    memcpy(copy, bytes, size);
    for (int bit = 0; bit < 8; bit++) {
      copy[at] = (unsigned char)(bytes[at] ^ 1 << bit);
      load_twice(copy, size);
    }
  }
  free(bytes);
  free(copy);
}

static void test_classifier(void) { mutate("sk_tree_iris"); }
static void test_regressor(void) { mutate("sk_leaf_regressor"); }
static void test_tensors(void) { mutate("hand_as_tensor_regressor_raw"); }
static void test_sets(void) { mutate("spec_set_membership"); }
static void test_counts(void) {
  printf("%zu loads accepted, %zu refused\n", accepted, refused);
  CU_ASSERT(refused > accepted);
}

UNIT_TEST_MAIN(mutations, {"a classifier with ZipMap", test_classifier}, {"a single leaf", test_regressor}, {"double tensors", test_tensors},
               {"sets", test_sets}, {"both outcomes occur", test_counts})
