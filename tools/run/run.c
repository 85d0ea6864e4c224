#include "run/run.h"

#include <stdlib.h>
#include <string.h>

#include "cli/load.h"
#include "run/pipeline.h"

enum { BLOCK_ROWS = 4096 };
static const size_t most_block_bytes = (size_t)128 << 20; /* of inputs and outputs, all threads together */

struct run {
  const struct run_settings *settings;
  onnxtree_model *model;
  double load_seconds;
  struct source source;
  struct reader *reader;
  struct binding binding;
  struct results results;
  struct output_file file;
  struct writer writer;
  struct block *blocks; /* [settings->threads] */
  struct progress progress;
};

/* As many rows as asked for, but fewer when rows are very wide. */
static size_t choose_block_rows(const struct run *run) {
  size_t row_bytes = 1;
  for (size_t i = 0; i < run->binding.input_count; i++)
    row_bytes += run->binding.inputs[i].columns * onnxtree_type_size(run->binding.inputs[i].type);
  for (size_t i = 0; i < run->results.count; i++)
    row_bytes += run->results.items[i].info.columns * onnxtree_type_size(run->results.items[i].info.type);
  size_t rows = run->settings->batch ? run->settings->batch : BLOCK_ROWS;
  size_t most = most_block_bytes / run->settings->threads / row_bytes;
  return rows <= most ? rows : most > 0 ? most : 1;
}

static bool ends_in_onnx(const char *path) {
  size_t size = path ? strlen(path) : 0;
  return size >= 5 && strcmp(path + size - 5, ".onnx") == 0;
}

static enum exit_code load(struct run *run, struct failure *failure) {
  const struct run_settings *settings = run->settings;
  struct progress clock;
  progress_start(&clock, PROGRESS_NEVER, -1);
  enum exit_code code = load_model(settings->model, &settings->loading, &run->model, failure);
  run->load_seconds = progress_seconds(&clock);
  if (code == MODEL_REFUSED && ends_in_onnx(settings->data) && !ends_in_onnx(settings->model))
    add_advice(failure, "the order is: onnxtree run MODEL DATA");
  return code;
}

static enum exit_code create_blocks(struct run *run, struct failure *failure) {
  size_t rows = choose_block_rows(run);
  run->blocks = calloc(run->settings->threads, sizeof *run->blocks);
  if (!run->blocks) return fail_memory(failure);
  enum exit_code code = OK;
  for (size_t i = 0; code == OK && i < run->settings->threads; i++)
    code = block_create(run->model, &run->binding, run->reader, &run->results, rows, &run->blocks[i], failure);
  return code;
}

/* Everything is opened and checked before the first row is read. */
static enum exit_code prepare(struct run *run, struct failure *failure) {
  const struct run_settings *settings = run->settings;
  const struct writer_kind *kind;
  enum exit_code code = writer_choose(settings->to, settings->output, &kind, failure);
  if (code == OK) code = load(run, failure);
  if (code) return code;
  const struct result_settings wanted = {.outputs = settings->outputs,
                                         .one_numeric = kind == &npy_writer,
                                         .raw_scores = settings->wants_raw_scores,
                                         .leaves = settings->wants_leaves};
  code = results_choose(run->model, &wanted, &run->results, failure);
  if (code == OK) code = source_open(&run->source, settings->data, failure);
  if (code == OK) code = reader_open(settings->from, settings->data, &run->source, &settings->reading, &run->reader, failure);
  if (code == OK) code = bind_columns(run->model, run->reader, &settings->binding, &run->binding, failure);
  if (code == OK) code = results_add_kept(&run->results, &run->binding, run->reader, &wanted, failure);
  if (code == OK) code = create_blocks(run, failure);
  if (code) return code;

  const char *const inputs[] = {settings->model, settings->data ? settings->data : "/dev/stdin", NULL};
  code = output_open(&run->file, settings->output, inputs, failure);
  return code ? code : writer_start(&run->writer, kind, &run->file, &run->results, failure);
}

static enum exit_code score(struct run *run, struct failure *failure) {
  enum exit_code code = OK;
  progress_start(&run->progress, run->settings->progress, run->source.file_size);
  if (!run->reader->is_empty) code = pipeline_run(run->reader, &run->writer, run->blocks, run->settings->threads, &run->progress, failure);
  progress_clear(&run->progress);
  return code ? code : writer_finish(&run->writer, failure);
}

static void clean_up(struct run *run) {
  writer_free(&run->writer);
  output_discard(&run->file);
  for (size_t i = 0; run->blocks && i < run->settings->threads; i++) block_free(&run->blocks[i]);
  free(run->blocks);
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
  if (code == OK && settings->is_verbose) {
    double seconds = progress_seconds(&run.progress);
    note("%llu rows in %.3f s (%.0f rows/s), the model was loaded in %.3f s", (unsigned long long)run.progress.rows, seconds,
         (double)run.progress.rows / (seconds > 0 ? seconds : 1e-9), run.load_seconds);
  }
  clean_up(&run);
  return code;
}
