#include "kernels/sliced_cost.h"

#define MOST_FEW_ROWS 64u

void ot_sliced_block_terms(const ot_ensemble *e, const ot_sliced_layout *layout, double terms[OT_BLOCK_TERMS]) {
  double nodes = 0, steps = 0, networks = 0;
  for (uint32_t t = 0; t < e->tree_count; t++) {
    const ot_sliced_tree *tree = &layout->trees[t];
    if (tree->network_depth) {
      networks++;
      nodes += (1u << tree->network_depth) - 1;
      continue;
    }
    steps += tree->pair_count + tree->flip_count;
  }
  double masks = (double)layout->mask_count + layout->part_count;
  const double all[OT_BLOCK_TERMS] = {layout->column_count, masks, nodes, steps, networks, e->tree_count - networks};
  for (size_t i = 0; i < OT_BLOCK_TERMS; i++) terms[i] = all[i];
}

void ot_sliced_choose_few_rows(const ot_ensemble *e, ot_sliced_layout *layout, const ot_block_costs *costs) {
  const double each[OT_BLOCK_TERMS] = {costs->column, costs->mask, costs->node, costs->step, costs->network_tree, costs->reach_tree};
  double terms[OT_BLOCK_TERMS], block = 0;
  ot_sliced_block_terms(e, layout, terms);
  for (size_t i = 0; i < OT_BLOCK_TERMS; i++) block += each[i] * terms[i];
  double rows = block / layout->few_kernel->row_cost(e);
  layout->few_rows = rows < MOST_FEW_ROWS ? (uint32_t)rows : MOST_FEW_ROWS;
}
