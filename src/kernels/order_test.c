#include "kernels/order_test.h"

#include <math.h>
#include <string.h>

#include "ensemble/real.h"

static float float_below(float x) {
  if (x == -INFINITY) return NAN; /* nothing is below: the test never holds */
  if (x == 0.0f) x = 0.0f;        /* -0 and +0 are equal */
  uint32_t bits;
  memcpy(&bits, &x, sizeof bits);
  bits = bits == 0 ? UINT32_C(0x80000001) : bits >> 31 ? bits + 1 : bits - 1;
  memcpy(&x, &bits, sizeof x);
  return x;
}

static double double_below(double x) {
  if (x == -(double)INFINITY) return (double)NAN;
  if (x == 0.0) x = 0.0;
  uint64_t bits;
  memcpy(&bits, &x, sizeof bits);
  bits = bits == 0 ? UINT64_C(0x8000000000000001) : bits >> 63 ? bits + 1 : bits - 1;
  memcpy(&x, &bits, sizeof x);
  return x;
}

double ot_number_below(const ot_ensemble *e, double x) { return e->is_double ? double_below(x) : (double)float_below((float)x); }

ot_order_test ot_order_test_of(const ot_ensemble *e, uint32_t branch) {
  unsigned mode = e->modes[branch] & OT_MODE_MASK;
  bool swapped = mode == OT_MODE_GTE || mode == OT_MODE_GT, missing_true = (e->modes[branch] & OT_MISSING_TRUE) != 0;
  bool strict = mode == OT_MODE_LT || mode == OT_MODE_GTE;
  double threshold = ot_load_real(e, e->thresholds, branch);
  if (threshold != threshold)
    threshold = swapped ? (double)INFINITY : threshold; /* the test never holds: every number takes the false child */
  else if (strict)
    threshold = ot_number_below(e, threshold);
  ot_node_ref yes = e->true_child[branch], no = e->false_child[branch];
  return (ot_order_test){threshold, swapped ? no : yes, swapped ? yes : no, missing_true != swapped};
}
