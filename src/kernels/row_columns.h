/* Ranks of a single row, column by column: pages of sixteen thresholds are compared with the value at once, and the number below it says
 * which page is next. */
#ifndef OT_KERNELS_ROW_COLUMNS_H
#define OT_KERNELS_ROW_COLUMNS_H

#include "kernels/sliced.h"

#define OT_ROW_PAGE 16u

#define OT_ROW_MOST_LEVELS 4u
#define OT_ROW_MOST_THRESHOLDS 83520u /* of so many levels: 17^4 - 1 */

/* A column's pages are a tree, level by level, of 17 children each: those of page p of a level are pages 17p to 17p + 16 of the next. Below
 * the last level, that is the rank. */
typedef struct ot_row_column {
  const void *pages; /* real */
  uint32_t feature;
  uint32_t number; /* columns are sorted by levels: which one of the layout it is */
} ot_row_column;

typedef struct ot_row_columns {
  uint32_t count;
  bool adjacent; /* the features follow each other */
  ot_row_column *columns;
  uint32_t level_counts[OT_ROW_MOST_LEVELS]; /* columns of one level, of two, ... */
  uint32_t *features;                        /* [count, rounded up to 16] by number */
} ot_row_columns;

/* The columns of the layout, which must have no more than OT_ROW_MOST_THRESHOLDS each. False: out of memory. */
bool ot_row_columns_prepare(ot_row_columns *columns, const ot_ensemble *ensemble, const ot_sliced_layout *sliced, ot_arena *arena);

/* Rank of a threshold, or of a member of a set, among its column's: the number of them below it, by the search tree itself. */
uint32_t ot_row_threshold_rank(const ot_ensemble *ensemble, const ot_sliced_layout *sliced, const ot_sliced_column *column, double threshold);

/* Some threshold of an order test is NaN, which has no rank. */
bool ot_row_has_nan_threshold(const ot_ensemble *ensemble);

#endif
