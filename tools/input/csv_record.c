#include "input/csv_record.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

const char csv_no_memory[] = "does not fit into memory";

static bool add_cell(struct csv_cells *cells, char *text) {
  if (cells->count == cells->capacity) {
    size_t capacity = cells->capacity * 2 + 16;
    char **texts = realloc(cells->texts, capacity * sizeof *texts);
    if (!texts) return false;
    cells->texts = texts;
    cells->capacity = capacity;
  }
  cells->texts[cells->count++] = text;
  return true;
}

/* Cells below come to their end and return it (where the delimiter is), or NULL with a complaint. */

static char *cut_plain(char *text, char *end, char delimiter, const char **complaint) {
  char *next = text;
  for (; next < end && *next != delimiter; next++) {
    if (*next == '"') {
      *complaint = "has a quote in the middle; quote the whole cell and double the quotes inside";
      return NULL;
    }
    if (*next == '\r') {
      *complaint = "has a carriage return; lines must end in LF or CRLF";
      return NULL;
    }
  }
  return next;
}

/* Closes the gaps that the quotes leave; *cell_end is where the text ends. */
static char *cut_quoted(char *text, char *end, char delimiter, char **cell_end, const char **complaint) {
  char *out = text;
  char *next = text + 1;
  for (;;) {
    if (next == end) {
      *complaint = "has a quote that is never closed";
      return NULL;
    }
    if (*next == '"') {
      if (next + 1 == end || next[1] != '"') break;
      next++;
    }
    *out++ = *next++;
  }
  next++;
  if (next < end && *next != delimiter) {
    *complaint = "has text after its closing quote";
    return NULL;
  }
  *cell_end = out;
  return next;
}

const char *csv_split(char *record, size_t size, char delimiter, struct csv_cells *cells) {
  char *end = record + size;
  char *next = record;
  cells->count = 0;
  for (;;) {
    char *cell = next;
    if (cells->count == CSV_MOST_COLUMNS) return "is one column too many (the limit is 1000000)";
    if (!add_cell(cells, cell)) return csv_no_memory;

    const char *complaint = NULL;
    char *cell_end = NULL;
    next = cell < end && *cell == '"' ? cut_quoted(cell, end, delimiter, &cell_end, &complaint) : cut_plain(cell, end, delimiter, &complaint);
    if (!next) return complaint;
    bool is_last = next == end;
    *(cell_end ? cell_end : next) = '\0';
    if (is_last) return NULL;
    next++;
  }
}

char *csv_trim(char *name) {
  name += strspn(name, " \t");
  size_t size = strlen(name);
  while (size > 0 && (name[size - 1] == ' ' || name[size - 1] == '\t')) size--;
  name[size] = '\0';
  return name;
}

size_t csv_record_size(const char *text, size_t size, size_t *position, size_t *quotes) {
  while (*position < size) {
    const char *start = text + *position;
    const char *newline = memchr(start, '\n', size - *position);
    size_t length = newline ? (size_t)(newline - start) : size - *position;
    for (const char *quote = start; (quote = memchr(quote, '"', (size_t)(start + length - quote))) != NULL; quote++) ++*quotes;
    *position += length + (newline != NULL);
    if (newline && *quotes % 2 == 0) return *position - 1;
  }
  return SIZE_MAX;
}
