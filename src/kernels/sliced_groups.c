/* Groups of trees and their reach programs. */
#include <string.h>

#include "kernels/branch.h"
#include "kernels/sliced.h"

#define MOST_PAIRS 105u /* of a group of several trees: what reaches their nodes should stay in the first-level cache */
#define ALL_ROWS 0u
#define NO_ROWS 1u
#define COPIES_16 UINT64_C(0x0001000100010001) /* times a number: in each 16 bits */
#define ANY_PLACE ((1u << OT_SLICED_STEP) - 1) /* bits of a step's places */
#define FIRST_SIDE ((1u << OT_SLICED_FIRST_SIDE) - 1)
#define MOST_FLIPS 3u /* in a word */
#define NO_FLIP UINT32_MAX /* a place */
#define NO_FLIPS (scaled(NO_ROWS) * (COPIES_16 >> 16))

typedef struct unfolded_tree {
  uint32_t count;
  ot_unfolded_node nodes[OT_SLICED_MOST_SLOTS];
  uint16_t slots[OT_SLICED_MOST_SLOTS];
  ot_sliced_flip flips[OT_SLICED_MOST_DEPTH]; /* by slice: those to come */
  uint32_t flip_counts[OT_SLICED_MOST_DEPTH]; /* slots of them that are set */
  uint32_t first_flips[OT_SLICED_MOST_DEPTH]; /* where the first one goes, until it is there */
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
  uint32_t step_count, flip_count;
  uint8_t taken[OT_SLICED_GROUP * OT_SLICED_MOST_LEAVES]; /* places of each of the group's steps */
  uint32_t full_steps;                                    /* the first of them, which have none free */
} group_builder;

void ot_measure_reach(const ot_unfolded_node *nodes, uint32_t count, ot_sliced_tree *tree) {
  uint32_t flips[OT_SLICED_MOST_DEPTH] = {0};
  for (uint32_t i = 0; i < count; i++) {
    if (!ot_begins_pair(&nodes[i])) continue;
    uint16_t below[3];
    uint32_t below_count = ot_below_pair(nodes, &nodes[i], below);
    tree->pair_count++;
    for (uint32_t k = 1; k < below_count; k++)
      for (uint32_t bit = 0; bit < OT_SLICED_MOST_DEPTH; bit++) flips[bit] += (nodes[i].index ^ nodes[below[k]].index) >> bit & 1;
  }
  for (uint32_t bit = 0; bit < OT_SLICED_MOST_DEPTH; bit++) tree->flip_count += (flips[bit] + MOST_FLIPS - 1) / MOST_FLIPS;
}

static uint64_t scaled(uint32_t number) { return (uint64_t)number * OT_SLICED_SCALE; }

static void emit_flip(group_builder *b, unfolded_tree *tree, uint32_t slice) {
  uint32_t first = tree->first_flips[slice];
  b->flips[first == NO_FLIP ? b->flip_count++ : first] = tree->flips[slice];
  tree->first_flips[slice] = NO_FLIP;
  tree->flips[slice] = NO_FLIPS | tree->flips[slice] >> 48 << 48;
  tree->flip_counts[slice] = 0;
}

static void add_flip(group_builder *b, unfolded_tree *tree, uint32_t slice, uint32_t slot) {
  uint32_t *count = &tree->flip_counts[slice];
  tree->flips[slice] ^= (scaled(slot) ^ scaled(NO_ROWS)) << (16 * (*count)++);
  if (*count == MOST_FLIPS) emit_flip(b, tree, slice);
}

/* The flips of a node below a pair. */
static void add_flips(group_builder *b, unfolded_tree *tree, uint32_t index, uint32_t node) {
  uint32_t bits = index ^ tree->nodes[node].index, top = ot_index_bits(tree->nodes[0].leaf_count) - 1;
  for (uint32_t i = 0; i <= top; i++)
    if (bits >> (top - i) & 1) add_flip(b, tree, i, tree->slots[node]);
}

/* Finds a place for a pair, one of those that will do, in the first step that has one free and comes after the one that makes what the pair needs. */
static uint32_t find_place(group_builder *b, ot_sliced_group *group, uint32_t from, uint32_t places, uint32_t *place) {
  uint32_t number = from < OT_SLICED_FIRST_RESULT ? 0 : (from - OT_SLICED_FIRST_RESULT) / OT_SLICED_RESULTS + 1;
  if (number < b->full_steps) number = b->full_steps;
  while (number < group->step_count && !(places & ~(uint32_t)b->taken[number])) number++;
  if (number == group->step_count) {
    b->steps[group->first_step + number] = (ot_sliced_step){.from = scaled(NO_ROWS) * COPIES_16};
    b->taken[group->step_count++] = 0;
  }
  *place = 0;
  while (!((places & ~(uint32_t)b->taken[number]) >> *place & 1)) ++*place;
  b->taken[number] |= (uint8_t)(1u << *place);
  while (b->full_steps < group->step_count && b->taken[b->full_steps] == ANY_PLACE) b->full_steps++;
  return number;
}

