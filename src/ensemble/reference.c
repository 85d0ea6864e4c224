#include "ensemble/reference.h"

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

/* Floats widened to double compare as floats do, so one function serves both types. */
static double real_at(const ot_ensemble *e, const void *array, size_t index) {
  return e->is_double ? ((const double *)array)[index] : (double)((const float *)array)[index];
}

static uint32_t locate(const ot_ensemble *e, const void *rows, size_t row_start, uint32_t tree) {
  ot_node_ref node = e->roots[tree];
  while (!ot_is_leaf(node)) {
    double x = real_at(e, rows, row_start + e->features[node]);
    bool missing_true = (e->modes[node] & OT_MISSING_TRUE) && x != x;
    node = holds(e->modes[node], x, real_at(e, e->thresholds, node)) || missing_true ? e->true_child[node] : e->false_child[node];
  }
  return ot_leaf_index(node);
}

void ot_reference_locate(const ot_ensemble *e, const void *rows, size_t stride, size_t row_count, uint32_t first_tree, uint32_t tree_count,
                         uint32_t *leaves) {
  for (uint32_t t = 0; t < tree_count; t++)
    for (size_t r = 0; r < row_count; r++) leaves[t * row_count + r] = locate(e, rows, r * stride, first_tree + t);
}
