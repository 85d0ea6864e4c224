/* Comma-separated values, row by row in constant memory.
 *
 * Quoting follows RFC 4180; lines end in LF or CRLF; a UTF-8 byte order mark and blank lines are skipped (a missing cell of a table
 * with one column is written "" or NA). The first row is a header if a cell of it is not a value. */

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "input/cell.h"
#include "input/csv_record.h"
#include "input/reader.h"
#include "text/printable.h"

static const size_t longest_record = (size_t)64 << 20;

struct csv {
  struct reader base;
  char delimiter;
  struct csv_cells cells;
  bool is_pending; /* the cells hold a row that is still to be read */
  size_t taken;    /* bytes of the source that the cells live in */
  uint64_t line;   /* of the record's start */
  uint64_t lines;  /* line ends before the next record */
};

static enum exit_code fail_line(const struct csv *csv, struct failure *failure, const char *complaint) {
  return fail(failure, DATA_REFUSED, "%s:%llu: %s", csv->base.source->name, (unsigned long long)csv->line, complaint);
}

/* The bytes of the next record, line end included in *with_end. *size is SIZE_MAX at the end of the data. */
static enum exit_code find_record(struct csv *csv, size_t *size, size_t *with_end, struct failure *failure) {
  struct source *source = csv->base.source;
  size_t position = 0;
  size_t quotes = 0;
  for (;;) {
    size_t available = source->end - source->begin;
    *size = csv_record_size(source->data + source->begin, available, &position, &quotes);
    if (*size != SIZE_MAX) {
      *with_end = *size + 1;
      return OK;
    }
    if (source->is_finished) {
      *size = available > 0 ? available : SIZE_MAX;
      *with_end = available;
      return OK;
    }
    if (available > longest_record)
      return fail_line(csv, failure, quotes % 2 ? "a quote is not closed within 64 MiB" : "the line is longer than 64 MiB");
    if (source_need(source, available + 1, failure)) return IO_FAILED;
  }
}

static uint64_t count_newlines(const char *text, size_t size) {
  uint64_t count = 0;
  const char *end = text + size;
  for (const char *next = text; (next = memchr(next, '\n', (size_t)(end - next))) != NULL; next++) count++;
  return count;
}

static enum exit_code split_record(struct csv *csv, char *record, size_t size, struct failure *failure) {
  if (memchr(record, '\0', size)) {
    (void)fail_line(csv, failure, "a NUL byte: this is not UTF-8 text");
    add_advice(failure, "for UTF-16, convert it first: iconv -f UTF-16 -t UTF-8");
    return DATA_REFUSED;
  }
  const char *complaint = csv_split(record, size, csv->delimiter, &csv->cells);
  if (complaint)
    return fail(failure, DATA_REFUSED, "%s:%llu:%zu: the cell %s", csv->base.source->name, (unsigned long long)csv->line, csv->cells.count,
                complaint);
  return OK;
}

/* Fill the cells with the next record that is not blank. *found is false at the end of the data. */
static enum exit_code next_record(struct csv *csv, bool *found, struct failure *failure) {
  struct source *source = csv->base.source;
  for (;;) {
    source->begin += csv->taken;
    csv->taken = 0;
    csv->line = csv->lines + 1;
    size_t size;
    size_t with_end;
    enum exit_code code = find_record(csv, &size, &with_end, failure);
    *found = code == OK && size != SIZE_MAX;
    if (!*found) return code;

    char *record = source->data + source->begin;
    csv->lines += count_newlines(record, with_end);
    csv->taken = with_end;
    if (size > 0 && record[size - 1] == '\r') size--;
    if (size > 0) return split_record(csv, record, size, failure);
  }
}

/* ---- opening: byte order mark, header ---------------------------------------------------------------------------------------------- */

static enum exit_code skip_byte_order_mark(struct csv *csv, struct failure *failure) {
  struct source *source = csv->base.source;
  if (source_need(source, 3, failure)) return IO_FAILED;
  size_t size = source->end - source->begin;
  const char *start = size > 0 ? source->data + source->begin : "";
  if (size >= 2 && (memcmp(start, "\xFF\xFE", 2) == 0 || memcmp(start, "\xFE\xFF", 2) == 0)) {
    (void)fail(failure, DATA_REFUSED, "%s: is UTF-16 text; UTF-8 is expected", source->name);
    add_advice(failure, "convert it first: iconv -f UTF-16 -t UTF-8");
    return DATA_REFUSED;
  }
  if (size >= 3 && memcmp(start, "\xEF\xBB\xBF", 3) == 0) source->begin += 3;
  return OK;
}

/* Remember another delimiter that the first line contains, for the case that the number of columns does not fit. */
static void look_for_delimiters(struct csv *csv) {
  static const struct {
    char character;
    const char *advice;
  } others[] = {{'\t', "the first line has tabs: for tab-separated values add --delimiter tab"},
                {';', "the first line has semicolons: if they separate the columns, add --delimiter ';'"},
                {'|', "the first line has '|': if it separates the columns, add --delimiter '|'"}};

  for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
    for (size_t cell = 0; cell < csv->cells.count; cell++) {
      if (others[i].character != csv->delimiter && strchr(csv->cells.texts[cell], others[i].character)) {
        memcpy(csv->base.advice, others[i].advice, strlen(others[i].advice) + 1);
        return;
      }
    }
  }
}

