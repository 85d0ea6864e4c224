#include "ensemble/trace.h"

#include "ensemble/real.h"
#include "ensemble/reference.h"

/* The base value of a target. The one score of two classes may be for the second one. */
static double base_of(const ot_ensemble *e, const ot_finish *f, size_t target) {
  if (f->class_count && f->single_score && e->base_count == 2) target = f->score_class;
  return target < e->base_count ? ot_load_real(e, e->base_values, target) : 0;
}

/* In double: rounding its sums and quotients of floats to float gives what float arithmetic gives. */
static double raw_score(const ot_ensemble *e, double sum, bool present, double base) {
  bool is_extreme = e->aggregate == OT_AGGREGATE_MIN || e->aggregate == OT_AGGREGATE_MAX;
  if (is_extreme && !present) return base;
  if (e->aggregate == OT_AGGREGATE_AVERAGE) {
    sum /= (double)e->tree_count;
    if (!e->is_double) sum = (double)(float)sum;
  }
  return sum + base;
}

void ot_trace_raw_scores(const ot_ensemble *e, const ot_finish *f, const void *sums, const uint8_t *presence, size_t row_count, void *scores,
                         onnxtree_type type, size_t stride) {
  size_t targets = e->target_count;
  for (size_t r = 0; r < row_count; r++) {
    for (size_t k = 0; k < targets; k++) {
      size_t i = r * targets + k;
      double score = raw_score(e, ot_load_real(e, sums, i), !presence || presence[i], base_of(e, f, k));
      if (!e->is_double) score = (double)(float)score;
      if (type == ONNXTREE_DOUBLE)
        ((double *)scores)[r * stride + k] = score;
      else
        ((float *)scores)[r * stride + k] = (float)score;
    }
  }
}

void ot_trace_leaves(const ot_ensemble *e, const void *rows, size_t row_stride, size_t row_count, int32_t *leaves, size_t stride) {
  size_t row_bytes = row_stride * ot_real_size(e);
  for (size_t r = 0; r < row_count; r++)
    ot_reference_locate(e, (const char *)rows + r * row_bytes, row_stride, 1, 0, e->tree_count, (uint32_t *)(leaves + r * stride));
}
