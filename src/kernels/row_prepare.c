#include <string.h>

#include "kernels/order_test.h"
#include "kernels/row.h"

#define TOP_NODES (1u << OT_ROW_TOP_DEPTH)
#define NO_BRANCHES UINT32_C(0xFF00FF00) /* two nodes */

typedef struct row_preparation {
  const ot_ensemble *ensemble;
  const ot_sliced_layout *sliced;
  ot_row_layout *layout;
  ot_row_group *groups;
  size_t position_count, leaf_count;
  ot_row_position *positions;
  uint32_t *leaves;
  uint32_t *column_of;  /* [feature_count] */
  uint32_t first_byte[OT_ROW_MOST_BYTES]; /* of a column's */
} row_preparation;

/* Bytes that the thresholds of a column need. */
static uint32_t byte_count(const ot_sliced_column *column) {
  return column->rank_count ? (column->rank_count + OT_ROW_BYTE_THRESHOLDS - 1) / OT_ROW_BYTE_THRESHOLDS : 1;
}

static bool fits(const ot_ensemble *e, const ot_sliced_layout *sliced) {
  if (e->is_double || e->has_equality || e->max_depth > OT_ROW_MOST_DEPTH) return false;
  uint64_t bytes = 0;
  for (uint32_t c = 0; c < sliced->column_count; c++) bytes += byte_count(&sliced->columns[c]);
  return bytes <= OT_ROW_MOST_BYTES && !ot_row_has_nan_threshold(e);
}

/* At least 1. */
static uint32_t tree_depth(const ot_ensemble *e, ot_node_ref root) {
  ot_node_ref refs[4u << OT_ROW_MOST_DEPTH] = {0, root};
  for (uint32_t depth = 0; depth < OT_ROW_MOST_DEPTH; depth++) {
    bool open = false;
    for (uint32_t i = 1u << depth; i < 2u << depth; i++) {
      bool leaf = ot_is_leaf(refs[i]);
      open |= !leaf;
      refs[2 * i] = leaf ? refs[i] : e->true_child[refs[i]];
      refs[2 * i + 1] = leaf ? refs[i] : e->false_child[refs[i]];
    }
    if (!open) return depth ? depth : 1;
  }
  return OT_ROW_MOST_DEPTH;
}

static void measure(row_preparation *p) {
  const ot_ensemble *e = p->ensemble;
  for (uint32_t first = 0; first < e->tree_count; first += OT_ROW_TREES) {
    ot_row_group *group = &p->groups[p->layout->group_count++];
    *group = (ot_row_group){.first_position = p->position_count, .first_leaf = p->leaf_count};
    for (uint32_t t = first; t < e->tree_count && t - first < OT_ROW_TREES; t++) {
      uint32_t depth = tree_depth(e, e->roots[t]);
      if (depth > group->depth) group->depth = depth;
    }
    if (group->depth > OT_ROW_TOP_DEPTH) group->depth = OT_ROW_MOST_DEPTH;
    p->position_count += group->depth < OT_ROW_TOP_DEPTH ? (1u << group->depth) - 1 : TOP_NODES - 1;
    p->leaf_count += (size_t)OT_ROW_TREES * ot_row_tree_size(group->depth);
  }
}

/* A node below the top levels, in its record. */
static void place_low(row_preparation *p, const ot_row_group *group, uint32_t tree, uint32_t node, uint32_t bits) {
  uint32_t level = node < 2 * TOP_NODES ? 0 : 1, path = node - (TOP_NODES << level), record = path >> level, half = level + (path & level);
  uint32_t *words = p->leaves + group->first_leaf + (size_t)tree * OT_ROW_TREE_RECORDS + (size_t)record * OT_ROW_RECORD;
  uint32_t shift = half % 2 * 16;
  words[half / 2] = (words[half / 2] & ~(UINT32_C(0xFFFF) << shift)) | bits << shift;
}

/* One branch of one tree, at a node in heap order from 1. */
static void place_branch(row_preparation *p, const ot_row_group *group, uint32_t branch, uint32_t tree, uint32_t node, ot_node_ref children[2]) {
  const ot_ensemble *e = p->ensemble;
  ot_order_test test = ot_order_test_of(e, branch);
  uint32_t c = p->column_of[e->features[branch]], rank = ot_row_threshold_rank(e, p->sliced, &p->sliced->columns[c], test.threshold);
  uint32_t byte = (p->first_byte[c] + rank / OT_ROW_BYTE_THRESHOLDS) | (test.missing_first ? OT_ROW_MISSING_FIRST : 0);
  rank %= OT_ROW_BYTE_THRESHOLDS;
  if (node < TOP_NODES) {
    ot_row_position *position = &p->positions[group->first_position + node - 1];
    position->bytes[tree] = (uint8_t)byte;
    position->ranks[tree] = (uint8_t)rank;
  } else {
    place_low(p, group, tree, node, rank << 8 | byte);
  }
  children[0] = test.first;
  children[1] = test.second;
}

