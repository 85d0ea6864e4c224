/* Included once per type: REAL is float or double, NAME(x) adds the type's suffix. */

static inline void NAME(take)(ot_aggregate aggregate, REAL weight, REAL *sum, uint8_t *present) {
  switch (aggregate) {
    case OT_AGGREGATE_MIN:
      *sum = !*present || weight < *sum ? weight : *sum;
      break;
    case OT_AGGREGATE_MAX:
      *sum = !*present || weight > *sum ? weight : *sum;
      break;
    default: *sum += weight; break;
  }
  *present = 1;
}

/* One weight a leaf, one target, sums: the common case. */
static void NAME(add_single)(const ot_ensemble *e, const uint32_t *leaves, size_t tree_count, size_t row_count, REAL *sums) {
  const REAL *weights = e->weights;
  for (size_t t = 0; t < tree_count; t++)
    for (size_t r = 0; r < row_count; r++) sums[r] += weights[leaves[t * row_count + r]];
}

/* As many weights a leaf as there are targets, sums. */
static void NAME(add_vectors)(const ot_ensemble *e, const uint32_t *leaves, size_t tree_count, size_t row_count, REAL *sums) {
  size_t targets = e->target_count;
  for (size_t t = 0; t < tree_count; t++) {
    for (size_t r = 0; r < row_count; r++) {
      const REAL *weights = (const REAL *)e->weights + leaves[t * row_count + r] * targets;
      REAL *sum = sums + r * targets;
      for (size_t k = 0; k < targets; k++) sum[k] += weights[k];
    }
  }
}

static void NAME(take_general)(const ot_ensemble *e, const uint32_t *leaves, size_t tree_count, size_t row_count, REAL *sums, uint8_t *presence) {
  const REAL *weights = e->weights;
  for (size_t t = 0; t < tree_count; t++) {
    for (size_t r = 0; r < row_count; r++) {
      uint32_t leaf = leaves[t * row_count + r];
      uint32_t first = e->leaf_weights ? e->leaf_weights[leaf] : leaf, end = e->leaf_weights ? e->leaf_weights[leaf + 1] : leaf + 1;
      for (uint32_t w = first; w < end; w++) {
        size_t at = r * e->target_count + (e->weight_targets ? e->weight_targets[w] : 0);
        uint8_t ignored = 1;
        NAME(take)(e->aggregate, weights[w], &sums[at], presence ? &presence[at] : &ignored);
      }
    }
  }
}
