#ifndef OT_KERNELS_ROW_COLUMNS_AVX512_H
#define OT_KERNELS_ROW_COLUMNS_AVX512_H

#include <immintrin.h>

#include "kernels/row_columns.h"

/* Ranks of the sixteen columns from `column` on: each lane searches its own column's tree. NaN ranks 0. */
static inline __m512i ot_row_search(const ot_row_columns *columns, uint32_t column, __m512 x) {
  __m512i levels = _mm512_loadu_si512(columns->levels + column), first = _mm512_loadu_si512(columns->first_node + column);
  const __m512i one = _mm512_set1_epi32(1);
  __m512i at = one;
  uint32_t most = (uint32_t)_mm512_reduce_max_epu32(levels);
  for (uint32_t level = 0; level < most; level++) {
    __mmask16 open = _mm512_cmpgt_epu32_mask(levels, _mm512_set1_epi32((int)level));
    __m512 threshold = _mm512_mask_i32gather_ps(x, open, _mm512_add_epi32(first, at), columns->search, 4);
    __m512i next = _mm512_add_epi32(at, at);
    next = _mm512_mask_add_epi32(next, _mm512_mask_cmp_ps_mask(open, threshold, x, _CMP_LT_OQ), next, one);
    at = _mm512_mask_mov_epi32(at, open, next);
  }
  return _mm512_sub_epi32(at, _mm512_sllv_epi32(one, levels));
}

#endif
