/* Reading one column of an Arrow table: checked once, then copied in pieces into a model's input, in any number of threads. */
#ifndef OT_API_ARROW_COLUMN_H
#define OT_API_ARROW_COLUMN_H

#include <onnxtree/arrow.h>

typedef enum ot_arrow_class {
  OT_ARROW_NULLS,
  OT_ARROW_BOOLEAN,
  OT_ARROW_INTEGER,  /* values fit int64_t */
  OT_ARROW_UNSIGNED, /* uint64_t */
  OT_ARROW_FLOAT,
  OT_ARROW_DOUBLE,
  OT_ARROW_TEXT
} ot_arrow_class;

typedef struct ot_arrow_format ot_arrow_format; /* a row of the table of formats */

typedef struct ot_arrow_values {
  const ot_arrow_format *format;
  const unsigned char *validity; /* a bit for each element; NULL: nothing is null */
  const void *const *buffers;
  size_t first; /* of the buffers' elements */
  size_t count;
} ot_arrow_values;

typedef struct ot_arrow_column {
  const char *name;
  ot_arrow_values values;
  ot_arrow_values dictionary; /* of text, when `values` are indices into it; else format is NULL */
} ot_arrow_column;

/* The `count` elements of an array after `skipped` ones; the array's own offset is added. */
onnxtree_status ot_arrow_column_open(const struct ArrowSchema *schema, const struct ArrowArray *array, size_t skipped, size_t count,
                                     ot_arrow_column *column, onnxtree_error *error);

/* Whether every element can be read as `type`. */
onnxtree_status ot_arrow_column_check(const ot_arrow_column *column, onnxtree_type type, onnxtree_error *error);

/* The column's own memory, if its elements are those of `type` and none is null; else NULL. */
const void *ot_arrow_column_direct(const ot_arrow_column *column, onnxtree_type type);

/* Copy `count` elements from `row` on to every `stride`-th element of `to`. The column has been checked for `type`. */
void ot_arrow_column_read(const ot_arrow_column *column, size_t row, size_t count, onnxtree_type type, void *to, size_t stride);

#endif
