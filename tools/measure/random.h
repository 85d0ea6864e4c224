/* Random cells: about normal, or near the values that a model's trees compare with, so that rows take all branches. */
#ifndef TOOLS_MEASURE_RANDOM_H
#define TOOLS_MEASURE_RANDOM_H

#include <onnxtree/onnxtree.h>

struct threshold_sample;

struct random_source {
  uint64_t state;
  size_t columns;                   /* of `samples` */
  struct threshold_sample *samples; /* of each column; NULL: what the trees compare with is not known */
};

/* Look at the thresholds of a model whose trees read the columns of its only input as they are. Of others nothing is known, nor when there is no
 * memory for it. To be given to random_source_free(). */
void random_source_init(struct random_source *source, const onnxtree_model *model, uint64_t seed);
void random_source_free(struct random_source *source);

/* Store a random number of the type, of those for the column, at `place`. */
void random_cell(struct random_source *source, size_t column, onnxtree_type type, unsigned char *place);

#endif
