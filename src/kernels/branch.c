#include "kernels/branch.h"

#include "ensemble/real.h"
#include "kernels/order_test.h"

static unsigned mode_of(const ot_ensemble *e, uint32_t branch) { return e->modes[branch] & OT_MODE_MASK; }

ot_branch ot_branch_of(const ot_ensemble *e, uint32_t branch) {
  if (mode_of(e, branch) < OT_MODE_EQ) {
    ot_order_test test = ot_order_test_of(e, branch);
    return (ot_branch){test.first, test.second, test.missing_first, false};
  }
  ot_node_ref yes = e->true_child[branch], no = e->false_child[branch];
  /* NaN is unequal to everything. */
  if (mode_of(e, branch) == OT_MODE_NEQ) return (ot_branch){yes, no, true, true};
  return (ot_branch){no, yes, !(e->modes[branch] & OT_MISSING_TRUE), true};
}

uint32_t ot_branch_value_count(const ot_ensemble *e, uint32_t branch) {
  if (mode_of(e, branch) != OT_MODE_MEMBER) return 1;
  const uint32_t *first = e->set_members + e->branch_sets[branch];
  return first[1] - first[0];
}

double ot_branch_value(const ot_ensemble *e, uint32_t branch, uint32_t index) {
  if (mode_of(e, branch) < OT_MODE_EQ) return ot_order_test_of(e, branch).threshold;
  if (mode_of(e, branch) != OT_MODE_MEMBER) return ot_load_real(e, e->thresholds, branch);
  return ot_load_real(e, e->members, (size_t)e->set_members[e->branch_sets[branch]] + index);
}
