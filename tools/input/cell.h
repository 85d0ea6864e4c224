/* One cell of a text table as an element of a type. */
#ifndef TOOLS_INPUT_CELL_H
#define TOOLS_INPUT_CELL_H

#include <stdbool.h>

#include <onnxtree/onnxtree.h>

/* Missing values are written: nothing, NA, N/A, NaN, nan, null, or ?; blanks around do not count. */
bool cell_is_missing(const char *text);

/* A number, a truth value or a missing value: something that a heading is not. */
bool cell_is_value(const char *text);

/* Store the cell at `place`. Returns NULL, or what is wrong as the end of a sentence that starts with the cell: "is not a number". */
const char *cell_store(const char *text, onnxtree_type type, void *place);

#endif
