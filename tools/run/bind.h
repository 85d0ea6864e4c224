/* Which column of the data goes to which column of which input of the model. */
#ifndef TOOLS_RUN_BIND_H
#define TOOLS_RUN_BIND_H

#include <onnxtree/onnxtree.h>

#include "input/reader.h"

struct bind_settings {
  const char *const *maps; /* "heading=input", ends with NULL; NULL: none */
  const char *keep;        /* "heading,heading", or NULL */
  bool is_strict;          /* columns that are not used are an error */
  bool is_quiet;           /* they are not even noted */
};

/* Where a column of the data goes. */
struct slot {
  bool is_bound;
  bool is_kept;
  size_t input;
  size_t column;
};

struct binding {
  size_t input_count;
  onnxtree_value_info *inputs;
  struct slot *slots; /* [column_count] */
  size_t column_count;
  size_t *kept; /* [kept_count] columns of the data, in the order asked for */
  size_t kept_count;
};

enum exit_code bind_columns(const onnxtree_model *model, const struct reader *reader, const struct bind_settings *settings, struct binding *binding,
                            struct failure *failure);
void bind_free(struct binding *binding);

#endif
