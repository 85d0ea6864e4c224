/* Runs of unpacked integers, which are looked at by 64 bytes, against the same bytes taken one by one. */
#include <stdlib.h>
#include <string.h>

#include "onnx/attribute.h"
#include "onnx/scan.h"
#include "onnx/wire.h"
#include "support/model_bytes.h"
#include "support/random_ensemble.h"
#include "support/unit_test.h"

#define MOST_BYTES 700u
#define MOST_VALUES 300u
enum { INTS_TAG = 8 << 3 | OT_WIRE_VARINT, FLOATS_TAG = 7 << 3 | OT_WIRE_FIXED32, STRINGS_TAG = 9 << 3 | OT_WIRE_BYTES };

static size_t write_varint(unsigned char *to, uint64_t value) {
  size_t size = 0;
  for (; value >= 0x80; value >>= 7) to[size++] = (unsigned char)(value | 0x80);
  to[size++] = (unsigned char)value;
  return size;
}

/* Values of mixed sizes, or all of one; few are longer than blocks take. */
static uint64_t any_value(unsigned kind) {
  unsigned bits = kind < 5 ? 7 * kind : random_below(kind) == 0 ? random_below(65) : random_below(28);
  return bits == 0 ? 0 : random_next() >> (64 - bits);
}

static size_t write_run(unsigned char *to, int64_t *values, size_t count, unsigned kind) {
  size_t size = 0;
  for (size_t i = 0; i < count && size < MOST_BYTES; i++) {
    uint64_t value = any_value(kind);
    values[i] = (int64_t)value;
    to[size++] = INTS_TAG;
    size += write_varint(to + size, value);
  }
  return size;
}

/* What was skipped has to be well-formed elements of the kind that the run began with, as many as are said. */
static void check_skipped(const unsigned char *data, size_t size) {
  const unsigned char *at = data, *end = data + size, *p = data;
  size_t count = ot_wire_skip_run(&at, end);
  CU_ASSERT(at >= data && at <= end);
  for (; count > 0 && p < at; count--) {
    uint64_t value = 4;
    bool good = *p == *data;
    p++;
    if (*data != FLOATS_TAG) good &= ot_wire_varint(&p, end, &value) == OT_WIRE_OK;
    if (*data != INTS_TAG) p += value;
    CU_ASSERT_FATAL(good && p <= at);
  }
  CU_ASSERT(count == 0 && p == at);
}

static void test_values(void) {
  unsigned char data[MOST_BYTES + 20];
  int64_t values[MOST_VALUES], found[MOST_VALUES];
  for (unsigned round = 0; round < 4000; round++) {
    size_t count = 1 + random_below(MOST_VALUES), size = write_run(data, values, count, round % 12);
    if (size >= MOST_BYTES) continue;
    check_skipped(data, size);
    ot_cursor cursor = {data, NULL, data + size};
    size_t first = random_below((uint32_t)count);
    ot_cursor_ints(&cursor, found, first);
    ot_cursor_ints(&cursor, found + first, count - first);
    CU_ASSERT(cursor.at == data + size && memcmp(values, found, count * sizeof *values) == 0);
    cursor = (ot_cursor){data, NULL, data + size};
    for (size_t i = 0; i < count; i++) CU_ASSERT_EQUAL(ot_cursor_int(&cursor), values[i]);
  }
}

/* A byte somewhere is wrong, or the data end early. */
static void test_damage(void) {
  static const unsigned char awkward[] = {0, 1, 0x3D, INTS_TAG, 0x4A, 0x7F, 0x80, 0xC0, 0xFF};
  unsigned char data[MOST_BYTES + 20];
  int64_t values[MOST_VALUES];
  for (unsigned round = 0; round < 40000; round++) {
    size_t size = write_run(data, values, 1 + random_below(MOST_VALUES), round % 12);
    for (unsigned i = 0; i < 1 + round % 3; i++) data[random_below((uint32_t)size)] = awkward[random_below(sizeof awkward)];
    check_skipped(data, 1 + random_below((uint32_t)size));
  }
}

/* Bytes of other kinds of runs. */
static void test_other_runs(void) {
  unsigned char data[MOST_BYTES];
  for (unsigned round = 0; round < 20000; round++) {
    unsigned char tag = round % 2 ? FLOATS_TAG : STRINGS_TAG;
    for (size_t i = 0; i < MOST_BYTES; i++) data[i] = (unsigned char)random_next();
    for (size_t at = 0; at + 6 < MOST_BYTES && random_below(20); at += tag == FLOATS_TAG ? 5 : 2 + data[at + 1]) {
      data[at] = tag;
      data[at + 1] %= 12;
    }
    data[0] = tag;
    check_skipped(data, 1 + random_below(MOST_BYTES));
  }
}

/* A model with one attribute: a run of `count` unpacked integers of two bytes each, and one more, which is too near the end to belong to it. */
static bytes model_of_ints(size_t count) {
  bytes attribute = {0}, node = {0}, graph = {0}, model = {0};
  for (size_t i = 0; i <= count; i++) bytes_number(&attribute, 8, 1);
  bytes_message(&node, 5, &attribute);
  bytes_message(&graph, 1, &node);
  bytes_message(&model, 7, &graph);
  return model;
}

/* Only runs of OT_LONG_RUN bytes and more are noted: there is no room for others. */
static void test_long_runs(void) {
  const onnxtree_limits limits = {.max_nesting = OT_MAX_NESTING, .max_graph_nodes = 1};
  for (size_t count = OT_LONG_RUN / 2 - 1; count <= OT_LONG_RUN / 2; count++) {
    bytes model = model_of_ints(count);
    ot_run *runs = calloc(model.size / OT_LONG_RUN + 1, sizeof *runs);
    CU_ASSERT_PTR_NOT_NULL_FATAL(runs);
    ot_problems problems = {0};
    CU_ASSERT_TRUE(ot_scan(model.data, model.size, &limits, runs, &problems));
    bool is_long = 2 * count >= OT_LONG_RUN;
    CU_ASSERT_EQUAL(runs[0].count, is_long ? count : 0);
    CU_ASSERT_PTR_NULL(runs[is_long].begin);
    free(runs);
    bytes_free(&model);
  }
}

UNIT_TEST_MAIN(wire, {"values of every length", test_values}, {"damaged runs", test_damage}, {"floats and strings", test_other_runs},
               {"long runs", test_long_runs})
