/* What reach programs are made from: trees unfolded, with an index for every leaf. */
#include <limits.h>

#include "kernels/sliced.h"

/* From the leaves up, a branch takes a child that has not taken one itself: that leaves the fewest branches alone. */
static void choose_partner(ot_unfolded_node *nodes, uint32_t branch) {
  for (uint32_t i = 2; i-- > 0 && !nodes[branch].partner;) {
    uint16_t child = nodes[branch].children[i];
    if (!nodes[child].children[0] || nodes[child].partner) continue;
    nodes[branch].partner = child;
    nodes[child].is_partner = true;
  }
}

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
    if (children[0]) choose_partner(nodes, i);
  }
  return count;
}

uint32_t ot_below_pair(const ot_unfolded_node *nodes, const ot_unfolded_node *branch, uint16_t below[3]) {
  uint32_t count = 0, least = 0;
  for (uint32_t i = 0; i < 2; i++) {
    uint16_t child = branch->children[i];
    bool is_partner = child == branch->partner;
    below[count++] = is_partner ? nodes[child].children[0] : child;
    if (is_partner) below[count++] = nodes[child].children[1];
  }
  for (uint32_t i = 1; i < count; i++)
    if (nodes[below[i]].leaf_count < nodes[below[least]].leaf_count) least = i;
  uint16_t smallest = below[least];
  below[least] = below[0];
  below[0] = smallest;
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

/* Takes a free index, of which there must be one: the nearest; of neighbours, for a leaf the one that fewest others could take, else the opposite. */
static uint8_t take_near(index_set *set, uint32_t near, bool is_leaf) {
  uint32_t best = NO_INDEX;
  for (uint32_t bit = 0; bit < set->bits; bit++) {
    uint32_t index = near ^ 1u << bit;
    if (!set->taken[index] && (best == NO_INDEX || (is_leaf ? set->open[index] < set->open[best] : set->open[index] > set->open[best]))) best = index;
  }
  if (best != NO_INDEX) return take(set, best);
  for (uint32_t distance = 2; best == NO_INDEX; distance++)
    for (uint32_t bits = (1u << distance) - 1; bits < 1u << set->bits && best == NO_INDEX; bits = next_of_weight(bits))
      if (!set->taken[near ^ bits]) best = near ^ bits;
  return take(set, best);
}

/* Of pairs that have an index, the place of the one to go on with: few free neighbours, or many leaves to come. */
static uint32_t most_urgent(const index_set *set, const ot_unfolded_node *nodes, const uint16_t *pairs, uint32_t count) {
  uint32_t best = 0;
  int least = INT_MAX;
  for (uint32_t i = 0; i < count; i++) {
    const ot_unfolded_node *pair = &nodes[pairs[i]];
    int score = 4 * set->open[pair->index] - pair->leaf_count;
    if (score >= least) continue;
    least = score;
    best = i;
  }
  return best;
}

/* The smallest subtree keeps the pair's index: an index that many pairs in turn stood for would run out of neighbours. */
void ot_choose_indices(ot_unfolded_node *nodes) {
  index_set set = {.bits = ot_index_bits(nodes[0].leaf_count)};
  uint16_t pairs[OT_SLICED_MOST_LEAVES] = {0}, below[3];
  uint32_t pair_count = ot_begins_pair(&nodes[0]);
  for (uint32_t i = 0; i < OT_SLICED_MOST_LEAVES; i++) set.open[i] = (uint8_t)set.bits;
  nodes[0].index = take(&set, 0);
  while (pair_count) {
    uint32_t next = most_urgent(&set, nodes, pairs, pair_count);
    const ot_unfolded_node *pair = &nodes[pairs[next]];
    pairs[next] = pairs[--pair_count];
    uint32_t below_count = ot_below_pair(nodes, pair, below);
    for (uint32_t i = 0; i < below_count; i++) {
      ot_unfolded_node *node = &nodes[below[i]];
      bool is_leaf = !node->children[0];
      node->index = i ? take_near(&set, pair->index, is_leaf) : pair->index;
      if (!is_leaf) pairs[pair_count++] = below[i];
    }
  }
}
