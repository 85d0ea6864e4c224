/* Ranking without vector instructions, and the masks from ranks: shared by the instruction sets that have nothing better. */
#ifndef OT_KERNELS_SLICED_RANK_H
#define OT_KERNELS_SLICED_RANK_H

#include "kernels/sliced.h"

/* ranks[r] = number of thresholds below the column's value in row r; NaN ranks above all. Rows past the last get rank 0. `width` ranks are written. */
void ot_sliced_rank_floats(const ot_sliced_layout *layout, const ot_sliced_column *column, const ot_rows *rows, size_t width, uint32_t *ranks);
void ot_sliced_rank_doubles(const ot_sliced_layout *layout, const ot_sliced_column *column, const ot_rows *rows, size_t width, uint32_t *ranks);

#endif