static void place_tree(row_preparation *p, uint32_t g, uint32_t tree) {
  const ot_ensemble *e = p->ensemble;
  const ot_row_group *group = &p->groups[g];
  ot_node_ref refs[2u << OT_ROW_MOST_DEPTH];
  uint32_t size = 1u << group->depth;
  refs[1] = e->roots[g * OT_ROW_TREES + tree];
  for (uint32_t i = 1; i < size; i++) {
    ot_node_ref children[2] = {refs[i], refs[i]};
    if (!ot_is_leaf(refs[i])) place_branch(p, group, refs[i], tree, i, children);
    refs[2 * i] = children[0];
    refs[2 * i + 1] = children[1];
  }
  uint32_t *leaves = p->leaves + group->first_leaf + (size_t)tree * ot_row_tree_size(group->depth);
  bool has_records = group->depth > OT_ROW_TOP_DEPTH;
  for (uint32_t i = 0; i < size; i++)
    leaves[has_records ? i / 4 * OT_ROW_RECORD + 2 + i % 4 : i] = ot_row_weights_entry(&p->layout->weights, e, ot_leaf_index(refs[size + i]));
}

static bool number_bytes(row_preparation *p, ot_arena *arena) {
  ot_row_layout *layout = p->layout;
  layout->bytes = ot_arena_zeros(arena, 1, sizeof *layout->bytes);
  if (!layout->bytes) return false;
  for (uint32_t c = 0; c < p->sliced->column_count; c++) {
    p->first_byte[c] = layout->byte_count;
    for (uint32_t i = 0; i < byte_count(&p->sliced->columns[c]); i++, layout->byte_count++) {
      layout->bytes->columns[layout->byte_count] = (uint16_t)c;
      layout->bytes->thresholds_before[layout->byte_count] = (uint16_t)(i * OT_ROW_BYTE_THRESHOLDS);
    }
  }
  return true;
}

/* Where there is no branch, no rank is greater: the first child is taken. */
static bool allocate(row_preparation *p, ot_arena *arena, ot_arena *scratch) {
  p->positions = ot_arena_array(arena, p->position_count, sizeof *p->positions);
  p->leaves = ot_arena_array(arena, p->leaf_count, sizeof *p->leaves);
  p->column_of = ot_arena_zeros(scratch, p->ensemble->feature_count, sizeof *p->column_of);
  if (!p->positions || !p->leaves || !p->column_of) return false;
  for (uint32_t c = 0; c < p->sliced->column_count; c++) p->column_of[p->sliced->columns[c].feature] = c;
  for (size_t i = 0; i < p->position_count; i++) {
    memset(p->positions[i].bytes, 0, sizeof p->positions[i].bytes);
    memset(p->positions[i].ranks, 0xFF, sizeof p->positions[i].ranks);
  }
  for (size_t i = 0; i < p->leaf_count; i++) p->leaves[i] = NO_BRANCHES;
  return true;
}

bool ot_row_prepare(const ot_ensemble *e, ot_sliced_layout *sliced, ot_arena *arena, ot_arena *scratch) {
  if (!fits(e, sliced)) return true;
  row_preparation p = {.ensemble = e, .sliced = sliced, .layout = ot_arena_zeros(arena, 1, sizeof *p.layout)};
  p.groups = ot_arena_array(arena, (size_t)e->tree_count / OT_ROW_TREES + 1, sizeof *p.groups);
  if (!p.layout || !p.groups || !ot_row_weights_prepare(&p.layout->weights, e, sliced, arena)) return false;
  measure(&p);
  if (!allocate(&p, arena, scratch) || !number_bytes(&p, arena) || !ot_row_columns_prepare(&p.layout->columns, e, sliced, arena)) return false;
  for (uint32_t t = 0; t < e->tree_count; t++) place_tree(&p, t / OT_ROW_TREES, t % OT_ROW_TREES);
  p.layout->groups = p.groups;
  p.layout->positions = p.positions;
  p.layout->leaves = p.leaves;
  sliced->few_kernel = &ot_kernel_row_avx512;
  sliced->few_layout = p.layout;
  return true;
}
