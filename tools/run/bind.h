/* Which column of the data goes to which input of the model.
 *
 * By name, when every input is a single column and the header has an input's name (or there are several inputs and any header): then the header
 * must have all of them, in any order, and other columns are left out. Otherwise by position: the inputs' columns follow each other, and the data
 * must have exactly as many. */
#ifndef TOOLS_BIND_H
#define TOOLS_BIND_H

#include <onnxtree/onnxtree.h>

#include "input/reader.h"

struct binding {
  onnxtree_tensor *inputs; /* of the model; their memory holds block_rows rows */
  size_t input_count;
  struct field *fields; /* [columns of the reader] */
};

/* On success the binding is the caller's, to be given to bind_free(). A reader without any data gives a binding without fields. */
enum exit_code bind_columns(const onnxtree_model *model, const struct reader *reader, size_t block_rows, struct binding *binding,
                            struct failure *failure);
void bind_free(struct binding *binding);

#endif
