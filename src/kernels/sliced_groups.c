/* Groups of trees and their reach programs. */
#include <string.h>

#include "kernels/branch.h"
#include "kernels/sliced.h"

#define MOST_BRANCHES 192u /* of a group of several trees: what reaches their nodes should stay in the first-level cache */
#define ALL_ROWS 0u
#define NO_ROWS 1u
#define COPIES_16 UINT64_C(0x0001000100010001) /* times a number: in each 16 bits */
#define MOST_FLIPS 3u /* in a word */
#define NO_FLIPS (scaled(NO_ROWS) * (COPIES_16 >> 16))

typedef struct unfolded_tree {
  uint32_t count;
  ot_unfolded_node nodes[OT_SLICED_MOST_SLOTS];
  uint16_t slots[OT_SLICED_MOST_SLOTS];
  ot_sliced_flip flips[OT_SLICED_MOST_DEPTH]; /* by slice: those to come */
  uint32_t flip_counts[OT_SLICED_MOST_DEPTH]; /* slots of them that are set */
} unfolded_tree;

typedef struct group_builder {
  const ot_ensemble *ensemble;
  const ot_branch *branches;
  const uint32_t *masks;
  const ot_sliced_layout *layout;
  unfolded_tree *trees; /* [OT_SLICED_GROUP] */
  ot_sliced_place *places;
  ot_sliced_group *groups;
  uint32_t group_count;
  ot_sliced_step *steps;
  ot_sliced_flip *flips;
  ot_sliced_last *lasts;
  uint32_t step_count, flip_count, last_count;
  uint8_t in_step[OT_SLICED_GROUP * OT_SLICED_MOST_LEAVES]; /* branches of each of the group's steps */
  uint32_t full_steps;                                     /* the first of them, which have no room */
} group_builder;

static const ot_unfolded_node *flipped_child(const ot_unfolded_node *nodes, const ot_unfolded_node *branch) {
  const ot_unfolded_node *first = &nodes[branch->children[0]];
  return first->index == branch->index ? &nodes[branch->children[1]] : first;
}

void ot_measure_reach(const ot_unfolded_node *nodes, uint32_t count, ot_sliced_tree *tree) {
  uint32_t flips[OT_SLICED_MOST_DEPTH] = {0};
  for (uint32_t i = 0; i < count; i++) {
    if (!nodes[i].children[0]) continue;
    uint32_t bits = nodes[i].index ^ flipped_child(nodes, &nodes[i])->index;
    tree->branch_count += !ot_is_last(&nodes[i]);
    for (uint32_t bit = 0; bit < OT_SLICED_MOST_DEPTH; bit++) {
      if (ot_is_last(&nodes[i]))
        tree->last_count += bits >> bit & 1;
      else
        flips[bit] += bits >> bit & 1;
    }
  }
  for (uint32_t bit = 0; bit < OT_SLICED_MOST_DEPTH; bit++) tree->flip_count += (flips[bit] + MOST_FLIPS - 1) / MOST_FLIPS;
}

static uint64_t scaled(uint32_t number) { return (uint64_t)number * OT_SLICED_SCALE; }

static void add_flip(group_builder *b, unfolded_tree *tree, uint32_t slice, uint32_t slot) {
  uint32_t *count = &tree->flip_counts[slice];
  tree->flips[slice] ^= (scaled(slot) ^ scaled(NO_ROWS)) << (16 * (*count)++);
  if (*count < MOST_FLIPS) return;
  b->flips[b->flip_count++] = tree->flips[slice];
  tree->flips[slice] = NO_FLIPS | tree->flips[slice] >> 48 << 48;
  *count = 0;
}

