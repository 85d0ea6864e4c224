#ifndef OT_KERNELS_ROW_COLUMNS_AVX512_H
#define OT_KERNELS_ROW_COLUMNS_AVX512_H

#include <immintrin.h>

#include "kernels/row_columns.h"

/* Rank of the row's value in a column; that of NaN is 0. */
static inline uint32_t ot_row_rank(const ot_row_columns *columns, uint32_t index, const float *row) {
  const ot_row_column *column = &columns->columns[index];
  const float *pages = columns->pages + (size_t)column->first_page * OT_ROW_PAGE;
  __m512 x = _mm512_set1_ps(row[column->feature]);
  uint32_t at = 0, levels = column->levels;
  do at = (OT_ROW_PAGE + 1) * at + 1 + (uint32_t)_mm_popcnt_u32(_mm512_cmp_ps_mask(_mm512_load_ps(pages + (size_t)at * OT_ROW_PAGE), x, _CMP_LT_OQ));
  while (--levels);
  return at - column->bias;
}

/* Which of the sixteen columns from `first` on, a multiple of 16, are NaN. */
static inline __mmask16 ot_row_missing(const ot_row_columns *columns, uint32_t first, const float *row) {
  uint32_t left = columns->count - first;
  __mmask16 present = (__mmask16)(left >= 16 ? 0xFFFF : (1u << left) - 1);
  __m512 x = columns->adjacent ? _mm512_maskz_loadu_ps(present, row + columns->features[first])
                               : _mm512_mask_i32gather_ps(_mm512_setzero_ps(), present, _mm512_load_si512(columns->features + first), row, 4);
  return _mm512_cmp_ps_mask(x, x, _CMP_UNORD_Q);
}

#endif
