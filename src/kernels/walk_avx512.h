#ifndef OT_KERNELS_WALK_AVX512_H
#define OT_KERNELS_WALK_AVX512_H

#include <immintrin.h>

#include "kernels/walk.h"

/* A mask of the first `count` lanes, or of all sixteen. */
static inline __mmask16 ot_first_lanes(size_t count) { return (__mmask16)(count >= 16 ? 0xFFFF : (1 << count) - 1); }

/* The second half of sixteen nodes, feature and pair, and their thresholds. A gather costs as much as its loads: one of 8 bytes a node, not
 * two of 4. */
static inline __m512i ot_gather_nodes(const ot_compact_node *nodes, __m512i node, __m512i *threshold) {
  const __m512i even = _mm512_setr_epi32(0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30);
  __m512i low = _mm512_i32gather_epi64(_mm512_castsi512_si256(node), nodes, 8);
  __m512i high = _mm512_i32gather_epi64(_mm512_extracti64x4_epi64(node, 1), nodes, 8);
  *threshold = _mm512_permutex2var_epi32(low, even, high);
  return _mm512_permutex2var_epi32(low, _mm512_add_epi32(even, _mm512_set1_epi32(1)), high);
}

static inline __m512i ot_below(__m512i node, __m512i pair, __mmask16 second) {
  __m512i first_child = _mm512_slli_epi32(_mm512_add_epi32(_mm512_srli_epi32(node, 1), pair), 1);
  return _mm512_mask_add_epi32(first_child, second, first_child, _mm512_set1_epi32(1));
}

/* Scratch for ot_walk_rows_avx512(). */
size_t ot_walk_rows_bytes(const ot_ensemble *ensemble);

/* Few rows: one after the other, each down all trees side by side. Sets sums and presence. */
void ot_walk_rows_avx512(const ot_ensemble *ensemble, const ot_compact_layout *layout, const ot_rows *rows, void *scratch, void *sums,
                         uint8_t *presence);

#endif
