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

/* Files of other kinds that people have; what to do with them. */
static enum exit_code refuse_known(const struct source *source, struct failure *failure) {
  static const struct {
    const char *start;
    size_t size;
    const char *what;
    const char *advice;
  } known[] = {
      {"\x1f\x8b", 2, "is compressed with gzip", "zcat FILE | onnxtree run MODEL"},
      {"(\xb5/\xfd", 4, "is compressed with zstd", "zstdcat FILE | onnxtree run MODEL"},
      {"\xfd" "7zXZ", 5, "is compressed with xz", "xzcat FILE | onnxtree run MODEL"},
      {"BZh", 3, "is compressed with bzip2", "bzcat FILE | onnxtree run MODEL"},
      {"PK\x03\x04", 4, "is a zip archive (.npz or .xlsx, perhaps)", "save one array with np.save(), or export the table as CSV"},
      {"PAR1", 4, "is a Parquet file", "duckdb -c \"copy (from 'FILE') to '/dev/stdout' (format csv, header)\" | onnxtree run MODEL"},
      {"ARROW1", 6, "is an Arrow file", "convert it to CSV, or give the table to the library: onnxtree/arrow.h"},
      {"SQLite format 3", 15, "is an SQLite database", "sqlite3 -header -csv FILE 'select ...' | onnxtree run MODEL"},
      {"\x80\x04\x95", 3, "is a Python pickle", "save the array with np.save(), or the table with to_csv()"},
  };
  size_t size = source->end - source->begin;
  for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
    if (size < known[i].size || memcmp(source->data + source->begin, known[i].start, known[i].size) != 0) continue;
    (void)fail(failure, DATA_REFUSED, "%s: %s, not a table of rows", source->name, known[i].what);
    add_advice(failure, "%s", known[i].advice);
    return DATA_REFUSED;
  }
  return OK;
}

static bool is_text_start(char character) { return (character >= ' ' && character <= '~') || (character >= '\t' && character <= '\r'); }

enum exit_code reader_open(const char *format, const char *path, struct source *source, const struct reader_options *options, struct reader **reader,
                           struct failure *failure) {
  const struct reader_kind *kind = NULL;
  if (format) {
    const char *const names[] = {csv_reader.name, tsv_reader.name, npy_reader.name, NULL};
    size_t index = 0;
    if (option_choice("from", format, names, &index, failure)) return USAGE;
    kind = kinds[index];
  }
  /* What is there tells the kind, without waiting for more than the start of a magic number asks for: a pipe may be slow. */
  if (source_gather(source, 16, failure)) return IO_FAILED;
  bool may_be_binary = source->end > source->begin && !is_text_start(source->data[source->begin]);
  if (may_be_binary && source_need(source, 16, failure)) return IO_FAILED;
  if (refuse_known(source, failure)) return DATA_REFUSED;
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
