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
  if (e->continues) return;
  memset(sums, 0, row_count * e->target_count * (e->is_double ? sizeof(double) : sizeof(float)));
  if (presence) memset(presence, 0, row_count * e->target_count);
}

static bool adds(const ot_ensemble *e) { return e->aggregate == OT_AGGREGATE_SUM || e->aggregate == OT_AGGREGATE_AVERAGE; }
static bool adds_one_weight(const ot_ensemble *e) { return adds(e) && !e->leaf_weights && e->target_count == 1; }

void ot_accumulate(const ot_ensemble *e, const uint32_t *leaves, size_t tree_count, size_t row_count, void *sums, uint8_t *presence) {
  bool single = adds_one_weight(e) && !presence, vectors = adds(e) && e->has_vector_leaves && !presence;
  if (e->is_double) {
    if (single)
      add_single_double(e, leaves, tree_count, row_count, sums);
    else if (vectors)
      add_vectors_double(e, leaves, tree_count, row_count, sums);
    else
      take_general_double(e, leaves, tree_count, row_count, sums, presence);
  } else {
    if (single)
      add_single_float(e, leaves, tree_count, row_count, sums);
    else if (vectors)
      add_vectors_float(e, leaves, tree_count, row_count, sums);
    else
      take_general_float(e, leaves, tree_count, row_count, sums, presence);
  }
}

bool ot_adds_single_weights(const ot_ensemble *e) { return adds_one_weight(e) && !e->is_double && !e->needs_presence; }

void ot_accumulate_weights(const float *weights, size_t tree_count, size_t row_count, float *sums) {
  for (size_t t = 0; t < tree_count; t++)
    for (size_t r = 0; r < row_count; r++) sums[r] += weights[t * row_count + r];
}
