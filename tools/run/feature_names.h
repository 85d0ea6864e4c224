/* The names of the columns of a model's only input, as the exporter noted them: the property feature_names, which is the
 * header of a CSV file with these columns. */
#ifndef TOOLS_RUN_FEATURE_NAMES_H
#define TOOLS_RUN_FEATURE_NAMES_H

#include <stdbool.h>
#include <stddef.h>

#include <onnxtree/onnxtree.h>

#include "input/csv_record.h"

struct feature {
  const char *name;
  size_t column;
};

struct feature_names {
  char *text;             /* where the names live */
  struct csv_cells names; /* by column */
  struct feature *sorted; /* [count] by name */
  size_t count;           /* 0: the model has none, or they are not as many different ones as there are columns */
};

bool feature_names_read(const onnxtree_model *model, size_t columns, struct feature_names *features); /* false: out of memory */
bool feature_names_find(const struct feature_names *features, const char *name, size_t *column);
void feature_names_free(struct feature_names *features);

#endif
