#include "output/writer.h"

#include <string.h>

#include "cli/options.h"

static const struct writer_kind *const kinds[] = {&csv_writer, &jsonl_writer, &npy_writer};
enum { KIND_COUNT = sizeof kinds / sizeof kinds[0] };

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
  size_t size = path ? strlen(path) : 0;
  for (size_t i = 0; i < KIND_COUNT; i++) {
    size_t end_size = strlen(kinds[i]->extension);
    if (size >= end_size && size > 0 && strcmp(path + size - end_size, kinds[i]->extension) == 0) *kind = kinds[i];
  }
  return OK;
}

enum exit_code writer_start(struct writer *writer, const struct writer_kind *kind, struct output_file *file, const struct result *results,
                            size_t result_count, struct failure *failure) {
  *writer = (struct writer){.kind = kind, .file = file, .results = results, .result_count = result_count};
  return kind->start(writer, failure);
}

enum exit_code writer_write(struct writer *writer, size_t rows, struct failure *failure) {
  writer->rows += rows;
  return writer->kind->write(writer, rows, failure);
}

enum exit_code writer_finish(struct writer *writer, struct failure *failure) { return writer->kind->finish(writer, failure); }

void writer_free(struct writer *writer) {
  buffer_free(&writer->text);
  if (writer->spool) (void)fclose(writer->spool);
  writer->spool = NULL;
}

enum exit_code writer_flush_text(struct writer *writer, struct failure *failure) {
  if (writer->text.failed) return fail_memory(failure);
  enum exit_code code = output_write(writer->file, writer->text.data, writer->text.size, failure);
  writer->text.size = 0;
  return code ? code : output_flush(writer->file, failure);
}

const void *result_element(const struct result *result, size_t row, size_t column) {
  size_t index = row * result->tensor.columns + column;
  return (const char *)result->tensor.data + index * onnxtree_type_size(result->tensor.type);
}

bool result_has_labels(const struct result *result) {
  return result->info.label_type != ONNXTREE_UNDEFINED && result->info.label_count == result->info.columns;
}
