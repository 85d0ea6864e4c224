#include "measure/rows.h"

#include <stdlib.h>
#include <string.h>

enum { LEAST_RING_ROWS = 16384 };

static size_t largest_batch(const struct bench_settings *settings) {
  size_t largest = 0;
  for (size_t i = 0; i < settings->batch_count; i++) largest = settings->batches[i] > largest ? settings->batches[i] : largest;
  return largest;
}

/* ---- random rows ------------------------------------------------------------------------------------------------------------------ */

static uint64_t next_random(uint64_t *state) {
  uint64_t bits = *state += 0x9E3779B97F4A7C15u;
  bits = (bits ^ (bits >> 30)) * 0xBF58476D1CE4E5B9u;
  bits = (bits ^ (bits >> 27)) * 0x94D049BB133111EBu;
  return bits ^ (bits >> 31);
}

/* The sum of twelve uniform numbers, less their mean, has variance 1 and is close to normal. */
static double next_normal(uint64_t *state) {
  uint64_t sum = 0;
  for (int i = 0; i < 12; i++) sum += next_random(state) >> 32;
  return (double)sum / 4294967296.0 - 6;
}

static void fill_cell(onnxtree_type type, unsigned char *place, uint64_t *state) {
  if (type == ONNXTREE_FLOAT) {
    float value = (float)next_normal(state);
    memcpy(place, &value, sizeof value);
  } else if (type == ONNXTREE_DOUBLE) {
    double value = next_normal(state);
    memcpy(place, &value, sizeof value);
  } else if (type == ONNXTREE_INT32) {
    int32_t value = (int32_t)(next_random(state) % 100);
    memcpy(place, &value, sizeof value);
  } else if (type == ONNXTREE_INT64) {
    int64_t value = (int64_t)(next_random(state) % 100);
    memcpy(place, &value, sizeof value);
  } else {
    *place = next_random(state) & 1;
  }
}

static enum exit_code fill_randomly(const struct bench_settings *settings, const onnxtree_model *model, struct bench_rows *rows,
                                    struct failure *failure) {
  const struct reader no_reader = {.is_empty = true};
  enum exit_code code = bind_columns(model, &no_reader, rows->ring_rows, &rows->binding, failure);
  uint64_t state = settings->seed;
  for (size_t i = 0; code == OK && i < rows->binding.input_count; i++) {
    const onnxtree_tensor *input = &rows->binding.inputs[i];
    size_t size = onnxtree_type_size(input->type);
    unsigned char *place = input->data;
    for (size_t cell = 0; cell < rows->ring_rows * input->columns; cell++, place += size) fill_cell(input->type, place, &state);
  }
  rows->distinct_rows = rows->ring_rows;
  return code;
}

/* ---- rows of a file --------------------------------------------------------------------------------------------------------------- */

/* A file with fewer rows than a batch is repeated. */
static void repeat_rows(struct bench_rows *rows) {
  for (size_t i = 0; i < rows->binding.input_count; i++) {
    const onnxtree_tensor *input = &rows->binding.inputs[i];
    size_t row_size = input->columns * onnxtree_type_size(input->type);
    unsigned char *data = input->data;
    for (size_t row = rows->distinct_rows; row < rows->ring_rows; row++)
      memcpy(data + row * row_size, data + (row - rows->distinct_rows) * row_size, row_size);
  }
}

static enum exit_code read_rows(const struct bench_settings *settings, const onnxtree_model *model, struct bench_rows *rows,
                                struct failure *failure) {
  struct source source = {.descriptor = -1};
  struct reader *reader = NULL;
  enum exit_code code = source_open(&source, settings->data, failure);
  if (code == OK) code = reader_open(settings->from, settings->data, &source, &settings->reading, &reader, failure);
  if (code == OK) code = bind_columns(model, reader, rows->ring_rows, &rows->binding, failure);
  if (code == OK && !reader->is_empty) code = reader->kind->read(reader, rows->binding.fields, rows->ring_rows, &rows->distinct_rows, failure);
  if (code == OK && rows->distinct_rows == 0) code = fail(failure, DATA_REFUSED, "%s: there are no rows", source.name);
  if (code == OK) repeat_rows(rows);
  reader_close(reader);
  source_close(&source);
  return code;
}

/* ---- the ring --------------------------------------------------------------------------------------------------------------------- */

enum exit_code bench_rows_make(const struct bench_settings *settings, const onnxtree_model *model, struct bench_rows *rows, struct failure *failure) {
  size_t largest = largest_batch(settings);
  *rows = (struct bench_rows){.ring_rows = largest > LEAST_RING_ROWS ? largest : LEAST_RING_ROWS};
  enum exit_code code = results_choose(model, NULL, false, largest, &rows->results, failure);
  if (code == OK) code = settings->data ? read_rows(settings, model, rows, failure) : fill_randomly(settings, model, rows, failure);
  if (code == OK) {
    rows->window = calloc(rows->binding.input_count, sizeof *rows->window);
    if (!rows->window) code = fail_memory(failure);
  }
  if (code) bench_rows_free(rows);
  return code;
}

void bench_rows_advance(struct bench_rows *rows, size_t count) {
  if (rows->next + count > rows->ring_rows) rows->next = 0;
  for (size_t i = 0; i < rows->binding.input_count; i++) {
    onnxtree_tensor *input = &rows->window[i];
    *input = rows->binding.inputs[i];
    input->rows = count;
    input->data = (unsigned char *)input->data + rows->next * input->columns * onnxtree_type_size(input->type);
  }
  for (size_t i = 0; i < rows->results.count; i++) rows->results.tensors[i].rows = count;
  rows->next += count;
}

void bench_rows_free(struct bench_rows *rows) {
  free(rows->window);
  bind_free(&rows->binding);
  results_free(&rows->results);
}
