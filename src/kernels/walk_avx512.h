#ifndef OT_KERNELS_WALK_AVX512_H
#define OT_KERNELS_WALK_AVX512_H

#include <immintrin.h>

#include "kernels/walk.h"

/* A mask of the first `count` lanes, or of all sixteen. */
static inline __mmask16 ot_first_lanes(size_t count) { return (__mmask16)(count >= 16 ? 0xFFFF : (1 << count) - 1); }

/* Scratch for ot_walk_rows_avx512(). */
size_t ot_walk_rows_bytes(const ot_ensemble *ensemble);

/* Few rows: one after the other, each down all trees side by side. Sets sums and presence. */
void ot_walk_rows_avx512(const ot_ensemble *ensemble, const ot_compact_layout *layout, const ot_rows *rows, void *scratch, void *sums, uint8_t *presence);

#endif
