/* Ranks of a single row: the search trees of sixteen columns are gone down side by side. */
#ifndef OT_KERNELS_ROW_COLUMNS_H
#define OT_KERNELS_ROW_COLUMNS_H

#include "kernels/sliced.h"

/* Arrays of `count` entries, rounded up to 16. */
typedef struct ot_row_columns {
  uint32_t count;
  uint32_t *levels;     /* of the search tree */
  uint32_t *first_node; /* of the search tree */
  uint32_t *features;
  const float *search; /* all search trees */
} ot_row_columns;

/* Room for `count` columns, all of them the first one of the layout until they are set. False: out of memory. */
bool ot_row_columns_allocate(ot_row_columns *columns, const ot_sliced_layout *sliced, uint32_t count, ot_arena *arena);

void ot_row_columns_set(ot_row_columns *columns, uint32_t index, const ot_sliced_column *column);

/* Rank of a threshold among its column's: the number of them below it, by the search tree itself. */
uint32_t ot_row_threshold_rank(const ot_sliced_layout *sliced, const ot_sliced_column *column, float threshold);

/* Some threshold is NaN, which has no rank. */
bool ot_row_has_nan_threshold(const ot_ensemble *ensemble);

#endif
