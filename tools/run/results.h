/* The results that are asked for: columns of the data that are kept, outputs of the model. */
#ifndef TOOLS_RUN_RESULTS_H
#define TOOLS_RUN_RESULTS_H

#include <onnxtree/onnxtree.h>

#include "output/writer.h"
#include "run/bind.h"

struct result_settings {
  const char *outputs; /* "name,name", or NULL for all */
  bool one_numeric;    /* exactly one output that is no text, by default the scores */
  bool raw_scores;     /* of the first tree operator; without `outputs`, this and the next replace the outputs */
  bool leaves;         /* its leaves, one column for each tree */
};

/* On success the results, without memory for values, are the caller's, to be given to results_free(). */
enum exit_code results_choose(const onnxtree_model *model, const struct result_settings *settings, struct results *results, struct failure *failure);

/* Put the kept columns in front. Their names are the reader's. */
enum exit_code results_add_kept(struct results *results, const struct binding *binding, const struct reader *reader,
                                const struct result_settings *settings, struct failure *failure);

/* The same results with memory for a block of rows. */
enum exit_code results_allocate(const struct results *plan, size_t block_rows, struct results *results, struct failure *failure);

void results_free(struct results *results);

#endif
