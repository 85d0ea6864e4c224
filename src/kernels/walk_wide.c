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
                                    [OT_MODE_NEQ] = OT_OUTCOME_LESS | OT_OUTCOME_GREATER | OT_OUTCOME_MISSING,
                                    [OT_MODE_MEMBER] = OT_OUTCOME_MEMBER};
  /* Compared with NaN, no test holds but NEQ, which is seen to apart. */
  uint32_t outcomes = threshold_is_nan ? 0u : by_mode[mode & OT_MODE_MASK];
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

bool ot_wide_prepare(const ot_ensemble *e, ot_arena *arena, const ot_wide_layout **result) {
  ot_wide_layout *layout = ot_arena_zeros(arena, 1, sizeof *layout);
  void *nodes = ot_arena_array(arena, e->branch_count, e->is_double ? sizeof(ot_wide_node_double) : sizeof(ot_wide_node_float));
  if (!layout || !nodes || !ot_member_sets_prepare(&layout->sets, e, arena)) return false;
  if (e->is_double)
    fill_double(e, nodes);
  else
    fill_float(e, nodes);
  layout->nodes = nodes;
  *result = layout;
  return true;
}

void ot_wide_locate(const ot_ensemble *e, const ot_wide_layout *layout, const ot_rows *rows, uint32_t first_tree, uint32_t tree_count,
                    uint32_t *leaves) {
  for (uint32_t t = 0; t < tree_count; t++) {
    uint32_t *out = leaves + t * rows->count;
    ot_node_ref root = e->roots[first_tree + t];
    if (e->is_double)
      locate_any_double(layout, e->branch_sets != NULL, root, rows, out);
    else
      locate_any_float(layout, e->branch_sets != NULL, root, rows, out);
  }
}
