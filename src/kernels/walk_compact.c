/* 8-byte nodes: every test is a "feature <= threshold" (order_test.h). */
#include "ensemble/accumulate.h"
#include "kernels/order_test.h"
#include "kernels/walk.h"

#define LARGEST_PAIR 65535u
#define LANES 16

typedef struct waiting {
  uint32_t branch;
  uint32_t slot; /* node of the tree where it goes */
} waiting;

static bool fits(const ot_ensemble *e) {
  return !e->is_double && !e->has_shared_nodes && !e->has_equality && e->feature_count <= OT_COMPACT_FEATURE_MASK;
}

static ot_compact_node make_branch(const ot_ensemble *e, uint32_t branch, uint32_t pair, ot_node_ref children[2]) {
  ot_order_test test = {.first = e->true_child[branch], .second = e->false_child[branch], .missing_first = e->modes[branch] >= OT_MISSING_TRUE};
  ot_compact_node node = {.as.threshold = ((const float *)e->thresholds)[branch], .feature = (uint16_t)e->features[branch], .pair = (uint16_t)pair};
  if ((e->modes[branch] & OT_MODE_MASK) != OT_MODE_LEQ) { /* else it is one */
    test = ot_order_test_of(e, branch);
    node.as.threshold = (float)test.threshold;
  }
  if (test.missing_first) node.feature |= OT_COMPACT_MISSING_FIRST;
  children[0] = test.first;
  children[1] = test.second;
  return node;
}

/* Puts a node at `slot` if it is a leaf, else on the stack; returns the height of that. Without a jump: which nodes are leaves cannot be foreseen. */
static inline uint32_t place(const ot_ensemble *e, ot_node_ref ref, bool holds_weights, ot_compact_node *nodes, uint32_t slot, waiting *stack,
                             uint32_t height) {
  uint32_t leaf_bit = ref >> 31, leaf = ot_leaf_index(ref) & (0 - leaf_bit);
  nodes[slot] = (ot_compact_node){.as.leaf = leaf};
  if (holds_weights) nodes[slot].as.threshold = ((const float *)e->weights)[leaf];
  stack[height] = (waiting){ref, slot};
  return height + 1 - leaf_bit;
}

/* Lays out one tree; returns the number of nodes, 0 if it has too many. `stack` has room for every pair of the tree. */
static uint32_t build_tree(const ot_ensemble *e, uint32_t tree, bool holds_weights, ot_compact_node *nodes, waiting *stack) {
  uint32_t pairs = 1, height = place(e, e->roots[tree], holds_weights, nodes, 0, stack, 0);
  nodes[1] = (ot_compact_node){.as.leaf = 0};
  while (height > 0) {
    waiting w = stack[--height];
    if (pairs > LARGEST_PAIR) return 0;
    ot_node_ref children[2];
    nodes[w.slot] = make_branch(e, w.branch, pairs - w.slot / 2, children);
#pragma GCC unroll 2
    for (uint32_t c = 2; c-- > 0;) height = place(e, children[c], holds_weights, nodes, 2 * pairs + c, stack, height);
    pairs++;
  }
  return 2 * pairs;
}

bool ot_compact_prepare(const ot_ensemble *e, ot_arena *arena, ot_arena *scratch, const ot_compact_layout **result) {
  *result = NULL;
  if (!fits(e)) return true;
  /* Without sharing, a tree of b branches has b + 1 pairs, the root's included; leaves that several branches name are copied. */
  size_t node_count = 2 * ((size_t)e->branch_count + e->tree_count), stack_count = LARGEST_PAIR + 2;
  if (node_count > INT32_MAX) return true;
  if (stack_count > (size_t)e->branch_count + 2) stack_count = (size_t)e->branch_count + 2;
  ot_compact_layout *layout = ot_arena_allocate(arena, sizeof *layout);
  uint32_t *roots = ot_arena_array(arena, (size_t)e->tree_count + 1, sizeof *roots);
  ot_compact_node *nodes = ot_arena_array(arena, node_count, sizeof *nodes);
  waiting *stack = ot_arena_array(scratch, stack_count, sizeof *stack);
  if (!layout || !roots || !nodes || !stack) return false;
  bool holds_weights = ot_adds_single_weights(e);
  roots[0] = 0;
  for (uint32_t t = 0; t < e->tree_count; t++) {
    uint32_t added = build_tree(e, t, holds_weights, nodes + roots[t], stack);
    if (added == 0) return true;
    roots[t + 1] = roots[t] + added;
  }
  *layout = (ot_compact_layout){nodes, roots, holds_weights};
  *result = layout;
  return true;
}

/* One level for one row. Leaves stay where they are. */
static inline uint32_t step(const ot_compact_node *nodes, uint32_t at, const float *row, bool missing) {
  ot_compact_node node = nodes[at];
  float x = row[node.feature & OT_COMPACT_FEATURE_MASK];
  bool first = x <= node.as.threshold;
  if (missing) first |= (x != x) & (node.feature >> 15);
  uint32_t next = 2u * (at / 2 + node.pair) + !first;
  return node.pair ? next : at;
}

static inline bool all_at_leaves(const ot_compact_node *nodes, const uint32_t *at) {
  unsigned pairs = 0;
  for (int i = 0; i < LANES; i++) pairs |= nodes[at[i]].pair;
  return pairs == 0;
}

/* Leaves are looked for at every fourth level: most rows end long before the deepest path of an unbalanced tree does. */
static inline void descend_lanes(const ot_compact_node *nodes, const float *rows, size_t stride, bool missing, uint32_t *leaves) {
  uint32_t at[LANES] = {0};
  while (!all_at_leaves(nodes, at))
    for (unsigned level = 0; level < 4; level++)
      for (int i = 0; i < LANES; i++) at[i] = step(nodes, at[i], rows + (size_t)i * stride, missing);
  for (int i = 0; i < LANES; i++) leaves[i] = nodes[at[i]].as.leaf;
}

static inline uint32_t descend_one(const ot_compact_node *nodes, const float *row, bool missing) {
  uint32_t at = 0;
  while (nodes[at].pair) at = step(nodes, at, row, missing);
  return nodes[at].as.leaf;
}

static inline void locate_tree(const ot_compact_node *nodes, const ot_rows *rows, bool missing, uint32_t *leaves) {
  const float *data = rows->data;
  size_t r = 0;
  for (; r + LANES <= rows->count; r += LANES) descend_lanes(nodes, data + r * rows->stride, rows->stride, missing, leaves + r);
  for (; r < rows->count; r++) leaves[r] = descend_one(nodes, data + r * rows->stride, missing);
}

void ot_compact_locate(const ot_ensemble *e, const ot_compact_layout *layout, const ot_rows *rows, uint32_t first_tree, uint32_t tree_count,
                       uint32_t *leaves) {
  /* A test that swaps its children sends NaN first: then the check is needed even without missing-value routing. */
  bool missing = e->has_missing_true || e->has_swapped_tests;
  for (uint32_t t = 0; t < tree_count; t++) {
    const ot_compact_node *nodes = layout->nodes + layout->roots[first_tree + t];
    if (missing)
      locate_tree(nodes, rows, true, leaves + t * rows->count);
    else
      locate_tree(nodes, rows, false, leaves + t * rows->count);
  }
}
