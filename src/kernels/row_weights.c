#include "kernels/row_weights.h"

#include <string.h>

#define MOST_CYCLE 16u

/* The target of each tree, if each tree has weights for one. */
static bool find_targets(const ot_ensemble *e, const ot_sliced_layout *sliced, uint32_t *targets) {
  memset(targets, 0xFF, e->tree_count * sizeof *targets);
  for (uint32_t k = 0; k < e->target_count; k++) {
    for (uint32_t a = sliced->target_addends[k]; a < sliced->target_addends[k + 1]; a++) {
      uint32_t *target = &targets[sliced->addends[a].tree];
      if (*target != UINT32_MAX) return false;
      *target = k;
    }
  }
  for (uint32_t t = 0; t < e->tree_count; t++)
    if (targets[t] == UINT32_MAX) return false;
  return true;
}

static uint32_t cycle_of(const ot_ensemble *e, const uint32_t *targets) {
  if (e->target_count > MOST_CYCLE) return 0;
  for (uint32_t t = 0; t < e->tree_count; t++)
    if (targets[t] != t % e->target_count) return 0;
  return e->target_count;
}

bool ot_row_weights_prepare(ot_row_weights *weights, const ot_ensemble *e, const ot_sliced_layout *sliced, ot_arena *arena) {
  *weights = (ot_row_weights){.has_values = e->target_count == 1 && !e->leaf_weights && !e->needs_presence && !e->is_double};
  if (weights->has_values || !sliced->addends) return true;
  uint32_t *targets = ot_arena_array(arena, e->tree_count, sizeof *targets);
  if (!targets) return false;
  weights->has_values = find_targets(e, sliced, targets);
  if (!weights->has_values) return true;
  weights->targets = targets;
  weights->cycle = cycle_of(e, targets);
  return true;
}

uint32_t ot_row_weights_entry(const ot_row_weights *weights, const ot_ensemble *e, uint32_t leaf) {
  if (!weights->has_values) return leaf;
  uint32_t bits;
  memcpy(&bits, (const float *)e->weights + (e->leaf_weights ? e->leaf_weights[leaf] : leaf), sizeof bits);
  return bits;
}
