/* The obvious evaluator: one row and one tree at a time over the canonical arrays. Slow, and the yardstick of every kernel test. */
#ifndef OT_ENSEMBLE_REFERENCE_H
#define OT_ENSEMBLE_REFERENCE_H

#include "ensemble/ensemble.h"

/* leaves[t * row_count + r] = the leaf that row r reaches in tree first_tree + t. Rows are of the ensemble's real type, `stride` elements apart. */
void ot_reference_locate(const ot_ensemble *ensemble, const void *rows, size_t stride, size_t row_count, uint32_t first_tree, uint32_t tree_count,
                         uint32_t *leaves);

#endif
