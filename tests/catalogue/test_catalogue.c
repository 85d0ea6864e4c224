/* Loads every entry of the catalogue: status, code, place, memory. What is accepted is evaluated. Under callgrind (tests/cost/cost.sh) each load is
 * also counted in instructions; this program prints which load is which and what memory it took. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <onnxtree/onnxtree.h>

#include "catalogue/catalogue.h"
#include "support/counting_allocator.h"
#include "support/unit_test.h"

static size_t failures, entries;

static void fail(const catalogue_entry *e, const char *expected, const char *found, const char *message) {
  failures++;
  fprintf(stderr, "%s (%s): expected %s, found %s: %s\n", e->id, e->what, expected, found, message);
}

typedef struct report {
  const char *text; /* that is looked for */
  bool found;
} report;

static void note(void *context, onnxtree_severity severity, const char *code, const char *place, const char *message) {
  report *r = context;
  (void)severity;
  if (r->text && (strstr(code, r->text) || strstr(place, r->text) || strstr(message, r->text))) r->found = true;
}

static bytes file_of(const catalogue_entry *e) {
  writer_model model = e->base == BASE_REGRESSOR ? writer_regressor() : e->base == BASE_CLASSIFIER ? writer_classifier() : writer_tree_ensemble();
  if (e->change) e->change(&model);
  bytes file = writer_write(&model);
  if (e->damage) e->damage(&file);
  return file;
}

static void evaluate(const catalogue_entry *e, const onnxtree_model *model) {
  const float row[4] = {0.5f, 3, 0, 0};
  onnxtree_value_info info = ONNXTREE_VALUE_INFO_INIT;
  float scores[16] = {0};
  int output = onnxtree_model_score_output(model);
  onnxtree_error error = {ONNXTREE_OK, "", ""};
  if (onnxtree_model_input_count(model) != 1 || onnxtree_model_input(model, 0, &info) != ONNXTREE_OK || info.type != ONNXTREE_FLOAT ||
      info.columns > 4)
    return;
  if (output < 0 || onnxtree_model_output(model, (size_t)output, &info) != ONNXTREE_OK || info.columns > 16) return;
  if (onnxtree_predict(model, ONNXTREE_FLOAT, row, 1, 4, NULL, scores, &error) != ONNXTREE_OK) fail(e, "a prediction", error.code, error.message);
  bool same = isnan(e->expected) ? isnan(scores[0]) : (double)scores[0] == e->expected;
  char expected[32], found[32];
  snprintf(expected, sizeof expected, "%.9g", e->expected);
  snprintf(found, sizeof found, "%.9g", (double)scores[0]);
  if (!same) fail(e, expected, found, "the first score");
}

static void check(const catalogue_entry *e) {
  bytes file = file_of(e);
  counting_allocator memory = {0};
  onnxtree_allocator hook = counting_allocator_hook(&memory);
  report r = {e->place, false};
  onnxtree_load_options options = ONNXTREE_LOAD_OPTIONS_INIT;
  options.allocator = &hook;
  options.on_problem = note;
  options.on_problem_context = &r;
  onnxtree_model *model;
  onnxtree_error error = {ONNXTREE_OK, "accepted", ""};
  void *exact = malloc(file.size ? file.size : 1); /* so that a byte read behind it is one too much */
  CU_ASSERT_PTR_NOT_NULL_FATAL(exact);
  if (file.size) memcpy(exact, file.data, file.size);
  onnxtree_status status = onnxtree_model_load_memory(exact, file.size, &options, &model, &error);
  free(exact);
  if (!e->code && !model) fail(e, "accepted", error.code, error.message);
  if (e->code && (model || strcmp(error.code, e->code) != 0)) fail(e, e->code, error.code, error.message);
  if (e->code && e->place && !strstr(error.message, e->place)) fail(e, e->place, "no such place", error.message);
  if (!e->code && e->place && !r.found) fail(e, e->place, "no such warning", "");
  if (e->code && status == ONNXTREE_INTERNAL) fail(e, "a refusal", "internal", error.message);
  if (memory.peak > 16 * file.size + ((size_t)1 << 20)) fail(e, "bounded memory", "more", "");
  if (model) evaluate(e, model);
  onnxtree_model_free(model);
  CU_ASSERT_EQUAL(memory.in_use, 0);
  printf("load %zu: %s, %zu bytes, %zu of memory, %s\n", ++entries, e->id, file.size, memory.peak, e->what);
  bytes_free(&file);
}

static void check_section(const catalogue_section *section) {
  printf("\n%s\n", section->name);
  size_t before = failures;
  for (size_t i = 0; i < section->count; i++) check(&section->entries[i]);
  CU_ASSERT_EQUAL(failures, before);
}

static void test_wire(void) { check_section(&catalogue_wire); }
static void test_models(void) { check_section(&catalogue_models); }
static void test_trees(void) { check_section(&catalogue_trees); }
static void test_tree_ensembles(void) { check_section(&catalogue_tree_ensembles); }

UNIT_TEST_MAIN(catalogue, {"wire format", test_wire}, {"models and graphs", test_models}, {"trees, operators 1 and 3", test_trees},
               {"TreeEnsemble 5", test_tree_ensembles})
