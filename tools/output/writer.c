#include "output/writer.h"

#include <string.h>

#include "cli/options.h"

static const struct writer_kind *const kinds[] = {&csv_writer, &tsv_writer, &jsonl_writer, &npy_writer};
enum { KIND_COUNT = sizeof kinds / sizeof kinds[0] };
/* Who names a file like this would be surprised by CSV in it. */
static const char *const not_written[] = {".gz", ".bz2", ".xz", ".zst", ".zip", ".npz", ".parquet", ".xlsx", ".json"};

static bool ends_with(const char *path, const char *end) {
  size_t size = strlen(path), end_size = strlen(end);
  return size >= end_size && strcmp(path + size - end_size, end) == 0;
}

enum exit_code writer_choose(const char *format, const char *path, const struct writer_kind **kind, struct failure *failure) {
  *kind = &csv_writer;
  if (format) {
    const char *names[KIND_COUNT + 1] = {NULL};
    for (size_t i = 0; i < KIND_COUNT; i++) names[i] = kinds[i]->name;
    size_t index = 0;
    enum exit_code code = option_choice("to", format, names, &index, failure);
    *kind = kinds[index];
    return code;
  }
  if (!path) return OK;
  for (size_t i = 0; i < KIND_COUNT; i++)
    if (ends_with(path, kinds[i]->extension)) *kind = kinds[i];
  for (size_t i = 0; i < sizeof not_written / sizeof *not_written; i++) {
    if (!ends_with(path, not_written[i])) continue;
    (void)fail(failure, USAGE, "--output: results are not written in the format of '*%s'", not_written[i]);
    add_advice(failure, "choose one with --to csv|tsv|jsonl|npy; another command can compress them: onnxtree run ... | gzip > scores.csv.gz");
    return USAGE;
  }
  return OK;
}

enum exit_code writer_start(struct writer *writer, const struct writer_kind *kind, struct output_file *file, const struct results *results,
                            struct failure *failure) {
  *writer = (struct writer){.kind = kind, .file = file, .results = results};
  return kind->start(writer, failure);
}

void writer_format(const struct writer *writer, const struct results *results, size_t rows, struct buffer *text) {
  writer->kind->format(writer, results, rows, text);
}

enum exit_code writer_send(struct writer *writer, struct buffer *text, uint64_t rows, struct failure *failure) {
  if (text->failed) return fail_memory(failure);
  enum exit_code code = writer->kind->send(writer, text, failure);
  text->size = 0;
  writer->rows += rows;
  return code;
}

enum exit_code writer_finish(struct writer *writer, struct failure *failure) { return writer->kind->finish(writer, failure); }

void writer_free(struct writer *writer) {
  if (writer->spool) (void)fclose(writer->spool);
  writer->spool = NULL;
}

enum exit_code writer_send_text(struct writer *writer, const struct buffer *text, struct failure *failure) {
  enum exit_code code = output_write(writer->file, text->data, text->size, failure);
  return code ? code : output_flush(writer->file, failure);
}

const void *result_element(const struct result *result, size_t row, size_t column) {
  size_t index = row * result->tensor.columns + column;
  return (const char *)result->tensor.data + index * onnxtree_type_size(result->tensor.type);
}

bool result_has_labels(const struct result *result) {
  return result->info.label_type != ONNXTREE_UNDEFINED && result->info.label_count == result->info.columns;
}
