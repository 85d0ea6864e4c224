/* Evaluation by locating: leaf indices of a few trees go through a small tile from the locating function to ot_accumulate(). */
#ifndef OT_KERNELS_TILE_H
#define OT_KERNELS_TILE_H

#include "kernels/kernel.h"

/* Add a tile of leaves, or of weights. */
void ot_tile_add(const ot_ensemble *ensemble, bool has_weights, const uint32_t *tile, size_t tree_count, size_t row_count, void *sums,
                 uint8_t *presence);

/* For that many rows and for fewer. */
size_t ot_tile_bytes(const ot_ensemble *ensemble, size_t row_count);
/* `tile` has ot_tile_bytes(). */
void ot_tile_evaluate(const ot_ensemble *ensemble, const ot_locator *locator, const ot_rows *rows, void *tile, void *sums, uint8_t *presence);

#endif
