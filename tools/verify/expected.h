/* Expected results in a table: which of its columns is which result, and memory for a block of them. */
#ifndef TOOLS_VERIFY_EXPECTED_H
#define TOOLS_VERIFY_EXPECTED_H

#include "input/reader.h"
#include "output/writer.h"

struct expected {
  struct results results; /* as those that are found; without data where the table has no column for them */
  struct field *fields;   /* [columns of the table] */
};

/* Bind the columns of the reader by their headings, or by position if there is no header. With a prefix ("out:") headings without it are left
 * alone; a table with none of the results, or with only a part of one, is refused. `rows`: capacity. */
enum exit_code expected_bind(const struct results *found, const struct reader *reader, const char *prefix, size_t rows, struct expected *expected,
                             struct failure *failure);
void expected_free(struct expected *expected);

#endif