/* Emits the flips of a branch: at once where it is the last, else together with more of the same slice. */
static void add_flips(group_builder *b, uint32_t t, const ot_unfolded_node *branch, uint32_t from, uint32_t mask) {
  unfolded_tree *tree = &b->trees[t];
  const ot_unfolded_node *child = flipped_child(tree->nodes, branch);
  uint32_t bits = branch->index ^ child->index, top = ot_index_bits(tree->nodes[0].leaf_count) - 1;
  for (uint32_t i = 0; i <= top; i++) {
    if (!(bits >> (top - i) & 1)) continue;
    if (ot_is_last(branch))
      b->lasts[b->last_count++] = mask | scaled(from) << 32 | scaled(t * OT_SLICED_MOST_DEPTH + i) << 48;
    else
      add_flip(b, tree, i, tree->slots[child - tree->nodes]);
  }
}

/* Puts a branch into the first step that has room and comes after the one that makes what the branch needs. */
static void add_to_step(group_builder *b, ot_sliced_group *group, uint32_t mask, uint32_t from, uint16_t *first_slot, uint16_t *second_slot) {
  uint32_t number = from < OT_SLICED_FIRST_CHILD ? 0 : (from - OT_SLICED_FIRST_CHILD) / (2 * OT_SLICED_STEP) + 1;
  if (number < b->full_steps) number = b->full_steps;
  while (number < group->step_count && b->in_step[number] == OT_SLICED_STEP) number++;
  ot_sliced_step *step = &b->steps[group->first_step + number];
  if (number == group->step_count) {
    *step = (ot_sliced_step){.from = scaled(NO_ROWS) * COPIES_16};
    b->in_step[group->step_count++] = 0;
  }
  uint32_t place = b->in_step[number]++, slot = OT_SLICED_FIRST_CHILD + 2 * OT_SLICED_STEP * number + place;
  step->masks[place / 2] |= (uint64_t)mask << (32 * (place % 2));
  step->from ^= (scaled(from) ^ scaled(NO_ROWS)) << (16 * place);
  *first_slot = (uint16_t)slot;
  *second_slot = (uint16_t)(slot + OT_SLICED_STEP);
  while (b->full_steps < group->step_count && b->in_step[b->full_steps] == OT_SLICED_STEP) b->full_steps++;
}

static void add_branch(group_builder *b, ot_sliced_group *group, uint32_t t, uint32_t node) {
  unfolded_tree *tree = &b->trees[t];
  const ot_unfolded_node *branch = &tree->nodes[node];
  uint32_t mask = b->masks[branch->ref] * OT_SLICED_SCALE, from = tree->slots[node];
  if (!ot_is_last(branch)) add_to_step(b, group, mask, from, &tree->slots[branch->children[0]], &tree->slots[branch->children[1]]);
  add_flips(b, t, branch, from, mask);
}

/* The branches of all trees in turns, so that what follows one another does not wait for one another. */
static void build_program(group_builder *b, ot_sliced_group *group, uint32_t most_nodes) {
  for (uint32_t node = 0; node < most_nodes; node++)
    for (uint32_t t = 0; t < group->tree_count; t++)
      if (node < b->trees[t].count && b->trees[t].nodes[node].children[0]) add_branch(b, group, t, node);
  for (uint32_t i = 0; i < OT_SLICED_MOST_DEPTH; i++)
    for (uint32_t t = 0; t < group->tree_count; t++)
      if (b->trees[t].flip_counts[i]) b->flips[b->flip_count++] = b->trees[t].flips[i];
}

static uint32_t branches_at(const group_builder *b, uint32_t place) { return b->layout->trees[b->places[place].tree].branch_count; }

