/* Evaluates a table in the Arrow format. A real program gets the two structs from pyarrow, polars, DuckDB, a Parquet reader, ...; here they are
 * built by hand from four arrays, of which one has a null.
 *
 *     arrow MODEL */
#include <onnxtree/arrow.h>
#include <onnxtree/onnxtree.h>

#include <stdio.h>

enum { ROWS = 3, COLUMNS = 4 };

/* The library only borrows, so there is nothing to release. */
static void release_schema(struct ArrowSchema *schema) { schema->release = NULL; }
static void release_array(struct ArrowArray *array) { array->release = NULL; }

static void print(const struct ArrowSchema *schema, const struct ArrowArray *table) {
  for (int64_t row = 0; row < table->length; row++)
    for (int64_t c = 0; c < table->n_children; c++) {
      const void *values = table->children[c]->buffers[1];
      const char *separator = c + 1 < table->n_children ? ", " : "\n";
      if (schema->children[c]->format[0] == 'l') printf("%s %lld%s", schema->children[c]->name, (long long)((const int64_t *)values)[row], separator);
      else printf("%s %.3f%s", schema->children[c]->name, (double)((const float *)values)[row], separator);
    }
}

int main(int argc, char **argv) {
  onnxtree_model *model = NULL;
  onnxtree_error error;
  if (argc != 2 || onnxtree_model_load_file(argv[1], NULL, &model, &error) != ONNXTREE_OK) {
    fprintf(stderr, "%s\n", argc != 2 ? "usage: arrow MODEL" : error.message);
    return 1;
  }
  static const double sepal_length[ROWS] = {5.1, 6.3, 5.8}, sepal_width[ROWS] = {3.5, 3.3, 2.7};
  static const float petal_length[ROWS] = {1.4f, 6.0f, 5.1f};
  static const double petal_width[ROWS] = {0.2, 2.5, 0};
  static const unsigned char petal_width_is_valid = 3; /* bits of the first two rows */
  const void *buffers[COLUMNS][2] = {{NULL, sepal_length}, {NULL, sepal_width}, {NULL, petal_length}, {&petal_width_is_valid, petal_width}};
  static const char *const names[COLUMNS] = {"sepal_length", "sepal_width", "petal_length", "petal_width"};
  static const char *const formats[COLUMNS] = {"g", "g", "f", "g"};

  struct ArrowSchema columns[COLUMNS], *column_pointers[COLUMNS];
  struct ArrowArray arrays[COLUMNS], *array_pointers[COLUMNS];
  for (int c = 0; c < COLUMNS; c++) {
    columns[c] = (struct ArrowSchema){.format = formats[c], .name = names[c], .flags = ARROW_FLAG_NULLABLE, .release = release_schema};
    arrays[c] = (struct ArrowArray){.length = ROWS, .null_count = c == 3, .n_buffers = 2, .buffers = buffers[c], .release = release_array};
    column_pointers[c] = &columns[c];
    array_pointers[c] = &arrays[c];
  }
  const void *no_validity[1] = {NULL};
  const struct ArrowSchema schema = {.format = "+s", .n_children = COLUMNS, .children = column_pointers, .release = release_schema};
  const struct ArrowArray table = {
      .length = ROWS, .n_buffers = 1, .n_children = COLUMNS, .buffers = no_validity, .children = array_pointers, .release = release_array};

  struct ArrowSchema result_schema;
  struct ArrowArray result;
  onnxtree_status status = onnxtree_run_arrow(model, &schema, &table, NULL, &result_schema, &result, &error);
  onnxtree_model_free(model); /* the result owns its memory */
  if (status != ONNXTREE_OK) {
    fprintf(stderr, "%s\n", error.message);
    return 1;
  }
  print(&result_schema, &result);
  result_schema.release(&result_schema);
  result.release(&result);
  return 0;
}
