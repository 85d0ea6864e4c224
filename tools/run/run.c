#include "run/run.h"

#include <stdlib.h>
#include <string.h>

#include "run/bind.h"
#include "cli/load.h"
#include "output/writer.h"
#include "run/results.h"

enum { BLOCK_ROWS = 4096 };
static const size_t most_block_bytes = (size_t)256 << 20; /* of inputs and outputs */

struct run {
  const struct run_settings *settings;
  onnxtree_model *model;
  onnxtree_workspace *workspace;
  struct source source;
  struct reader *reader;
  struct binding binding;
  struct results results;
  struct output_file file;
  struct writer writer;
  size_t block_rows;
};

/* As many rows as asked for, but fewer when rows are very wide. */
static size_t choose_block_rows(const struct run *run) {
  size_t row_bytes = 1;
  onnxtree_value_info info = ONNXTREE_VALUE_INFO_INIT;
  for (size_t i = 0; onnxtree_model_input(run->model, i, &info) == ONNXTREE_OK; i++) row_bytes += info.columns * onnxtree_type_size(info.type);
  for (size_t i = 0; onnxtree_model_output(run->model, i, &info) == ONNXTREE_OK; i++) row_bytes += info.columns * onnxtree_type_size(info.type);
  size_t rows = run->settings->batch ? run->settings->batch : BLOCK_ROWS * run->settings->threads;
  size_t most = most_block_bytes / row_bytes;
  return rows <= most ? rows : most > 0 ? most : 1;
}

static bool ends_in_onnx(const char *path) {
  size_t size = path ? strlen(path) : 0;
  return size >= 5 && strcmp(path + size - 5, ".onnx") == 0;
}

static enum exit_code load(struct run *run, struct failure *failure) {
  const struct run_settings *settings = run->settings;
  enum exit_code code = load_model(settings->model, &settings->loading, &run->model, failure);
  if (code == MODEL_REFUSED && ends_in_onnx(settings->data) && !ends_in_onnx(settings->model))
    add_advice(failure, "the order is: onnxtree run MODEL DATA");
  return code;
}

/* Everything is opened and checked before the first row is read. */
static enum exit_code prepare(struct run *run, struct failure *failure) {
  const struct run_settings *settings = run->settings;
  const struct writer_kind *kind;
  enum exit_code code = writer_choose(settings->to, settings->output, &kind, failure);
  if (code == OK) code = load(run, failure);
  if (code) return code;
  run->block_rows = choose_block_rows(run);
  bool scores_only = kind == &npy_writer;
  code = results_choose(run->model, settings->outputs, scores_only, run->block_rows, &run->results, failure);
  if (code == OK) code = source_open(&run->source, settings->data, failure);
  if (code == OK) code = reader_open(settings->from, settings->data, &run->source, &settings->reading, &run->reader, failure);
  if (code == OK) code = bind_columns(run->model, run->reader, run->block_rows, &run->binding, failure);
  if (code) return code;

  onnxtree_workspace_options options = ONNXTREE_WORKSPACE_OPTIONS_INIT;
  options.threads = settings->threads;
  onnxtree_error error = {0};
  if (onnxtree_workspace_create(run->model, &options, &run->workspace, &error)) return fail_library(failure, settings->model, &error);
  const char *const inputs[] = {settings->model, settings->data ? settings->data : "/dev/stdin", NULL};
  code = output_open(&run->file, settings->output, inputs, failure);
  return code ? code : writer_start(&run->writer, kind, &run->file, run->results.items, run->results.count, failure);
}

static enum exit_code score_block(struct run *run, size_t rows, struct failure *failure) {
  for (size_t i = 0; i < run->binding.input_count; i++) run->binding.inputs[i].rows = rows;
  for (size_t i = 0; i < run->results.count; i++) run->results.tensors[i].rows = rows;

  onnxtree_run_options options = ONNXTREE_RUN_OPTIONS_INIT;
  options.threads = run->settings->threads;
  onnxtree_error error = {0};
  if (onnxtree_run(run->model, run->workspace, rows, run->binding.inputs, run->binding.input_count, run->results.tensors, run->results.count,
                   &options, &error))
    return fail_library(failure, run->settings->model, &error);
  return writer_write(&run->writer, rows, failure);
}

static enum exit_code score(struct run *run, struct failure *failure) {
  size_t rows = run->reader->is_empty ? 0 : run->block_rows;
  enum exit_code code = OK;
  while (code == OK && rows == run->block_rows) {
    code = run->reader->kind->read(run->reader, run->binding.fields, run->block_rows, &rows, failure);
    if (code == OK && rows > 0) code = score_block(run, rows, failure);
  }
  return code ? code : writer_finish(&run->writer, failure);
}

static void clean_up(struct run *run) {
  writer_free(&run->writer);
  output_discard(&run->file);
  onnxtree_workspace_free(run->workspace);
  bind_free(&run->binding);
  results_free(&run->results);
  reader_close(run->reader);
  source_close(&run->source);
  onnxtree_model_free(run->model);
}

enum exit_code run_model(const struct run_settings *settings, struct failure *failure) {
  struct run run = {.settings = settings, .source = {.descriptor = -1}};
  enum exit_code code = prepare(&run, failure);
  if (code == OK) code = score(&run, failure);
  if (code == OK) code = output_commit(&run.file, failure);
  clean_up(&run);
  return code;
}
