/* What the fused path adds: for every target the trees that have weights for it, in file order. Targets have sums of their own, so going target by
 * target changes no sum. */
#include <string.h>

#include "kernels/sliced.h"

#define MOST_VALUES ((size_t)1 << 24)
#define MOST_SLICE_BYTES ((size_t)4 << 20)
#define WIDEST_VECTOR 64u /* bytes */

typedef struct weight_list {
  const uint32_t *targets; /* NULL: target 0 */
  const float *weights;
  uint32_t count;
} weight_list;

static weight_list weights_of(const ot_ensemble *e, uint32_t leaf) {
  uint32_t first = e->leaf_weights ? e->leaf_weights[leaf] : leaf, end = e->leaf_weights ? e->leaf_weights[leaf + 1] : leaf + 1;
  return (weight_list){e->weight_targets ? e->weight_targets + first : NULL, (const float *)e->weights + first, end - first};
}

static uint32_t target_at(const weight_list *list, uint32_t i) { return list->targets ? list->targets[i] : 0; }

/* Whether all leaves of the tree have one weight each for the same targets, listed in the same order. `last_tree` tells targets seen twice. */
static bool tree_is_regular(const ot_ensemble *e, const ot_sliced_layout *layout, uint32_t tree, uint32_t *last_tree) {
  const uint32_t *leaves = layout->leaves + layout->trees[tree].first_leaf;
  weight_list first = weights_of(e, leaves[0]);
  for (uint32_t i = 0; i < first.count; i++) {
    uint32_t target = target_at(&first, i);
    if (last_tree[target] == tree + 1) return false;
    last_tree[target] = tree + 1;
  }
  for (uint32_t l = 1; l < 1u << layout->trees[tree].index_bits; l++) {
    weight_list other = weights_of(e, leaves[l]);
    if (other.count != first.count) return false;
    if (first.targets && memcmp(first.targets, other.targets, first.count * sizeof *first.targets) != 0) return false;
  }
  return true;
}

/* Counts addends by target in starts[target + 1]; false if the ensemble is not for the fused path. */
static bool count_addends(const ot_ensemble *e, const ot_sliced_layout *layout, uint32_t *starts, uint32_t *last_tree, size_t *addends,
                          size_t *values) {
  *addends = *values = 0;
  for (uint32_t t = 0; t < e->tree_count; t++) {
    if (!tree_is_regular(e, layout, t, last_tree)) return false;
    weight_list list = weights_of(e, layout->leaves[layout->trees[t].first_leaf]);
    for (uint32_t i = 0; i < list.count; i++) starts[target_at(&list, i) + 1]++;
    *addends += list.count;
    *values += (size_t)list.count << layout->trees[t].index_bits;
    if (*values > MOST_VALUES) return false;
  }
  return *addends <= e->tree_count || (size_t)e->tree_count * OT_SLICED_MOST_DEPTH * WIDEST_VECTOR <= MOST_SLICE_BYTES;
}

static void fill_addends(const ot_ensemble *e, const ot_sliced_layout *layout, ot_sliced_addend *addends, uint32_t *next, float *values) {
  size_t first_value = 0;
  for (uint32_t t = 0; t < e->tree_count; t++) {
    const ot_sliced_tree *tree = &layout->trees[t];
    const uint32_t *leaves = layout->leaves + tree->first_leaf;
    weight_list list = weights_of(e, leaves[0]);
    for (uint32_t i = 0; i < list.count; i++) {
      addends[next[target_at(&list, i)]++] = (ot_sliced_addend){t, first_value};
      for (uint32_t l = 0; l < 1u << tree->index_bits; l++) values[first_value++] = weights_of(e, leaves[l]).weights[i];
    }
  }
}

bool ot_sliced_prepare_addends(const ot_ensemble *e, ot_sliced_layout *layout, ot_arena *arena, ot_arena *scratch) {
  if (e->is_double || e->needs_presence) return true;
  uint32_t *starts = ot_arena_zeros(arena, (size_t)e->target_count + 2, sizeof *starts);
  uint32_t *last_tree = ot_arena_zeros(scratch, e->target_count, sizeof *last_tree);
  if (!starts || !last_tree) return false;
  size_t addend_count, value_count;
  if (!count_addends(e, layout, starts, last_tree, &addend_count, &value_count)) return true;
  ot_sliced_addend *addends = ot_arena_array(arena, addend_count, sizeof *addends);
  float *values = ot_arena_array(arena, value_count, sizeof *values);
  uint32_t *next = ot_arena_array(scratch, (size_t)e->target_count + 1, sizeof *next);
  if (!addends || !values || !next) return false;
  for (uint32_t k = 0; k < e->target_count; k++) starts[k + 1] += starts[k];
  memcpy(next, starts, ((size_t)e->target_count + 1) * sizeof *next);
  fill_addends(e, layout, addends, next, values);
  layout->addends = addends;
  layout->target_addends = starts;
  layout->values = values;
  layout->keeps_slices = addend_count > e->tree_count;
  return true;
}