static bool is_header(const struct csv *csv, enum header_mode mode) {
  if (mode != HEADER_AUTO) return mode == HEADER_YES;
  for (size_t i = 0; i < csv->cells.count; i++) {
    if (!cell_is_value(csv->cells.texts[i])) return true;
  }
  return false;
}

/* Tables whose columns have no names are often written with 0,1,2,... as header: that is indistinguishable from a row. */
static void warn_of_numbered_header(const struct csv *csv) {
  for (size_t i = 0; i < csv->cells.count; i++) {
    char number[24];
    (void)snprintf(number, sizeof number, "%zu", i);
    if (strcmp(csv->cells.texts[i], number) != 0) return;
  }
  if (csv->cells.count > 1)
    warn("%s:%llu: the first row counts 0, 1, 2, ... and is read as data; if it is a header, add --header yes", csv->base.source->name,
         (unsigned long long)csv->line);
}

static char *copy_trimmed(const char *text) {
  text += strspn(text, " \t");
  size_t size = strlen(text);
  while (size > 0 && (text[size - 1] == ' ' || text[size - 1] == '\t')) size--;
  char *copy = malloc(size + 1);
  if (copy) {
    memcpy(copy, text, size);
    copy[size] = '\0';
  }
  return copy;
}

static enum exit_code keep_names(struct csv *csv, struct failure *failure) {
  csv->base.names = calloc(csv->cells.count, sizeof *csv->base.names);
  if (!csv->base.names) return fail_memory(failure);
  for (size_t i = 0; i < csv->cells.count; i++) {
    csv->base.names[i] = copy_trimmed(csv->cells.texts[i]);
    if (!csv->base.names[i]) return fail_memory(failure);
  }
  return OK;
}

static enum exit_code start(struct csv *csv, enum header_mode header, struct failure *failure) {
  enum exit_code code = skip_byte_order_mark(csv, failure);
  if (code) return code;
  bool found;
  code = next_record(csv, &found, failure);
  if (code) return code;

  csv->base.is_empty = !found;
  csv->base.columns = found ? csv->cells.count : 0;
  if (!found) return OK;
  look_for_delimiters(csv);
  if (is_header(csv, header)) return keep_names(csv, failure);
  csv->is_pending = true;
  if (header == HEADER_AUTO) warn_of_numbered_header(csv);
  return OK;
}

static void csv_close(struct reader *reader) {
  struct csv *csv = (struct csv *)reader;
  for (size_t i = 0; csv->base.names && i < csv->base.columns; i++) free(csv->base.names[i]);
  free(csv->base.names);
  free(csv->cells.texts);
  free(csv);
}

static enum exit_code csv_open(struct source *source, const struct reader_options *options, struct reader **reader, struct failure *failure) {
  struct csv *csv = calloc(1, sizeof *csv);
  if (!csv) return fail_memory(failure);
  csv->base = (struct reader){.kind = &csv_reader, .source = source};
  csv->delimiter = options->delimiter;

  enum exit_code code = start(csv, options->header, failure);
  if (code) {
    csv_close(&csv->base);
    return code;
  }
  *reader = &csv->base;
  return OK;
}

/* ---- rows ------------------------------------------------------------------------------------------------------------------------- */

static enum exit_code fail_cell(const struct csv *csv, size_t column, const struct field *field, const char *complaint, struct failure *failure) {
  char cell[64];
  char name[PRINTABLE_SIZE] = "";
  const char *text = csv->cells.texts[column];
  printable(cell, sizeof cell, text, strlen(text));
  const char *heading = csv->base.names ? csv->base.names[column] : field->name;
  if (heading) printable(name, sizeof name, heading, strlen(heading));
  return fail(failure, DATA_REFUSED, "%s:%llu:%zu%s%s%s: '%s' %s", csv->base.source->name, (unsigned long long)csv->line, column + 1,
              heading ? " '" : "", name, heading ? "'" : "", cell, complaint);
}

static enum exit_code check_width(const struct csv *csv, struct failure *failure) {
  if (csv->cells.count == csv->base.columns) return OK;
  (void)fail(failure, DATA_REFUSED, "%s:%llu: the row has %zu cell%s, the first row has %zu", csv->base.source->name, (unsigned long long)csv->line,
             csv->cells.count, csv->cells.count == 1 ? "" : "s", csv->base.columns);
  if (csv->base.advice[0]) add_advice(failure, "%s", csv->base.advice);
  return DATA_REFUSED;
}

static enum exit_code store_row(const struct csv *csv, const struct field *fields, size_t row, struct failure *failure) {
  enum exit_code code = check_width(csv, failure);
  for (size_t column = 0; code == OK && column < csv->base.columns; column++) {
    const struct field *field = &fields[column];
    if (!field->data) continue;
    const char *complaint = cell_store(csv->cells.texts[column], field->type, field->data + row * field->stride);
    if (complaint) code = fail_cell(csv, column, field, complaint, failure);
  }
  return code;
}

static enum exit_code csv_read(struct reader *reader, const struct field *fields, size_t max_rows, size_t *rows, struct failure *failure) {
  struct csv *csv = (struct csv *)reader;
  enum exit_code code = OK;
  for (*rows = 0; *rows < max_rows; ++*rows) {
    bool found = csv->is_pending;
    if (!found) code = next_record(csv, &found, failure);
    csv->is_pending = false;
    if (code || !found) return code;
    code = store_row(csv, fields, *rows, failure);
    if (code) return code;
  }
  return OK;
}

const struct reader_kind csv_reader = {"csv", ".csv", csv_open, csv_read, csv_close};
