/* Tables of results to files. Any thread turns a block of results into text; the texts are then sent in order by one thread at a time. */
#ifndef TOOLS_OUTPUT_WRITER_H
#define TOOLS_OUTPUT_WRITER_H

#include <stdbool.h>
#include <stdint.h>

#include <onnxtree/onnxtree.h>

#include "cli/message.h"
#include "output/output_file.h"
#include "text/buffer.h"

enum result_source {
  FROM_MODEL, /* an output of the model */
  FROM_DATA,  /* a column of the data, copied */
  RAW_SCORES, /* of a tree ensemble, before its post transform */
  LEAVES      /* the leaf that each tree of an ensemble reaches */
};

/* A column or matrix of results. */
struct result {
  onnxtree_value_info info;
  onnxtree_tensor tensor; /* the block's values, row-major without gaps; without data where only the shape counts */
  enum result_source source;
};

struct results {
  struct result *items;
  size_t count;
};

struct writer {
  const struct writer_kind *kind;
  struct output_file *file;
  const struct results *results; /* names, types and shapes */
  FILE *spool;                   /* npy: rows that wait for their number to be known */
  uint64_t rows;                 /* sent so far */
};

struct writer_kind {
  const char *name;      /* of --to */
  const char *extension; /* ".csv" */
  enum exit_code (*start)(struct writer *writer, struct failure *failure);
  /* Append `rows` rows. For several threads at once. */
  void (*format)(const struct writer *writer, const struct results *results, size_t rows, struct buffer *text);
  enum exit_code (*send)(struct writer *writer, const struct buffer *text, struct failure *failure);
  enum exit_code (*finish)(struct writer *writer, struct failure *failure);
};

extern const struct writer_kind csv_writer;
extern const struct writer_kind tsv_writer;
extern const struct writer_kind jsonl_writer;
extern const struct writer_kind npy_writer;

/* Choose the writer: by the name of a format (NULL: by extension of `path`, else CSV). */
enum exit_code writer_choose(const char *format, const char *path, const struct writer_kind **kind, struct failure *failure);

enum exit_code writer_start(struct writer *writer, const struct writer_kind *kind, struct output_file *file, const struct results *results,
                            struct failure *failure);
void writer_format(const struct writer *writer, const struct results *results, size_t rows, struct buffer *text);
/* Send the text of `rows` rows, and empty it. */
enum exit_code writer_send(struct writer *writer, struct buffer *text, uint64_t rows, struct failure *failure);
enum exit_code writer_finish(struct writer *writer, struct failure *failure);
void writer_free(struct writer *writer);

/* ---- for the kinds ---- */

/* Text straight to the file. */
enum exit_code writer_send_text(struct writer *writer, const struct buffer *text, struct failure *failure);

/* The element of a result. */
const void *result_element(const struct result *result, size_t row, size_t column);

/* Whether a result has one column per class. */
bool result_has_labels(const struct result *result);

#endif