/* Makes a group of the trees from a place on, before the end; returns their number. */
static uint32_t add_group(group_builder *b, uint32_t place, uint32_t end) {
  ot_sliced_group *group = &b->groups[b->group_count];
  *group = (ot_sliced_group){.first_step = b->step_count, .first_flip = b->flip_count, .first_last = b->last_count};
  uint32_t branches = 0, most_nodes = 0;
  for (uint32_t i = place; i < end && (i == place || branches + branches_at(b, i) <= MOST_BRANCHES); i++) {
    uint32_t t = group->tree_count++;
    unfolded_tree *tree = &b->trees[t];
    branches += branches_at(b, i);
    b->places[i].group = b->group_count;
    tree->count = 0;
    memset(tree->flip_counts, 0, sizeof tree->flip_counts);
    if (b->layout->trees[b->places[i].tree].network_depth) continue;
    tree->count = ot_unfold_tree(b->branches, b->ensemble->roots[b->places[i].tree], tree->nodes);
    ot_choose_indices(tree->nodes, tree->count);
    tree->slots[0] = ALL_ROWS;
    for (uint32_t slice = 0; slice < OT_SLICED_MOST_DEPTH; slice++) tree->flips[slice] = NO_FLIPS | scaled(t * OT_SLICED_MOST_DEPTH + slice) << 48;
    if (tree->count > most_nodes) most_nodes = tree->count;
  }
  b->full_steps = 0;
  build_program(b, group, most_nodes);
  b->step_count += group->step_count;
  group->flip_count = b->flip_count - group->first_flip;
  group->last_count = b->last_count - group->first_last;
  b->group_count++;
  return group->tree_count;
}

/* Groups of the places from first to end - 1, which are those of one target or all. */
static void add_groups(group_builder *b, uint32_t first, uint32_t end) {
  for (uint32_t place = first; place < end;) {
    uint32_t batch_end = first + ((place - first) / OT_SLICED_GROUP + 1) * OT_SLICED_GROUP;
    place += add_group(b, place, batch_end < end ? batch_end : end);
  }
}

static bool allocate(group_builder *b, uint32_t place_count, ot_arena *arena, ot_arena *scratch) {
  size_t branches = 0, flips = 0, lasts = 0;
  for (uint32_t i = 0; i < place_count; i++) {
    const ot_sliced_tree *tree = &b->layout->trees[b->places[i].tree];
    branches += tree->branch_count;
    flips += tree->flip_count;
    lasts += tree->last_count;
  }
  b->groups = ot_arena_array(arena, place_count, sizeof *b->groups);
  b->steps = ot_arena_array(scratch, branches, sizeof *b->steps); /* one each at worst; kept are those that there are */
  b->flips = ot_arena_array(arena, flips, sizeof *b->flips);
  b->lasts = ot_arena_array(arena, lasts, sizeof *b->lasts);
  b->trees = ot_arena_array(scratch, OT_SLICED_GROUP, sizeof *b->trees);
  return b->groups && b->steps && b->flips && b->lasts && b->trees;
}

bool ot_sliced_prepare_groups(const ot_ensemble *e, const ot_branch *branches, const uint32_t *masks, ot_sliced_layout *layout, ot_arena *arena,
                              ot_arena *scratch) {
  group_builder b = {.ensemble = e, .branches = branches, .masks = masks, .layout = layout};
  bool by_addend = layout->addends && !layout->keeps_slices;
  uint32_t place_count = by_addend ? layout->target_addends[e->target_count] : e->tree_count;
  b.places = ot_arena_array(arena, place_count, sizeof *b.places);
  if (!b.places) return false;
  for (uint32_t i = 0; i < place_count; i++) b.places[i].tree = by_addend ? layout->addends[i].tree : i;
  if (!allocate(&b, place_count, arena, scratch)) return false;
  if (by_addend)
    for (uint32_t k = 0; k < e->target_count; k++) add_groups(&b, layout->target_addends[k], layout->target_addends[k + 1]);
  else
    add_groups(&b, 0, place_count);
  for (uint32_t g = 0; g < b.group_count; g++) {
    uint32_t slots = OT_SLICED_FIRST_CHILD + 2 * OT_SLICED_STEP * b.groups[g].step_count;
    if (layout->most_slots < slots) layout->most_slots = slots;
  }
  ot_sliced_step *steps = ot_arena_array(arena, b.step_count, sizeof *steps);
  if (!steps) return false;
  memcpy(steps, b.steps, b.step_count * sizeof *steps);
  layout->places = b.places;
  layout->groups = b.groups;
  layout->code.steps = steps;
  layout->step_count = b.step_count;
  layout->flips = b.flips;
  layout->code.lasts = b.lasts;
  layout->last_count = b.last_count;
  return true;
}
