/* The outputs of a model that were asked for, with memory for a block of rows. */
#ifndef TOOLS_RESULTS_H
#define TOOLS_RESULTS_H

#include <onnxtree/onnxtree.h>

#include "output/writer.h"

struct results {
  struct result *items;
  onnxtree_tensor *tensors; /* the same tensors in a row, as onnxtree_run() wants them */
  size_t count;
};

/* `names` is "name,name" or NULL for all outputs. `one_numeric`: exactly one output that is no text is asked for, by default the scores.
 * On success the results are the caller's, to be given to results_free(). */
enum exit_code results_choose(const onnxtree_model *model, const char *names, bool one_numeric, size_t block_rows, struct results *results,
                              struct failure *failure);
void results_free(struct results *results);

#endif
