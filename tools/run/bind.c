#include "run/bind.h"

#include <stdlib.h>
#include <string.h>

#include "cli/suggest.h"
#include "text/printable.h"

enum { NOT_FOUND = -1 };

static onnxtree_value_info input_info(const onnxtree_model *model, size_t index) {
  onnxtree_value_info info = ONNXTREE_VALUE_INFO_INIT;
  (void)onnxtree_model_input(model, index, &info);
  return info;
}

static enum exit_code allocate(const onnxtree_model *model, size_t block_rows, struct binding *binding, struct failure *failure) {
  binding->input_count = onnxtree_model_input_count(model);
  binding->inputs = calloc(binding->input_count, sizeof *binding->inputs);
  if (!binding->inputs) return fail_memory(failure);
  for (size_t i = 0; i < binding->input_count; i++) {
    onnxtree_value_info info = input_info(model, i);
    if (info.type == ONNXTREE_STRING) {
      char name[PRINTABLE_SIZE];
      return fail(failure, DATA_REFUSED, "input '%s' of the model is text; only numbers can be read so far",
                  printable(name, sizeof name, info.name, strlen(info.name)));
    }
    size_t columns = info.columns > 0 ? info.columns : 1;
    binding->inputs[i] = (onnxtree_tensor){.name = info.name, .type = info.type, .columns = info.columns};
    binding->inputs[i].data = calloc(block_rows, columns * onnxtree_type_size(info.type));
    if (!binding->inputs[i].data) return fail_memory(failure);
  }
  return OK;
}

static struct field field_of(const onnxtree_tensor *input, size_t column) {
  size_t size = onnxtree_type_size(input->type);
  return (struct field){input->name, (unsigned char *)input->data + column * size, input->type, input->columns * size};
}

/* ---- by name ---------------------------------------------------------------------------------------------------------------------- */

static ptrdiff_t find_name(const struct reader *reader, const char *name, size_t from) {
  for (size_t i = from; i < reader->columns; i++) {
    if (strcmp(reader->names[i], name) == 0) return (ptrdiff_t)i;
  }
  return NOT_FOUND;
}

static bool binds_by_name(const struct reader *reader, const struct binding *binding) {
  bool found = false;
  for (size_t i = 0; reader->names && i < binding->input_count; i++) {
    if (binding->inputs[i].columns != 1) return false;
    found = found || find_name(reader, binding->inputs[i].name, 0) != NOT_FOUND;
  }
  /* Several inputs without a single heading among them: naming the first missing one is safer than to guess an order. */
  return found || (reader->names && binding->input_count > 1);
}

static enum exit_code fail_missing(const struct reader *reader, const char *name, struct failure *failure) {
  char shown[PRINTABLE_SIZE];
  (void)fail(failure, DATA_REFUSED, "%s: the header has no column '%s', which the model needs", reader->source->name,
             printable(shown, sizeof shown, name, strlen(name)));
  struct suggestion suggestion = suggestion_for(name);
  for (size_t i = 0; i < reader->columns; i++) suggestion_offer(&suggestion, reader->names[i]);
  if (suggestion.best)
    add_advice(failure, "did you mean '%s'? Headings and input names must be equal",
               printable(shown, sizeof shown, suggestion.best, strlen(suggestion.best)));
  if (reader->advice[0]) add_advice(failure, "%s", reader->advice);
  return DATA_REFUSED;
}

static enum exit_code bind_by_name(const struct reader *reader, struct binding *binding, struct failure *failure) {
  for (size_t i = 0; i < binding->input_count; i++) {
    const char *name = binding->inputs[i].name;
    ptrdiff_t column = find_name(reader, name, 0);
    if (column == NOT_FOUND) return fail_missing(reader, name, failure);
    if (find_name(reader, name, (size_t)column + 1) != NOT_FOUND) {
      char shown[PRINTABLE_SIZE];
      return fail(failure, DATA_REFUSED, "%s: the header has several columns '%s', which the model needs once", reader->source->name,
                  printable(shown, sizeof shown, name, strlen(name)));
    }
    binding->fields[column] = field_of(&binding->inputs[i], 0);
  }
  if (reader->columns > binding->input_count)
    note("%s: %zu of %zu columns are used, those with the names of the model's inputs", reader->source->name, binding->input_count, reader->columns);
  return OK;
}

/* ---- by position ------------------------------------------------------------------------------------------------------------------ */

static enum exit_code fail_width(const struct reader *reader, size_t needed, bool is_minimum, struct failure *failure) {
  (void)fail(failure, DATA_REFUSED, "%s: the model needs %s%zu column%s, the data have %zu", reader->source->name, is_minimum ? "at least " : "",
             needed, needed == 1 ? "" : "s", reader->columns);
  if (reader->advice[0]) add_advice(failure, "%s", reader->advice);
  return DATA_REFUSED;
}

static enum exit_code bind_by_position(const onnxtree_model *model, const struct reader *reader, struct binding *binding, struct failure *failure) {
  size_t needed = 0;
  for (size_t i = 0; i < binding->input_count; i++) needed += binding->inputs[i].columns;
  bool is_minimum = binding->input_count == 1 && input_info(model, 0).columns_are_minimum;
  if (reader->columns < needed || (reader->columns > needed && !is_minimum)) return fail_width(reader, needed, is_minimum, failure);
  if (reader->columns > needed)
    note("%s: the first %zu of %zu columns are used; the model declares no width", reader->source->name, needed, reader->columns);

  size_t column = 0;
  for (size_t i = 0; i < binding->input_count; i++) {
    for (size_t j = 0; j < binding->inputs[i].columns; j++) binding->fields[column++] = field_of(&binding->inputs[i], j);
  }
  return OK;
}

enum exit_code bind_columns(const onnxtree_model *model, const struct reader *reader, size_t block_rows, struct binding *binding,
                            struct failure *failure) {
  *binding = (struct binding){0};
  enum exit_code code = allocate(model, block_rows, binding, failure);
  if (code == OK && !reader->is_empty) {
    binding->fields = calloc(reader->columns, sizeof *binding->fields);
    if (!binding->fields)
      code = fail_memory(failure);
    else if (binds_by_name(reader, binding))
      code = bind_by_name(reader, binding, failure);
    else
      code = bind_by_position(model, reader, binding, failure);
  }
  if (code) bind_free(binding);
  return code;
}

void bind_free(struct binding *binding) {
  for (size_t i = 0; binding->inputs && i < binding->input_count; i++) free(binding->inputs[i].data);
  free(binding->inputs);
  free(binding->fields);
  *binding = (struct binding){0};
}
