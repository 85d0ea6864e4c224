/* The walk kernel: several rows descend a tree side by side, so that the processor can overlap their loads. */
#include "kernels/walk.h"

typedef struct walk_layout {
  const ot_compact_layout *compact; /* NULL: wide nodes */
  const ot_wide_layout *wide;
} walk_layout;

static bool prepare(const ot_ensemble *ensemble, ot_arena *arena, ot_arena *scratch, const void **layout) {
  walk_layout *walk = ot_arena_zeros(arena, 1, sizeof *walk);
  if (!walk || !ot_compact_prepare(ensemble, arena, scratch, &walk->compact)) return false;
  if (!walk->compact && !ot_wide_prepare(ensemble, arena, &walk->wide)) return false;
  *layout = walk;
  return true;
}

static void locate(const ot_ensemble *ensemble, const void *layout, const ot_rows *rows, uint32_t first_tree, uint32_t tree_count, void *scratch,
                   uint32_t *leaves) {
  (void)scratch;
  const walk_layout *walk = layout;
  if (walk->compact)
    ot_compact_locate(ensemble, walk->compact, rows, first_tree, tree_count, leaves);
  else
    ot_wide_locate(ensemble, walk->wide, rows, first_tree, tree_count, leaves);
}

static size_t scratch_bytes(const ot_ensemble *ensemble, const void *layout, size_t row_count) {
  (void)layout;
  return ot_tile_bytes(ensemble, row_count);
}

static ot_locator locator(const void *layout, void *scratch) {
  const walk_layout *walk = layout;
  return (ot_locator){locate, layout, scratch, walk->compact && walk->compact->holds_weights};
}

static void evaluate(const ot_ensemble *ensemble, const void *layout, const ot_rows *rows, void *scratch, void *sums, uint8_t *presence) {
  ot_locator l = locator(layout, NULL);
  ot_tile_evaluate(ensemble, &l, rows, scratch, sums, presence);
}

static double row_cost(const ot_ensemble *e) { return 4.0 * e->tree_count * ot_typical_depth(e); }

const ot_kernel ot_kernel_walk = {"walk", NULL, prepare, scratch_bytes, evaluate, row_cost, NULL, locator, false};
