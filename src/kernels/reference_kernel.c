/* The reference evaluator as a kernel, so that users and tests can ask for it by name. */
#include "ensemble/reference.h"

#include "kernels/kernel.h"

static bool prepare(const ot_ensemble *ensemble, ot_arena *arena, ot_arena *scratch, const void **layout) {
  (void)ensemble;
  (void)arena;
  (void)scratch;
  *layout = NULL;
  return true;
}

static void locate(const ot_ensemble *ensemble, const void *layout, const void *rows, size_t stride, size_t row_count, uint32_t first_tree,
                   uint32_t tree_count, uint32_t *leaves) {
  (void)layout;
  ot_reference_locate(ensemble, rows, stride, row_count, first_tree, tree_count, leaves);
}

const ot_kernel ot_kernel_reference = {"reference", prepare, locate};
