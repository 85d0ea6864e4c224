/* Reading and ranking without vector instructions: shared by the instruction sets that have nothing better. */
#ifndef OT_KERNELS_SLICED_RANK_H
#define OT_KERNELS_SLICED_RANK_H

#include "kernels/sliced.h"

/* values[i][r] = value of column first + i in row r, i < count; `width` values each. Rows past the last are 0. */
void ot_sliced_load_floats(const ot_sliced_layout *layout, uint32_t first, uint32_t count, const ot_rows *rows, size_t width, float *values);
void ot_sliced_load_doubles(const ot_sliced_layout *layout, uint32_t first, uint32_t count, const ot_rows *rows, size_t width, double *values);

/* ranks[r] = number of thresholds below values[r]; that of NaN is the column's missing_rank, and its bit in `missing` is set. Values and ranks have
 * room for a multiple of 64. */
void ot_sliced_rank_floats(const ot_sliced_layout *layout, const ot_sliced_column *column, const float *values, size_t count, uint32_t *ranks,
                           uint64_t *missing);
void ot_sliced_rank_doubles(const ot_sliced_layout *layout, const ot_sliced_column *column, const double *values, size_t count, uint32_t *ranks,
                            uint64_t *missing);

#endif
