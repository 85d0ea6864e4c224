/* One cell of a text table as an element of a type. */
#ifndef TOOLS_INPUT_CELL_H
#define TOOLS_INPUT_CELL_H

#include <stdbool.h>

#include <onnxtree/onnxtree.h>

/* How missing values are written: a list that ends with NULL. Blanks around them do not count. */
extern const char *const default_missing[]; /* nothing, NA, N/A, NaN, nan, null, ? */

/* A number, a truth value or a missing value: something that a heading is not. */
bool cell_is_value(const char *text, const char *const *missing);

/* Store the cell at `place`. A spelling in `missing` is missing even if it is a number too.
 * Returns NULL, or what is wrong as the end of a sentence that starts with the cell: "is not a number". */
const char *cell_store(const char *text, onnxtree_type type, const char *const *missing, void *place);

#endif
