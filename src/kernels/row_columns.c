#include "kernels/row_columns.h"

#include <math.h>

#include "ensemble/real.h"
#include "kernels/branch.h"

#define CHILDREN (OT_ROW_PAGE + 1)

/* The k-th threshold in sorted order: the search tree is in-order. */
static double threshold_at(const ot_ensemble *e, const ot_sliced_layout *sliced, const ot_sliced_column *column, uint32_t k) {
  if (k >= column->rank_count) return (double)INFINITY;
  uint32_t place = k + 1, level = column->levels - 1;
  for (; place % 2 == 0; place /= 2) level--;
  return ot_load_real(e, sliced->search, column->first_node + (1u << level) + place / 2);
}

/* Levels that hold this many thresholds. */
static uint32_t levels_for(uint32_t count) {
  uint32_t levels = 1;
  for (uint32_t room = CHILDREN; room <= count; room *= CHILDREN) levels++;
  return levels;
}

/* All pages above the last level, and there those up to the one that the largest rank ends in. */
static uint32_t page_count(uint32_t levels, uint32_t count) {
  uint32_t pages = count / CHILDREN + 1;
  for (uint32_t level = 1, size = 1; level < levels; level++, size *= CHILDREN) pages += size;
  return pages;
}

/* Between the thresholds of a page there are `gap` - 1 others. */
static void fill_pages(const ot_ensemble *e, const ot_sliced_layout *sliced, const ot_sliced_column *column, uint32_t levels, void *pages) {
  size_t next = 0;
  uint32_t gap = 1, left = page_count(levels, column->rank_count);
  for (uint32_t level = 1; level < levels; level++) gap *= CHILDREN;
  for (uint32_t size = 1; left > 0; size *= CHILDREN, gap /= CHILDREN)
    for (uint32_t p = 0; p < size && left > 0; p++, left--)
      for (uint32_t i = 0; i < OT_ROW_PAGE; i++) ot_store_real(e, pages, next++, threshold_at(e, sliced, column, (p * CHILDREN + i + 1) * gap - 1));
}

bool ot_row_columns_prepare(ot_row_columns *columns, const ot_ensemble *e, const ot_sliced_layout *sliced, ot_arena *arena) {
  size_t pages = 0, page_size = OT_ROW_PAGE * ot_real_size(e);
  uint32_t count = sliced->column_count;
  for (uint32_t i = 0; i < count; i++) pages += page_count(levels_for(sliced->columns[i].rank_count), sliced->columns[i].rank_count);
  char *page = ot_arena_array(arena, pages, page_size);
  columns->columns = ot_arena_array(arena, count, sizeof *columns->columns);
  columns->features = ot_arena_zeros(arena, ((size_t)count + 15) / 16 * 16, sizeof *columns->features);
  if (!page || !columns->columns || !columns->features) return false;
  ot_row_column *next = columns->columns;
  columns->adjacent = true;
  for (uint32_t levels = 1; levels <= OT_ROW_MOST_LEVELS; levels++) {
    for (uint32_t i = 0; i < count; i++) {
      const ot_sliced_column *column = &sliced->columns[i];
      if (levels_for(column->rank_count) != levels) continue;
      *next++ = (ot_row_column){page, column->feature, i};
      columns->features[i] = column->feature;
      columns->level_counts[levels - 1]++;
      fill_pages(e, sliced, column, levels, page);
      page += page_count(levels, column->rank_count) * page_size;
    }
  }
  for (uint32_t i = 0; i < count; i++) columns->adjacent &= columns->features[i] == columns->features[0] + i;
  columns->count = count;
  return true;
}

uint32_t ot_row_threshold_rank(const ot_ensemble *e, const ot_sliced_layout *sliced, const ot_sliced_column *column, double threshold) {
  uint32_t at = 1;
  for (uint32_t level = 0; level < column->levels; level++) at = 2 * at + (ot_load_real(e, sliced->search, column->first_node + at) < threshold);
  return at - (1u << column->levels);
}

bool ot_row_has_nan_threshold(const ot_ensemble *e) {
  for (uint32_t b = 0; b < e->branch_count; b++) {
    double threshold = ot_branch_of(e, b).is_set ? 0 : ot_branch_value(e, b, 0);
    if (threshold != threshold) return true;
  }
  return false;
}
