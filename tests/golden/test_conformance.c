/* The node tests of the ONNX package (tests/conformance/, written by tools/matrix/make_conformance.py) and graphs in the types and attributes that
 * those leave out (more/, by make_operator_cases.py): each model carries its inputs and expected outputs among its properties, "input NAME" and
 * "output NAME", as text: type, rows, columns, elements. Others must be refused, with the code that is given. */
#include <dirent.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <onnxtree/onnxtree.h>

#include "support/case_file.h"
#include "support/unit_test.h"

#define MOST_TENSORS 16
#define ABSOLUTE_TOLERANCE 1e-7
#define RELATIVE_TOLERANCE 1e-5

typedef struct tensors {
  onnxtree_tensor items[MOST_TENSORS];
  size_t count;
} tensors;

static size_t cases, failures;

/* ---- text to tensors ---- */

static const onnxtree_type types[] = {ONNXTREE_FLOAT, ONNXTREE_DOUBLE, ONNXTREE_INT32, ONNXTREE_INT64, ONNXTREE_BOOL, ONNXTREE_STRING};

static onnxtree_type type_named(const char *name) {
  for (size_t i = 0; i < sizeof types / sizeof *types; i++)
    if (strcmp(name, onnxtree_type_name(types[i])) == 0) return types[i];
  return ONNXTREE_UNDEFINED;
}

/* %XX is a byte, % alone an empty text. */
static onnxtree_string unescaped(const char *word) {
  char *text = malloc(strlen(word) + 1);
  CU_ASSERT_PTR_NOT_NULL_FATAL(text);
  size_t size = 0;
  for (unsigned byte; *word; word++) {
    if (*word != '%') {
      text[size++] = *word;
    } else if (sscanf(word + 1, "%2x", &byte) == 1) {
      text[size++] = (char)byte;
      word += 2;
    }
  }
  return (onnxtree_string){text, size};
}

static void set_element(onnxtree_tensor *tensor, size_t index, const char *word) {
  switch (tensor->type) {
    case ONNXTREE_FLOAT:
      ((float *)tensor->data)[index] = strtof(word, NULL);
      break;
    case ONNXTREE_DOUBLE:
      ((double *)tensor->data)[index] = strtod(word, NULL);
      break;
    case ONNXTREE_INT32:
      ((int32_t *)tensor->data)[index] = (int32_t)strtol(word, NULL, 10);
      break;
    case ONNXTREE_INT64:
      ((int64_t *)tensor->data)[index] = strtoll(word, NULL, 10);
      break;
    case ONNXTREE_BOOL:
      ((unsigned char *)tensor->data)[index] = *word == '1';
      break;
    default:
      ((onnxtree_string *)tensor->data)[index] = unescaped(word);
  }
}

static onnxtree_tensor parsed(const char *name, const char *text) {
  char type[16], word[512];
  int used;
  onnxtree_tensor tensor = {.name = name};
  CU_ASSERT_EQUAL_FATAL(sscanf(text, "%15s %zu %zu%n", type, &tensor.rows, &tensor.columns, &used), 3);
  tensor.type = type_named(type);
  CU_ASSERT_NOT_EQUAL_FATAL(tensor.type, ONNXTREE_UNDEFINED);
  size_t count = tensor.rows * tensor.columns;
  tensor.data = calloc(count + 1, onnxtree_type_size(tensor.type));
  CU_ASSERT_PTR_NOT_NULL_FATAL(tensor.data);
  for (size_t i = 0; i < count; i++) {
    text += used;
    CU_ASSERT_EQUAL_FATAL(sscanf(text, " %511s%n", word, &used), 1);
    set_element(&tensor, i, word);
  }
  return tensor;
}

static void read_tensors(const onnxtree_model *model, const char *prefix, tensors *found) {
  onnxtree_model_metadata metadata = ONNXTREE_MODEL_METADATA_INIT;
  CU_ASSERT_EQUAL_FATAL(onnxtree_model_get_metadata(model, &metadata), ONNXTREE_OK);
  found->count = 0;
  for (size_t i = 0; i < metadata.property_count; i++) {
    const char *key, *value;
    CU_ASSERT_EQUAL_FATAL(onnxtree_model_property(model, i, &key, &value), ONNXTREE_OK);
    if (strncmp(key, prefix, strlen(prefix)) != 0) continue;
    CU_ASSERT_FATAL(found->count < MOST_TENSORS);
    found->items[found->count++] = parsed(key + strlen(prefix), value);
  }
}

static void free_tensors(tensors *t, bool with_texts) {
  for (size_t i = 0; i < t->count; i++) {
    onnxtree_tensor *tensor = &t->items[i];
    for (size_t k = 0; with_texts && tensor->type == ONNXTREE_STRING && k < tensor->rows * tensor->columns; k++)
      free((void *)(uintptr_t)((onnxtree_string *)tensor->data)[k].data);
    free(tensor->data);
  }
}

/* ---- comparison ---- */

static double number(const onnxtree_tensor *t, size_t index) {
  switch (t->type) {
    case ONNXTREE_FLOAT:
      return (double)((float *)t->data)[index];
    case ONNXTREE_DOUBLE:
      return ((double *)t->data)[index];
    case ONNXTREE_INT32:
      return (double)((int32_t *)t->data)[index];
    case ONNXTREE_INT64:
      return (double)((int64_t *)t->data)[index];
    default:
      return (double)((unsigned char *)t->data)[index];
  }
}

