#ifndef OT_KERNELS_ROW_COLUMNS_AVX512_H
#define OT_KERNELS_ROW_COLUMNS_AVX512_H

#include <immintrin.h>

#include "kernels/row_columns.h"

/* Rank of the row's value in a column; that of NaN is 0. */
static inline __attribute__((always_inline)) uint32_t ot_row_rank(const ot_row_column *column, uint32_t levels, const float *row) {
  __m512 x = _mm512_set1_ps(row[column->feature]);
  const float *pages = column->pages;
  size_t at = 0;
  for (size_t level = 0, size = 1; level < levels; level++, size *= OT_ROW_PAGE + 1) {
    __mmask16 below = _mm512_cmp_ps_mask(_mm512_load_ps(pages + at * OT_ROW_PAGE), x, _CMP_LT_OQ);
    at = (OT_ROW_PAGE + 1) * at + (size_t)_mm_popcnt_u32(_cvtmask16_u32(below));
    pages += size * OT_ROW_PAGE;
  }
  return (uint32_t)at;
}

/* Calls STORE(number, rank) for each column. */
#define OT_ROW_RANKS(layout_columns, row, STORE)                                                                                   \
  do {                                                                                                                             \
    const ot_row_column *column = (layout_columns)->columns, *end = column + (layout_columns)->level_counts[0];                    \
    for (; column < end; column++) STORE(column->number, ot_row_rank(column, 1, row));                                             \
    for (end += (layout_columns)->level_counts[1]; column < end; column++) STORE(column->number, ot_row_rank(column, 2, row));     \
    for (end += (layout_columns)->level_counts[2]; column < end; column++) STORE(column->number, ot_row_rank(column, 3, row));     \
    for (end += (layout_columns)->level_counts[3]; column < end; column++) STORE(column->number, ot_row_rank(column, 4, row));     \
  } while (0)

/* Which of the sixteen columns from `first` on, a multiple of 16, are NaN. */
static inline __mmask16 ot_row_missing(const ot_row_columns *columns, uint32_t first, const float *row) {
  uint32_t left = columns->count - first;
  __mmask16 present = (__mmask16)(left >= 16 ? 0xFFFF : (1u << left) - 1);
  __m512 x = columns->adjacent ? _mm512_maskz_loadu_ps(present, row + columns->features[first])
                               : _mm512_mask_i32gather_ps(_mm512_setzero_ps(), present, _mm512_load_si512(columns->features + first), row, 4);
  return _mm512_cmp_ps_mask(x, x, _CMP_UNORD_Q);
}

#endif
