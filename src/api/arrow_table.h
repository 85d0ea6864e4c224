/* Making an Arrow table. Every array and schema owns one piece of memory from the caller's allocator, so that each may be moved out and released
 * alone. */
#ifndef OT_API_ARROW_TABLE_H
#define OT_API_ARROW_TABLE_H

#include <stdbool.h>

#include <onnxtree/arrow.h>

/* A table of `columns` columns that are still to be made; releasing it is allowed from now on. False: no memory. */
bool ot_arrow_table_create(const onnxtree_allocator *allocator, size_t columns, size_t rows, struct ArrowSchema *schema, struct ArrowArray *array);

/* A field named "name", or "name:suffix" if the suffix has data. `format` has static storage. */
bool ot_arrow_field_create(const onnxtree_allocator *allocator, const char *format, const char *name, onnxtree_string suffix,
                           struct ArrowSchema *field);

/* A column of numbers, or of bits for booleans; *values is to be filled. */
bool ot_arrow_numbers_create(const onnxtree_allocator *allocator, onnxtree_type type, size_t rows, struct ArrowArray *column, void **values);

/* A column of text. Returns its format, or NULL: no memory. */
const char *ot_arrow_texts_create(const onnxtree_allocator *allocator, const onnxtree_string *texts, size_t rows, struct ArrowArray *column);

/* The format of a column of this type; texts have one of their own. */
const char *ot_arrow_format_of(onnxtree_type type);

#endif
