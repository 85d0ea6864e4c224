/* What a reader makes of a file, as the fuzz targets of the readers compare it. */
#ifndef TESTS_FUZZ_TABLE_H
#define TESTS_FUZZ_TABLE_H

#include "input/reader.h"

#define TABLE_MOST_COLUMNS 32768u /* more than an input of the fuzzer can fill; a header may claim any number */
#define TABLE_MOST_CELLS 512u     /* kept of a table */

typedef struct table {
  enum exit_code code;
  bool has_names;
  size_t begin; /* where the data starts in a file of one piece */
  size_t columns, rows, cell_count;
  double cells[TABLE_MOST_CELLS]; /* each holds an element of the type */
  char names[TABLE_MOST_CELLS];   /* NUL-terminated, one behind the other */
  size_t names_size;
} table;

/* Reads a file row by row, and closes the source. No rows where there are more than TABLE_MOST_COLUMNS columns. */
void table_read(table *t, const struct reader_kind *kind, const struct reader_options *options, onnxtree_type type, struct source *source);

/* Keeps a name, if there is room. */
void table_keep_name(table *t, const char *name);

#endif
