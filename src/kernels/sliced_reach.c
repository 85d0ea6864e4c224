/* What reach programs are made from: trees unfolded, with an index for every leaf. */
#include "kernels/sliced.h"

uint32_t ot_unfold_tree(const ot_branch *branches, ot_node_ref root, ot_unfolded_node nodes[OT_SLICED_MOST_SLOTS]) {
  uint32_t count = 1;
  nodes[0] = (ot_unfolded_node){.ref = root};
  for (uint32_t i = 0; i < count; i++) {
    if (ot_is_leaf(nodes[i].ref)) continue;
    if (count + 2 > OT_SLICED_MOST_SLOTS) return 0;
    ot_branch test = branches[nodes[i].ref];
    nodes[i].children[0] = (uint16_t)count;
    nodes[i].children[1] = (uint16_t)(count + 1);
    nodes[count++] = (ot_unfolded_node){.ref = test.first};
    nodes[count++] = (ot_unfolded_node){.ref = test.second};
  }
  for (uint32_t i = count; i-- > 0;) {
    const uint16_t *children = nodes[i].children;
    nodes[i].leaf_count = children[0] ? (uint16_t)(nodes[children[0]].leaf_count + nodes[children[1]].leaf_count) : 1;
  }
  return count;
}

#define NO_INDEX UINT32_MAX

/* Indices of so many bits: which ones are taken, and how many neighbours of each, one bit away, are not. */
typedef struct index_set {
  uint32_t bits;
  bool taken[OT_SLICED_MOST_LEAVES];
  uint8_t open[OT_SLICED_MOST_LEAVES];
} index_set;

static uint8_t take(index_set *set, uint32_t index) {
  set->taken[index] = true;
  for (uint32_t bit = 0; bit < set->bits; bit++) set->open[index ^ 1u << bit]--;
  return (uint8_t)index;
}

/* The next larger number with as many bits that are 1. */
static uint32_t next_of_weight(uint32_t number) {
  uint32_t lowest = number & (0 - number), carried = number + lowest;
  return carried | (number ^ carried) / lowest >> 2;
}

/* Takes a free index, of which there must be one: the nearest, of neighbours the one that has most open ones itself. */
static uint8_t take_near(index_set *set, uint32_t near) {
  uint32_t best = NO_INDEX;
  for (uint32_t bit = 0; bit < set->bits; bit++) {
    uint32_t index = near ^ 1u << bit;
    if (!set->taken[index] && (best == NO_INDEX || set->open[index] > set->open[best])) best = index;
  }
  if (best != NO_INDEX) return take(set, best);
  for (uint32_t distance = 2; best == NO_INDEX; distance++)
    for (uint32_t bits = (1u << distance) - 1; bits < 1u << set->bits && best == NO_INDEX; bits = next_of_weight(bits))
      if (!set->taken[near ^ bits]) best = near ^ bits;
  return take(set, best);
}

/* The smaller subtree keeps the branch's index: an index that many branches in turn stood for would run out of neighbours. */
void ot_choose_indices(ot_unfolded_node *nodes, uint32_t count) {
  index_set set = {.bits = ot_index_bits(nodes[0].leaf_count)};
  for (uint32_t i = 0; i < OT_SLICED_MOST_LEAVES; i++) set.open[i] = (uint8_t)set.bits;
  nodes[0].index = take(&set, 0);
  for (uint32_t i = 0; i < count; i++) {
    if (!nodes[i].children[0]) continue;
    ot_unfolded_node *first = &nodes[nodes[i].children[0]], *second = &nodes[nodes[i].children[1]];
    bool keeps_second = first->leaf_count > second->leaf_count;
    (keeps_second ? second : first)->index = nodes[i].index;
    (keeps_second ? first : second)->index = take_near(&set, nodes[i].index);
  }
}
