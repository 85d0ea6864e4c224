/* The rows that are timed: a ring of different rows, so that neither caches nor branch predictors learn a few by heart. */
#ifndef TOOLS_MEASURE_ROWS_H
#define TOOLS_MEASURE_ROWS_H

#include "measure/bench.h"
#include "run/block.h"

struct bench_rows {
  struct block block;      /* [ring_rows] rows of each input and output */
  struct chunk *chunks;    /* where texts of the rows live; the last one is empty */
  onnxtree_tensor *window; /* the inputs of one call */
  size_t ring_rows;
  size_t distinct_rows;
  bool are_near_thresholds; /* random rows made for the model's trees */
  size_t next;              /* first row of the next call */
};

/* Read the rows of the data, or make random ones. On failure there is nothing to free. */
enum exit_code bench_rows_make(const struct bench_settings *settings, const onnxtree_model *model, struct bench_rows *rows, struct failure *failure);

/* The next `count` rows of the ring become rows->window. */
void bench_rows_advance(struct bench_rows *rows, size_t count);

void bench_rows_free(struct bench_rows *rows);

#endif
