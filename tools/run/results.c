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

static enum exit_code add_output(const onnxtree_model *model, size_t index, struct results *results, struct failure *failure) {
  onnxtree_value_info info = output_info(model, index);
  for (size_t i = 0; i < results->count; i++) {
    char shown[PRINTABLE_SIZE];
    if (strcmp(results->items[i].info.name, info.name) == 0)
      return fail(failure, USAGE, "--outputs: '%s' is named twice", printable(shown, sizeof shown, info.name, strlen(info.name)));
  }
  onnxtree_tensor tensor = {.name = info.name, .type = info.type, .columns = info.columns};
  results->items[results->count++] = (struct result){info, tensor, FROM_MODEL};
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

static enum exit_code add_named(const onnxtree_model *model, const char *name, struct results *results, struct failure *failure) {
  for (size_t i = 0; i < onnxtree_model_output_count(model); i++) {
    if (strcmp(output_info(model, i).name, name) == 0) return add_output(model, i, results, failure);
  }
  return fail_unknown(model, name, failure);
}

static enum exit_code add_list(const onnxtree_model *model, const char *names, struct results *results, struct failure *failure) {
  char *copy = strdup(names);
  if (!copy) return fail_memory(failure);
  enum exit_code code = OK;
  for (char *name = copy; code == OK && name;) {
    char *comma = strchr(name, ',');
    if (comma) *comma = '\0';
    code = add_named(model, name, results, failure);
    name = comma ? comma + 1 : NULL;
  }
  free(copy);
  return code;
}

static enum exit_code add_all(const onnxtree_model *model, struct results *results, struct failure *failure) {
  enum exit_code code = OK;
  for (size_t i = 0; code == OK && i < onnxtree_model_output_count(model); i++) code = add_output(model, i, results, failure);
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

/* What a run tells of the trees besides its outputs. */
static enum exit_code add_traces(const onnxtree_model *model, const struct result_settings *settings, struct results *results,
                                 struct failure *failure) {
  onnxtree_ensemble_info ensemble = ONNXTREE_ENSEMBLE_INFO_INIT;
  if (!settings->raw_scores && !settings->leaves) return OK;
  if (onnxtree_model_ensemble(model, 0, &ensemble) != ONNXTREE_OK)
    return fail(failure, USAGE, "--%s: the model has no tree operator", settings->raw_scores ? "raw" : "leaves");
  const struct {
    bool is_wanted;
    const char *name;
    size_t columns;
    onnxtree_type type;
    enum result_source source;
  } traces[] = {{settings->raw_scores, "raw", ensemble.targets, ensemble.type, RAW_SCORES},
                {settings->leaves, "leaf", ensemble.trees, ONNXTREE_INT32, LEAVES}};
  for (size_t i = 0; i < sizeof traces / sizeof traces[0]; i++) {
    if (!traces[i].is_wanted) continue;
    struct result *result = &results->items[results->count++];
    result->info = (onnxtree_value_info){.name = traces[i].name, .type = traces[i].type, .rank = 2, .columns = traces[i].columns};
    result->tensor = (onnxtree_tensor){.name = traces[i].name, .type = traces[i].type, .columns = traces[i].columns};
    result->source = traces[i].source;
  }
  return OK;
}

enum exit_code results_choose(const onnxtree_model *model, const struct result_settings *settings, struct results *results, struct failure *failure) {
  size_t outputs = onnxtree_model_output_count(model);
  int scores = onnxtree_model_score_output(model);
  bool replaces_outputs = settings->raw_scores || settings->leaves;
  *results = (struct results){.items = calloc(outputs + 2, sizeof *results->items)};
  enum exit_code code = OK;
  if (!results->items)
    code = fail_memory(failure);
  else if (settings->outputs)
    code = add_list(model, settings->outputs, results, failure);
  else if (replaces_outputs)
    code = OK;
  else if (settings->one_numeric && scores >= 0)
    code = add_output(model, (size_t)scores, results, failure);
  else
    code = add_all(model, results, failure);
  if (code == OK) code = add_traces(model, settings, results, failure);
  if (code == OK && settings->one_numeric) code = check_one_numeric(results, failure);
  if (code) results_free(results);
  return code;
}

enum exit_code results_add_kept(struct results *results, const struct binding *binding, const struct reader *reader,
                                const struct result_settings *settings, struct failure *failure) {
  size_t kept = binding->kept_count;
  if (kept == 0) return OK;
  if (settings->one_numeric) return fail(failure, USAGE, "an npy file cannot hold the columns of --keep; choose --to csv or --to jsonl");
  struct result *items = calloc(kept + results->count, sizeof *items);
  if (!items) return fail_memory(failure);
  memcpy(items + kept, results->items, results->count * sizeof *items);
  for (size_t i = 0; i < kept; i++) {
    const char *name = reader->names[binding->kept[i]];
    items[i].info = (onnxtree_value_info){.name = name, .type = ONNXTREE_STRING, .rank = 1, .columns = 1};
    items[i].tensor = (onnxtree_tensor){.name = name, .type = ONNXTREE_STRING, .columns = 1};
    items[i].source = FROM_DATA;
  }
  free(results->items);
  *results = (struct results){items, kept + results->count};
  return OK;
}

enum exit_code results_allocate(const struct results *plan, size_t block_rows, struct results *results, struct failure *failure) {
  *results = (struct results){.items = calloc(plan->count + 1, sizeof *results->items)};
  if (!results->items) return fail_memory(failure);
  for (; results->count < plan->count; results->count++) {
    struct result *result = &results->items[results->count];
    *result = plan->items[results->count];
    size_t columns = result->info.columns > 0 ? result->info.columns : 1;
    result->tensor.data = calloc(block_rows, columns * onnxtree_type_size(result->info.type));
    if (!result->tensor.data) return fail_memory(failure);
  }
  return OK;
}

void results_free(struct results *results) {
  for (size_t i = 0; i < results->count; i++) free(results->items[i].tensor.data);
  free(results->items);
  *results = (struct results){0};
}
