#define _POSIX_C_SOURCE 200809L

#include "run/bind.h"

#include <stdlib.h>
#include <string.h>

#include "cli/suggest.h"
#include "run/feature_names.h"
#include "run/names.h"
#include "text/printable.h"

enum { NOT_FOUND = -1, MOST_NAMED = 5 };

struct binder {
  const struct reader *reader;
  const struct bind_settings *settings;
  struct binding *binding;
  struct failure *failure;
  const char **headings; /* [columns] of the reader, or what --map makes of them; NULL without a header */
  size_t needed;         /* columns of all inputs */
  struct feature_names features; /* of the only input */
};

static const char *shown(char out[PRINTABLE_SIZE], const char *text) { return printable(out, PRINTABLE_SIZE, text, strlen(text)); }

static ptrdiff_t find(const char *const *names, size_t count, const char *name, size_t from) {
  for (size_t i = from; i < count; i++) {
    if (strcmp(names[i], name) == 0) return (ptrdiff_t)i;
  }
  return NOT_FOUND;
}

static ptrdiff_t find_heading(const struct binder *binder, const char *name, size_t from) {
  return find(binder->headings, binder->binding->column_count, name, from);
}

static const char *suggest_heading(const struct binder *binder, const char *name) {
  struct suggestion suggestion = suggestion_for(name);
  for (size_t i = 0; i < binder->binding->column_count; i++) suggestion_offer(&suggestion, binder->headings[i]);
  return suggestion.best;
}

/* ---- --keep ------------------------------------------------------------------------------------------------------------------------- */

static enum exit_code fail_no_header(const struct binder *binder, const char *option) {
  (void)fail(binder->failure, DATA_REFUSED, "%s: has no header, and %s names columns", binder->reader->source->name, option);
  if (binder->reader->kind != &npy_reader) add_advice(binder->failure, "if the first row is a header, add --header yes");
  return DATA_REFUSED;
}

static enum exit_code fail_no_column(const struct binder *binder, const char *option, const char *name) {
  char text[PRINTABLE_SIZE];
  (void)fail(binder->failure, DATA_REFUSED, "%s: %s: the header has no column '%s'", binder->reader->source->name, option, shown(text, name));
  const char *near = suggest_heading(binder, name);
  if (near) add_advice(binder->failure, "did you mean '%s'?", shown(text, near));
  return DATA_REFUSED;
}

static enum exit_code keep_columns(struct binder *binder) {
  struct binding *binding = binder->binding;
  if (!binder->settings->keep) return OK;
  if (!binder->headings) return fail_no_header(binder, "--keep");
  struct names names;
  if (!names_split(binder->settings->keep, &names)) return fail_memory(binder->failure);
  binding->kept = calloc(names.count, sizeof *binding->kept);
  enum exit_code code = binding->kept ? OK : fail_memory(binder->failure);
  for (size_t i = 0; code == OK && i < names.count; i++) {
    ptrdiff_t column = find((const char *const *)binder->reader->names, binding->column_count, names.items[i], 0);
    char text[PRINTABLE_SIZE];
    if (column == NOT_FOUND)
      code = fail_no_column(binder, "--keep", names.items[i]);
    else if (binding->slots[column].is_kept)
      code = fail(binder->failure, USAGE, "--keep: '%s' is named twice", shown(text, names.items[i]));
    else {
      binding->slots[column].is_kept = true;
      binding->kept[binding->kept_count++] = (size_t)column;
    }
  }
  names_free(&names);
  return code;
}

/* ---- --map -------------------------------------------------------------------------------------------------------------------------- */

/* Whether `name` is a column of an input: a feature's name, "NAME", or "NAME:INDEX" when the input has several. */
static bool find_target(const struct binder *binder, const char *name, size_t *input, size_t *column) {
  const struct binding *binding = binder->binding;
  *input = 0;
  if (feature_names_find(&binder->features, name, column)) return true;
  for (size_t i = 0; i < binding->input_count; i++) {
    const onnxtree_value_info *info = &binding->inputs[i];
    size_t size = strlen(info->name);
    if (strncmp(name, info->name, size) != 0) continue;
    *input = i;
    *column = 0;
    if (info->columns == 1 && name[size] == '\0') return true;
    if (info->columns > 1 && name[size] == ':' && column_index_is(name + size + 1, info->columns, column)) return true;
  }
  return false;
}

