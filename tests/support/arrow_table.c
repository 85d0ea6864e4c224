#include "support/arrow_table.h"

#include <string.h>

#include "support/unit_test.h"

void no_schema_release(struct ArrowSchema *schema) { CU_ASSERT_PTR_NULL(schema); }
void no_array_release(struct ArrowArray *array) { CU_ASSERT_PTR_NULL(array); }

void table_begin(table *t, int64_t rows) {
  memset(t, 0, sizeof *t);
  t->schema = (struct ArrowSchema){.format = "+s", .children = t->schemas, .release = no_schema_release};
  t->array = (struct ArrowArray){.length = rows, .n_buffers = 1, .buffers = t->buffers, .children = t->arrays, .release = no_array_release};
}

column *table_add(table *t, const char *name, const char *format, const void *validity, const void *values, const void *data) {
  int64_t index = t->schema.n_children++;
  t->array.n_children = t->schema.n_children;
  column *c = &t->columns[index];
  c->buffers[0] = validity;
  c->buffers[1] = values;
  c->buffers[2] = data;
  c->schema = (struct ArrowSchema){.format = format, .name = name, .release = no_schema_release};
  c->array = (struct ArrowArray){
      .length = t->array.length, .null_count = validity ? -1 : 0, .n_buffers = data ? 3 : 2, .buffers = c->buffers, .release = no_array_release};
  if (strcmp(format, "n") == 0) c->array.n_buffers = 0;
  t->schemas[index] = &c->schema;
  t->arrays[index] = &c->array;
  return c;
}

onnxtree_status table_run(const onnxtree_model *model, const table *t, const onnxtree_arrow_options *options, struct ArrowSchema *schema,
                          struct ArrowArray *array, onnxtree_error *error) {
  return onnxtree_run_arrow(model, &t->schema, &t->array, options, schema, array, error);
}

void table_release(struct ArrowSchema *schema, struct ArrowArray *array) {
  schema->release(schema);
  array->release(array);
  CU_ASSERT_PTR_NULL(schema->release);
  CU_ASSERT_PTR_NULL(array->release);
}
