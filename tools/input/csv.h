/* What the parts of the CSV reader share. */
#ifndef TOOLS_INPUT_CSV_H
#define TOOLS_INPUT_CSV_H

#include "input/reader.h"

struct csv {
  struct reader base;
  char delimiter;
  const char *const *missing;
  bool has_usual_numbers; /* no number means "missing" */
  uint64_t lines;         /* line ends before the source's window */
};

/* The rows of a chunk. */
enum exit_code csv_read(const struct reader *reader, struct chunk *chunk, const struct field *fields, size_t max_rows, size_t *rows,
                        struct failure *failure);

#endif
