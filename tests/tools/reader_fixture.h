/* Reads bytes through a reader into a table of floats. The includer defines FIXTURE_FILE, a file name that no other test uses. */
#ifndef TESTS_TOOLS_READER_FIXTURE_H
#define TESTS_TOOLS_READER_FIXTURE_H

#include <stdio.h>
#include <string.h>

#include "input/reader.h"

enum { MOST_ROWS = 16, MOST_COLUMNS = 8 };

struct table {
  enum exit_code code;
  size_t rows, columns;
  bool has_names;
  char names[MOST_COLUMNS][32];
  float cells[MOST_ROWS][MOST_COLUMNS];
  struct failure failure;
};

static void table_read(struct table *table, struct reader *reader, onnxtree_type type) {
  struct field fields[MOST_COLUMNS] = {{0}};
  table->columns = reader->columns;
  table->has_names = reader->names != NULL;
  for (size_t i = 0; i < reader->columns && i < MOST_COLUMNS; i++) {
    if (reader->names) snprintf(table->names[i], sizeof table->names[i], "%s", reader->names[i]);
    fields[i] = (struct field){"X", (unsigned char *)&table->cells[0][i], type, sizeof table->cells[0], NULL};
  }
  struct chunk chunk = {0};
  table->code = OK;
  do {
    if (!reader->is_empty) table->code = reader->kind->take(reader, &chunk, &table->failure);
    size_t rows = 0;
    if (table->code == OK && chunk.size > 0) table->code = reader->kind->read(reader, &chunk, fields, MOST_ROWS, &rows, &table->failure);
    table->rows += rows;
  } while (table->code == OK && chunk.size > 0 && chunk.next < chunk.size);
  if (table->code == OK && chunk.size > 0) table->code = reader->kind->take(reader, &chunk, &table->failure);
  chunk_free(&chunk);
}

/* The file is called "data" in messages. */
static struct table table_of(const struct reader_kind *kind, const char *bytes, size_t size, struct reader_options options, onnxtree_type type) {
  static const char path[] = FIXTURE_FILE;
  struct table table = {.code = IO_FAILED};
  FILE *file = fopen(path, "wb");
  if (!file || fwrite(bytes, 1, size, file) != size || fclose(file) != 0) return table;

  struct source source;
  struct reader *reader = NULL;
  table.code = source_open(&source, path, &table.failure);
  source.name = "data";
  if (table.code == OK) table.code = kind->open(&source, &options, &reader, &table.failure);
  if (table.code == OK) table_read(&table, reader, type);
  reader_close(reader);
  source_close(&source);
  remove(path);
  return table;
}

#endif
