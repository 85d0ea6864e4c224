#include "kernels/kernel.h"

double ot_typical_depth(const ot_ensemble *e) {
  double branches = e->tree_count ? (double)e->branch_count / e->tree_count : 0, balanced = 0;
  for (uint64_t nodes = 1; (double)nodes <= branches; nodes *= 2) balanced++;
  return balanced + 1 >= e->max_depth ? e->max_depth : e->max_depth / 2.0;
}
