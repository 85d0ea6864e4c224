#include "input/csv_cells.h"

#include <string.h>

/* Loops that the compiler vectorizes: a byte's counter is emptied before it can overflow. */
static uint64_t count_bytes(const char *text, size_t size, char wanted) {
  const size_t MOST = (size_t)255 * 64;
  uint64_t total = 0;
  while (size > 0) {
    size_t part = size < MOST ? size : MOST;
    uint32_t count = 0;
    for (size_t i = 0; i < part; i++) count += text[i] == wanted;
    total += count;
    text += part;
    size -= part;
  }
  return total;
}

uint64_t count_newlines(const char *text, size_t size) { return count_bytes(text, size, '\n'); }

size_t csv_whole_records(const char *text, size_t size) {
  uint64_t quotes = count_bytes(text, size, '"');
  for (; size > 0; size--) {
    if (text[size - 1] == '\n' && quotes % 2 == 0) return size;
    quotes -= text[size - 1] == '"';
  }
  return 0;
}

size_t csv_line_end(const char *text) { return *text == '\n' ? 1 : *text == '\r' && text[1] == '\n' ? 2 : 0; }

static struct csv_cell plain_cell(char *text, char delimiter) {
  char *next = text;
  while (*next != delimiter && *next != '\n' && *next != '"' && *next != '\r') next++;
  struct csv_cell cell = {text, next, next, 0, NULL};
  if (*next == '"') cell.problem = "has a quote in the middle; quote the whole cell and double the quotes inside";
  if (*next == '\r' && next[1] != '\n') cell.problem = "has a carriage return; lines must end in LF or CRLF";
  return cell;
}

/* Closes the gaps that doubled quotes leave. */
static struct csv_cell quoted_cell(char *text, char *end, char delimiter) {
  struct csv_cell cell = {.text = text + 1};
  char *out = cell.text;
  char *next = cell.text;
  for (;; next++) {
    if (next >= end) {
      cell.problem = "has a quote that is never closed";
      return cell;
    }
    if (*next == '"' && *++next != '"') break;
    cell.newlines += *next == '\n';
    *out++ = *next;
  }
  cell.text_end = out;
  cell.after = next;
  if (*next != delimiter && !csv_line_end(next)) cell.problem = "has text after its closing quote";
  return cell;
}

struct csv_cell csv_cell_at(char *text, char *end, char delimiter) {
  return *text == '"' && text < end ? quoted_cell(text, end, delimiter) : plain_cell(text, delimiter);
}
