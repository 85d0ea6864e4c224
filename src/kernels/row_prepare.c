#include <string.h>

#include "kernels/order_test.h"
#include "kernels/row.h"

typedef struct row_preparation {
  const ot_ensemble *ensemble;
  ot_row_layout *layout;
  ot_row_group *groups;
  size_t position_count, leaf_count;
  uint8_t *columns, *ranks;
  uint64_t *missing_first;
  uint32_t *leaves;
  float *values;
  uint32_t *column_of; /* [feature_count] */
} row_preparation;

static bool fits(const ot_ensemble *e, const ot_sliced_layout *sliced) {
  if (e->is_double || e->has_equality || sliced->column_count > OT_ROW_MOST_COLUMNS) return false;
  for (uint32_t c = 0; c < sliced->column_count; c++)
    if (sliced->columns[c].rank_count > OT_ROW_MOST_THRESHOLDS) return false;
  return true;
}

/* Depth of a tree up to OT_ROW_MOST_DEPTH, at least 1; 0 if it is deeper. */
static uint32_t tree_depth(const ot_ensemble *e, ot_node_ref root) {
  ot_node_ref refs[4u << OT_ROW_MOST_DEPTH] = {0, root};
  for (uint32_t depth = 0; depth <= OT_ROW_MOST_DEPTH; depth++) {
    bool open = false;
    for (uint32_t i = 1u << depth; i < 2u << depth; i++) {
      bool leaf = ot_is_leaf(refs[i]);
      open |= !leaf;
      refs[2 * i] = leaf ? refs[i] : e->true_child[refs[i]];
      refs[2 * i + 1] = leaf ? refs[i] : e->false_child[refs[i]];
    }
    if (!open) return depth ? depth : 1;
  }
  return 0;
}

static bool measure(row_preparation *p) {
  const ot_ensemble *e = p->ensemble;
  for (uint32_t first = 0; first < e->tree_count; first += OT_ROW_TREES) {
    ot_row_group *group = &p->groups[p->layout->group_count++];
    *group = (ot_row_group){.first_tree = first, .first_position = p->position_count, .first_leaf = p->leaf_count};
    group->tree_count = e->tree_count - first < OT_ROW_TREES ? e->tree_count - first : OT_ROW_TREES;
    for (uint32_t t = 0; t < group->tree_count; t++) {
      uint32_t depth = tree_depth(e, e->roots[first + t]);
      if (depth == 0) return false;
      if (depth > group->depth) group->depth = depth;
    }
    p->position_count += ((size_t)1 << group->depth) - 1;
    p->leaf_count += (size_t)OT_ROW_TREES << group->depth;
  }
  return true;
}

/* One branch at one position of one tree. */
static void place_branch(row_preparation *p, uint32_t branch, size_t position, uint32_t tree, ot_node_ref children[2]) {
  const ot_ensemble *e = p->ensemble;
  ot_order_test test = ot_order_test_of(e, branch);
  uint32_t c = p->column_of[e->features[branch]];
  p->columns[position * OT_ROW_TREES + tree] = (uint8_t)c;
  p->ranks[position * OT_ROW_TREES + tree] = (uint8_t)ot_row_threshold_rank(p->layout->sliced, &p->layout->sliced->columns[c], (float)test.threshold);
  if (test.missing_first) p->missing_first[position] |= UINT64_C(1) << tree;
  children[0] = test.first;
  children[1] = test.second;
}

static void place_tree(row_preparation *p, const ot_row_group *group, uint32_t tree) {
  const ot_ensemble *e = p->ensemble;
  ot_node_ref refs[2u << OT_ROW_MOST_DEPTH];
  uint32_t size = 1u << group->depth;
  refs[1] = e->roots[group->first_tree + tree];
  for (uint32_t i = 1; i < size; i++) {
    ot_node_ref children[2] = {refs[i], refs[i]};
    if (!ot_is_leaf(refs[i])) place_branch(p, refs[i], group->first_position + i - 1, tree, children);
    refs[2 * i] = children[0];
    refs[2 * i + 1] = children[1];
  }
  for (uint32_t i = 0; i < size; i++) {
    size_t at = group->first_leaf + ((size_t)tree << group->depth) + i;
    uint32_t leaf = ot_leaf_index(refs[size + i]);
    if (p->values)
      p->values[at] = ((const float *)e->weights)[leaf];
    else
      p->leaves[at] = leaf;
  }
}

static bool fill_columns(row_preparation *p, ot_arena *arena) {
  const ot_sliced_layout *sliced = p->layout->sliced;
  if (!ot_row_columns_allocate(&p->layout->row_columns, sliced, sliced->column_count, arena)) return false;
  for (uint32_t c = 0; c < sliced->column_count; c++) ot_row_columns_set(&p->layout->row_columns, c, &sliced->columns[c]);
  return true;
}

static bool allocate(row_preparation *p, ot_arena *arena, ot_arena *scratch) {
  const ot_ensemble *e = p->ensemble;
  bool fused = e->target_count == 1 && !e->leaf_weights && !e->needs_presence;
  p->columns = ot_arena_zeros(arena, p->position_count, OT_ROW_TREES);
  p->ranks = ot_arena_array(arena, p->position_count, OT_ROW_TREES);
  p->missing_first = ot_arena_zeros(arena, p->position_count, sizeof *p->missing_first);
  void *table = ot_arena_zeros(arena, p->leaf_count, sizeof *p->leaves);
  p->leaves = fused ? NULL : table;
  p->values = fused ? table : NULL;
  p->column_of = ot_arena_zeros(scratch, e->feature_count, sizeof *p->column_of);
  if (!p->columns || !p->ranks || !p->missing_first || !table || !p->column_of) return false;
  memset(p->ranks, 255, p->position_count * OT_ROW_TREES);
  for (uint32_t c = 0; c < p->layout->sliced->column_count; c++) p->column_of[p->layout->sliced->columns[c].feature] = c;
  return true;
}

bool ot_row_prepare(const ot_ensemble *e, ot_sliced_layout *sliced, ot_arena *arena, ot_arena *scratch) {
  if (!fits(e, sliced) || ot_row_has_nan_threshold(e)) return true;
  row_preparation p = {.ensemble = e};
  p.layout = ot_arena_zeros(arena, 1, sizeof *p.layout);
  p.groups = ot_arena_array(arena, (size_t)e->tree_count / OT_ROW_TREES + 1, sizeof *p.groups);
  if (!p.layout || !p.groups) return false;
  p.layout->sliced = sliced;
  if (!measure(&p)) return true;
  if (!allocate(&p, arena, scratch) || !fill_columns(&p, arena)) return false;
  for (uint32_t g = 0; g < p.layout->group_count; g++)
    for (uint32_t t = 0; t < p.groups[g].tree_count; t++) place_tree(&p, &p.groups[g], t);
  p.layout->groups = p.groups;
  p.layout->columns = p.columns;
  p.layout->ranks = p.ranks;
  p.layout->missing_first = e->has_missing_true || e->has_swapped_tests ? p.missing_first : NULL;
  p.layout->leaves = p.leaves;
  p.layout->values = p.values;
  sliced->few_kernel = &ot_kernel_row_avx512;
  sliced->few_layout = p.layout;
  return true;
}
