#include <string.h>

#include "kernels/order_test.h"
#include "kernels/ranked.h"

#define NO_COLUMN UINT32_MAX
#define RANK_ABOVE_ALL 0xFFFF0000u
#define MOST_QUEUED (2 * OT_RANKED_MOST_PAIRS + 2)

typedef struct ranked_preparation {
  const ot_ensemble *ensemble;
  const ot_sliced_layout *sliced;
  ot_ranked_layout *layout;
  uint32_t *sliced_column_of;  /* [feature_count] */
  uint32_t *columns_of;        /* [2 * sliced columns] by whether NaN takes the first child */
  uint32_t *top, *nodes, *first_nodes, *first_leaves, *leaves;
  size_t node_count, leaf_count;
} ranked_preparation;

static bool fits(const ot_ensemble *e, const ot_sliced_layout *sliced) {
  if (e->is_double || e->has_equality || e->has_shared_nodes || sliced->column_count > OT_RANKED_MOST_COLUMNS) return false;
  for (uint32_t c = 0; c < sliced->column_count; c++)
    if (sliced->columns[c].rank_count > OT_RANKED_MOST_THRESHOLDS) return false;
  return !ot_row_has_nan_threshold(e);
}

static uint32_t sliced_column(const ranked_preparation *p, uint32_t branch) { return p->sliced_column_of[p->ensemble->features[branch]]; }

/* Numbers the columns that are needed; false if they are too many. */
static bool number_columns(ranked_preparation *p) {
  const ot_ensemble *e = p->ensemble;
  uint32_t count = 0;
  memset(p->columns_of, 0xFF, 2 * (size_t)p->sliced->column_count * sizeof *p->columns_of);
  for (uint32_t b = 0; b < e->branch_count; b++) {
    bool missing_first = ot_order_test_of(e, b).missing_first;
    uint32_t *column = &p->columns_of[2 * sliced_column(p, b) + missing_first];
    if (*column != NO_COLUMN) continue;
    if (count == OT_RANKED_MOST_COLUMNS) return false;
    *column = count++;
  }
  return true;
}

static bool fill_columns(ranked_preparation *p, ot_arena *arena) {
  uint32_t sliced_columns[OT_RANKED_MOST_COLUMNS], count = 0;
  p->layout->missing_ranks = ot_arena_zeros(arena, OT_RANKED_MOST_COLUMNS, sizeof *p->layout->missing_ranks);
  if (!p->layout->missing_ranks) return false;
  for (uint32_t i = 0; i < 2 * p->sliced->column_count; i++) {
    if (p->columns_of[i] == NO_COLUMN) continue;
    sliced_columns[p->columns_of[i]] = i / 2;
    count++;
    p->layout->missing_ranks[p->columns_of[i]] = i % 2 ? 0 : RANK_ABOVE_ALL;
  }
  return ot_row_columns_prepare(&p->layout->columns, p->sliced, sliced_columns, count, arena);
}

static uint32_t make_branch(const ranked_preparation *p, uint32_t branch, uint32_t pair, ot_node_ref children[2]) {
  ot_order_test test = ot_order_test_of(p->ensemble, branch);
  uint32_t c = sliced_column(p, branch), rank = ot_row_threshold_rank(p->sliced, &p->sliced->columns[c], (float)test.threshold);
  children[0] = test.first;
  children[1] = test.second;
  return rank << 16 | pair << 6 | p->columns_of[2 * c + test.missing_first];
}

static uint32_t add_leaf(ranked_preparation *p, uint32_t tree, ot_node_ref ref) {
  uint32_t number = (uint32_t)(p->leaf_count - p->first_leaves[tree]);
  p->leaves[p->leaf_count++] = ot_row_weights_entry(&p->layout->weights, p->ensemble, ot_leaf_index(ref));
  return number << 16;
}

/* Lays out one tree level by level. */
static void build_tree(ranked_preparation *p, uint32_t tree) {
  ot_node_ref queue[MOST_QUEUED];
  uint32_t head = 0, tail = 2, *nodes = p->nodes + p->node_count;
  p->first_nodes[tree] = (uint32_t)p->node_count;
  p->first_leaves[tree] = (uint32_t)p->leaf_count;
  queue[0] = queue[1] = p->ensemble->roots[tree]; /* the second node of pair 0 is not used */
  for (; head < tail; head += head == 0 ? 2 : 1) {
    if (ot_is_leaf(queue[head])) {
      nodes[head] = add_leaf(p, tree, queue[head]);
      continue;
    }
    nodes[head] = make_branch(p, queue[head], tail / 2, queue + tail);
    tail += 2;
  }
  nodes[1] = nodes[0];
  p->node_count += tail;
}