static bool is_same(const onnxtree_tensor *expected, const onnxtree_tensor *found, size_t index) {
  if (expected->type == ONNXTREE_STRING) {
    onnxtree_string a = ((onnxtree_string *)expected->data)[index], b = ((onnxtree_string *)found->data)[index];
    return a.size == b.size && memcmp(a.data, b.data, a.size) == 0;
  }
  if (expected->type == ONNXTREE_INT64) return ((int64_t *)expected->data)[index] == ((int64_t *)found->data)[index];
  double a = number(expected, index), b = number(found, index);
  return a == b || (isnan(a) && isnan(b)) || fabs(a - b) <= ABSOLUTE_TOLERANCE + RELATIVE_TOLERANCE * fabs(a);
}

static void compare(const char *name, const onnxtree_tensor *expected, const onnxtree_tensor *found) {
  for (size_t i = 0; i < expected->rows * expected->columns; i++) {
    if (is_same(expected, found, i)) continue;
    failures++;
    fprintf(stderr, "%s: output %s, row %zu, column %zu differs", name, expected->name, i / expected->columns, i % expected->columns);
    if (expected->type != ONNXTREE_STRING) fprintf(stderr, ": %.17g expected, %.17g found", number(expected, i), number(found, i));
    fputc('\n', stderr);
    return;
  }
}

/* ---- one test ---- */

static void run(const char *name, const onnxtree_model *model, const tensors *inputs, const tensors *expected) {
  onnxtree_error error;
  onnxtree_workspace *workspace;
  tensors found = {.count = expected->count};
  for (size_t i = 0; i < expected->count; i++) {
    found.items[i] = expected->items[i];
    found.items[i].data = calloc(expected->items[i].rows * expected->items[i].columns + 1, onnxtree_type_size(expected->items[i].type));
    CU_ASSERT_PTR_NOT_NULL_FATAL(found.items[i].data);
  }
  CU_ASSERT_EQUAL_FATAL(onnxtree_workspace_create(model, NULL, &workspace, &error), ONNXTREE_OK);
  onnxtree_status status =
      onnxtree_run(model, workspace, expected->items[0].rows, inputs->items, inputs->count, found.items, found.count, NULL, &error);
  onnxtree_workspace_free(workspace);
  if (status != ONNXTREE_OK) {
    failures++;
    fprintf(stderr, "%s: %s\n", name, error.message);
  }
  for (size_t i = 0; status == ONNXTREE_OK && i < expected->count; i++) compare(name, &expected->items[i], &found.items[i]);
  free_tensors(&found, false);
}

static void check_accepted(const test_case *c) {
  onnxtree_error error;
  onnxtree_model *model;
  if (onnxtree_model_load_memory(c->bytes, c->size, NULL, &model, &error) != ONNXTREE_OK) {
    failures++;
    fprintf(stderr, "%s: %s\n", c->name, error.message);
    return;
  }
  tensors inputs, expected;
  read_tensors(model, "input ", &inputs);
  read_tensors(model, "output ", &expected);
  CU_ASSERT_FATAL(inputs.count > 0 && expected.count > 0);
  run(c->name, model, &inputs, &expected);
  free_tensors(&inputs, true);
  free_tensors(&expected, true);
  onnxtree_model_free(model);
}

static void check_refused(const test_case *c) {
  onnxtree_error error = {ONNXTREE_OK, "accepted", ""};
  onnxtree_model *model;
  onnxtree_status status = onnxtree_model_load_memory(c->bytes, c->size, NULL, &model, &error);
  onnxtree_model_free(model);
  if (status != ONNXTREE_OK && strcmp(error.code, c->code) == 0) return;
  failures++;
  fprintf(stderr, "%s: %s expected, %s found: %s\n", c->name, c->code, error.code, error.message);
}

static bool check(const test_case *c) {
  cases++;
  (c->is_refused ? check_refused : check_accepted)(c);
  return true;
}

/* ---- all files of a directory ---- */

static void check_directory(const char *name) {
  DIR *directory = opendir(name);
  CU_ASSERT_PTR_NOT_NULL_FATAL(directory);
  for (const struct dirent *entry; (entry = readdir(directory));) {
    const char *end = strrchr(entry->d_name, '.');
    char path[512];
    if (!end || strcmp(end, ".cases") != 0) continue;
    snprintf(path, sizeof path, "%s/%s", name, entry->d_name);
    case_file_visit(path, check);
  }
  closedir(directory);
  printf("%zu cases, %zu failures\n", cases, failures);
  CU_ASSERT_FATAL(cases > 0);
  CU_ASSERT_EQUAL(failures, 0);
}

static void test_node_tests(void) { check_directory(ONNXTREE_CONFORMANCE_DIR); }
static void test_more(void) { check_directory(ONNXTREE_CONFORMANCE_DIR "/more"); }

UNIT_TEST_MAIN(conformance, {"node tests of the ONNX package", test_node_tests}, {"more graphs", test_more})
