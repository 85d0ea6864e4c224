/* One numeric output as a NumPy array (.npy, version 1). The header tells the number of rows, which is known only at the end: in a file of
 * our own it is written over; for pipes the rows wait in a temporary file. */

#include <errno.h>
#include <string.h>

#include "output/writer.h"

enum { HEADER_SIZE = 128 };

static const char *descr_of(onnxtree_type type) {
  switch (type) {
    case ONNXTREE_FLOAT:
      return "<f4";
    case ONNXTREE_DOUBLE:
      return "<f8";
    case ONNXTREE_INT32:
      return "<i4";
    case ONNXTREE_INT64:
      return "<i8";
    case ONNXTREE_BOOL:
      return "|b1";
    default:
      return NULL;
  }
}

/* The dictionary is padded with blanks, so that the header has the same size for every number of rows. */
static enum exit_code write_header(struct writer *writer, struct failure *failure) {
  static const unsigned char start[10] = {0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0, HEADER_SIZE - 10, 0};
  const onnxtree_value_info *info = &writer->results->items[0].info;
  char columns[32] = "";
  if (info->rank == 2) (void)snprintf(columns, sizeof columns, " %zu", info->columns);

  char header[HEADER_SIZE + 1];
  memcpy(header, start, sizeof start);
  int size = snprintf(header + 10, sizeof header - 10, "{'descr': '%s', 'fortran_order': False, 'shape': (%llu,%s), }", descr_of(info->type),
                      (unsigned long long)writer->rows, columns);
  memset(header + 10 + size, ' ', (size_t)(HEADER_SIZE - 10 - size));
  header[HEADER_SIZE - 1] = '\n';
  return output_write(writer->file, header, HEADER_SIZE, failure);
}

static enum exit_code npy_start(struct writer *writer, struct failure *failure) {
  if (writer->file->is_new) return write_header(writer, failure);
  writer->spool = tmpfile();
  return writer->spool ? OK : fail(failure, IO_FAILED, "no temporary file can be made: %s", strerror(errno));
}

/* Elements as little-endian bytes, whatever this machine's order is. */
static void append_elements(struct buffer *text, const struct result *result, size_t count) {
  size_t size = onnxtree_type_size(result->tensor.type);
  const char *bytes = result->tensor.data;
  const union {
    uint16_t number;
    unsigned char first;
  } order = {1};
  if (order.first == 1) {
    append_bytes(text, bytes, count * size);
    return;
  }
  for (size_t i = 0; i < count * size; i++) append_char(text, bytes[i / size * size + (size - 1 - i % size)]);
}

static void npy_format(const struct writer *writer, const struct results *results, size_t rows, struct buffer *text) {
  (void)writer;
  append_elements(text, &results->items[0], rows * results->items[0].info.columns);
}

static enum exit_code npy_send(struct writer *writer, const struct buffer *text, struct failure *failure) {
  if (!writer->spool) return writer_send_text(writer, text, failure);
  bool written = text->size == 0 || fwrite(text->data, 1, text->size, writer->spool) == text->size;
  return written ? OK : fail(failure, IO_FAILED, "the temporary file cannot be written: %s", strerror(errno));
}

static enum exit_code copy_spool(struct writer *writer, struct failure *failure) {
  static char block[64 * 1024];
  rewind(writer->spool);
  for (;;) {
    size_t size = fread(block, 1, sizeof block, writer->spool);
    if (size == 0) break;
    enum exit_code code = output_write(writer->file, block, size, failure);
    if (code) return code;
  }
  if (ferror(writer->spool)) return fail(failure, IO_FAILED, "the temporary file cannot be read: %s", strerror(errno));
  return output_flush(writer->file, failure);
}

static enum exit_code npy_finish(struct writer *writer, struct failure *failure) {
  if (!writer->spool && fseek(writer->file->stream, 0, SEEK_SET) != 0) return output_failed(writer->file, failure);
  /* A failed flush of the spool must be noticed before anything is copied. */
  if (writer->spool && fflush(writer->spool) != 0) return fail(failure, IO_FAILED, "the temporary file cannot be written: %s", strerror(errno));
  enum exit_code code = write_header(writer, failure);
  return code == OK && writer->spool ? copy_spool(writer, failure) : code;
}

const struct writer_kind npy_writer = {"npy", ".npy", npy_start, npy_format, npy_send, npy_finish};
