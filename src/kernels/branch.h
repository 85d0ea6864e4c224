/* Tests as the bit-sliced kernels see them: a rule that says which rows take the second child. Order tests are "greater than a threshold"
 * (order_test.h), tests for equality and membership are "in a set of values". */
#ifndef OT_KERNELS_BRANCH_H
#define OT_KERNELS_BRANCH_H

#include "ensemble/ensemble.h"

typedef struct ot_branch {
  ot_node_ref first, second;
  bool missing_first; /* NaN takes the first child */
  bool is_set;
} ot_branch;

ot_branch ot_branch_of(const ot_ensemble *ensemble, uint32_t branch);

/* The members of a set, or the threshold of an order test. It may be NaN: nothing equals that, and all numbers are greater. */
uint32_t ot_branch_value_count(const ot_ensemble *ensemble, uint32_t branch);
double ot_branch_value(const ot_ensemble *ensemble, uint32_t branch, uint32_t index);

#endif
