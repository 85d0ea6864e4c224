/* Wide nodes: any test, any number of nodes, shared children, floats and doubles. The outcome of comparing x with the threshold is one bit of
 * four (less, equal, greater, x is NaN), and a node accepts a set of outcomes; so six modes and the missing flag are one rule. */
#include "kernels/walk.h"

#define TRAVELLERS 64

static uint32_t accepted_outcomes(unsigned mode, bool threshold_is_nan) {
  static const uint8_t by_mode[] = {[OT_MODE_LEQ] = OT_OUTCOME_LESS | OT_OUTCOME_EQUAL,
                                    [OT_MODE_LT] = OT_OUTCOME_LESS,
                                    [OT_MODE_GTE] = OT_OUTCOME_GREATER | OT_OUTCOME_EQUAL,
                                    [OT_MODE_GT] = OT_OUTCOME_GREATER,
                                    [OT_MODE_EQ] = OT_OUTCOME_EQUAL,
                                    [OT_MODE_NEQ] = OT_OUTCOME_LESS | OT_OUTCOME_GREATER | OT_OUTCOME_MISSING,
                                    [OT_MODE_MEMBER] = 0};
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

static bool number_sets(ot_wide_layout *layout, const ot_ensemble *e, ot_arena *arena) {
  uint32_t *sets = ot_arena_zeros(arena, e->branch_count, sizeof *sets);
  if (!sets) return false;
  for (uint32_t b = 0; b < e->branch_count; b++)
    if ((e->modes[b] & OT_MODE_MASK) == OT_MODE_MEMBER) sets[b] = e->branch_sets[b] + 1;
  layout->node_sets = sets;
  return ot_member_sets_prepare(&layout->sets, e, arena);
}

bool ot_wide_prepare(const ot_ensemble *e, ot_arena *arena, const ot_wide_layout **result) {
  ot_wide_layout *layout = ot_arena_zeros(arena, 1, sizeof *layout);
  void *nodes = ot_arena_array(arena, e->branch_count, e->is_double ? sizeof(ot_wide_node_double) : sizeof(ot_wide_node_float));
  if (!layout || !nodes) return false;
  if (e->branch_sets && !number_sets(layout, e, arena)) return false;
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
  const ot_node_ref *roots = e->roots + first_tree;
  if (e->is_double)
    locate_double(layout, roots, tree_count, rows, leaves);
  else
    locate_float(layout, roots, tree_count, rows, leaves);
}
