#include "measure/rows.h"

#include <stdlib.h>
#include <string.h>

#include "measure/random.h"

enum { LEAST_RING_ROWS = 16384 };

static size_t largest_batch(const struct bench_settings *settings) {
  size_t largest = 0;
  for (size_t i = 0; i < settings->batch_count; i++) largest = settings->batches[i] > largest ? settings->batches[i] : largest;
  return largest;
}

/* ---- random rows ------------------------------------------------------------------------------------------------------------------ */

static enum exit_code fill_input(const onnxtree_tensor *input, size_t rows, struct random_source *source, struct failure *failure) {
  if (input->type == ONNXTREE_STRING)
    return fail(failure, DATA_REFUSED, "input '%.64s' is text, for which random rows make no sense; give a file of data", input->name);
  size_t size = onnxtree_type_size(input->type);
  unsigned char *place = input->data;
  for (size_t row = 0; row < rows; row++)
    for (size_t column = 0; column < input->columns; column++, place += size) random_cell(source, column, input->type, place);
  return OK;
}

static enum exit_code fill_randomly(const struct bench_settings *settings, const onnxtree_model *model, struct bench_rows *rows,
                                    struct failure *failure) {
  struct random_source source;
  random_source_init(&source, model, settings->seed);
  rows->are_near_thresholds = source.samples != NULL;
  enum exit_code code = OK;
  for (size_t i = 0; code == OK && i < rows->block.input_count; i++) code = fill_input(&rows->block.inputs[i], rows->ring_rows, &source, failure);
  rows->distinct_rows = rows->ring_rows;
  random_source_free(&source);
  return code;
}

/* ---- rows of a file --------------------------------------------------------------------------------------------------------------- */

/* A file with fewer rows than a batch is repeated. */
static void repeat_rows(struct bench_rows *rows) {
  for (size_t i = 0; i < rows->block.input_count; i++) {
    const onnxtree_tensor *input = &rows->block.inputs[i];
    size_t row_size = input->columns * onnxtree_type_size(input->type);
    unsigned char *data = input->data;
    for (size_t row = rows->distinct_rows; row < rows->ring_rows; row++)
      memcpy(data + row * row_size, data + (row - rows->distinct_rows) * row_size, row_size);
  }
}

/* The fields, moved on to a row of the block. */
static void advance_fields(struct field *fields, size_t count, size_t rows) {
  for (size_t i = 0; i < count; i++) {
    if (fields[i].data) fields[i].data += rows * fields[i].stride;
  }
}

static enum exit_code read_rows(struct reader *reader, struct bench_rows *rows, struct failure *failure) {
  enum exit_code code = OK;
  for (size_t count = 0; code == OK && rows->distinct_rows < rows->ring_rows && !reader->is_empty; count++) {
    struct chunk *chunks = realloc(rows->chunks, (count + 2) * sizeof *chunks);
    if (!chunks) return fail_memory(failure);
    rows->chunks = chunks;
    memset(&chunks[count], 0, 2 * sizeof *chunks);
    code = reader->kind->take(reader, &chunks[count], failure);
    if (code || chunks[count].size == 0) break;
    size_t found;
    code = reader->kind->read(reader, &chunks[count], rows->block.fields, rows->ring_rows - rows->distinct_rows, &found, failure);
    advance_fields(rows->block.fields, reader->columns, found);
    rows->distinct_rows += found;
  }
  if (code == OK && rows->distinct_rows == 0) code = fail(failure, DATA_REFUSED, "%s: there are no rows", reader->source->name);
  if (code == OK) repeat_rows(rows);
  return code;
}

/* ---- the ring --------------------------------------------------------------------------------------------------------------------- */

static enum exit_code create_block(const onnxtree_model *model, struct reader *reader, struct bench_rows *rows, struct failure *failure) {
  static const struct bind_settings plain = {0};
  static const struct result_settings all = {0};
  struct binding binding = {0};
  struct results results = {0};
  enum exit_code code = results_choose(model, &all, &results, failure);
  if (code == OK) code = bind_columns(model, reader, &plain, &binding, failure);
  if (code == OK) code = block_create(model, &binding, reader, &results, rows->ring_rows, &rows->block, failure);
  bind_free(&binding);
  results_free(&results);
  return code;
}

static enum exit_code fill_from_file(const struct bench_settings *settings, const onnxtree_model *model, struct bench_rows *rows,
                                     struct failure *failure) {
  struct source source = {.descriptor = -1};
  struct reader *reader = NULL;
  enum exit_code code = source_open(&source, settings->data, failure);
  if (code == OK) code = reader_open(settings->from, settings->data, &source, &settings->reading, &reader, failure);
  if (code == OK) code = create_block(model, reader, rows, failure);
  if (code == OK) code = read_rows(reader, rows, failure);
  reader_close(reader);
  source_close(&source);
  return code;
}

/* The rows outlive the model, whose names and workspace these are: kernels are compared with the same rows. */
static void detach_from_model(struct block *block) {
  onnxtree_workspace_free(block->workspace);
  block->workspace = NULL;
  for (size_t i = 0; i < block->input_count; i++) block->inputs[i].name = NULL;
  for (size_t i = 0; i < block->output_count; i++) block->outputs[i].name = NULL;
}

enum exit_code bench_rows_make(const struct bench_settings *settings, const onnxtree_model *model, struct bench_rows *rows, struct failure *failure) {
  size_t largest = largest_batch(settings);
  struct source no_source = {.name = "random rows"};
  struct reader no_reader = {.source = &no_source, .is_empty = true};
  *rows = (struct bench_rows){.ring_rows = largest > LEAST_RING_ROWS ? largest : LEAST_RING_ROWS};
  enum exit_code code = OK;
  if (settings->data) {
    code = fill_from_file(settings, model, rows, failure);
  } else {
    code = create_block(model, &no_reader, rows, failure);
    if (code == OK) code = fill_randomly(settings, model, rows, failure);
  }
  if (code == OK) {
    detach_from_model(&rows->block);
    rows->window = calloc(rows->block.input_count + 1, sizeof *rows->window);
    if (!rows->window) code = fail_memory(failure);
  }
  if (code) bench_rows_free(rows);
  return code;
}

void bench_rows_advance(struct bench_rows *rows, size_t count) {
  if (rows->next + count > rows->ring_rows) rows->next = 0;
  for (size_t i = 0; i < rows->block.input_count; i++) {
    onnxtree_tensor *input = &rows->window[i];
    *input = rows->block.inputs[i];
    input->rows = count;
    input->data = (unsigned char *)input->data + rows->next * input->columns * onnxtree_type_size(input->type);
  }
  for (size_t i = 0; i < rows->block.output_count; i++) rows->block.outputs[i].rows = count;
  rows->next += count;
}

void bench_rows_free(struct bench_rows *rows) {
  free(rows->window);
  rows->window = NULL;
  block_free(&rows->block);
  for (struct chunk *chunk = rows->chunks; chunk && chunk->data; chunk++) chunk_free(chunk);
  free(rows->chunks);
  rows->chunks = NULL;
}
