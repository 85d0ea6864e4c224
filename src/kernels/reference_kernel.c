/* The reference evaluator as a kernel, so that users and tests can ask for it by name. */
#include "ensemble/reference.h"

#include "kernels/tile.h"

static bool prepare(const ot_ensemble *ensemble, ot_arena *arena, ot_arena *scratch, const void **layout) {
  (void)arena;
  (void)scratch;
  *layout = ensemble;
  return true;
}

static void locate(const ot_ensemble *ensemble, const void *layout, const ot_rows *rows, uint32_t first_tree, uint32_t tree_count, void *scratch,
                   uint32_t *leaves) {
  (void)layout;
  (void)scratch;
  ot_reference_locate(ensemble, rows->data, rows->stride, rows->count, first_tree, tree_count, leaves);
}

static size_t scratch_bytes(const ot_ensemble *ensemble, const void *layout, size_t row_count) {
  (void)layout;
  return ot_tile_bytes(ensemble, row_count);
}

static ot_locator locator(const void *layout, void *scratch) { return (ot_locator){locate, layout, scratch, false}; }

static void evaluate(const ot_ensemble *ensemble, const void *layout, const ot_rows *rows, void *scratch, void *sums, uint8_t *presence) {
  ot_locator l = locator(layout, NULL);
  ot_tile_evaluate(ensemble, &l, rows, scratch, sums, presence);
}

const ot_kernel ot_kernel_reference = {"reference", NULL, prepare, scratch_bytes, evaluate, NULL, NULL, locator, false};
