/* Evaluation by locating: leaf indices of a few trees go through a small tile from the locating function to ot_accumulate(). */
#ifndef OT_KERNELS_TILE_H
#define OT_KERNELS_TILE_H

#include "kernels/kernel.h"

/* leaves[t * rows->count + r] = the leaf that row r reaches in tree first_tree + t, or its weight, a float, if ot_adds_single_weights(). */
typedef void ot_locate(const ot_ensemble *ensemble, const void *layout, const ot_rows *rows, uint32_t first_tree, uint32_t tree_count, uint32_t *leaves);

/* Add a tile of such leaves. */
void ot_tile_add(const ot_ensemble *ensemble, bool holds_weights, const uint32_t *tile, size_t tree_count, size_t row_count, void *sums, uint8_t *presence);

/* For that many rows and for fewer. */
size_t ot_tile_bytes(const ot_ensemble *ensemble, size_t row_count);
void ot_tile_evaluate(const ot_ensemble *ensemble, const void *layout, const ot_rows *rows, ot_locate *locate, bool locates_weights, void *scratch,
                      void *sums, uint8_t *presence);

#endif
