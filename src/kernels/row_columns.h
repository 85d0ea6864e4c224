/* Ranks of a single row, column by column: pages of sixteen thresholds are compared with the value at once, and the number below it says which page is next. */
#ifndef OT_KERNELS_ROW_COLUMNS_H
#define OT_KERNELS_ROW_COLUMNS_H

#include "kernels/sliced.h"

#define OT_ROW_PAGE 16u

/* A column's pages are a tree of 17 children each: those of page p are 17p + 1 to 17p + 17. A rank is the number of a child below the last level, less `bias`. */
typedef struct ot_row_column {
  uint32_t feature;
  uint32_t first_page;
  uint32_t levels;
  uint32_t bias;
} ot_row_column;

typedef struct ot_row_columns {
  uint32_t count;
  bool adjacent; /* the features follow each other */
  ot_row_column *columns;
  uint32_t *features;   /* [count, rounded up to 16] */
  const float *pages;
} ot_row_columns;

/* Room for `count` columns. False: out of memory. */
bool ot_row_columns_allocate(ot_row_columns *columns, uint32_t count, ot_arena *arena);

/* After the columns' features are set to numbers of columns of the layout: lays out their pages. False: out of memory. */
bool ot_row_columns_fill(ot_row_columns *columns, const ot_sliced_layout *sliced, ot_arena *arena);

/* Rank of a threshold among its column's: the number of them below it, by the search tree itself. */
uint32_t ot_row_threshold_rank(const ot_sliced_layout *sliced, const ot_sliced_column *column, float threshold);

/* Some threshold is NaN, which has no rank. */
bool ot_row_has_nan_threshold(const ot_ensemble *ensemble);

#endif