static enum exit_code fail_no_input(const struct binder *binder, const char *map, const char *name) {
  char text[PRINTABLE_SIZE];
  char text_of_name[PRINTABLE_SIZE];
  (void)fail(binder->failure, USAGE, "--map '%s': the model has no input '%s'", shown(text, map), shown(text_of_name, name));
  struct suggestion suggestion = suggestion_for(name);
  for (size_t i = 0; i < binder->binding->input_count; i++) suggestion_offer(&suggestion, binder->binding->inputs[i].name);
  if (suggestion.best) add_advice(binder->failure, "did you mean '%s'?", shown(text, suggestion.best));
  return USAGE;
}

/* Headings and names may contain "=": the one that leaves the name of an input is meant. */
static enum exit_code apply_map(const struct binder *binder, const char *map) {
  size_t input;
  size_t column;
  const char *equals = strchr(map, '=');
  if (!equals) return fail(binder->failure, USAGE, "--map: '%s' is not of the form HEADING=INPUT", map);
  const char *meant = equals;
  while (meant && !find_target(binder, meant + 1, &input, &column)) meant = strchr(meant + 1, '=');
  if (!meant) return fail_no_input(binder, map, equals + 1);

  char *heading = strndup(map, (size_t)(meant - map));
  if (!heading) return fail_memory(binder->failure);
  ptrdiff_t found = find((const char *const *)binder->reader->names, binder->binding->column_count, heading, 0);
  enum exit_code code = found == NOT_FOUND ? fail_no_column(binder, "--map", heading) : OK;
  free(heading);
  if (code) return code;
  /* A column that has the name already steps back. */
  for (ptrdiff_t other; (other = find_heading(binder, meant + 1, 0)) != NOT_FOUND;) binder->headings[other] = "";
  binder->headings[found] = meant + 1;
  return OK;
}

static enum exit_code apply_maps(struct binder *binder) {
  enum exit_code code = OK;
  if (!binder->settings->maps || !binder->settings->maps[0]) return OK;
  if (!binder->headings) return fail_no_header(binder, "--map");
  for (const char *const *map = binder->settings->maps; code == OK && *map; map++) code = apply_map(binder, *map);
  return code;
}

/* ---- by name ------------------------------------------------------------------------------------------------------------------------ */

static bool binds_by_name(const struct binder *binder) {
  const struct binding *binding = binder->binding;
  if (!binder->headings) return false;
  if (binder->settings->maps && binder->settings->maps[0]) return true;
  bool all_single = true;
  for (size_t i = 0; i < binding->column_count; i++) {
    size_t input;
    size_t column;
    if (find_target(binder, binder->headings[i], &input, &column)) return true;
  }
  for (size_t i = 0; i < binding->input_count; i++) all_single = all_single && binding->inputs[i].columns == 1;
  /* Names, and not a single heading among them: naming the first missing one is safer than to guess an order. */
  return (all_single && binding->input_count > 1) || binder->features.count > 0;
}

/* The names of missing columns, for one message. */
struct missing {
  size_t count;
  struct column_name names[MOST_NAMED];
};

static enum exit_code fail_missing(const struct binder *binder, const struct missing *missing) {
  char text[PRINTABLE_SIZE];
  struct failure *failure = binder->failure;
  (void)fail(failure, DATA_REFUSED, "%s: the header has no column '%s', which the model needs", binder->reader->source->name,
             shown(text, column_name_text(&missing->names[0])));
  const char *near = suggest_heading(binder, column_name_text(&missing->names[0]));
  if (near) add_advice(failure, "did you mean '%s'? Headings and input names must be equal; --map HEADING=INPUT renames", shown(text, near));
  for (size_t i = 1; i < missing->count && i < MOST_NAMED; i++)
    add_advice(failure, "'%s' is missing too", shown(text, column_name_text(&missing->names[i])));
  if (missing->count > MOST_NAMED) add_advice(failure, "and %zu more", missing->count - MOST_NAMED);
  if (binder->reader->advice[0]) add_advice(failure, "%s", binder->reader->advice);
  return DATA_REFUSED;
}

