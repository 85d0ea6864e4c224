#define _POSIX_C_SOURCE 200809L

/* Opening a CSV file and cutting it into chunks: byte order mark, header, whole records. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "input/cell.h"
#include "input/csv.h"
#include "input/csv_cells.h"
#include "input/csv_record.h"
#include "text/parse_number.h"

static const size_t longest_record = (size_t)64 << 20;

/* ---- chunks ----------------------------------------------------------------------------------------------------------------------- */

/* *size is the bytes of whole records that the window starts with, about `target`; 0 at the end of the data. */
static enum exit_code find_records(struct csv *csv, size_t target, size_t *size, struct failure *failure) {
  struct source *source = csv->base.source;
  size_t position = 0, quotes = 0; /* a record that comes in small pieces is looked through once, not once a piece */
  enum exit_code code = source_gather(source, target, failure);
  while (code == OK) {
    const char *text = source->data + source->begin;
    size_t available = source->end - source->begin, looked_at = available < target ? available : target;
    bool is_rest = source->is_finished && available <= target;
    bool has_record = !is_rest && csv_record_size(text, looked_at, &position, &quotes) != SIZE_MAX;
    *size = is_rest ? available : has_record ? csv_whole_records(text, looked_at) : 0;
    if (*size > 0 || is_rest) return OK;
    if (available < target) { /* however slowly it comes */
      code = source_need(source, available + 1, failure);
      if (code == OK) code = source_gather(source, target, failure);
    } else if (target < longest_record) {
      target *= 2;
    } else {
      bool is_quoted = memchr(text, '\n', available) != NULL;
      code = fail(failure, DATA_REFUSED, "%s:%llu: %s", source->name, (unsigned long long)csv->lines + 1,
                  is_quoted ? "a quote is not closed within 64 MiB" : "the line is longer than 64 MiB");
    }
  }
  return code;
}

/* Bytes of the first `count` records of text[size] that are not blank, and the blank lines between; all of it if there are fewer.
 * *count becomes their number. */
static size_t measure_records(const char *text, size_t size, uint64_t *count) {
  size_t position = 0;
  uint64_t found = 0;
  while (found < *count && position < size) {
    size_t next = 0;
    size_t quotes = 0;
    size_t record = csv_record_size(text + position, size - position, &next, &quotes);
    if (record == SIZE_MAX) record = size - position;
    found += record > 1 || (record == 1 && text[position] != '\r');
    position += record + 1;
  }
  *count = found;
  return position < size ? position : size;
}

/* Pass over the rows that are not wanted, and shorten *size to those that are. */
static void apply_limits(struct csv *csv, size_t *size) {
  struct reader *reader = &csv->base;
  struct source *source = reader->source;
  uint64_t count = reader->to_skip;
  size_t skipped = count > 0 ? measure_records(source->data + source->begin, *size, &count) : 0;
  reader->to_skip -= count;
  csv->lines += count_newlines(source->data + source->begin, skipped);
  source->begin += skipped;
  *size -= skipped;
  if (reader->to_read == UINT64_MAX) return;
  count = reader->to_read;
  *size = measure_records(source->data + source->begin, *size, &count);
  reader->to_read -= count;
}

static enum exit_code csv_take(struct reader *reader, struct chunk *chunk, struct failure *failure) {
  struct csv *csv = (struct csv *)reader;
  chunk->size = 0;
  for (size_t size = 0; reader->to_read > 0;) {
    enum exit_code code = find_records(csv, CHUNK_SIZE, &size, failure);
    if (code || size == 0) return code;
    apply_limits(csv, &size);
    if (size == 0) continue;
    code = chunk_fill(chunk, reader->source, size, failure);
    if (code) return code;
    chunk->first_row = csv->lines;
    csv->lines += count_newlines(chunk->data, size);
    return OK;
  }
  return OK;
}

/* ---- header ----------------------------------------------------------------------------------------------------------------------- */

static enum exit_code skip_byte_order_mark(struct csv *csv, struct failure *failure) {
  struct source *source = csv->base.source;
  if (source_gather(source, 3, failure)) return IO_FAILED;
  bool may_be_mark = source->end > source->begin && (source->data[source->begin] & 0x80) != 0;
  if (may_be_mark && source_need(source, 3, failure)) return IO_FAILED;
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
static void look_for_delimiters(struct csv *csv, const struct csv_cells *cells) {
  static const struct {
    char character;
    const char *advice;
  } others[] = {{'\t', "the first line has tabs: for tab-separated values add --delimiter tab"},
                {';', "the first line has semicolons: if they separate the columns, add --delimiter ';'"},
                {'|', "the first line has '|': if it separates the columns, add --delimiter '|'"}};

  for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
    for (size_t cell = 0; cell < cells->count; cell++) {
      if (others[i].character != csv->delimiter && strchr(cells->texts[cell], others[i].character)) {
        memcpy(csv->base.advice, others[i].advice, strlen(others[i].advice) + 1);
        return;
      }
    }
  }
}

static bool is_header(const struct csv *csv, const struct csv_cells *cells, enum header_mode mode) {
  if (mode != HEADER_AUTO) return mode == HEADER_YES;
  for (size_t i = 0; i < cells->count; i++) {
    if (!cell_is_value(cells->texts[i], csv->missing)) return true;
  }
  return false;
}

/* Tables whose columns have no names are often written with 0,1,2,... as header: that is indistinguishable from a row. */
static void warn_of_numbered_header(const struct csv *csv, const struct csv_cells *cells) {
  for (size_t i = 0; i < cells->count; i++) {
    char number[24];
    (void)snprintf(number, sizeof number, "%zu", i);
    if (strcmp(cells->texts[i], number) != 0) return;
  }
  if (cells->count > 1)
    warn("%s:%llu: the first row counts 0, 1, 2, ... and is read as data; if it is a header, add --header yes", csv->base.source->name,
         (unsigned long long)csv->lines + 1);
}

