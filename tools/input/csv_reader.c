/* Comma- or tab-separated values in constant memory.
 *
 * Quoting follows RFC 4180; lines end in LF or CRLF; a UTF-8 byte order mark and blank lines are skipped (a missing cell of a table
 * with one column is written "" or NA). The first row is a header if a cell of it is not a value. */

#include <stdlib.h>
#include <string.h>

#include "input/cell.h"
#include "input/csv.h"
#include "input/csv_cells.h"
#include "text/printable.h"
#include "text/scan_number.h"

/* Where reading stands in a chunk. */
struct cursor {
  const struct csv *csv;
  char *next;
  char *end; /* a '\n' stands there */
  uint64_t line;
  uint64_t newlines; /* inside the cells of the row so far */
};

/* What a complaint is about. */
struct place {
  const struct field *field;
  size_t column;
  size_t row; /* of the block */
};

static enum exit_code fail_width(const struct cursor *cursor, size_t cells, struct failure *failure) {
  const struct csv *csv = cursor->csv;
  (void)fail(failure, DATA_REFUSED, "%s:%llu: the row has %zu cell%s, the first row has %zu", csv->base.source->name,
             (unsigned long long)cursor->line, cells, cells == 1 ? "" : "s", csv->base.columns);
  if (csv->base.advice[0]) add_advice(failure, "%s", csv->base.advice);
  return DATA_REFUSED;
}

/* The row goes on after its last column: count what follows. */
static enum exit_code fail_long_row(const struct cursor *cursor, char *next, struct failure *failure) {
  size_t cells = cursor->csv->base.columns;
  while (!csv_line_end(next)) {
    struct csv_cell cell = csv_cell_at(next + 1, cursor->end, cursor->csv->delimiter);
    cells++;
    if (cell.problem) break;
    next = cell.after;
  }
  return fail_width(cursor, cells, failure);
}

static enum exit_code fail_cell(const struct cursor *cursor, const struct place *place, const struct csv_cell *cell, const char *complaint,
                                struct failure *failure) {
  const struct reader *reader = &cursor->csv->base;
  char shown[64];
  char name[PRINTABLE_SIZE] = "";
  const char *heading = reader->names ? reader->names[place->column] : place->field->name;
  if (heading) printable(name, sizeof name, heading, strlen(heading));
  printable(shown, sizeof shown, cell->text, (size_t)(cell->text_end - cell->text));
  return fail(failure, DATA_REFUSED, "%s:%llu:%zu%s%s%s: '%s' %s", reader->source->name, (unsigned long long)cursor->line, place->column + 1,
              heading ? " '" : "", name, heading ? "'" : "", shown, complaint);
}

static enum exit_code fail_structure(const struct cursor *cursor, const struct place *place, const char *complaint, struct failure *failure) {
  return fail(failure, DATA_REFUSED, "%s:%llu:%zu: the cell %s", cursor->csv->base.source->name, (unsigned long long)cursor->line,
              place->column + 1, complaint);
}

/* ---- cells ------------------------------------------------------------------------------------------------------------------------ */

/* A cell with the usual spelling of a number; NULL if it is something else. */
static char *read_usual(char *text, const struct field *field, size_t row) {
  unsigned char *to = field->data + row * field->stride;
  float narrow;
  double wide;
  int64_t whole;
  const char *end = NULL;
  switch (field->type) {
    case ONNXTREE_FLOAT:
      if ((end = scan_float(text, &narrow)) != NULL) memcpy(to, &narrow, sizeof narrow);
      break;
    case ONNXTREE_DOUBLE:
      if ((end = scan_double(text, &wide)) != NULL) memcpy(to, &wide, sizeof wide);
      break;
    case ONNXTREE_INT64:
      if ((end = scan_int64(text, &whole)) != NULL) memcpy(to, &whole, sizeof whole);
      break;
    default:
      break;
  }
  return text + (end ? end - text : 0);
}

