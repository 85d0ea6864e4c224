/* Builds the bit-sliced layout: trees first (they decide whether the ensemble fits), then ranks, then masks, then programs. */
#include <string.h>

#include "kernels/sliced_cost.h"
#include "kernels/sliced_prepare.h"

/* ---- trees ---- */

/* Unfolds a tree level by level into refs[1 .. 2^(depth + 1) - 1]; leaves above the last level are repeated below. 0 if it is too deep. */
static uint32_t unfold(const ot_branch *branches, ot_node_ref root, ot_node_ref *refs) {
  refs[1] = root;
  for (uint32_t depth = 0; depth <= OT_SLICED_MOST_DEPTH; depth++) {
    bool open = false;
    for (uint32_t i = 1u << depth; i < 2u << depth; i++) open |= !ot_is_leaf(refs[i]);
    if (!open && depth > 0) return depth;
    if (depth == OT_SLICED_MOST_DEPTH) return 0;
    for (uint32_t i = 1u << depth; i < 2u << depth; i++) {
      ot_branch branch = {.first = refs[i], .second = refs[i]};
      if (!ot_is_leaf(refs[i])) branch = branches[refs[i]];
      refs[2 * i] = branch.first;
      refs[2 * i + 1] = branch.second;
    }
  }
  return 0;
}

/* What a block costs: a network loads and combines one mask per inner node of the perfect tree; a reach program loads rows and two masks and stores
 * three results per pair, and loads three of them to change a slice. */
static uint32_t network_cost(uint32_t depth) { return 2u << depth; }
static uint32_t reach_cost(const ot_sliced_tree *tree) { return 6 * (tree->pair_count + tree->flip_count); }

static bool measure_tree(ot_sliced_preparation *p, ot_node_ref root, ot_sliced_tree *tree) {
  ot_node_ref refs[4 * OT_SLICED_MOST_LEAVES];
  ot_unfolded_node nodes[OT_SLICED_MOST_SLOTS];
  uint32_t depth = unfold(p->branches, root, refs), count = ot_unfold_tree(p->branches, root, nodes);
  *tree = (ot_sliced_tree){.first_leaf = p->leaf_count, .first_program = p->program_count};
  if (depth == 0 && count == 0) return false;
  if (count) {
    ot_choose_indices(nodes);
    ot_measure_reach(nodes, count, tree);
  }
  if (depth && (count < 3 || network_cost(depth) <= reach_cost(tree))) {
    tree->pair_count = tree->flip_count = 0;
    tree->network_depth = tree->index_bits = depth;
    p->program_count += 1u << depth >> 1;
  } else {
    tree->index_bits = ot_index_bits(nodes[0].leaf_count);
  }
  p->leaf_count += 1u << tree->index_bits;
  return true;
}

static bool measure_trees(ot_sliced_preparation *p) {
  for (uint32_t t = 0; t < p->ensemble->tree_count; t++)
    if (!measure_tree(p, p->ensemble->roots[t], &p->trees[t])) return false;
  return true;
}

/* ---- programs ---- */

/* Where the program of a network has the masks of a node's children, in the order in which it asks for them; nodes are counted as by unfold(). */
static uint32_t place_of(uint32_t node, uint32_t depth) {
  uint32_t place = 1, level = 0;
  while (node >> level > 1) level++;
  for (uint32_t second = 1u << depth >> 2; level > 0; second /= 2) place += node >> --level & 1 ? second : 1;
  return place;
}

static void build_network(const ot_sliced_preparation *p, uint32_t t, uint64_t *programs, uint32_t *leaves) {
  const ot_sliced_tree *tree = &p->trees[t];
  ot_node_ref refs[4 * OT_SLICED_MOST_LEAVES];
  uint32_t depth = unfold(p->branches, p->ensemble->roots[t], refs), size = 1u << depth;
  uint64_t *program = programs + tree->first_program;
  program[0] = ot_is_leaf(refs[1]) ? 0 : p->masks[refs[1]] * OT_SLICED_SCALE;
  for (uint32_t i = 2; i < size; i++)
    if (!ot_is_leaf(refs[i])) program[place_of(i / 2, depth)] |= (uint64_t)(p->masks[refs[i]] * OT_SLICED_SCALE) << (32 * (i % 2));
  for (uint32_t i = 0; i < size; i++) leaves[tree->first_leaf + i] = ot_leaf_index(refs[size + i]);
}

