/* Wide nodes: any test, any number of nodes, shared children, floats and doubles. The outcome of comparing x with the threshold is one bit of
 * four (less, equal, greater, x is NaN), and a node accepts a set of outcomes; so six modes and the missing flag are one rule. */
#include "kernels/walk.h"

#define LANES 16

static uint32_t accepted_outcomes(unsigned mode, bool threshold_is_nan) {
  static const uint8_t by_mode[] = {[OT_MODE_LEQ] = OT_OUTCOME_LESS | OT_OUTCOME_EQUAL,
                                    [OT_MODE_LT] = OT_OUTCOME_LESS,
                                    [OT_MODE_GTE] = OT_OUTCOME_GREATER | OT_OUTCOME_EQUAL,
                                    [OT_MODE_GT] = OT_OUTCOME_GREATER,
                                    [OT_MODE_EQ] = OT_OUTCOME_EQUAL,
                                    [OT_MODE_NEQ] = OT_OUTCOME_LESS | OT_OUTCOME_GREATER | OT_OUTCOME_MISSING};
  uint32_t outcomes = by_mode[mode & OT_MODE_MASK];
  /* Compared with NaN, no test holds but NEQ, which always does. */
  if (threshold_is_nan) outcomes = outcomes & OT_OUTCOME_MISSING ? 15u : 0u;
  return mode & OT_MISSING_TRUE ? outcomes | OT_OUTCOME_MISSING : outcomes;
}

#define REAL float
#define NAME(x) x##_float
#include "kernels/walk_wide_template.h"
#undef REAL
#undef NAME
#define REAL double
#define NAME(x) x##_double
#include "kernels/walk_wide_template.h"
#undef REAL
#undef NAME

bool ot_wide_prepare(const ot_ensemble *e, ot_arena *arena, const void **result) {
  void *nodes = ot_arena_array(arena, e->branch_count, e->is_double ? sizeof(ot_wide_node_double) : sizeof(ot_wide_node_float));
  if (!nodes) return false;
  if (e->is_double)
    fill_double(e, nodes);
  else
    fill_float(e, nodes);
  *result = nodes;
  return true;
}

void ot_wide_locate(const ot_ensemble *e, const void *nodes, const ot_rows *rows, uint32_t first_tree, uint32_t tree_count, uint32_t *leaves) {
  for (uint32_t t = 0; t < tree_count; t++) {
    uint32_t *out = leaves + t * rows->count;
    if (e->is_double)
      locate_tree_double(nodes, e->roots[first_tree + t], rows->data, rows->stride, rows->count, out);
    else
      locate_tree_float(nodes, e->roots[first_tree + t], rows->data, rows->stride, rows->count, out);
  }
}
