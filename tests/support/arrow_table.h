/* Tables of the Arrow C data interface, built by hand as the format's specification describes them. */
#ifndef TESTS_SUPPORT_ARROW_TABLE_H
#define TESTS_SUPPORT_ARROW_TABLE_H

#include <onnxtree/arrow.h>
#include <onnxtree/onnxtree.h>

enum { MOST_COLUMNS = 80 };

typedef struct column {
  struct ArrowSchema schema;
  struct ArrowArray array;
  const void *buffers[4];
} column;

typedef struct table {
  column columns[MOST_COLUMNS];
  struct ArrowSchema schema, *schemas[MOST_COLUMNS];
  struct ArrowArray array, *arrays[MOST_COLUMNS];
  const void *buffers[1];
} table;

/* The library borrows; it must never release. */
void no_schema_release(struct ArrowSchema *schema);
void no_array_release(struct ArrowArray *array);

void table_begin(table *t, int64_t rows);
column *table_add(table *t, const char *name, const char *format, const void *validity, const void *values, const void *data);
onnxtree_status table_run(const onnxtree_model *model, const table *t, const onnxtree_arrow_options *options, struct ArrowSchema *schema,
                          struct ArrowArray *array, onnxtree_error *error);

/* Results, by their own function. */
void table_release(struct ArrowSchema *schema, struct ArrowArray *array);

#endif
