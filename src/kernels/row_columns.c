#include "kernels/row_columns.h"

#include "kernels/order_test.h"

void ot_row_columns_set(ot_row_columns *columns, uint32_t index, const ot_sliced_column *column) {
  columns->levels[index] = column->levels;
  columns->first_node[index] = (uint32_t)column->first_node;
  columns->features[index] = column->feature;
}

bool ot_row_columns_allocate(ot_row_columns *columns, const ot_sliced_layout *sliced, uint32_t count, ot_arena *arena) {
  uint32_t padded = (count + 15) & ~15u;
  columns->count = count;
  columns->levels = ot_arena_array(arena, padded, sizeof *columns->levels);
  columns->first_node = ot_arena_array(arena, padded, sizeof *columns->first_node);
  columns->features = ot_arena_array(arena, padded, sizeof *columns->features);
  columns->search = sliced->search;
  if (!columns->levels || !columns->first_node || !columns->features) return false;
  for (uint32_t i = 0; i < padded; i++) ot_row_columns_set(columns, i, &sliced->columns[0]);
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