static enum exit_code store_cell(const struct cursor *cursor, const struct place *place, const struct csv_cell *cell, struct failure *failure) {
  const struct field *field = place->field;
  const onnxtree_string view = {cell->text, (size_t)(cell->text_end - cell->text)};
  if (memchr(view.data, '\0', view.size)) {
    (void)fail(failure, DATA_REFUSED, "%s:%llu: a NUL byte: this is not UTF-8 text", cursor->csv->base.source->name,
               (unsigned long long)cursor->line);
    add_advice(failure, "for UTF-16, convert it first: iconv -f UTF-16 -t UTF-8");
    return DATA_REFUSED;
  }
  if (field->text) field->text[place->row] = view;
  if (!field->data) return OK;
  unsigned char *to = field->data + place->row * field->stride;
  if (field->type == ONNXTREE_STRING) {
    memcpy(to, &view, sizeof view);
    return OK;
  }
  char delimiter = *cell->text_end;
  *cell->text_end = '\0';
  const char *complaint = cell_store(cell->text, field->type, cursor->csv->missing, to);
  *cell->text_end = delimiter;
  return complaint ? fail_cell(cursor, place, cell, complaint, failure) : OK;
}

/* Any cell; *after is where its delimiter or line end is. */
static enum exit_code read_cell(struct cursor *cursor, const struct place *place, char *text, char **after, struct failure *failure) {
  struct csv_cell cell = csv_cell_at(text, cursor->end, cursor->csv->delimiter);
  if (cell.problem) return fail_structure(cursor, place, cell.problem, failure);
  cursor->newlines += cell.newlines;
  *after = cell.after;
  return place->field->data || place->field->text ? store_cell(cursor, place, &cell, failure) : OK;
}

/* ---- rows ------------------------------------------------------------------------------------------------------------------------- */

static enum exit_code read_row(struct cursor *cursor, const struct field *fields, size_t row, struct failure *failure) {
  const struct csv *csv = cursor->csv;
  size_t columns = csv->base.columns;
  char *next = cursor->next;
  cursor->newlines = 0;
  for (size_t column = 0; column < columns; column++) {
    const struct field *field = &fields[column];
    char *after = field->data && !field->text && csv->has_usual_numbers ? read_usual(next, field, row) : next;
    if (after == next || !(*after == csv->delimiter || csv_line_end(after))) {
      struct place place = {field, column, row};
      enum exit_code code = read_cell(cursor, &place, next, &after, failure);
      if (code) return code;
    }
    bool is_last = column + 1 == columns;
    if (is_last) {
      size_t line_end = csv_line_end(after);
      if (line_end == 0) return fail_long_row(cursor, after, failure);
      next = after + line_end;
    } else {
      if (*after != csv->delimiter) return fail_width(cursor, column + 1, failure);
      next = after + 1;
    }
  }
  cursor->next = next;
  cursor->line += 1 + cursor->newlines;
  return OK;
}

static void skip_blank_lines(struct cursor *cursor) {
  for (size_t size; cursor->next < cursor->end && (size = csv_line_end(cursor->next)) != 0; cursor->next += size) cursor->line++;
}

enum exit_code csv_read(const struct reader *reader, struct chunk *chunk, const struct field *fields, size_t max_rows, size_t *rows,
                        struct failure *failure) {
  struct cursor cursor = {.csv = (const struct csv *)reader, .next = chunk->data + chunk->next, .end = chunk->data + chunk->size};
  cursor.line = chunk->first_row + 1;
  *cursor.end = '\n'; /* the last line of a file may lack its end */
  enum exit_code code = OK;
  for (*rows = 0; *rows < max_rows; ++*rows) {
    skip_blank_lines(&cursor);
    if (cursor.next >= cursor.end) break;
    code = read_row(&cursor, fields, *rows, failure);
    if (code) return code;
  }
  size_t read = (size_t)(cursor.next - chunk->data);
  chunk->next = read < chunk->size ? read : chunk->size;
  chunk->first_row = cursor.line - 1;
  return OK;
}
