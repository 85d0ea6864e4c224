/* An ensemble put together from single trees of a graph whose results are added up. */
#include <string.h>

#include "ops/tree_ensemble.h"

typedef struct totals {
  uint64_t branches, leaves, sets, members;
} totals;

static totals count(const ot_tree_sum *sum) {
  totals t = {0};
  for (size_t p = 0; p < sum->part_count; p++) {
    const ot_ensemble *e = ot_step_ensemble(sum->parts[p].step);
    t.branches += e->branch_count;
    t.leaves += e->leaf_count;
    t.sets += e->branch_sets ? e->set_count : 0;
    t.members += e->branch_sets ? e->set_members[e->set_count] : 0;
  }
  return t;
}

static bool allocate(ot_ensemble *e, const totals *t, size_t columns, ot_arena *arena) {
  e->roots = ot_arena_array(arena, e->tree_count, sizeof *e->roots);
  e->features = ot_arena_array(arena, e->branch_count, sizeof *e->features);
  e->modes = ot_arena_array(arena, e->branch_count, sizeof *e->modes);
  e->thresholds = ot_arena_array(arena, e->branch_count, sizeof(float));
  e->true_child = ot_arena_array(arena, e->branch_count, sizeof *e->true_child);
  e->false_child = ot_arena_array(arena, e->branch_count, sizeof *e->false_child);
  e->weights = ot_arena_array(arena, e->weight_count, sizeof(float));
  bool ok = e->roots && e->features && e->modes && e->thresholds && e->true_child && e->false_child && e->weights;
  if (columns > 1) {
    e->leaf_weights = ot_arena_array(arena, e->leaf_count + UINT64_C(1), sizeof *e->leaf_weights);
    e->weight_targets = ot_arena_array(arena, e->weight_count, sizeof *e->weight_targets);
    ok = ok && e->leaf_weights && e->weight_targets;
  }
  if (t->sets) {
    e->branch_sets = ot_arena_zeros(arena, e->branch_count, sizeof *e->branch_sets);
    e->set_members = ot_arena_zeros(arena, (size_t)t->sets + 1, sizeof *e->set_members);
    e->members = ot_arena_array(arena, (size_t)t->members, sizeof(float));
    ok = ok && e->branch_sets && e->set_members && e->members;
  }
  return ok;
}

static ot_node_ref move(ot_node_ref ref, uint32_t branches, uint32_t leaves) {
  return ot_is_leaf(ref) ? (ot_leaf_index(ref) + leaves) | OT_LEAF_BIT : ref + branches;
}

static void append_sets(ot_ensemble *e, const ot_ensemble *from, uint32_t first_branch) {
  uint32_t first_member = e->set_members[e->set_count], members = from->set_members[from->set_count];
  for (uint32_t i = 0; i < from->branch_count; i++) e->branch_sets[first_branch + i] = from->branch_sets[i] + e->set_count;
  for (uint32_t s = 0; s < from->set_count; s++) e->set_members[e->set_count + s + 1] = first_member + from->set_members[s + 1];
  memcpy((float *)e->members + first_member, from->members, members * sizeof(float));
  e->set_count += from->set_count;
}

static void append(ot_ensemble *e, const ot_tree_part *part, size_t columns) {
  const ot_ensemble *from = ot_step_ensemble(part->step);
  uint32_t b = e->branch_count, l = e->leaf_count;
  e->roots[e->tree_count++] = move(from->roots[0], b, l);
  for (uint32_t i = 0; i < from->branch_count; i++) {
    e->features[b + i] = part->features ? part->features[from->features[i]] : from->features[i];
    e->true_child[b + i] = move(from->true_child[i], b, l);
    e->false_child[b + i] = move(from->false_child[i], b, l);
  }
  memcpy(e->modes + b, from->modes, from->branch_count);
  memcpy((float *)e->thresholds + b, from->thresholds, from->branch_count * sizeof(float));
  memcpy((float *)e->weights + l * columns, part->values, from->leaf_count * columns * sizeof(float));
  if (from->branch_sets) append_sets(e, from, b);
  e->branch_count += from->branch_count;
  e->leaf_count += from->leaf_count;
}

bool ot_merge_trees(ot_ensemble *e, const ot_tree_sum *sum, ot_arena *arena) {
  totals t = count(sum);
  size_t columns = sum->columns;
  if (sum->part_count >= OT_MAX_NODES || t.branches >= OT_MAX_NODES || t.leaves * columns >= OT_MAX_NODES || t.members >= OT_MAX_NODES) return false;
  *e = (ot_ensemble){.tree_count = (uint32_t)sum->part_count,
                     .branch_count = (uint32_t)t.branches,
                     .leaf_count = (uint32_t)t.leaves,
                     .target_count = (uint32_t)columns,
                     .weight_count = (uint32_t)(t.leaves * columns),
                     .aggregate = sum->is_mean ? OT_AGGREGATE_AVERAGE : OT_AGGREGATE_SUM};
  if (!allocate(e, &t, columns, arena)) return false;
  e->tree_count = e->branch_count = e->leaf_count = 0;
  for (size_t p = 0; p < sum->part_count; p++) append(e, &sum->parts[p], columns);
  for (uint32_t w = 0; columns > 1 && w < e->weight_count; w++) e->weight_targets[w] = (uint32_t)(w % columns);
  for (uint32_t l = 0; columns > 1 && l <= e->leaf_count; l++) e->leaf_weights[l] = (uint32_t)(l * columns);
  return true;
}
