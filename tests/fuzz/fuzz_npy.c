/* The NPY reader on a file in one piece and on the same file in small pieces. What it accepts has exactly the length that its header says, and
 * each number is what the bytes say. */
#include <math.h>
#include <string.h>

#include "fuzz/read_hook.h"
#include "fuzz/table.h"

static onnxtree_type type;

/* The element at `bytes` of the type that the descr names, as a double. */
static double decode(const char *descr, const uint8_t *bytes) {
  uint64_t bits = 0;
  int width = descr[1] == 'b' ? 1 : descr[2] - '0';
  for (int i = 0; i < width; i++) bits |= (uint64_t)bytes[i] << (8 * i);
  if (descr[1] == 'b') return bits != 0;
  if (descr[1] == 'i') return width == 8 ? (double)(int64_t)bits : (double)(int32_t)(uint32_t)bits;
  if (width == 8) {
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
  }
  uint32_t low = (uint32_t)bits;
  float value;
  memcpy(&value, &low, sizeof value);
  return (double)value;
}

/* Exact where the type of the table is double; the other types are compared as far as they hold the value. */
static void check_numbers(const table *t, const uint8_t *data, size_t size) {
  static const char *const descrs[] = {"<f4", "<f8", "<i4", "<i8", "|b1"};
  static const size_t widths[] = {4, 8, 4, 8, 1};
  size_t found = 5, hits = 0;
  for (size_t d = 0; d < 5; d++)
    for (size_t i = 0; i + 5 <= t->begin; i++)
      if (memcmp(data + i + 1, descrs[d], 3) == 0 && (data[i] == '\'' || data[i] == '"') && data[i + 4] == data[i]) {
        found = d;
        hits++;
      }
  if (hits != 1) return; /* said in another way: a key may hold the text of a type, too */
  FUZZ_CHECK(size - t->begin == t->rows * t->columns * widths[found]);
  if (type != ONNXTREE_DOUBLE) return;
  for (size_t i = 0; i < t->cell_count; i++) {
    double expected = decode(descrs[found], data + t->begin + i * widths[found]);
    FUZZ_CHECK(memcmp(&t->cells[i], &expected, sizeof expected) == 0 || (isnan(t->cells[i]) && isnan(expected)));
  }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static const onnxtree_type types[] = {ONNXTREE_DOUBLE, ONNXTREE_FLOAT, ONNXTREE_INT64, ONNXTREE_INT32, ONNXTREE_BOOL};
  static const struct reader_options options = {',', HEADER_AUTO, NULL, 0, 0};
  static table whole, pieces;
  if (size < 2) return 0;
  type = types[data[0] % 5];
  size_t most = 1 + data[1] % 64, fail_at = data[0] >= 240 ? (size_t)data[1] : SIZE_MAX;
  data += 2;
  size -= 2;
  struct source source;
  whole_source(&source, data, size);
  table_read(&whole, &npy_reader, &options, type, &source);
  if (whole.columns > TABLE_MOST_COLUMNS) return 0;
  if (whole.code == OK) check_numbers(&whole, data, size);
  hooked_source(&source, data, size, most, fail_at);
  table_read(&pieces, &npy_reader, &options, type, &source);
  if (pieces.columns > TABLE_MOST_COLUMNS) return 0; /* only the header of it was good */
  if (pieces.code == IO_FAILED) {
    FUZZ_CHECK(fail_at <= size);
    return 0;
  }
  /* The size of a file is known before it is read, that of a stream is not: the rows before the end may have been delivered. */
  FUZZ_CHECK((whole.code == OK) == (pieces.code == OK));
  if (whole.code != OK) return 0;
  FUZZ_CHECK(whole.rows == pieces.rows && whole.columns == pieces.columns && whole.cell_count == pieces.cell_count);
  FUZZ_CHECK(memcmp(whole.cells, pieces.cells, whole.cell_count * sizeof *whole.cells) == 0);
  return 0;
}
