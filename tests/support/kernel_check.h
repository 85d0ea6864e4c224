/* Kernels against the reference evaluator, bit for bit, between guard pages. */
#ifndef TESTS_SUPPORT_KERNEL_CHECK_H
#define TESTS_SUPPORT_KERNEL_CHECK_H

#include "support/random_ensemble.h"

/* Makes an ensemble and as many rows as the largest of `row_counts`, and compares every kernel that takes it with the reference: for each of the
 * counts the sums, and presence where needed, of so many last rows. The last row ends at the end of its memory. */
void kernel_check(const ensemble_shape *shape, const size_t *row_counts, size_t count);

#endif