static void add_pair(group_builder *b, ot_sliced_group *group, uint32_t t, uint32_t node) {
  unfolded_tree *tree = &b->trees[t];
  const ot_unfolded_node *branch = &tree->nodes[node], *lower = branch->partner ? &tree->nodes[branch->partner] : branch;
  uint32_t place, places = !branch->partner ? ANY_PLACE : branch->children[0] == branch->partner ? FIRST_SIDE : ANY_PLACE & ~FIRST_SIDE;
  uint32_t number = find_place(b, group, tree->slots[node], places, &place), side = place >= OT_SLICED_FIRST_SIDE;
  ot_sliced_step *step = &b->steps[group->first_step + number];
  step->masks[place / 2] |= (uint64_t)(b->masks[branch->ref] * OT_SLICED_SCALE) << (32 * (place % 2));
  step->masks[2 + place / 2] |= (uint64_t)(b->masks[lower->ref] * OT_SLICED_SCALE) << (32 * (place % 2));
  step->from ^= (scaled(tree->slots[node]) ^ scaled(NO_ROWS)) << (16 * place);
  uint32_t slot = OT_SLICED_FIRST_RESULT + OT_SLICED_RESULTS * number + place;
  tree->slots[branch->children[1 - side]] = (uint16_t)slot;
  if (branch->partner) {
    tree->slots[lower->children[0]] = (uint16_t)(slot + OT_SLICED_STEP);
    tree->slots[lower->children[1]] = (uint16_t)(slot + 2 * OT_SLICED_STEP);
  } else {
    tree->slots[branch->children[side]] = (uint16_t)(slot + (1 + side) * OT_SLICED_STEP); /* the same test again: the same result */
  }
  uint16_t below[3];
  uint32_t below_count = ot_below_pair(tree->nodes, branch, below);
  for (uint32_t k = 1; k < below_count; k++) add_flips(b, tree, branch->index, below[k]);
}

/* The pairs of all trees in turns, so that what follows one another does not wait for one another. */
static void build_program(group_builder *b, ot_sliced_group *group, uint32_t most_nodes) {
  for (uint32_t node = 0; node < most_nodes; node++)
    for (uint32_t t = 0; t < group->tree_count; t++)
      if (node < b->trees[t].count && ot_begins_pair(&b->trees[t].nodes[node])) add_pair(b, group, t, node);
  for (uint32_t t = 0; t < group->tree_count; t++)
    for (uint32_t i = 0; i < OT_SLICED_MOST_DEPTH; i++)
      if (b->trees[t].flip_counts[i]) emit_flip(b, &b->trees[t], i);
}

static uint32_t pairs_at(const group_builder *b, uint32_t place) { return b->layout->trees[b->places[place].tree].pair_count; }

/* Makes a group of the trees from a place on, before the end; returns their number. */
static uint32_t add_group(group_builder *b, uint32_t place, uint32_t end) {
  ot_sliced_group *group = &b->groups[b->group_count];
  *group = (ot_sliced_group){.first_step = b->step_count, .first_flip = b->flip_count};
  uint32_t pairs = 0, most_nodes = 0;
  for (uint32_t i = place; i < end && (i == place || pairs + pairs_at(b, i) <= MOST_PAIRS); i++) {
    uint32_t t = group->tree_count++;
    unfolded_tree *tree = &b->trees[t];
    pairs += pairs_at(b, i);
    b->places[i].group = b->group_count;
    tree->count = 0;
    memset(tree->flip_counts, 0, sizeof tree->flip_counts);
    if (b->layout->trees[b->places[i].tree].network_depth) continue;
    tree->count = ot_unfold_tree(b->branches, b->ensemble->roots[b->places[i].tree], tree->nodes);
    ot_choose_indices(tree->nodes);
    tree->slots[0] = ALL_ROWS;
    for (uint32_t slice = 0; slice < OT_SLICED_MOST_DEPTH; slice++) tree->flips[slice] = NO_FLIPS | scaled(t * OT_SLICED_MOST_DEPTH + slice) << 48;
    uint32_t bits = b->layout->trees[b->places[i].tree].index_bits;
    for (uint32_t slice = 0; slice < bits; slice++) tree->first_flips[slice] = b->flip_count++;
    group->slice_count += bits;
    if (tree->count > most_nodes) most_nodes = tree->count;
  }
  b->full_steps = 0;
  build_program(b, group, most_nodes);
  b->step_count += group->step_count;
  group->flip_count = b->flip_count - group->first_flip;
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
  size_t pairs = 0, flips = 0;
  for (uint32_t i = 0; i < place_count; i++) {
    const ot_sliced_tree *tree = &b->layout->trees[b->places[i].tree];
    pairs += tree->pair_count;
    flips += tree->flip_count;
  }
  b->groups = ot_arena_array(arena, place_count, sizeof *b->groups);
  b->steps = ot_arena_array(scratch, pairs, sizeof *b->steps); /* one each at worst; kept are those that there are */
  b->flips = ot_arena_array(arena, flips, sizeof *b->flips);
  b->trees = ot_arena_array(scratch, OT_SLICED_GROUP, sizeof *b->trees);
  return b->groups && b->steps && b->flips && b->trees;
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
    uint32_t slots = OT_SLICED_FIRST_RESULT + OT_SLICED_RESULTS * b.groups[g].step_count;
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
  return true;
}
