#include "input/reader.h"

#include <stdlib.h>
#include <string.h>

#include "input/npy_header.h"
#include "cli/options.h"

static const struct reader_kind *const kinds[] = {&csv_reader, &tsv_reader, &npy_reader};
enum { KIND_COUNT = sizeof kinds / sizeof kinds[0] };

static bool ends_with(const char *text, const char *end) {
  size_t size = strlen(text);
  size_t end_size = strlen(end);
  return size >= end_size && strcmp(text + size - end_size, end) == 0;
}

static const struct reader_kind *kind_by_bytes(const struct source *source) {
  size_t size = source->end - source->begin;
  bool is_npy = size >= NPY_MAGIC_SIZE && memcmp(source->data + source->begin, NPY_MAGIC, NPY_MAGIC_SIZE) == 0;
  return is_npy ? &npy_reader : &csv_reader;
}

/* A protobuf file of ONNX starts with field 1, the IR version, a small number. */
static bool looks_like_model(const char *path, const struct source *source) {
  if (path && ends_with(path, ".onnx")) return true;
  return source->end - source->begin >= 2 && source->data[source->begin] == 0x08 && source->data[source->begin + 1] < 0x20;
}

enum exit_code reader_open(const char *format, const char *path, struct source *source, const struct reader_options *options, struct reader **reader,
                           struct failure *failure) {
  const struct reader_kind *kind = NULL;
  if (format) {
    const char *const names[] = {csv_reader.name, tsv_reader.name, npy_reader.name, NULL};
    size_t index = 0;
    if (option_choice("from", format, names, &index, failure)) return USAGE;
    kind = kinds[index];
  }
  if (source_need(source, NPY_MAGIC_SIZE, failure)) return IO_FAILED;
  if (!kind && looks_like_model(path, source)) {
    (void)fail(failure, DATA_REFUSED, "%s: is an ONNX model, not a table of rows", source->name);
    add_advice(failure, "the order is: onnxtree run MODEL DATA");
    return DATA_REFUSED;
  }
  for (size_t i = 0; !kind && path && i < KIND_COUNT; i++) {
    if (ends_with(path, kinds[i]->extension)) kind = kinds[i];
  }
  if (!kind) kind = kind_by_bytes(source);
  return kind->open(source, options, reader, failure);
}

void reader_close(struct reader *reader) {
  if (reader) reader->kind->close(reader);
}

enum exit_code chunk_fill(struct chunk *chunk, struct source *source, size_t size, struct failure *failure) {
  if (size > chunk->capacity || !chunk->data) {
    char *data = malloc(size + CHUNK_PADDING);
    if (!data) return fail_memory(failure);
    free(chunk->data);
    chunk->data = data;
    chunk->capacity = size;
  }
  memcpy(chunk->data, source->data + source->begin, size);
  memset(chunk->data + size, 0, CHUNK_PADDING);
  source->begin += size;
  chunk->size = size;
  chunk->next = 0;
  return OK;
}

void chunk_free(struct chunk *chunk) {
  free(chunk->data);
  *chunk = (struct chunk){0};
}
