#include "ensemble/accumulate.h"

#include <string.h>

#define REAL float
#define NAME(x) x##_float
#include "ensemble/accumulate_template.h"
#undef REAL
#undef NAME
#define REAL double
#define NAME(x) x##_double
#include "ensemble/accumulate_template.h"
#undef REAL
#undef NAME

void ot_accumulate_begin(const ot_ensemble *e, void *sums, uint8_t *presence, size_t row_count) {
  memset(sums, 0, row_count * e->target_count * (e->is_double ? sizeof(double) : sizeof(float)));
  if (presence) memset(presence, 0, row_count * e->target_count);
}

void ot_accumulate(const ot_ensemble *e, const uint32_t *leaves, size_t tree_count, size_t row_count, void *sums, uint8_t *presence) {
  bool adds = e->aggregate == OT_AGGREGATE_SUM || e->aggregate == OT_AGGREGATE_AVERAGE;
  bool single = adds && !e->leaf_weights && e->target_count == 1 && !presence;
  if (e->is_double) {
    if (single)
      add_single_double(e, leaves, tree_count, row_count, sums);
    else
      take_general_double(e, leaves, tree_count, row_count, sums, presence);
  } else {
    if (single)
      add_single_float(e, leaves, tree_count, row_count, sums);
    else
      take_general_float(e, leaves, tree_count, row_count, sums, presence);
  }
}
