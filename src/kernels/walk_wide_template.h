/* Included once per type: REAL is float or double, NAME(x) adds the type's suffix. */

static void NAME(fill)(const ot_ensemble *e, NAME(ot_wide_node) *nodes) {
  for (uint32_t b = 0; b < e->branch_count; b++) {
    REAL threshold = ((const REAL *)e->thresholds)[b];
    bool is_nan = threshold != threshold;
    nodes[b].threshold = is_nan ? 0 : threshold;
    nodes[b].feature = e->features[b] | accepted_outcomes(e->modes[b], is_nan) << OT_WIDE_OUTCOME_SHIFT;
    nodes[b].child[0] = e->false_child[b];
    nodes[b].child[1] = e->true_child[b];
  }
}

static inline ot_node_ref NAME(step)(const NAME(ot_wide_node) *node, const REAL *row) {
  REAL x = row[node->feature & OT_WIDE_FEATURE_MASK], t = node->threshold;
  unsigned outcome = (unsigned)(x < t) * OT_OUTCOME_LESS | (unsigned)(x == t) * OT_OUTCOME_EQUAL | (unsigned)(x > t) * OT_OUTCOME_GREATER |
                     (unsigned)(x != x) * OT_OUTCOME_MISSING;
  return node->child[((node->feature >> OT_WIDE_OUTCOME_SHIFT) & outcome) != 0];
}

static void NAME(locate_tree)(const NAME(ot_wide_node) *nodes, ot_node_ref root, const REAL *rows, size_t stride, size_t row_count, uint32_t *leaves) {
  for (size_t first = 0; first < row_count; first += LANES) {
    size_t lanes = row_count - first < LANES ? row_count - first : LANES;
    ot_node_ref at[LANES];
    for (size_t i = 0; i < lanes; i++) at[i] = root;
    for (bool walking = !ot_is_leaf(root); walking;) {
      walking = false;
      for (size_t i = 0; i < lanes; i++) {
        if (ot_is_leaf(at[i])) continue;
        at[i] = NAME(step)(&nodes[at[i]], rows + (first + i) * stride);
        walking |= !ot_is_leaf(at[i]);
      }
    }
    for (size_t i = 0; i < lanes; i++) leaves[first + i] = ot_leaf_index(at[i]);
  }
}
