#include "fuzz/table.h"

#include <string.h>

#include "fuzz/fuzz.h"

void table_keep_name(table *t, const char *name) {
  size_t size = strlen(name) + 1;
  if (size > sizeof t->names - t->names_size) return;
  memcpy(t->names + t->names_size, name, size);
  t->names_size += size;
}

static void read_rows(table *t, struct reader *reader, onnxtree_type type) {
  struct field *fields = calloc(reader->columns + 1, sizeof *fields);
  double *row = calloc(reader->columns + 1, sizeof *row);
  for (size_t i = 0; i < reader->columns; i++) fields[i] = (struct field){"X", (unsigned char *)&row[i], type, 0, NULL};
  struct failure failure = {""};
  struct chunk chunk = {0};
  for (;;) {
    if (chunk.next == chunk.size) t->code = reader->kind->take(reader, &chunk, &failure);
    size_t count = 0;
    if (t->code == OK && chunk.size > 0) t->code = reader->kind->read(reader, &chunk, fields, 1, &count, &failure);
    FUZZ_CHECK((t->code == OK) == (failure.message[0] == '\0') && (chunk.size == 0 || chunk.next <= chunk.size));
    if (t->code || chunk.size == 0) break;
    if (count == 0) continue;
    t->rows++;
    for (size_t i = 0; i < reader->columns; i++)
      if (t->cell_count < TABLE_MOST_CELLS) t->cells[t->cell_count++] = row[i];
  }
  chunk_free(&chunk);
  free(row);
  free(fields);
}

void table_read(table *t, const struct reader_kind *kind, const struct reader_options *options, onnxtree_type type, struct source *source) {
  struct reader *reader = NULL;
  struct failure failure = {""};
  memset(t, 0, sizeof *t);
  t->code = kind->open(source, options, &reader, &failure);
  t->begin = source->begin;
  FUZZ_CHECK((t->code == OK) == (failure.message[0] == '\0') && (t->code == OK) == (reader != NULL));
  if (reader) {
    t->columns = reader->columns;
    FUZZ_CHECK((t->columns == 0) == reader->is_empty);
    t->has_names = reader->names != NULL;
    for (size_t i = 0; reader->names && i < reader->columns; i++) table_keep_name(t, reader->names[i]);
    if (t->columns <= TABLE_MOST_COLUMNS) read_rows(t, reader, type);
  }
  reader_close(reader);
  source_close(source);
}
