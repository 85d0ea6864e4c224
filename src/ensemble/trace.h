/* What happens inside an ensemble: raw scores and leaves, row by row. */
#ifndef OT_ENSEMBLE_TRACE_H
#define OT_ENSEMBLE_TRACE_H

#include "ensemble/finish.h"

/* scores[r x stride + k] = the score of target k before class rules and post transform: aggregate and base value. FLOAT or DOUBLE.
 * To be called before ot_finish_rows() overwrites the sums. */
void ot_trace_raw_scores(const ot_ensemble *ensemble, const ot_finish *finish, const void *sums, const uint8_t *presence, size_t row_count,
                         void *scores, onnxtree_type type, size_t stride);

/* leaves[r x stride + t] = the leaf that row r reaches in tree t. Rows are of the ensemble's real type. */
void ot_trace_leaves(const ot_ensemble *ensemble, const void *rows, size_t row_stride, size_t row_count, int32_t *leaves, size_t stride);

#endif
