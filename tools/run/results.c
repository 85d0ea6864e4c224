#define _POSIX_C_SOURCE 200809L

#include "run/results.h"

#include <stdlib.h>
#include <string.h>

#include "cli/suggest.h"
#include "text/printable.h"

static onnxtree_value_info output_info(const onnxtree_model *model, size_t index) {
  onnxtree_value_info info = ONNXTREE_VALUE_INFO_INIT;
  (void)onnxtree_model_output(model, index, &info);
  return info;
}

static enum exit_code add_output(const onnxtree_model *model, size_t index, size_t block_rows, struct results *results, struct failure *failure) {
  onnxtree_value_info info = output_info(model, index);
  for (size_t i = 0; i < results->count; i++) {
    char shown[PRINTABLE_SIZE];
    if (strcmp(results->items[i].info.name, info.name) == 0)
      return fail(failure, USAGE, "--outputs: '%s' is named twice", printable(shown, sizeof shown, info.name, strlen(info.name)));
  }
  onnxtree_tensor tensor = {.name = info.name, .type = info.type, .columns = info.columns};
  tensor.data = calloc(block_rows, (info.columns > 0 ? info.columns : 1) * onnxtree_type_size(info.type));
  if (!tensor.data) return fail_memory(failure);
  results->tensors[results->count] = tensor;
  results->items[results->count++] = (struct result){info, tensor};
  return OK;
}

static enum exit_code fail_unknown(const onnxtree_model *model, const char *name, struct failure *failure) {
  char shown[PRINTABLE_SIZE];
  (void)fail(failure, USAGE, "--outputs: the model has no output '%s'", printable(shown, sizeof shown, name, strlen(name)));
  struct suggestion suggestion = suggestion_for(name);
  struct buffer list = {0};
  for (size_t i = 0; i < onnxtree_model_output_count(model); i++) {
    const char *known = output_info(model, i).name;
    suggestion_offer(&suggestion, known);
    append_text(&list, i > 0 ? ", " : "");
    append_printable(&list, known, strlen(known));
  }
  if (suggestion.best) add_advice(failure, "did you mean '%s'?", printable(shown, sizeof shown, suggestion.best, strlen(suggestion.best)));
  add_advice(failure, "its outputs are: %.*s", (int)(list.size < 500 ? list.size : 500), list.data);
  buffer_free(&list);
  return USAGE;
}

static enum exit_code add_named(const onnxtree_model *model, const char *name, size_t block_rows, struct results *results, struct failure *failure) {
  for (size_t i = 0; i < onnxtree_model_output_count(model); i++) {
    if (strcmp(output_info(model, i).name, name) == 0) return add_output(model, i, block_rows, results, failure);
  }
  return fail_unknown(model, name, failure);
}

static enum exit_code add_list(const onnxtree_model *model, const char *names, size_t block_rows, struct results *results, struct failure *failure) {
  char *copy = strdup(names);
  if (!copy) return fail_memory(failure);
  enum exit_code code = OK;
  for (char *name = copy; code == OK && name;) {
    char *comma = strchr(name, ',');
    if (comma) *comma = '\0';
    code = add_named(model, name, block_rows, results, failure);
    name = comma ? comma + 1 : NULL;
  }
  free(copy);
  return code;
}

static enum exit_code add_all(const onnxtree_model *model, size_t block_rows, struct results *results, struct failure *failure) {
  enum exit_code code = OK;
  for (size_t i = 0; code == OK && i < onnxtree_model_output_count(model); i++) code = add_output(model, i, block_rows, results, failure);
  return code;
}

static enum exit_code check_one_numeric(const struct results *results, struct failure *failure) {
  if (results->count == 1 && results->items[0].info.type != ONNXTREE_STRING) return OK;
  if (results->count == 1)
    (void)fail(failure, USAGE, "an npy file cannot hold the text of output '%s'", results->items[0].info.name);
  else
    (void)fail(failure, USAGE, "an npy file holds one output, and %zu are asked for", results->count);
  add_advice(failure, "choose a numeric one with --outputs NAME, or another format: --to csv or --to jsonl");
  return USAGE;
}

enum exit_code results_choose(const onnxtree_model *model, const char *names, bool one_numeric, size_t block_rows, struct results *results,
                              struct failure *failure) {
  size_t outputs = onnxtree_model_output_count(model);
  int scores = onnxtree_model_score_output(model);
  *results = (struct results){.items = calloc(outputs, sizeof *results->items), .tensors = calloc(outputs, sizeof *results->tensors)};
  enum exit_code code = OK;
  if (!results->items || !results->tensors)
    code = fail_memory(failure);
  else if (names)
    code = add_list(model, names, block_rows, results, failure);
  else if (one_numeric && scores >= 0)
    code = add_output(model, (size_t)scores, block_rows, results, failure);
  else
    code = add_all(model, block_rows, results, failure);
  if (code == OK && one_numeric) code = check_one_numeric(results, failure);
  if (code) results_free(results);
  return code;
}

void results_free(struct results *results) {
  for (size_t i = 0; i < results->count; i++) free(results->items[i].tensor.data);
  free(results->items);
  free(results->tensors);
  *results = (struct results){0};
}