static enum exit_code bind_heading(struct binder *binder, size_t heading, const size_t *firsts, bool *found) {
  struct binding *binding = binder->binding;
  size_t input;
  size_t column;
  if (!find_target(binder, binder->headings[heading], &input, &column)) return OK;
  char text[PRINTABLE_SIZE];
  if (found[firsts[input] + column])
    return fail(binder->failure, DATA_REFUSED, "%s: the header has several columns '%s', which the model needs once", binder->reader->source->name,
                shown(text, binder->headings[heading]));
  found[firsts[input] + column] = true;
  binding->slots[heading] = (struct slot){true, binding->slots[heading].is_kept, input, column};
  return OK;
}

static struct column_name name_of(const struct binder *binder, size_t input, size_t column) {
  struct column_name feature = {0};
  if (binder->features.count == 0) return column_name_of(&binder->binding->inputs[input], column);
  feature.plain = binder->features.names.texts[column];
  return feature;
}

static enum exit_code check_all_found(const struct binder *binder, const bool *found) {
  const struct binding *binding = binder->binding;
  struct missing missing = {0};
  for (size_t i = 0; i < binding->input_count; i++) {
    for (size_t j = 0; j < binding->inputs[i].columns; j++) {
      if (*found++) continue;
      if (missing.count < MOST_NAMED) missing.names[missing.count] = name_of(binder, i, j);
      missing.count++;
    }
  }
  return missing.count ? fail_missing(binder, &missing) : OK;
}

static enum exit_code bind_by_name(struct binder *binder) {
  struct binding *binding = binder->binding;
  size_t *firsts = calloc(binding->input_count + 1, sizeof *firsts); /* of each input, in the list of all columns */
  bool *found = calloc(binder->needed + 1, sizeof *found);
  enum exit_code code = firsts && found ? OK : fail_memory(binder->failure);
  for (size_t i = 0; code == OK && i < binding->input_count; i++) firsts[i + 1] = firsts[i] + binding->inputs[i].columns;
  for (size_t i = 0; code == OK && i < binding->column_count; i++) code = bind_heading(binder, i, firsts, found);
  if (code == OK) code = check_all_found(binder, found);
  free(firsts);
  free(found);
  return code;
}

/* ---- by position -------------------------------------------------------------------------------------------------------------------- */

static enum exit_code fail_width(const struct binder *binder, size_t given, bool is_minimum) {
  const struct reader *reader = binder->reader;
  (void)fail(binder->failure, DATA_REFUSED, "%s: the model needs %s%zu column%s, the data have %zu", reader->source->name,
             is_minimum ? "at least " : "", binder->needed, binder->needed == 1 ? "" : "s", given);
  if (given > binder->needed && binder->headings && !binder->settings->keep)
    add_advice(binder->failure, "name the columns that are no inputs with --keep ID,..., or cut them off");
  if (reader->advice[0]) add_advice(binder->failure, "%s", reader->advice);
  return DATA_REFUSED;
}

/* Kept columns are no inputs, unless all columns are needed. */
static enum exit_code bind_by_position(struct binder *binder) {
  struct binding *binding = binder->binding;
  bool skips_kept = binding->column_count != binder->needed;
  size_t given = binding->column_count - (skips_kept ? binding->kept_count : 0);
  bool is_minimum = binding->input_count == 1 && binding->inputs[0].columns_are_minimum;
  if (given < binder->needed || (given > binder->needed && !is_minimum)) return fail_width(binder, given, is_minimum);
  if (given > binder->needed)
    note("%s: the first %zu of %zu columns are used; the model declares no width", binder->reader->source->name, binder->needed, given);

