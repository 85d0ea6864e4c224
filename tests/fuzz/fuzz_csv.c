/* The CSV reader on a file in one piece, on the same file in small pieces, and a slow reader that takes character by character: the same
 * verdict, names and numbers. Read errors end the reading with the right code. */
#include <string.h>

#include "fuzz/read_hook.h"
#include "fuzz/table.h"
#include "input/cell.h"

static onnxtree_type type;
static struct reader_options options;

/* ---- the slow reader ---- */

typedef struct slow {
  const uint8_t *data;
  size_t size, at;
  char *cells; /* of the record, NUL-terminated, one behind the other */
  size_t used, count;
} slow;

/* The next record without its line end; false at the end. A line end inside quotes does not count. */
static bool slow_record(slow *s, const uint8_t **record, size_t *size) {
  do {
    if (s->at >= s->size) return false;
    size_t quotes = 0, end = s->at;
    for (; end < s->size && (s->data[end] != '\n' || quotes % 2); end++) quotes += s->data[end] == '"';
    *record = s->data + s->at;
    *size = end - s->at;
    s->at = end + 1;
    if (*size && (*record)[*size - 1] == '\r') --*size;
  } while (*size == 0);
  return true;
}

/* Cuts a record into cells; false if it breaks a rule. */
static bool slow_cells(slow *s, const uint8_t *record, size_t size) {
  size_t at = 0;
  s->used = s->count = 0;
  for (size_t i = 0; i < size; i++)
    if (record[i] == 0) return false;
  for (;;) {
    bool quoted = at < size && record[at] == '"';
    if (quoted) {
      for (at++;; at++) {
        if (at >= size) return false;
        if (record[at] == '"') {
          if (at + 1 >= size || record[at + 1] != '"') break;
          at++;
        }
        s->cells[s->used++] = (char)record[at];
      }
      at++;
      if (at < size && record[at] != (uint8_t)options.delimiter) return false;
    } else {
      for (; at < size && record[at] != (uint8_t)options.delimiter; at++) {
        if (record[at] == '"' || record[at] == '\r') return false;
        s->cells[s->used++] = (char)record[at];
      }
    }
    s->cells[s->used++] = '\0';
    s->count++;
    if (at >= size) return true;
    at++;
  }
}

static bool slow_row(table *t, const slow *s) {
  const char *cell = s->cells;
  size_t before = t->cell_count;
  if (s->count != t->columns) return false;
  for (size_t i = 0; i < s->count; i++, cell += strlen(cell) + 1) {
    double value = 0;
    if (cell_store(cell, type, default_missing, &value)) {
      t->cell_count = before;
      return false;
    }
    if (t->cell_count < TABLE_MOST_CELLS) t->cells[t->cell_count++] = value;
  }
  t->rows++;
  return true;
}

static void slow_names(table *t, const slow *s) {
  const char *cell = s->cells;
  t->has_names = true;
  for (size_t i = 0; i < s->count; i++, cell += strlen(cell) + 1) {
    char name[TABLE_MOST_CELLS];
    size_t size = strlen(cell), first = strspn(cell, " \t");
    while (size > first && (cell[size - 1] == ' ' || cell[size - 1] == '\t')) size--;
    if (size - first >= sizeof name) continue; /* too long to be kept */
    memcpy(name, cell + first, size - first);
    name[size - first] = '\0';
    table_keep_name(t, name);
  }
}

static bool slow_is_header(const slow *s) {
  if (options.header != HEADER_AUTO) return options.header == HEADER_YES;
  const char *cell = s->cells;
  for (size_t i = 0; i < s->count; i++, cell += strlen(cell) + 1)
    if (!cell_is_value(cell, default_missing)) return true;
  return false;
}

static void slow_table(table *t, const uint8_t *data, size_t size) {
  slow s = {.data = data, .size = size, .cells = malloc(2 * size + 2)};
  const uint8_t *record;
  size_t length;
  memset(t, 0, sizeof *t);
  bool good = !(size >= 2 && (memcmp(data, "\xFF\xFE", 2) == 0 || memcmp(data, "\xFE\xFF", 2) == 0));
  if (size >= 3 && memcmp(data, "\xEF\xBB\xBF", 3) == 0) s.at = 3;
  for (bool first = true; good && slow_record(&s, &record, &length); first = false) {
    good = slow_cells(&s, record, length);
    if (good && first) {
      t->columns = s.count;
      if (slow_is_header(&s)) {
        slow_names(t, &s);
        continue;
      }
    }
    good = good && slow_row(t, &s);
  }
  t->code = good ? OK : DATA_REFUSED;
  free(s.cells);
}

/* ---- comparison ---- */

static bool same_table(const table *a, const table *b) {
  return a->code == b->code && a->columns == b->columns && a->has_names == b->has_names && a->rows == b->rows && a->cell_count == b->cell_count &&
         a->names_size == b->names_size && memcmp(a->cells, b->cells, a->cell_count * sizeof *a->cells) == 0 &&
         memcmp(a->names, b->names, a->names_size) == 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static const onnxtree_type types[] = {ONNXTREE_FLOAT, ONNXTREE_DOUBLE, ONNXTREE_INT64, ONNXTREE_INT32, ONNXTREE_BOOL};
  static table whole, pieces, expected;
  if (size < 2) return 0;
  type = types[data[0] % 5];
  options = (struct reader_options){",;\t|"[data[0] / 5 % 4], (enum header_mode)(data[0] / 20 % 3), NULL, 0, 0};
  size_t most = 1 + data[1] % 32, fail_at = data[0] >= 240 ? (size_t)data[1] : SIZE_MAX;
  data += 2;
  size -= 2;
  struct source source;
  set_quiet(true);
  whole_source(&source, data, size);
  table_read(&whole, &csv_reader, &options, type, &source);
  slow_table(&expected, data, size);
  FUZZ_CHECK(same_table(&whole, &expected));
  hooked_source(&source, data, size, most, fail_at);
  table_read(&pieces, &csv_reader, &options, type, &source);
  FUZZ_CHECK(pieces.code == IO_FAILED ? fail_at <= size : same_table(&whole, &pieces));
  return 0;
}
