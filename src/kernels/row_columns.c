#include "kernels/row_columns.h"

#include <math.h>

#include "kernels/order_test.h"

#define CHILDREN (OT_ROW_PAGE + 1)

/* Pages of the first `levels` levels if all are there: the number of the first page below them. */
static uint32_t pages_above(uint32_t levels) {
  uint32_t pages = 0;
  for (uint32_t level = 0; level < levels; level++) pages = pages * CHILDREN + 1;
  return pages;
}

/* The k-th threshold in sorted order: the search tree is in-order. */
static float threshold_at(const ot_sliced_layout *sliced, const ot_sliced_column *column, uint32_t k) {
  if (k >= column->rank_count) return INFINITY;
  uint32_t place = k + 1, level = column->levels - 1;
  for (; place % 2 == 0; place /= 2) level--;
  return ((const float *)sliced->search)[column->first_node + (1u << level) + place / 2];
}

/* Levels that hold this many thresholds. */
static uint32_t levels_for(uint32_t count) {
  uint32_t levels = 1;
  for (uint64_t room = CHILDREN; room <= count; room *= CHILDREN) levels++;
  return levels;
}

/* Pages up to the one that the largest rank ends in. */
static uint32_t page_count(uint32_t levels, uint32_t count) { return pages_above(levels - 1) + count / CHILDREN + 1; }

/* A page of a level, counted in it: between its thresholds there are `gap` - 1 others. */
static void fill_page(const ot_sliced_layout *sliced, const ot_sliced_column *column, uint32_t number, uint32_t gap, float *page) {
  for (uint32_t i = 0; i < OT_ROW_PAGE; i++) {
    uint64_t k = ((uint64_t)number * CHILDREN + i + 1) * gap - 1;
    page[i] = threshold_at(sliced, column, k < UINT32_MAX ? (uint32_t)k : UINT32_MAX);
  }
}

static void fill_pages(const ot_sliced_layout *sliced, const ot_sliced_column *column, uint32_t levels, float *pages) {
  uint32_t gap = 1;
  for (uint32_t level = 1; level < levels; level++) gap *= CHILDREN;
  for (uint32_t level = 0; level < levels; level++, gap /= CHILDREN) {
    uint32_t first = pages_above(level), end = level + 1 < levels ? pages_above(level + 1) : page_count(levels, column->rank_count);
    for (uint32_t p = first; p < end; p++) fill_page(sliced, column, p - first, gap, pages + (size_t)p * OT_ROW_PAGE);
  }
}

bool ot_row_columns_allocate(ot_row_columns *columns, uint32_t count, ot_arena *arena) {
  columns->count = count;
  columns->columns = ot_arena_array(arena, count, sizeof *columns->columns);
  columns->features = ot_arena_array(arena, ((size_t)count + 15) / 16 * 16, sizeof *columns->features);
  return columns->columns && columns->features;
}

bool ot_row_columns_fill(ot_row_columns *columns, const ot_sliced_layout *sliced, ot_arena *arena) {
  uint32_t pages = 0;
  for (uint32_t i = 0; i < columns->count; i++) {
    const ot_sliced_column *column = &sliced->columns[columns->columns[i].feature];
    uint32_t levels = levels_for(column->rank_count);
    columns->columns[i].first_page = pages;
    columns->columns[i].levels = levels;
    columns->columns[i].bias = pages_above(levels);
    pages += page_count(levels, column->rank_count);
  }
  float *memory = ot_arena_array(arena, (size_t)pages * OT_ROW_PAGE, sizeof *memory);
  if (!memory) return false;
  columns->pages = memory;
  columns->adjacent = true;
  for (uint32_t i = 0; i < columns->count; i++) {
    ot_row_column *c = &columns->columns[i];
    const ot_sliced_column *column = &sliced->columns[c->feature];
    fill_pages(sliced, column, c->levels, memory + (size_t)c->first_page * OT_ROW_PAGE);
    c->feature = columns->features[i] = column->feature;
    columns->adjacent &= column->feature == columns->features[0] + i;
  }
  for (uint32_t i = columns->count; i % 16; i++) columns->features[i] = columns->features[0];
  return true;
}

uint32_t ot_row_threshold_rank(const ot_sliced_layout *sliced, const ot_sliced_column *column, float threshold) {
  const float *search = (const float *)sliced->search + column->first_node;
  uint32_t at = 1;
  for (uint32_t level = 0; level < column->levels; level++) at = 2 * at + (search[at] < threshold);
  return at - (1u << column->levels);
}

bool ot_row_has_nan_threshold(const ot_ensemble *e) {
  for (uint32_t b = 0; b < e->branch_count; b++) {
    double threshold = ot_order_test_of(e, b).threshold;
    if (threshold != threshold) return true;
  }
  return false;
}
