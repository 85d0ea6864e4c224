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

/* Nothing here is decided by a jump but the search in sets that have no bitmap: a jump that depends on the data is as often wrong as right. */
static inline ot_node_ref NAME(step)(const ot_wide_layout *layout, bool has_sets, ot_node_ref at, const REAL *row) {
  const NAME(ot_wide_node) *node = (const NAME(ot_wide_node) *)layout->nodes + at;
  REAL x = row[node->feature & OT_WIDE_FEATURE_MASK], t = node->threshold;
  unsigned outcome = (unsigned)(x < t) * OT_OUTCOME_LESS | (unsigned)(x == t) * OT_OUTCOME_EQUAL | (unsigned)(x > t) * OT_OUTCOME_GREATER |
                     (unsigned)(x != x) * OT_OUTCOME_MISSING;
  unsigned accepted = node->feature >> OT_WIDE_OUTCOME_SHIFT & outcome;
  if (has_sets) {
    uint32_t set = layout->node_sets[at];
    accepted |= NAME(ot_is_among_bits)(&layout->sets, set, x);
    if (layout->sets.bits[set].bit_count == 0) accepted |= NAME(ot_is_member)(&layout->sets, set, x);
  }
  return node->child[accepted != 0];
}

/* Rows on their way down, each in some tree. Those that arrive leave the list. */
typedef struct NAME(travellers) {
  ot_node_ref at[TRAVELLERS];
  const REAL *rows[TRAVELLERS];
  uint32_t *leaves[TRAVELLERS];
} NAME(travellers);

static inline void NAME(travel)(const ot_wide_layout *layout, bool has_sets, NAME(travellers) *t, size_t count) {
  while (count) {
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
      ot_node_ref next = NAME(step)(layout, has_sets, t->at[i], t->rows[i]);
      *t->leaves[i] = ot_leaf_index(next);
      t->at[kept] = next;
      t->rows[kept] = t->rows[i];
      t->leaves[kept] = t->leaves[i];
      kept += !ot_is_leaf(next);
    }
    count = kept;
  }
}

static inline void NAME(locate_all)(const ot_wide_layout *layout, bool has_sets, const ot_node_ref *roots, uint32_t tree_count, const ot_rows *rows,
                                    uint32_t *leaves) {
  NAME(travellers) t;
  size_t count = 0, pairs = tree_count * rows->count;
  for (size_t i = 0, r = 0, tree = 0; i < pairs; i++) {
    leaves[i] = ot_leaf_index(roots[tree]);
    t.at[count] = roots[tree];
    t.rows[count] = (const REAL *)rows->data + r * rows->stride;
    t.leaves[count] = leaves + i;
    count += !ot_is_leaf(roots[tree]);
    if (++r == rows->count) r = 0, tree++;
    if (count < TRAVELLERS && i + 1 < pairs) continue;
    NAME(travel)(layout, has_sets, &t, count);
    count = 0;
  }
}

static void NAME(locate)(const ot_wide_layout *layout, const ot_node_ref *roots, uint32_t tree_count, const ot_rows *rows, uint32_t *leaves) {
  if (layout->node_sets)
    NAME(locate_all)(layout, true, roots, tree_count, rows, leaves);
  else
    NAME(locate_all)(layout, false, roots, tree_count, rows, leaves);
}
