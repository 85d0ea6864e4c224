#include "support/random_ensemble.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "ensemble/members.h"

/* SplitMix64: the same cases on every machine. */
uint64_t random_state;
uint64_t random_next(void) {
  uint64_t z = (random_state += UINT64_C(0x9E3779B97F4A7C15));
  z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
  z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
  return z ^ (z >> 31);
}
uint32_t random_below(uint32_t bound) { return (uint32_t)(random_next() % bound); }

/* Few distinct values, so that inputs often equal thresholds; and the awkward ones. */
uint32_t random_many_values;
double random_number(void) {
  if (random_many_values && random_below(64)) return (double)random_below(random_many_values) - (double)random_many_values / 2;
  static const double special[] = {0.0, -0.0, 1e-45, -1e-45, INFINITY, -INFINITY, 3.4028234663852886e38, 1.17549435e-38, NAN};
  uint32_t kind = random_below(8);
  if (kind == 0) return special[random_below(sizeof special / sizeof *special)];
  if (kind == 1) return nextafterf((float)random_below(8), random_below(2) ? 100.0f : -100.0f);
  return (double)random_below(16) * 0.5 - 4.0;
}

void random_store(const ot_ensemble *e, void *array, size_t index, double value) {
  if (e->is_double)
    ((double *)array)[index] = value;
  else
    ((float *)array)[index] = (float)value;
}

static unsigned random_mode(unsigned modes) {
  unsigned mode;
  do mode = random_below(7);
  while (!(modes >> mode & 1));
  return mode;
}

/* Which of the open children a tree's next branch takes the place of. */
static uint32_t pick_open(const ensemble_shape *s, uint32_t branch, uint32_t open_count) {
  uint32_t level = 1;
  if (s->chain) return open_count - 1;
  if (!s->perfect) return random_below(open_count);
  while (2 * level <= branch + 1) level *= 2;
  return branch + 1 - level;
}

/* Grows each tree by turning an open child into a branch; what stays open becomes a leaf. */
static void grow_tree(ot_ensemble *e, const ensemble_shape *s, uint32_t tree, ot_node_ref **open) {
  uint32_t first = tree * s->branches, open_count = 1;
  open[0] = &e->roots[tree];
  for (uint32_t b = first; b < first + s->branches; b++) {
    uint32_t pick = pick_open(s, b - first, open_count);
    *open[pick] = b;
    open[pick] = &e->true_child[b];
    open[open_count++] = &e->false_child[b];
    e->features[b] = random_below(s->features);
    e->modes[b] = (uint8_t)(random_mode(s->modes) | (s->missing && random_below(2) ? OT_MISSING_TRUE : 0));
    double threshold = random_number();
    while (threshold != threshold && !s->nan_thresholds) threshold = random_number();
    random_store(e, e->thresholds, b, threshold);
    e->branch_sets[b] = random_below(e->set_count);
  }
  for (uint32_t i = 0; i < open_count; i++) *open[i] = e->leaf_count++ | OT_LEAF_BIT;
  /* Sharing: a branch takes the other child's subtree too. What becomes unreachable is attached nowhere, so only leaves are replaced. */
  for (uint32_t b = first; s->shared && b < first + s->branches; b++)
    if (ot_is_leaf(e->true_child[b]) && !ot_is_leaf(e->false_child[b]) && random_below(2)) e->true_child[b] = e->false_child[b];
}

static void *zeros(size_t count, size_t size) { return calloc(count ? count : 1, size); }

/* Weights for several targets: any one for each leaf, the same one for all leaves of a tree, or every leaf some for all targets. */
static void give_targets(ot_ensemble *e, const ensemble_shape *s, size_t leaves) {
  size_t each = s->vector_leaves ? s->targets : 1;
  e->weight_targets = zeros(leaves * each, sizeof *e->weight_targets);
  for (size_t i = 0; i < leaves; i++)
    for (size_t k = 0; k < each; k++) {
      uint32_t per_tree = (uint32_t)(i / (s->branches + 1)) % s->targets;
      e->weight_targets[i * each + k] = s->vector_leaves ? (uint32_t)k : s->target_per_tree ? per_tree : random_below(s->targets);
    }
  if (!s->vector_leaves) return;
  e->weights = realloc(e->weights, leaves * each * sizeof(double));
  for (size_t i = 0; i < leaves * each; i++) random_store(e, e->weights, i, (double)random_below(1u << 24) / 4096.0 - 1000.0);
  e->leaf_weights = zeros(leaves + 1, sizeof *e->leaf_weights);
  for (size_t i = 0; i <= leaves; i++) e->leaf_weights[i] = (uint32_t)(i * each);
}

