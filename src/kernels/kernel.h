/* A kernel adds up, for a block of rows, the leaf weights that each row reaches. Whatever it does to find the leaves, it adds in file order of
 * trees and of weights, so that every kernel gives the same bits; all but the fused fast paths add through ensemble/accumulate.h.
 * Kernels know no protobuf. */
#ifndef OT_KERNELS_KERNEL_H
#define OT_KERNELS_KERNEL_H

#include "base/arena.h"
#include "ensemble/ensemble.h"

/* Rows of the ensemble's real type, `stride` elements apart; only features that the ensemble tests are read. */
typedef struct ot_rows {
  const void *data;
  size_t stride;
  size_t count;
} ot_rows;

/* Sets leaves[t * rows->count + r] to the leaf that row r reaches in tree first_tree + t, or to its weight, a float. */
typedef void ot_locate(const ot_ensemble *ensemble, const void *layout, const ot_rows *rows, uint32_t first_tree, uint32_t tree_count, void *scratch,
                       uint32_t *leaves);

typedef struct ot_locator {
  ot_locate *locate;
  const void *layout;
  void *scratch;
  bool gives_weights; /* only if ot_adds_single_weights() */
} ot_locator;

typedef struct ot_kernel {
  const char *name;
  /* Whether this CPU can run it; NULL: every CPU. */
  bool (*is_supported)(void);
  /* Build the kernel's own layout of the ensemble in `arena` (NULL: another kernel does that); `scratch` is freed by the caller. False: out
   * of memory. A NULL *layout says that the kernel does not take this ensemble. */
  bool (*prepare)(const ot_ensemble *ensemble, ot_arena *arena, ot_arena *scratch, const void **layout);
  /* Scratch for row_count rows. */
  size_t (*scratch_bytes)(const ot_ensemble *ensemble, const void *layout, size_t row_count);
  /* Set sums [rows.count x target_count] (and presence, where the ensemble needs it) to the sums of all trees, or add them if the ensemble
   * continues another. `scratch` is aligned to 64. */
  void (*evaluate)(const ot_ensemble *ensemble, const void *layout, const ot_rows *rows, void *scratch, void *sums, uint8_t *presence);
  /* Nanoseconds for one row of a few, estimated; NULL: not made for few rows. */
  double (*row_cost)(const ot_ensemble *ensemble);
  /* The kernel that a layout leaves up to *most_rows rows to; NULL: none does so. */
  const struct ot_kernel *(*for_few)(const void *layout, size_t *most_rows);
  /* For trees that are located apart, in scratch as above; NULL: the kernel evaluates all together. */
  ot_locator (*locator)(const void *layout, void *scratch);
  /* Its layout takes far more memory than a walk's: no longer tried once the bound has refused some. */
  bool is_large;
} ot_kernel;

/* Levels that a row goes down in a typical tree, for estimates of cost: most leaves of unbalanced trees lie far above the deepest. */
double ot_typical_depth(const ot_ensemble *ensemble);

extern const ot_kernel ot_kernel_sliced_avx512, ot_kernel_sliced_avx512_narrow, ot_kernel_sliced_avx2;
extern const ot_kernel ot_kernel_sliced_neon, ot_kernel_sliced_portable;
extern const ot_kernel ot_kernel_walk_avx512, ot_kernel_walk, ot_kernel_reference;

#endif
