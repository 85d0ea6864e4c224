/* Loads small models with an allocator that fails: at each request once, and from each request on. Nothing may leak, and the status says why. */
#include <dirent.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <onnxtree/onnxtree.h>

#include "support/case_file.h"
#include "support/counting_allocator.h"
#include "support/unit_test.h"
#include "support/whole_file.h"

/* Larger models take quadratic time. */
#ifdef ONNXTREE_EMULATED
enum { MOST_REQUESTS = 150 };
#else
enum { MOST_REQUESTS = 2000 };
#endif

static size_t models, failures;

static onnxtree_status use(counting_allocator *counts, const char *bytes, size_t size) {
  onnxtree_allocator hook = counting_allocator_hook(counts);
  onnxtree_load_options options = ONNXTREE_LOAD_OPTIONS_INIT;
  options.allocator = &hook;
  onnxtree_limits limits = ONNXTREE_LIMITS_INIT;
  limits.max_load_bytes = UINT64_MAX; /* chunks of one request waste more than the usual budget allows */
  options.limits = &limits;
  onnxtree_model *model;
  onnxtree_workspace *workspace = NULL;
  onnxtree_status status = onnxtree_model_load_memory(bytes, size, &options, &model, NULL);
  if (status == ONNXTREE_OK) status = onnxtree_workspace_create(model, NULL, &workspace, NULL);
  onnxtree_workspace_free(workspace);
  onnxtree_model_free(model);
  CU_ASSERT_EQUAL(counts->in_use, 0);
  return status;
}

static void fail_each(const char *name, const char *bytes, size_t size) {
  counting_allocator counts = {0};
  CU_ASSERT_EQUAL(use(&counts, bytes, size), ONNXTREE_OK);
  size_t requests = counts.calls;
  if (requests > MOST_REQUESTS) return;
  models++;
  for (size_t k = 1; k <= requests; k++)
    for (int from_then = 0; from_then < 2; from_then++) {
      counts = (counting_allocator){.fail_at = k, .fail_from_then = from_then};
      onnxtree_status status = use(&counts, bytes, size);
      /* Trees that lack the memory to be merged or grouped stay as they are: the model works, slower. */
      bool does_without = status == ONNXTREE_OK && !from_then;
      if (status == ONNXTREE_OUT_OF_MEMORY || does_without) continue;
      failures++;
      fprintf(stderr, "%s: request %zu of %zu fails: %s\n", name, k, requests, onnxtree_status_name(status));
    }
}

static bool fail_case(const test_case *c) {
  fail_each(c->name, c->bytes, c->size);
  return true;
}

/* Of the node tests only the first of each file: the others are much like it. */
static bool fail_one_case(const test_case *c) { return !fail_case(c); }

static void fail_first_case(const char *path) { case_file_visit(path, fail_one_case); }

static void fail_model(const char *path) {
  size_t size;
  char *bytes = whole_file_read(path, &size);
  if (bytes) fail_each(path, bytes, size);
  free(bytes);
}

static void for_each_entry(const char *directory, const char *format, void (*visit)(const char *path)) {
  DIR *entries = opendir(directory);
  CU_ASSERT_PTR_NOT_NULL_FATAL(entries);
  for (const struct dirent *entry; (entry = readdir(entries));) {
    char path[512];
    snprintf(path, sizeof path, format, directory, entry->d_name);
    if (strstr(path, ".cases") || strstr(path, ".onnx")) visit(path);
  }
  closedir(entries);
  CU_ASSERT(models > 0);
  CU_ASSERT_EQUAL(failures, 0);
  printf("%zu models\n", models);
}

static void test_models(void) { for_each_entry(ONNXTREE_MODELS_DIR, "%s/%s/model.onnx", fail_model); }
static void test_operators(void) { for_each_entry(ONNXTREE_CONFORMANCE_DIR, "%s/%s", fail_first_case); }

static void test_more_operators(void) {
  case_file_visit(ONNXTREE_CONFORMANCE_DIR "/more/accepted.cases", fail_case);
  CU_ASSERT_EQUAL(failures, 0);
}

UNIT_TEST_MAIN(allocation, {"models", test_models}, {"operators", test_operators}, {"more operators", test_more_operators})
