#ifndef OT_KERNELS_ROW_COLUMNS_AVX512_H
#define OT_KERNELS_ROW_COLUMNS_AVX512_H

#include <immintrin.h>

#include "kernels/row_columns.h"

/* How many of a page's thresholds are below the value. NaN is above none. */
static inline __attribute__((always_inline)) uint64_t ot_row_below(bool is_double, const void *page, const void *row, uint32_t feature) {
  /* Counted in 64 bits: from 16, compilers would extend the number. */
  if (!is_double) {
    __m512 x = _mm512_set1_ps(((const float *)row)[feature]);
    return (uint64_t)_mm_popcnt_u64(_cvtmask16_u32(_mm512_cmp_ps_mask(_mm512_load_ps(page), x, _CMP_LT_OQ)));
  }
  __m512d x = _mm512_set1_pd(((const double *)row)[feature]);
  __mmask8 low = _mm512_cmp_pd_mask(_mm512_load_pd(page), x, _CMP_LT_OQ);
  __mmask8 high = _mm512_cmp_pd_mask(_mm512_load_pd((const double *)page + 8), x, _CMP_LT_OQ);
  return (uint64_t)_mm_popcnt_u64((uint64_t)high << 8 | low);
}

/* Spelled out for each number of levels: where compilers optimise for size, they would keep a loop. */
static inline __attribute__((always_inline)) uint32_t ot_row_rank(bool is_double, const ot_row_column *column, uint32_t levels, const void *row) {
  const size_t page_size = OT_ROW_PAGE * (is_double ? sizeof(double) : sizeof(float)), children = OT_ROW_PAGE + 1;
  const char *pages = column->pages;
  size_t at = ot_row_below(is_double, pages, row, column->feature);
  if (levels > 1) at = at * children + ot_row_below(is_double, pages + (1 + at) * page_size, row, column->feature);
  if (levels > 2) at = at * children + ot_row_below(is_double, pages + (1 + children + at) * page_size, row, column->feature);
  if (levels > 3) at = at * children + ot_row_below(is_double, pages + (1 + children + children * children + at) * page_size, row, column->feature);
  return (uint32_t)at;
}

/* Calls STORE(number, rank) for each column; the rank of NaN is 0. */
#define OT_ROW_RANKS(is_double, layout_columns, row, STORE)                                                                                 \
  do {                                                                                                                                      \
    const ot_row_column *column = (layout_columns)->columns, *end = column + (layout_columns)->level_counts[0];                             \
    for (; column < end; column++) STORE(column->number, ot_row_rank(is_double, column, 1, row));                                           \
    for (end += (layout_columns)->level_counts[1]; column < end; column++) STORE(column->number, ot_row_rank(is_double, column, 2, row));   \
    for (end += (layout_columns)->level_counts[2]; column < end; column++) STORE(column->number, ot_row_rank(is_double, column, 3, row));   \
    for (end += (layout_columns)->level_counts[3]; column < end; column++) STORE(column->number, ot_row_rank(is_double, column, 4, row));   \
  } while (0)

/* Which of the sixteen columns from `first` on, a multiple of 16, are NaN. */
static inline __mmask16 ot_row_missing(bool is_double, const ot_row_columns *columns, uint32_t first, const void *row) {
  uint32_t left = columns->count - first;
  __mmask16 present = (__mmask16)(left >= 16 ? 0xFFFF : (1u << left) - 1);
  if (is_double) {
    const __m512d zero = _mm512_setzero_pd();
    const __m256i *features = (const __m256i *)(const void *)(columns->features + first);
    __m512d low = _mm512_mask_i32gather_pd(zero, (__mmask8)present, _mm256_load_si256(features), row, 8);
    __m512d high = _mm512_mask_i32gather_pd(zero, (__mmask8)(present >> 8), _mm256_load_si256(features + 1), row, 8);
    return (__mmask16)(_mm512_cmp_pd_mask(high, high, _CMP_UNORD_Q) << 8 | _mm512_cmp_pd_mask(low, low, _CMP_UNORD_Q));
  }
  __m512 x = columns->adjacent ? _mm512_maskz_loadu_ps(present, (const float *)row + columns->features[first])
                               : _mm512_mask_i32gather_ps(_mm512_setzero_ps(), present, _mm512_load_si512(columns->features + first), row, 4);
  return _mm512_cmp_ps_mask(x, x, _CMP_UNORD_Q);
}

#endif
