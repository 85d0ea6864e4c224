/* The cells of a CSV text, one after the other, in place. */
#ifndef TOOLS_INPUT_CSV_CELLS_H
#define TOOLS_INPUT_CSV_CELLS_H

#include <stddef.h>
#include <stdint.h>

/* A cell without its quotes. */
struct csv_cell {
  char *text;
  char *text_end;
  char *after;         /* where the delimiter or the line end is */
  uint64_t newlines;   /* inside the cell */
  const char *problem; /* NULL, or what is wrong as the end of a sentence; nothing but `text` is set then */
};

/* The cell that starts at `text`. The text ends at `end`, where a '\n' must stand. */
struct csv_cell csv_cell_at(char *text, char *end, char delimiter);

/* Bytes of the line end at `text`: 1 for "\n", 2 for "\r\n", else 0. */
size_t csv_line_end(const char *text);

/* Bytes of the whole records that text[size] starts with: up to the last line end outside quotes. */
size_t csv_whole_records(const char *text, size_t size);

uint64_t count_newlines(const char *text, size_t size);

#endif
