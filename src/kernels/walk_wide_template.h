/* Included once per type: REAL is float or double, NAME(x) adds the type's suffix. */

static void NAME(fill)(const ot_ensemble *e, NAME(ot_wide_node) *nodes) {
  for (uint32_t b = 0; b < e->branch_count; b++) {
    REAL threshold = ((const REAL *)e->thresholds)[b];
    unsigned mode = e->modes[b] & OT_MODE_MASK;
    bool is_nan = mode != OT_MODE_MEMBER && threshold != threshold;
    nodes[b].as.threshold = is_nan ? 0 : threshold;
    if (mode == OT_MODE_MEMBER) nodes[b].as.set = e->branch_sets[b];
    nodes[b].feature = e->features[b] | accepted_outcomes(e->modes[b], is_nan) << OT_WIDE_OUTCOME_SHIFT;
    /* Everything differs from NaN. */
    nodes[b].child[0] = is_nan && mode == OT_MODE_NEQ ? e->true_child[b] : e->false_child[b];
    nodes[b].child[1] = e->true_child[b];
  }
}

static inline ot_node_ref NAME(step)(const ot_wide_layout *layout, bool has_sets, ot_node_ref at, const REAL *row) {
  const NAME(ot_wide_node) *node = (const NAME(ot_wide_node) *)layout->nodes + at;
  REAL x = row[node->feature & OT_WIDE_FEATURE_MASK];
  unsigned accepted = node->feature >> OT_WIDE_OUTCOME_SHIFT;
  if (has_sets && (accepted & OT_OUTCOME_MEMBER) == OT_OUTCOME_MEMBER)
    return node->child[x != x ? accepted >> 3 : NAME(ot_is_member)(&layout->sets, node->as.set, x)];
  REAL t = node->as.threshold;
  unsigned outcome = (unsigned)(x < t) * OT_OUTCOME_LESS | (unsigned)(x == t) * OT_OUTCOME_EQUAL | (unsigned)(x > t) * OT_OUTCOME_GREATER |
                     (unsigned)(x != x) * OT_OUTCOME_MISSING;
  return node->child[(accepted & outcome) != 0];
}

static inline void NAME(locate_tree)(const ot_wide_layout *layout, bool has_sets, ot_node_ref root, const ot_rows *rows, uint32_t *leaves) {
  for (size_t first = 0; first < rows->count; first += LANES) {
    size_t lanes = rows->count - first < LANES ? rows->count - first : LANES;
    const REAL *row = (const REAL *)rows->data + first * rows->stride;
    ot_node_ref at[LANES];
    for (size_t i = 0; i < lanes; i++) at[i] = root;
    for (bool walking = !ot_is_leaf(root); walking;) {
      walking = false;
      for (size_t i = 0; i < lanes; i++) {
        if (ot_is_leaf(at[i])) continue;
        at[i] = NAME(step)(layout, has_sets, at[i], row + i * rows->stride);
        walking |= !ot_is_leaf(at[i]);
      }
    }
    for (size_t i = 0; i < lanes; i++) leaves[first + i] = ot_leaf_index(at[i]);
  }
}

static void NAME(locate_any)(const ot_wide_layout *layout, bool has_sets, ot_node_ref root, const ot_rows *rows, uint32_t *leaves) {
  if (has_sets)
    NAME(locate_tree)(layout, true, root, rows, leaves);
  else
    NAME(locate_tree)(layout, false, root, rows, leaves);
}