/* Leaves that sharing cut off would be refused; number the reachable ones anew. */
static void renumber_leaves(ot_ensemble *e) {
  uint32_t count = 0, *number = zeros(e->leaf_count, sizeof *number);
  memset(number, 0xFF, e->leaf_count * sizeof *number);
  ot_node_ref *lists[] = {e->roots, e->true_child, e->false_child};
  size_t sizes[] = {e->tree_count, e->branch_count, e->branch_count};
  for (int l = 0; l < 3; l++)
    for (size_t i = 0; i < sizes[l]; i++) {
      if (!ot_is_leaf(lists[l][i])) continue;
      uint32_t leaf = ot_leaf_index(lists[l][i]);
      if (number[leaf] == UINT32_MAX) number[leaf] = count++;
      lists[l][i] = number[leaf] | OT_LEAF_BIT;
    }
  e->leaf_count = e->weight_count = count;
  if (e->leaf_weights) e->weight_count = e->leaf_weights[count];
  free(number);
}

static double random_member(bool close_integers) {
  double member;
  do member = close_integers ? (double)random_below(40) - 8 : random_number();
  while (member != member);
  return member;
}

/* Sets of one to fifty members for the MEMBER tests: integers that lie close together, or any numbers. */
static void give_sets(ot_ensemble *e, const ensemble_shape *s) {
  e->set_count = s->modes >> OT_MODE_MEMBER & 1 ? 1 + s->branches / 2 : 1;
  e->set_members = zeros(e->set_count + 1, sizeof *e->set_members);
  e->members = zeros(50 * (size_t)e->set_count, sizeof(double));
  for (uint32_t set = 0, count = 0; set < e->set_count; set++) {
    bool close_integers = random_below(3) > 0;
    for (uint32_t i = 1 + random_below(50); i > 0; i--) random_store(e, e->members, count++, random_member(close_integers));
    e->set_members[set + 1] = count;
  }
  ot_memory memory;
  ot_memory_init(&memory, NULL, UINT64_MAX);
  ot_arena scratch;
  ot_arena_init(&scratch, &memory);
  if (!ot_members_normalise(e, &scratch)) abort();
  ot_arena_free(&scratch);
}

ot_ensemble random_ensemble(const ensemble_shape *s) {
  size_t branches = (size_t)s->trees * s->branches, leaves = branches + s->trees;
  ot_ensemble e = {.is_double = s->is_double, .tree_count = s->trees, .branch_count = (uint32_t)branches, .target_count = 1};
  e.aggregate = (ot_aggregate)s->aggregate;
  e.needs_presence = s->needs_presence || e.aggregate == OT_AGGREGATE_MIN || e.aggregate == OT_AGGREGATE_MAX;
  e.roots = zeros(s->trees, sizeof *e.roots);
  e.features = zeros(branches, sizeof *e.features);
  e.modes = zeros(branches, 1);
  e.thresholds = zeros(branches, sizeof(double));
  e.true_child = zeros(branches, sizeof *e.true_child);
  e.false_child = zeros(branches, sizeof *e.false_child);
  e.weights = zeros(leaves, sizeof(double));
  e.branch_sets = zeros(branches, sizeof *e.branch_sets);
  give_sets(&e, s);
  ot_node_ref **open = zeros((size_t)s->branches + 1, sizeof *open);
  for (uint32_t t = 0; t < s->trees; t++) grow_tree(&e, s, t, open);
  free(open);
  if (!(s->modes >> OT_MODE_MEMBER)) {
    free(e.branch_sets);
    e.branch_sets = NULL;
  }
  e.weight_count = e.leaf_count;
  for (size_t i = 0; i < leaves; i++) random_store(&e, e.weights, i, (double)random_below(1u << 24) / 4096.0 - 1000.0);
  if (s->targets > 1) {
    e.target_count = s->targets;
    give_targets(&e, s, leaves);
  }
  renumber_leaves(&e);
  return e;
}

void random_ensemble_free(ot_ensemble *e) {
  free(e->roots);
  free(e->features);
  free(e->modes);
  free(e->thresholds);
  free(e->true_child);
  free(e->false_child);
  free(e->weights);
  free(e->weight_targets);
  free(e->leaf_weights);
  free(e->branch_sets);
  free(e->set_members);
  free(e->members);
}
