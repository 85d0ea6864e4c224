/* A kernel finds, for rows and trees, the leaf that each row reaches in each tree. It adds nothing up: ensemble/accumulate.h does, so that
 * aggregates, targets and types do not multiply with kernels, and every kernel gives the same bits. Kernels know no protobuf. */
#ifndef OT_KERNELS_KERNEL_H
#define OT_KERNELS_KERNEL_H

#include "base/arena.h"
#include "ensemble/ensemble.h"

typedef struct ot_kernel {
  const char *name;
  /* Build the kernel's own layout of the ensemble in `arena`; `scratch` is freed by the caller. False: out of memory. */
  bool (*prepare)(const ot_ensemble *ensemble, ot_arena *arena, ot_arena *scratch, const void **layout);
  /* leaves[t * row_count + r] = the leaf that row r reaches in tree first_tree + t. Rows have the ensemble's real type and are `stride`
   * elements apart; only features that the ensemble tests are read. */
  void (*locate)(const ot_ensemble *ensemble, const void *layout, const void *rows, size_t stride, size_t row_count, uint32_t first_tree,
                 uint32_t tree_count, uint32_t *leaves);
} ot_kernel;

extern const ot_kernel ot_kernel_walk;
extern const ot_kernel ot_kernel_reference;

#endif