  size_t next = 0;
  for (size_t i = 0; i < binding->input_count; i++) {
    for (size_t j = 0; j < binding->inputs[i].columns; next++) {
      bool is_kept = binding->slots[next].is_kept;
      if (is_kept && skips_kept) continue;
      binding->slots[next] = (struct slot){true, is_kept, i, j++};
    }
  }
  return OK;
}

/* ---- all -------------------------------------------------------------------------------------------------------------------------- */

/* Columns that nobody uses: noted once, or refused. */
static enum exit_code report_unused(const struct binder *binder) {
  const struct binding *binding = binder->binding;
  struct buffer list = {0};
  size_t unused = 0;
  for (size_t i = 0; binder->headings && i < binding->column_count; i++) {
    if (binding->slots[i].is_bound || binding->slots[i].is_kept) continue;
    if (++unused > MOST_NAMED) continue;
    append_text(&list, unused > 1 ? ", '" : "'");
    append_printable(&list, binder->reader->names[i], strlen(binder->reader->names[i]));
    append_char(&list, '\'');
  }
  if (unused > MOST_NAMED) append_text(&list, ", ...");
  enum exit_code code = OK;
  const char *name = binder->reader->source->name;
  int size = list.size < 600 ? (int)list.size : 600;
  if (unused > 0 && binder->settings->is_strict) {
    code = fail(binder->failure, DATA_REFUSED, "%s: %zu of %zu columns are no inputs of the model: %.*s", name, unused, binding->column_count, size,
                list.data);
    add_advice(binder->failure, "--strict asks to refuse them; --keep copies them to the results");
  } else if (unused > 0 && !binder->settings->is_quiet) {
    note("%s: %zu of %zu columns are not used: %.*s", name, unused, binding->column_count, size, list.data);
  }
  buffer_free(&list);
  return code;
}

static enum exit_code bind_all(struct binder *binder) {
  enum exit_code code = keep_columns(binder);
  if (code == OK) code = apply_maps(binder);
  if (code == OK) code = binds_by_name(binder) ? bind_by_name(binder) : bind_by_position(binder);
  return code ? code : report_unused(binder);
}

static enum exit_code describe_inputs(const onnxtree_model *model, struct binding *binding, struct failure *failure) {
  binding->input_count = onnxtree_model_input_count(model);
  binding->inputs = calloc(binding->input_count + 1, sizeof *binding->inputs);
  if (!binding->inputs) return fail_memory(failure);
  for (size_t i = 0; i < binding->input_count; i++) {
    binding->inputs[i].struct_size = sizeof binding->inputs[i];
    (void)onnxtree_model_input(model, i, &binding->inputs[i]);
  }
  return OK;
}

static bool copy_headings(struct binder *binder) {
  const struct reader *reader = binder->reader;
  if (!reader->names) return true;
  binder->headings = calloc(reader->columns, sizeof *binder->headings);
  for (size_t i = 0; binder->headings && i < reader->columns; i++) binder->headings[i] = reader->names[i];
  return binder->headings != NULL;
}

enum exit_code bind_columns(const onnxtree_model *model, const struct reader *reader, const struct bind_settings *settings, struct binding *binding,
                            struct failure *failure) {
  *binding = (struct binding){.column_count = reader->columns};
  struct binder binder = {.reader = reader, .settings = settings, .binding = binding, .failure = failure};
  enum exit_code code = describe_inputs(model, binding, failure);
  for (size_t i = 0; code == OK && i < binding->input_count; i++) binder.needed += binding->inputs[i].columns;
  bool has_one = code == OK && binding->input_count == 1;
  if (has_one && !feature_names_read(model, binding->inputs[0].columns, &binder.features)) code = fail_memory(failure);
  if (code == OK && !reader->is_empty) {
    binding->slots = calloc(reader->columns, sizeof *binding->slots);
    code = binding->slots && copy_headings(&binder) ? bind_all(&binder) : fail_memory(failure);
    free((void *)binder.headings);
  }
  feature_names_free(&binder.features);
  if (code) bind_free(binding);
  return code;
}

void bind_free(struct binding *binding) {
  free(binding->inputs);
  free(binding->slots);
  free(binding->kept);
  *binding = (struct binding){0};
}
