/* One record of a CSV file (RFC 4180) cut into cells, in place. */
#ifndef TOOLS_INPUT_CSV_RECORD_H
#define TOOLS_INPUT_CSV_RECORD_H

#include <stddef.h>

enum { CSV_MOST_COLUMNS = 1000000 };

struct csv_cells {
  char **texts; /* NUL-terminated cells without their quotes, inside the record */
  size_t count; /* cells of the record */
  size_t capacity;
};

extern const char csv_no_memory[]; /* what csv_split() returns then */

/* Cut record[0 .. size); record[size] must be writable. Returns NULL, or what is wrong; then cells->count is the number of the cell.
 * The record must not contain NUL bytes. */
const char *csv_split(char *record, size_t size, char delimiter, struct csv_cells *cells);

/* The name that a cell of the header is, without blanks at its ends; cuts the cell. */
char *csv_trim(char *name);

/* Bytes of the first record in text[size], its line end not included: a line end inside quotes does not count. SIZE_MAX if it does not end
 * there; *position and *quotes keep what has been seen, to go on when there is more text (both start as 0). */
size_t csv_record_size(const char *text, size_t size, size_t *position, size_t *quotes);

#endif
