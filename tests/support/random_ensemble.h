/* Random ensembles for tests of kernels: every mode, type and shape, with thresholds and inputs that often meet. The same on every machine. */
#ifndef TESTS_SUPPORT_RANDOM_ENSEMBLE_H
#define TESTS_SUPPORT_RANDOM_ENSEMBLE_H

#include "ensemble/ensemble.h"

extern uint64_t random_state; /* of SplitMix64 */
uint64_t random_next(void);
uint32_t random_below(uint32_t bound);

/* Few distinct values, so that inputs often equal thresholds; and the awkward ones. */
extern uint32_t random_many_values; /* 0: few distinct numbers; else so many more */
double random_number(void);

typedef struct ensemble_shape {
  bool is_double;
  uint32_t trees, branches, features; /* branches of each tree */
  unsigned modes;                     /* bit per ot_mode */
  bool missing, shared, chain;
  bool perfect;          /* trees grow level by level */
  bool many_missing;     /* a third of the values of rows are NaN */
  bool no_missing;       /* rows hold no NaN, */
  bool last_missing;     /* but for the last value of the last row */
  uint32_t targets; /* 0: 1 */
  bool vector_leaves, target_per_tree;
  bool nan_thresholds; /* some layouts take none */
  unsigned aggregate;  /* ot_aggregate */
  bool needs_presence; /* as in compat mode; minima and maxima always do */
  size_t most_rows;    /* for the user; 0: its own number */
  size_t gap;          /* for the user: columns of a row that are not features */
} ensemble_shape;

/* Element of an array of the ensemble's real type. */
void random_store(const ot_ensemble *ensemble, void *array, size_t index, double value);

/* All arrays are the caller's, to be freed with random_ensemble_free(). It is valid, and still to be validated. */
ot_ensemble random_ensemble(const ensemble_shape *shape);
void random_ensemble_free(ot_ensemble *ensemble);

#endif
