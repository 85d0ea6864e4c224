#ifndef OT_KERNELS_ROW_AVX512_H
#define OT_KERNELS_ROW_AVX512_H

#include "kernels/row.h"

/* Scratch for ot_row_evaluate_avx512(). */
#define OT_ROW_SCRATCH_BYTES (OT_ROW_TREES * sizeof(uint32_t))

/* Set sums (and presence) of every row, one after the other. */
void ot_row_evaluate_avx512(const ot_ensemble *ensemble, const ot_row_layout *layout, const ot_rows *rows, void *scratch, void *sums, uint8_t *presence);

#endif
