#include "ensemble/reference.h"

#include "ensemble/real.h"

static bool holds(unsigned mode, double x, double threshold) {
  switch (mode & OT_MODE_MASK) {
    case OT_MODE_LEQ: return x <= threshold;
    case OT_MODE_LT: return x < threshold;
    case OT_MODE_GTE: return x >= threshold;
    case OT_MODE_GT: return x > threshold;
    case OT_MODE_EQ: return x == threshold;
    default: return x != threshold;
  }
}

static bool is_member(const ot_ensemble *e, uint32_t set, double x) {
  uint32_t low = e->set_members[set], high = e->set_members[set + 1];
  while (low < high) {
    uint32_t middle = low + (high - low) / 2;
    double member = ot_load_real(e, e->members, middle);
    if (member == x) return true;
    if (member < x)
      low = middle + 1;
    else
      high = middle;
  }
  return false;
}

/* Floats widened to double compare as floats do, so one function serves both types. */
static bool takes_true(const ot_ensemble *e, uint32_t branch, double x) {
  unsigned mode = e->modes[branch];
  if ((mode & OT_MISSING_TRUE) && x != x) return true;
  if ((mode & OT_MODE_MASK) == OT_MODE_MEMBER) return is_member(e, e->branch_sets[branch], x);
  return holds(mode, x, ot_load_real(e, e->thresholds, branch));
}

static uint32_t locate(const ot_ensemble *e, const void *rows, size_t row_start, uint32_t tree) {
  ot_node_ref node = e->roots[tree];
  while (!ot_is_leaf(node)) {
    double x = ot_load_real(e, rows, row_start + e->features[node]);
    node = takes_true(e, node, x) ? e->true_child[node] : e->false_child[node];
  }
  return ot_leaf_index(node);
}

void ot_reference_locate(const ot_ensemble *e, const void *rows, size_t stride, size_t row_count, uint32_t first_tree, uint32_t tree_count,
                         uint32_t *leaves) {
  for (uint32_t t = 0; t < tree_count; t++)
    for (size_t r = 0; r < row_count; r++) leaves[t * row_count + r] = locate(e, rows, r * stride, first_tree + t);
}
