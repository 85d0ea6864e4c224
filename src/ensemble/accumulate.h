/* Adds leaf weights to sums, in file order of trees and of weights: the order that fixes the bits. Kernels only locate leaves. */
#ifndef OT_ENSEMBLE_ACCUMULATE_H
#define OT_ENSEMBLE_ACCUMULATE_H

#include "ensemble/ensemble.h"

/* Set the sums [row_count x target_count] (and presence, where needed) to their start: nothing, unless the ensemble continues another. */
void ot_accumulate_begin(const ot_ensemble *ensemble, void *sums, uint8_t *presence, size_t row_count);

/* Take in the next tree_count trees: leaves[t * row_count + r] is the leaf that row r reaches in the t-th of them. */
void ot_accumulate(const ot_ensemble *ensemble, const uint32_t *leaves, size_t tree_count, size_t row_count, void *sums, uint8_t *presence);

/* Whether each leaf has one weight, a float, and these are summed for one target. Then weights can stand in place of leaves: */
bool ot_adds_single_weights(const ot_ensemble *ensemble);
void ot_accumulate_weights(const float *weights, size_t tree_count, size_t row_count, float *sums);

#endif
