#include "kernels/tile.h"

#include "ensemble/accumulate.h"

#define TREES_AT_ONCE 8u /* tiles start at a multiple of it: some kernels locate the leaves of so many trees together */
#define TILE_BYTES 32768u /* it should stay in the first-level cache */

static uint32_t tile_trees(const ot_ensemble *e, size_t row_count) {
  size_t trees = TILE_BYTES / (sizeof(uint32_t) * (row_count ? row_count : 1));
  if (trees == 0) trees = 1;
  if (trees > TREES_AT_ONCE) trees -= trees % TREES_AT_ONCE;
  return trees < e->tree_count ? (uint32_t)trees : e->tree_count;
}

/* Enough for fewer rows too, of which a tile takes more trees. */
size_t ot_tile_bytes(const ot_ensemble *e, size_t row_count) {
  size_t tree = row_count * sizeof(uint32_t), least = tree > TILE_BYTES ? tree : TILE_BYTES;
  return tree < least / e->tree_count ? tree * e->tree_count : least;
}

void ot_tile_add(const ot_ensemble *e, bool has_weights, const uint32_t *tile, size_t tree_count, size_t row_count, void *sums, uint8_t *presence) {
  if (has_weights)
    ot_accumulate_weights((const float *)(const void *)tile, tree_count, row_count, sums);
  else
    ot_accumulate(e, tile, tree_count, row_count, sums, presence);
}

void ot_tile_evaluate(const ot_ensemble *e, const ot_locator *locator, const ot_rows *rows, void *tile, void *sums, uint8_t *presence) {
  uint32_t trees = tile_trees(e, rows->count);
  ot_accumulate_begin(e, sums, presence, rows->count);
  for (uint32_t tree = 0; tree < e->tree_count; tree += trees) {
    uint32_t count = e->tree_count - tree < trees ? e->tree_count - tree : trees;
    locator->locate(e, locator->layout, rows, tree, count, locator->scratch, tile);
    ot_tile_add(e, locator->gives_weights, tile, count, rows->count, sums, presence);
  }
}
