/* Tables of results to files, block by block. */
#ifndef TOOLS_OUTPUT_WRITER_H
#define TOOLS_OUTPUT_WRITER_H

#include <stdbool.h>
#include <stdint.h>

#include <onnxtree/onnxtree.h>

#include "cli/message.h"
#include "output/output_file.h"
#include "text/buffer.h"

/* An output of the model that was asked for. */
struct result {
  onnxtree_value_info info;
  onnxtree_tensor tensor; /* the block's values, row-major without gaps */
};

struct writer {
  const struct writer_kind *kind;
  struct output_file *file;
  const struct result *results;
  size_t result_count;
  struct buffer text; /* what is not written yet */
  FILE *spool;        /* npy: rows that wait for their number to be known */
  uint64_t rows;      /* written so far */
};

struct writer_kind {
  const char *name;      /* of --to */
  const char *extension; /* ".csv" */
  enum exit_code (*start)(struct writer *writer, struct failure *failure);
  enum exit_code (*write)(struct writer *writer, size_t rows, struct failure *failure);
  enum exit_code (*finish)(struct writer *writer, struct failure *failure);
};

extern const struct writer_kind csv_writer;
extern const struct writer_kind jsonl_writer;
extern const struct writer_kind npy_writer;

/* Choose the writer: by the name of a format (NULL: by extension of `path`, else CSV). */
enum exit_code writer_choose(const char *format, const char *path, const struct writer_kind **kind, struct failure *failure);

enum exit_code writer_start(struct writer *writer, const struct writer_kind *kind, struct output_file *file, const struct result *results,
                            size_t result_count, struct failure *failure);
enum exit_code writer_write(struct writer *writer, size_t rows, struct failure *failure);
enum exit_code writer_finish(struct writer *writer, struct failure *failure);
void writer_free(struct writer *writer);

/* ---- for the kinds ---- */

/* Send the text on its way and empty the buffer. */
enum exit_code writer_flush_text(struct writer *writer, struct failure *failure);

/* The element of a result. */
const void *result_element(const struct result *result, size_t row, size_t column);

/* Whether a result has one column per class. */
bool result_has_labels(const struct result *result);

#endif