static void fill_top(ranked_preparation *p, uint32_t tree) {
  const uint32_t *nodes = p->nodes + p->first_nodes[tree];
  uint32_t *top = p->top + (size_t)(tree / 16) * OT_RANKED_TOP_NODES * 16 + tree % 16, heap[2 * OT_RANKED_TOP_NODES + 2] = {0, nodes[0]};
  for (uint32_t i = 1; i <= OT_RANKED_TOP_NODES; i++) {
    uint32_t pair = (heap[i] & OT_RANKED_PAIR_MASK) >> 6;
    heap[2 * i] = pair ? nodes[2 * pair] : heap[i];
    heap[2 * i + 1] = pair ? nodes[2 * pair + 1] : heap[i];
    top[16 * (size_t)(i - 1)] = heap[i];
  }
}

/* Copies of leaves are counted too: without shared nodes, a tree of b branches has b + 1. */
static bool allocate(ranked_preparation *p, ot_arena *arena) {
  const ot_ensemble *e = p->ensemble;
  size_t trees = ((size_t)e->tree_count + OT_ROW_TREES - 1) / OT_ROW_TREES * OT_ROW_TREES, leaves = (size_t)e->branch_count + e->tree_count;
  p->top = ot_arena_zeros(arena, trees * OT_RANKED_TOP_NODES, sizeof *p->top);
  p->nodes = ot_arena_array(arena, 2 * leaves, sizeof *p->nodes);
  p->first_nodes = ot_arena_zeros(arena, trees, sizeof *p->first_nodes);
  p->first_leaves = ot_arena_zeros(arena, trees, sizeof *p->first_leaves);
  p->leaves = ot_arena_array(arena, leaves, sizeof *p->leaves);
  return p->top && p->nodes && p->first_nodes && p->first_leaves && p->leaves;
}

/* Whether no tree is too large: checked before anything is allocated in the model's arena. */
static bool trees_fit(const ot_ensemble *e, ot_node_ref *queue) {
  for (uint32_t t = 0; t < e->tree_count; t++) {
    uint32_t head = 0, tail = 1;
    queue[0] = e->roots[t];
    for (; head < tail; head++) {
      if (ot_is_leaf(queue[head])) continue;
      if (tail + 2 > 2 * OT_RANKED_MOST_PAIRS) return false;
      queue[tail++] = e->true_child[queue[head]];
      queue[tail++] = e->false_child[queue[head]];
    }
  }
  return true;
}

bool ot_ranked_prepare(const ot_ensemble *e, ot_sliced_layout *sliced, ot_arena *arena, ot_arena *scratch) {
  ot_node_ref queue[MOST_QUEUED];
  if (!fits(e, sliced) || !trees_fit(e, queue)) return true;
  ranked_preparation p = {.ensemble = e, .sliced = sliced};
  p.sliced_column_of = ot_arena_zeros(scratch, e->feature_count, sizeof *p.sliced_column_of);
  p.columns_of = ot_arena_array(scratch, 2 * (size_t)sliced->column_count, sizeof *p.columns_of);
  p.layout = ot_arena_zeros(arena, 1, sizeof *p.layout);
  if (!p.sliced_column_of || !p.columns_of || !p.layout) return false;
  for (uint32_t c = 0; c < sliced->column_count; c++) p.sliced_column_of[sliced->columns[c].feature] = c;
  if (!number_columns(&p)) return true;
  if (!ot_row_weights_prepare(&p.layout->weights, e, sliced, arena)) return false;
  if (!fill_columns(&p, arena) || !allocate(&p, arena)) return false;
  for (uint32_t t = 0; t < e->tree_count; t++) {
    build_tree(&p, t);
    fill_top(&p, t);
  }
  p.layout->top = p.top;
  p.layout->nodes = p.nodes;
  p.layout->first_nodes = p.first_nodes;
  p.layout->first_leaves = p.first_leaves;
  p.layout->leaves = p.leaves;
  sliced->few_kernel = &ot_kernel_ranked_avx512;
  sliced->few_layout = p.layout;
  return true;
}