static enum exit_code keep_names(struct csv *csv, const struct csv_cells *cells, struct failure *failure) {
  csv->base.names = calloc(cells->count, sizeof *csv->base.names);
  if (!csv->base.names) return fail_memory(failure);
  for (size_t i = 0; i < cells->count; i++) {
    csv->base.names[i] = strdup(csv_trim(cells->texts[i]));
    if (!csv->base.names[i]) return fail_memory(failure);
  }
  return OK;
}

static enum exit_code split_first(struct csv *csv, char *record, size_t size, struct csv_cells *cells, struct failure *failure) {
  const char *name = csv->base.source->name;
  unsigned long long line = (unsigned long long)csv->lines + 1;
  if (memchr(record, '\0', size)) {
    (void)fail(failure, DATA_REFUSED, "%s:%llu: a NUL byte: this is not UTF-8 text", name, line);
    add_advice(failure, "for UTF-16, convert it first: iconv -f UTF-16 -t UTF-8");
    return DATA_REFUSED;
  }
  const char *complaint = csv_split(record, size, csv->delimiter, cells);
  if (complaint == csv_no_memory) return fail_memory(failure);
  return complaint ? fail(failure, DATA_REFUSED, "%s:%llu:%zu: the cell %s", name, line, cells->count, complaint) : OK;
}

/* A copy of the first record that is not blank; the window then starts with it. NULL at the end of the data. *with_end: of the record. */
static enum exit_code first_record(struct csv *csv, char **record, size_t *size, size_t *with_end, struct failure *failure) {
  struct source *source = csv->base.source;
  *record = NULL;
  for (;;) {
    size_t found = 0;
    enum exit_code code = find_records(csv, 1, &found, failure);
    if (code || found == 0) return code;
    size_t position = 0;
    size_t quotes = 0;
    const char *text = source->data + source->begin;
    *size = csv_record_size(text, found, &position, &quotes);
    *with_end = *size == SIZE_MAX ? found : *size + 1;
    if (*size == SIZE_MAX) *size = found;
    if (*size > 0 && text[*size - 1] == '\r') --*size;
    if (*size > 0) {
      *record = malloc(*size + 1);
      if (!*record) return fail_memory(failure);
      memcpy(*record, text, *size);
      return OK;
    }
    csv->lines++;
    source->begin += *with_end;
  }
}

static enum exit_code start(struct csv *csv, enum header_mode header, struct csv_cells *cells, struct failure *failure) {
  char *record = NULL;
  size_t size = 0;
  size_t with_end = 0;
  enum exit_code code = skip_byte_order_mark(csv, failure);
  if (code == OK) code = first_record(csv, &record, &size, &with_end, failure);
  csv->base.is_empty = !record;
  if (code == OK && record) code = split_first(csv, record, size, cells, failure);
  if (code == OK && record) {
    csv->base.columns = cells->count;
    look_for_delimiters(csv, cells);
    if (is_header(csv, cells, header)) {
      code = keep_names(csv, cells, failure);
      csv->lines += count_newlines(csv->base.source->data + csv->base.source->begin, with_end);
      csv->base.source->begin += with_end;
    } else if (header == HEADER_AUTO) {
      warn_of_numbered_header(csv, cells);
    }
  }
  free(record);
  return code;
}

/* ---- the kinds -------------------------------------------------------------------------------------------------------------------- */

static void csv_close(struct reader *reader) {
  struct csv *csv = (struct csv *)reader;
  for (size_t i = 0; csv->base.names && i < csv->base.columns; i++) free(csv->base.names[i]);
  free(csv->base.names);
  free(csv);
}

static bool has_number(const char *const *missing) {
  double number;
  for (; *missing; missing++) {
    if (parse_double(*missing, &number) == NUMBER_OK) return true;
  }
  return false;
}

static enum exit_code open_delimited(const struct reader_kind *kind, struct source *source, const struct reader_options *options, char delimiter,
                                     struct reader **reader, struct failure *failure) {
  struct csv *csv = calloc(1, sizeof *csv);
  if (!csv) return fail_memory(failure);
  csv->base = (struct reader){.kind = kind, .source = source, .to_skip = options->skip, .to_read = options->limit ? options->limit : UINT64_MAX};
  csv->delimiter = delimiter;
  csv->lines = source->lines;
  csv->missing = options->missing ? options->missing : default_missing;
  csv->has_usual_numbers = csv->missing == default_missing || !has_number(csv->missing);

  struct csv_cells cells = {0};
  enum exit_code code = start(csv, options->header, &cells, failure);
  free(cells.texts);
  if (code) {
    csv_close(&csv->base);
    return code;
  }
  *reader = &csv->base;
  return OK;
}

static enum exit_code csv_open(struct source *source, const struct reader_options *options, struct reader **reader, struct failure *failure) {
  return open_delimited(&csv_reader, source, options, options->delimiter ? options->delimiter : ',', reader, failure);
}

static enum exit_code tsv_open(struct source *source, const struct reader_options *options, struct reader **reader, struct failure *failure) {
  return open_delimited(&tsv_reader, source, options, options->delimiter ? options->delimiter : '\t', reader, failure);
}

const struct reader_kind csv_reader = {"csv", ".csv", csv_open, csv_take, csv_read, csv_close};
const struct reader_kind tsv_reader = {"tsv", ".tsv", tsv_open, csv_take, csv_read, csv_close};
