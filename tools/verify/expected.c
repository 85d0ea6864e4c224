#include "verify/expected.h"

#include <stdlib.h>
#include <string.h>

#include "output/heading.h"
#include "run/results.h"
#include "text/printable.h"

static void place_field(const struct expected *expected, size_t result, size_t column, struct field *field) {
  const struct result *item = &expected->results.items[result];
  size_t size = onnxtree_type_size(item->tensor.type);
  *field = (struct field){.name = item->info.name,
                          .data = (unsigned char *)item->tensor.data + column * size,
                          .type = item->tensor.type,
                          .stride = item->tensor.columns * size};
}

static bool find_heading(const struct reader *reader, const char *prefix, const struct buffer *heading, size_t hint, size_t *found) {
  size_t prefix_size = strlen(prefix);
  for (size_t i = 0; i < reader->columns; i++) {
    size_t place = (hint + i) % reader->columns; /* mostly they stand in order */
    const char *name = reader->names[place];
    if (strncmp(name, prefix, prefix_size) == 0 && heading->size == strlen(name + prefix_size) &&
        memcmp(heading->data, name + prefix_size, heading->size) == 0) {
      *found = place;
      return true;
    }
  }
  return false;
}

static enum exit_code fail_partial(const struct reader *reader, const struct result *result, size_t column, struct failure *failure) {
  struct buffer heading = {0};
  append_result_heading(&heading, result, column);
  char text[PRINTABLE_SIZE];
  (void)fail(failure, DATA_REFUSED, "%s: has a part of the columns of output '%.200s', but not '%s'", reader->source->name, result->info.name,
             printable(text, sizeof text, heading.data, heading.size));
  buffer_free(&heading);
  return DATA_REFUSED;
}

/* An output is compared if all of its columns are there. */
static enum exit_code bind_by_name(const struct reader *reader, const char *prefix, struct expected *expected, size_t *bound,
                                   struct failure *failure) {
  size_t next = 0;
  for (size_t i = 0; i < expected->results.count; i++) {
    struct result *result = &expected->results.items[i];
    size_t found = 0;
    for (size_t column = 0; column < result->info.columns; column++) {
      size_t place = 0;
      struct buffer heading = {0};
      append_result_heading(&heading, result, column);
      bool failed = heading.failed, is_there = !failed && find_heading(reader, prefix, &heading, next, &place);
      buffer_free(&heading);
      if (failed) return fail_memory(failure);
      if (is_there) {
        if (found < column) return fail_partial(reader, result, found, failure);
        place_field(expected, i, column, &expected->fields[place]);
        next = place + 1;
        found++;
      }
    }
    if (found > 0 && found < result->info.columns) return fail_partial(reader, result, found, failure);
    *bound += found;
    if (found == 0) {
      free(result->tensor.data);
      result->tensor.data = NULL;
    }
  }
  return OK;
}

static enum exit_code bind_by_position(const struct reader *reader, struct expected *expected, size_t *bound, struct failure *failure) {
  size_t needed = 0;
  for (size_t i = 0; i < expected->results.count; i++) needed += expected->results.items[i].info.columns;
  if (needed != reader->columns)
    return fail(failure, DATA_REFUSED, "%s: the results have %zu columns, the expected ones %zu; choose outputs with --outputs", reader->source->name,
                needed, reader->columns);
  for (size_t i = 0; i < expected->results.count; i++) {
    for (size_t column = 0; column < expected->results.items[i].info.columns; column++)
      place_field(expected, i, column, &expected->fields[(*bound)++]);
  }
  return OK;
}

enum exit_code expected_bind(const struct results *found, const struct reader *reader, const char *prefix, size_t rows, struct expected *expected,
                             struct failure *failure) {
  *expected = (struct expected){.fields = calloc(reader->columns + 1, sizeof *expected->fields)};
  if (!expected->fields) return fail_memory(failure);
  enum exit_code code = results_allocate(found, rows, &expected->results, failure);
  if (code || reader->is_empty) return code;
  size_t bound = 0;
  code = reader->names ? bind_by_name(reader, prefix, expected, &bound, failure) : bind_by_position(reader, expected, &bound, failure);
  if (code == OK && bound == 0) {
    code = fail(failure, DATA_REFUSED, "%s: none of its columns is a result of the model", reader->source->name);
    add_advice(failure, "headings are those that 'onnxtree run' writes");
  }
  return code;
}

void expected_free(struct expected *expected) {
  results_free(&expected->results);
  free(expected->fields);
  *expected = (struct expected){0};
}
