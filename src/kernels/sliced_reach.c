/* Reach programs of the bit-sliced kernels. */
#include "kernels/branch.h"
#include "kernels/sliced.h"

static uint16_t add_node(ot_unfolded_node *nodes, uint32_t *count, ot_node_ref ref, uint16_t parent) {
  nodes[*count] = (ot_unfolded_node){.ref = ref, .parent = parent};
  return (uint16_t)(*count)++;
}

/* Numbers the leaves below each node. Depth first, with the parent links as the stack: a node's `low` is set when it is entered. */
static void number_leaves(ot_unfolded_node *nodes, uint32_t count) {
  uint32_t next = 0, at = 0, from = UINT32_MAX;
  while (count) {
    ot_unfolded_node *node = &nodes[at];
    bool is_leaf = ot_is_leaf(node->ref);
    if (from == UINT32_MAX) node->low = (uint16_t)next; /* entered from above */
    if (is_leaf) next++;
    if (!is_leaf && from == UINT32_MAX) {
      at = node->children[0];
    } else if (!is_leaf && from == node->children[0]) {
      from = UINT32_MAX;
      at = node->children[1];
    } else {
      node->high = (uint16_t)next;
      if (at == 0) return;
      from = at;
      at = node->parent;
    }
  }
}

uint32_t ot_unfold_tree(const ot_ensemble *e, ot_node_ref root, ot_unfolded_node nodes[OT_SLICED_MOST_SLOTS]) {
  uint32_t count = 0;
  add_node(nodes, &count, root, 0);
  for (uint32_t i = 0; i < count; i++) {
    if (ot_is_leaf(nodes[i].ref)) continue;
    if (count + 2 > OT_SLICED_MOST_SLOTS) return 0;
    ot_branch test = ot_branch_of(e, nodes[i].ref);
    nodes[i].children[0] = add_node(nodes, &count, test.first, (uint16_t)i);
    nodes[i].children[1] = add_node(nodes, &count, test.second, (uint16_t)i);
  }
  number_leaves(nodes, count);
  return count;
}

/* Whether bit `bit` is the same in all numbers low to high - 1. */
static bool is_constant(const ot_unfolded_node *node, uint32_t bit) { return node->low >> bit == (node->high - 1) >> bit; }

uint32_t ot_reach_unions(const ot_unfolded_node *nodes, uint32_t count, uint32_t index_bits, uint16_t *union_counts, uint16_t *slots) {
  uint32_t total = 0;
  for (uint32_t i = 0; i < index_bits; i++) {
    uint32_t bit = index_bits - 1 - i;
    union_counts[i] = 0;
    for (uint32_t n = 1; n < count; n++) {
      /* The highest nodes below which the bit is always 1. */
      if (!is_constant(&nodes[n], bit) || is_constant(&nodes[nodes[n].parent], bit) || !(nodes[n].low >> bit & 1)) continue;
      if (slots) slots[total] = (uint16_t)(n * OT_SLICED_SCALE);
      union_counts[i]++;
      total++;
    }
    if (union_counts[i] % 2) continue;
    if (slots) slots[total] = slots[total - 1];
    union_counts[i]++;
    total++;
  }
  return total;
}
