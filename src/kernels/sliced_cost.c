#include "kernels/sliced_cost.h"

#define MOST_FEW_ROWS 64u

static double block_cost(const ot_ensemble *e, const ot_sliced_layout *layout, const ot_block_costs *costs) {
  double cost = costs->column * layout->column_count + costs->mask * ((double)layout->mask_count + layout->part_count);
  for (uint32_t t = 0; t < e->tree_count; t++) {
    const ot_sliced_tree *tree = &layout->trees[t];
    if (tree->network_depth) {
      cost += costs->network_tree + costs->node * ((1u << tree->network_depth) - 1);
      continue;
    }
    cost += costs->reach_tree + costs->step * (tree->branch_count + tree->last_count + tree->flip_count);
  }
  return cost;
}

void ot_sliced_choose_few_rows(const ot_ensemble *e, ot_sliced_layout *layout, const ot_block_costs *costs) {
  double rows = block_cost(e, layout, costs) / layout->few_kernel->row_cost(e);
  layout->few_rows = rows < MOST_FEW_ROWS ? (uint32_t)rows : MOST_FEW_ROWS;
}