static void list_leaves(const ot_sliced_preparation *p, uint32_t t, uint32_t *leaves) {
  const ot_sliced_tree *tree = &p->trees[t];
  ot_unfolded_node nodes[OT_SLICED_MOST_SLOTS];
  uint32_t count = ot_unfold_tree(p->branches, p->ensemble->roots[t], nodes);
  ot_choose_indices(nodes);
  /* Indices that no leaf has are never looked up, but must name some leaf: the last node is one. */
  for (uint32_t i = 0; i < 1u << tree->index_bits; i++) leaves[tree->first_leaf + i] = ot_leaf_index(nodes[count - 1].ref);
  for (uint32_t i = 0; i < count; i++)
    if (ot_is_leaf(nodes[i].ref)) leaves[tree->first_leaf + nodes[i].index] = ot_leaf_index(nodes[i].ref);
}

static bool build_trees(ot_sliced_preparation *p) {
  const ot_ensemble *e = p->ensemble;
  uint64_t *programs = ot_arena_zeros(p->arena, p->program_count, sizeof *programs);
  uint32_t *leaves = ot_arena_array(p->arena, p->leaf_count, sizeof *leaves);
  if (!programs || !leaves) return false;
  for (uint32_t t = 0; t < e->tree_count; t++) {
    if (p->trees[t].network_depth)
      build_network(p, t, programs, leaves);
    else
      list_leaves(p, t, leaves);
  }
  p->layout->code.programs = programs;
  p->layout->program_count = p->program_count;
  p->layout->leaves = leaves;
  return true;
}

/* ---- the whole ---- */

bool ot_sliced_prepare(const ot_ensemble *e, ot_arena *arena, ot_arena *scratch, ot_sliced_layout **result) {
  *result = NULL;
  if (e->branch_count == 0) return true;
  bool too_large = !e->has_shared_nodes && e->branch_count >= (uint64_t)e->tree_count * OT_SLICED_MOST_LEAVES;
  if (too_large) return true;
  ot_sliced_preparation p = {.ensemble = e, .arena = arena, .scratch = scratch};
  p.layout = ot_arena_zeros(arena, 1, sizeof *p.layout);
  p.trees = ot_arena_array(scratch, e->tree_count, sizeof *p.trees);
  p.first_value = ot_arena_array(scratch, (size_t)e->branch_count + 1, sizeof *p.first_value);
  p.branches = ot_arena_array(scratch, e->branch_count, sizeof *p.branches);
  if (!p.layout || !p.trees || !p.first_value || !p.branches) return false;
  for (uint32_t b = 0; b < e->branch_count; b++) p.branches[b] = ot_branch_of(e, b);
  if (!measure_trees(&p) || !ot_sliced_count_values(&p)) return true;
  if (!ot_sliced_prepare_columns(&p) || !ot_sliced_prepare_masks(&p)) return false;
  if (p.layout->mask_count == 0) return true;
  if (!build_trees(&p)) return false;
  ot_sliced_tree *trees = ot_arena_array(arena, e->tree_count, sizeof *trees);
  if (!trees) return false;
  memcpy(trees, p.trees, e->tree_count * sizeof *trees);
  p.layout->trees = trees;
  if (!ot_sliced_prepare_addends(e, p.layout, arena, scratch) ||
      !ot_sliced_prepare_groups(e, p.branches, p.masks, p.layout, arena, scratch))
    return false;
  if (!ot_sliced_prepare_without_twins(p.layout, arena, scratch)) return false;
  *result = p.layout;
  return true;
}

const ot_kernel *ot_sliced_for_few(const void *layout, size_t *most_rows) {
  *most_rows = ((const ot_sliced_layout *)layout)->few_rows;
  return ((const ot_sliced_layout *)layout)->few_kernel;
}

bool ot_sliced_prepare_few(const ot_ensemble *e, ot_sliced_layout *layout, const ot_kernel *kernel, ot_arena *arena, ot_arena *scratch) {
  if (!kernel->prepare(e, arena, scratch, &layout->few_layout)) return false;
  layout->few_kernel = layout->few_layout ? kernel : NULL;
  return true;
}

bool ot_sliced_prepare_plain(const ot_ensemble *e, ot_arena *arena, ot_arena *scratch, const ot_block_costs *costs, const void **layout) {
  ot_sliced_layout *sliced;
  if (!ot_sliced_prepare(e, arena, scratch, &sliced)) return false;
  *layout = sliced;
  if (!sliced) return true;
  if (!ot_sliced_prepare_few(e, sliced, &ot_kernel_walk, arena, scratch)) return false;
  ot_sliced_choose_few_rows(e, sliced, costs);
  return true;
}
