/* Every order test as "x <= t", exactly:
 *   x <  t   is  x <= the number below t
 *   x >= t   is  not (x <  t), x > t is not (x <= t): the children swap places
 * A comparison with NaN is false, so the flag that sends NaN to the first child is the missing flag, or its opposite when swapped. */
#ifndef OT_KERNELS_ORDER_TEST_H
#define OT_KERNELS_ORDER_TEST_H

#include "ensemble/ensemble.h"

typedef struct ot_order_test {
  double threshold;  /* NaN: no number passes. Exactly representable in the ensemble's type. */
  ot_node_ref first; /* taken when x <= threshold */
  ot_node_ref second;
  bool missing_first; /* NaN takes the first child */
} ot_order_test;

/* The branch must have one of the modes LEQ, LT, GTE, GT. */
ot_order_test ot_order_test_of(const ot_ensemble *ensemble, uint32_t branch);

/* The largest number of the ensemble's type that is less than x; NaN below -infinity. */
double ot_number_below(const ot_ensemble *ensemble, double x);

#endif
