/* 8-byte nodes: every test is a "feature <= threshold" (order_test.h). */
#include "kernels/order_test.h"
#include "kernels/walk.h"

#define LARGEST_PAIR 65535u
#define LANES 16

typedef struct waiting {
  ot_node_ref ref;
  uint32_t slot; /* node of the tree where it goes */
} waiting;

static bool fits(const ot_ensemble *e) {
  return !e->is_double && !e->has_shared_nodes && !e->has_equality && e->feature_count <= OT_COMPACT_FEATURE_MASK;
}

static ot_compact_node make_branch(const ot_ensemble *e, uint32_t branch, uint32_t pair, ot_node_ref children[2]) {
  ot_order_test test = ot_order_test_of(e, branch);
  ot_compact_node node = {.feature = (uint16_t)e->features[branch], .pair = (uint16_t)pair};
  if (test.missing_first) node.feature |= OT_COMPACT_MISSING_FIRST;
  node.as.threshold = (float)test.threshold;
  children[0] = test.first;
  children[1] = test.second;
  return node;
}

/* Lays out one tree, top levels first; returns the number of nodes, 0 if it has too many. `queue` has room for every node of the tree. */
static size_t build_tree(const ot_ensemble *e, uint32_t tree, ot_compact_node *nodes, waiting *queue, uint32_t *depth) {
  size_t head = 0, tail = 1, level_end = 1;
  uint32_t pairs = 1;
  queue[0] = (waiting){e->roots[tree], 0};
  nodes[1] = (ot_compact_node){.pair = 0};
  for (*depth = 0; head < tail; (*depth)++, level_end = tail) {
    for (; head < level_end; head++) {
      waiting w = queue[head];
      if (ot_is_leaf(w.ref)) {
        nodes[w.slot] = (ot_compact_node){.as.leaf = ot_leaf_index(w.ref)};
        continue;
      }
      if (pairs > LARGEST_PAIR) return 0;
      ot_node_ref children[2];
      nodes[w.slot] = make_branch(e, w.ref, pairs, children);
      for (uint32_t c = 0; c < 2; c++) queue[tail++] = (waiting){children[c], 2 * pairs + c};
      pairs++;
    }
  }
  *depth -= 1;
  return 2 * (size_t)pairs;
}

bool ot_compact_prepare(const ot_ensemble *e, ot_arena *arena, ot_arena *scratch, const ot_compact_layout **result) {
  *result = NULL;
  if (!fits(e)) return true;
  /* Without sharing, a tree of b branches has b + 1 pairs, the root's included; leaves that several branches name are copied. */
  size_t node_count = 2 * ((size_t)e->branch_count + e->tree_count), queue_count = 2 * (size_t)LARGEST_PAIR + 4;
  if (queue_count > 2 * (size_t)e->branch_count + 2) queue_count = 2 * (size_t)e->branch_count + 2;
  ot_compact_layout *layout = ot_arena_allocate(arena, sizeof *layout);
  ot_compact_tree *trees = ot_arena_array(arena, e->tree_count, sizeof *trees);
  ot_compact_node *nodes = ot_arena_array(arena, node_count, sizeof *nodes);
  waiting *queue = ot_arena_array(scratch, queue_count, sizeof *queue);
  if (!layout || !trees || !nodes || !queue) return false;
  size_t used = 0;
  for (uint32_t t = 0; t < e->tree_count; t++) {
    trees[t].first = used;
    size_t added = build_tree(e, t, nodes + used, queue, &trees[t].depth);
    if (added == 0) return true;
    used += added;
  }
  *layout = (ot_compact_layout){nodes, trees};
  *result = layout;
  return true;
}

/* One level for one row. Leaves stay where they are. */
static inline uint32_t step(const ot_compact_node *nodes, uint32_t at, const float *row, bool missing) {
  ot_compact_node node = nodes[at];
  float x = row[node.feature & OT_COMPACT_FEATURE_MASK];
  bool first = x <= node.as.threshold;
  if (missing) first |= (x != x) & (node.feature >> 15);
  uint32_t next = 2u * node.pair + !first;
  return node.pair ? next : at;
}

static inline bool all_at_leaves(const ot_compact_node *nodes, const uint32_t *at) {
  unsigned pairs = 0;
  for (int i = 0; i < LANES; i++) pairs |= nodes[at[i]].pair;
  return pairs == 0;
}

static inline void descend_lanes(const ot_compact_node *nodes, uint32_t depth, const float *rows, size_t stride, bool missing, uint32_t *leaves) {
  uint32_t at[LANES] = {0};
  for (uint32_t level = 0; level < depth; level++) {
    for (int i = 0; i < LANES; i++) at[i] = step(nodes, at[i], rows + (size_t)i * stride, missing);
    /* Unbalanced trees: most rows end long before the deepest path does. */
    if (level % 4 == 3 && all_at_leaves(nodes, at)) break;
  }
  for (int i = 0; i < LANES; i++) leaves[i] = nodes[at[i]].as.leaf;
}

static inline uint32_t descend_one(const ot_compact_node *nodes, const float *row, bool missing) {
  uint32_t at = 0;
  while (nodes[at].pair) at = step(nodes, at, row, missing);
  return nodes[at].as.leaf;
}

static inline void locate_tree(const ot_compact_node *nodes, uint32_t depth, const float *rows, size_t stride, size_t row_count, bool missing,
                               uint32_t *leaves) {
  size_t r = 0;
  if (depth > 0)
    for (; r + LANES <= row_count; r += LANES) descend_lanes(nodes, depth, rows + r * stride, stride, missing, leaves + r);
  for (; r < row_count; r++) leaves[r] = descend_one(nodes, rows + r * stride, missing);
}

void ot_compact_locate(const ot_ensemble *e, const ot_compact_layout *layout, const ot_rows *rows, uint32_t first_tree, uint32_t tree_count,
                       uint32_t *leaves) {
  /* A test that swaps its children sends NaN first: then the check is needed even without missing-value routing. */
  bool missing = e->has_missing_true || e->has_swapped_tests;
  for (uint32_t t = 0; t < tree_count; t++) {
    const ot_compact_tree *tree = &layout->trees[first_tree + t];
    const ot_compact_node *nodes = layout->nodes + tree->first;
    uint32_t *out = leaves + t * rows->count;
    if (missing)
      locate_tree(nodes, tree->depth, rows->data, rows->stride, rows->count, true, out);
    else
      locate_tree(nodes, tree->depth, rows->data, rows->stride, rows->count, false, out);
  }
}
