/* Leaf weights: (tree, node, target, weight) in any order become, leaf by leaf, the list that is added when a row reaches the leaf. */
#include <string.h>

#include "ensemble/reader_attributes.h"

#define NO_LEAF UINT32_MAX

typedef struct weights {
  uint32_t *leaves;  /* [weight_count] the leaf of each, or NO_LEAF: it does not count */
  uint32_t *counts;  /* [leaf_count] */
  bool in_leaf_order;
  bool on_branch, is_repeated;
} weights;

static bool out_of_memory(const ot_reading *r) { return ot_problem_memory(r->problems, r->scratch->memory); }

static uint32_t resolve_leaf(ot_reading *r, weights *w, size_t index, int64_t tree_id, int64_t node_id, uint32_t *tree) {
  uint32_t found = ot_find_tree(r, tree_id, *tree);
  size_t position = found == UINT32_MAX ? SIZE_MAX : ot_find_node(r, found, node_id);
  if (position == SIZE_MAX) {
    ot_place place = ot_element_place(&r->set, OT_A_WEIGHT_NODE_IDS, index, r->place);
    ot_problem(r->problems, OT_PROBLEM_TREE_WEIGHT_NODE, place.text, "there is no node %lld in a tree %lld", (long long)node_id, (long long)tree_id);
    return NO_LEAF;
  }
  *tree = found;
  if (ot_is_leaf(r->refs[position])) return ot_leaf_index(r->refs[position]);
  if (!w->on_branch) {
    ot_place place = ot_element_place(&r->set, OT_A_WEIGHT_NODE_IDS, index, r->place);
    ot_problem(r->problems, OT_PROBLEM_TREE_WEIGHT_ON_BRANCH, place.text, "node %lld of tree %lld is no leaf; its weight is ignored",
               (long long)node_id, (long long)tree_id);
  }
  w->on_branch = true;
  return NO_LEAF;
}

/* One target: the first weight of a leaf counts (skl2onnx's decision_leaf relies on it, as ONNX Runtime does). */
static uint32_t only_first(ot_reading *r, weights *w, uint32_t leaf) {
  if (leaf == NO_LEAF || r->ensemble->target_count > 1 || w->counts[leaf] == 0) return leaf;
  if (!w->is_repeated)
    ot_problem(r->problems, OT_PROBLEM_TREE_WEIGHT_REPEATED, r->place, "some leaves have several weights for the only target; the first counts");
  w->is_repeated = true;
  return NO_LEAF;
}

/* Classifiers: the sign test and the single-score test look at all weights, those on branches too (as ONNX Runtime does). */
static void note_class_weight(ot_reading *r, size_t index, uint32_t target, double weight) {
  ot_finish *f = r->finish;
  if (weight < 0) f->has_negative_weight = true;
  if (index == 0) f->score_class = target;
  if (target != f->score_class) f->single_score = false;
}

#define READ_AT_ONCE 256u

/* The next entries, attribute by attribute. */
typedef struct entry_batch {
  ot_cursor trees, nodes, targets;
  int64_t tree_id[READ_AT_ONCE], node_id[READ_AT_ONCE], target[READ_AT_ONCE];
  double weight[READ_AT_ONCE];
} entry_batch;

static void begin_batches(const ot_reading *r, entry_batch *b) {
  b->trees = ot_cursor_begin(&r->set.attributes[OT_A_WEIGHT_TREE_IDS]);
  b->nodes = ot_cursor_begin(&r->set.attributes[OT_A_WEIGHT_NODE_IDS]);
  b->targets = ot_cursor_begin(&r->set.attributes[OT_A_WEIGHT_TARGETS]);
}

static size_t read_batch(ot_reading *r, entry_batch *b, size_t left) {
  size_t count = left < READ_AT_ONCE ? left : READ_AT_ONCE;
  ot_cursor_ints(&b->trees, b->tree_id, count);
  ot_cursor_ints(&b->nodes, b->node_id, count);
  ot_cursor_ints(&b->targets, b->target, count);
  ot_reals_take(&r->weights, b->weight, count);
  return count;
}

static uint32_t check_target(const ot_reading *r, size_t index, int64_t target) {
  const ot_ensemble *e = r->ensemble;
  if (target >= 0 && target < e->target_count) return (uint32_t)target;
  ot_place place = ot_element_place(&r->set, OT_A_WEIGHT_TARGETS, index, r->place);
  ot_problem(r->problems, OT_PROBLEM_TREE_TARGET, place.text, "%lld is out of range: there are %u %s", (long long)target, e->target_count,
             r->options->classifier ? "classes" : "targets");
  return 0;
}

static bool read_entries(ot_reading *r, weights *w) {
  ot_ensemble *e = r->ensemble;
  entry_batch batch;
  begin_batches(r, &batch);
  size_t before = r->problems->found;
  uint32_t tree = 0, last = 0;
  w->in_leaf_order = true;
  r->finish->single_score = r->options->classifier && e->target_count == 2;
  for (size_t i = 0; i < e->weight_count; i++) {
    size_t at = i % READ_AT_ONCE;
    if (at == 0) read_batch(r, &batch, e->weight_count - i);
    double weight = batch.weight[at];
    uint32_t leaf = only_first(r, w, resolve_leaf(r, w, i, batch.tree_id[at], batch.node_id[at], &tree));
    uint32_t target = check_target(r, i, batch.target[at]);
    if (r->problems->found >= before + OT_MOST_PROBLEMS) return false;
    if (r->options->classifier) note_class_weight(r, i, target, weight);
    w->leaves[i] = leaf;
    e->weight_targets[i] = target;
    ot_store_real(e, e->weights, i, weight);
    w->in_leaf_order &= leaf != NO_LEAF && leaf >= last;
    if (leaf != NO_LEAF) w->counts[last = leaf]++;
  }
  return r->problems->found == before;
}

/* Stable: the weights of a leaf keep the order of the file. */
static bool group_by_leaf(ot_reading *r, const weights *w) {
  ot_ensemble *e = r->ensemble;
  uint32_t total = 0;
  for (uint32_t l = 0; l < e->leaf_count; l++) {
    e->leaf_weights[l] = total;
    total += w->counts[l];
  }
  e->leaf_weights[e->leaf_count] = total;
  if (w->in_leaf_order) return true;
  size_t real = ot_real_size(e);
  unsigned char *old_weights = ot_arena_array(r->scratch, e->weight_count, real), *new_weights = e->weights;
  uint32_t *old_targets = ot_arena_array(r->scratch, e->weight_count, sizeof *old_targets);
  uint32_t *next = ot_arena_array(r->scratch, e->leaf_count, sizeof *next);
  if (!old_weights || !old_targets || !next) return out_of_memory(r);
  memcpy(old_weights, e->weights, e->weight_count * real);
  memcpy(old_targets, e->weight_targets, e->weight_count * sizeof *old_targets);
  memcpy(next, e->leaf_weights, e->leaf_count * sizeof *next);
  for (uint32_t i = 0; i < e->weight_count; i++) {
    if (w->leaves[i] == NO_LEAF) continue;
    uint32_t to = next[w->leaves[i]]++;
    memcpy(new_weights + to * real, old_weights + i * real, real);
    e->weight_targets[to] = old_targets[i];
  }
  e->weight_count = total;
  return true;
}

/* A leaf without weight adds 0, or what ONNX Runtime takes for its weight. */
static bool give_each_leaf_one(ot_reading *r, const weights *w) {
  ot_ensemble *e = r->ensemble;
  size_t real = ot_real_size(e);
  unsigned char *single = ot_arena_array(r->scratch, e->leaf_count, real);
  if (!single) return out_of_memory(r);
  for (uint32_t l = 0; l < e->leaf_count; l++) {
    if (w->counts[l])
      memcpy(single + l * real, (unsigned char *)e->weights + e->leaf_weights[l] * real, real);
    else if (r->leaf_values)
      memcpy(single + l * real, (unsigned char *)r->leaf_values + l * real, real);
    else
      memset(single + l * real, 0, real);
  }
  e->weights = single;
  e->weight_count = e->leaf_count;
  e->leaf_weights = NULL;
  return true;
}

typedef struct leaf_counts {
  bool none, many;
  uint32_t first_without;
} leaf_counts;

static leaf_counts summarise(const ot_ensemble *e, const weights *w) {
  leaf_counts c = {false, false, 0};
  for (uint32_t l = 0; l < e->leaf_count; l++) {
    if (w->counts[l] == 0 && !c.none) c = (leaf_counts){true, c.many, l};
    if (w->counts[l] > 1) c.many = true;
  }
  return c;
}

/* Chooses the most compact of the canonical forms that gives the same sums. */
static bool compact(ot_reading *r, const weights *w) {
  ot_ensemble *e = r->ensemble;
  leaf_counts c = summarise(e, w);
  if (c.none)
    ot_problem(r->problems, OT_PROBLEM_TREE_LEAF_WITHOUT_WEIGHT, r->place,
               "some leaves have no weight and add nothing (the first is leaf %u)", c.first_without);
  if (r->finish->single_score) e->target_count = 1;
  if (e->target_count > 1) return true;
  e->weight_targets = NULL;
  /* MIN and MAX must tell a leaf without weight from a weight of 0, unless ONNX Runtime's rule gives the leaf a value. */
  bool zero_is_nothing = !ot_is_extreme(e->aggregate) || r->leaf_values;
  if (c.many || (c.none && !zero_is_nothing)) return true;
  if (c.none) return give_each_leaf_one(r, w);
  e->leaf_weights = NULL;
  return true;
}

static void *retained(ot_reading *r, const void *array, size_t count, size_t size, bool *good) {
  if (!array) return NULL;
  void *copy = ot_arena_array(r->arena, count, size);
  if (copy)
    memcpy(copy, array, count * size);
  else
    *good = false;
  return copy;
}

/* Only what the chosen form needs moves from scratch to the model. */
static bool retain(ot_reading *r) {
  ot_ensemble *e = r->ensemble;
  bool good = true;
  e->weights = retained(r, e->weights, e->weight_count, ot_real_size(e), &good);
  e->weight_targets = retained(r, e->weight_targets, e->weight_count, sizeof *e->weight_targets, &good);
  e->leaf_weights = retained(r, e->leaf_weights, (size_t)e->leaf_count + 1, sizeof *e->leaf_weights, &good);
  return good || out_of_memory(r);
}

/* ---- what most files have ---- */

/* One weight for each leaf, in the order of leaves, all for one target: as they stand. False: not so. */
static bool read_single_weights(ot_reading *r) {
  ot_ensemble *e = r->ensemble;
  entry_batch b;
  begin_batches(r, &b);
  uint32_t tree = 0;
  int64_t target = 0;
  for (size_t first = 0, count; first < e->leaf_count; first += count) {
    count = read_batch(r, &b, e->leaf_count - first);
    if (first == 0) target = b.target[0];
    for (size_t i = 0; i < count; i++) {
      tree = ot_find_tree(r, b.tree_id[i], tree);
      size_t position = tree == UINT32_MAX ? SIZE_MAX : ot_find_node(r, tree, b.node_id[i]);
      if (position == SIZE_MAX || r->refs[position] != ((first + i) | OT_LEAF_BIT) || b.target[i] != target) return false;
      if (b.weight[i] < 0) r->finish->has_negative_weight = r->options->classifier;
      ot_store_real(e, e->weights, first + i, b.weight[i]);
    }
  }
  if (target < 0 || target >= e->target_count) return false;
  r->finish->score_class = (uint32_t)target;
  return true;
}

static bool try_single_weights(ot_reading *r) {
  ot_ensemble *e = r->ensemble;
  bool single_score = r->options->classifier && e->target_count == 2;
  if (e->weight_count != e->leaf_count || (e->target_count > 1 && !single_score)) return false;
  const ot_reals reals = r->weights;
  const ot_finish finish = *r->finish;
  const ot_arena_mark mark = ot_arena_save(r->arena);
  e->weights = ot_arena_array(r->arena, e->leaf_count, ot_real_size(e));
  if (e->weights && read_single_weights(r)) {
    r->finish->single_score = single_score;
    e->target_count = 1;
    return true;
  }
  ot_arena_restore(r->arena, &mark);
  *r->finish = finish;
  r->weights = reals;
  return false;
}

bool ot_read_weights(ot_reading *r) {
  ot_ensemble *e = r->ensemble;
  size_t count = r->set.attributes[OT_A_WEIGHT_NODE_IDS].count; /* fewer than a file has bytes, and that is less than 2^31 (set_limits) */
  e->weight_count = (uint32_t)count;
  if (try_single_weights(r)) return true;
  weights w = {.leaves = ot_arena_array(r->scratch, count, sizeof *w.leaves), .counts = ot_arena_zeros(r->scratch, e->leaf_count, sizeof *w.counts)};
  e->weights = ot_arena_array(r->scratch, count, ot_real_size(e));
  e->weight_targets = ot_arena_array(r->scratch, count, sizeof *e->weight_targets);
  e->leaf_weights = ot_arena_array(r->scratch, (size_t)e->leaf_count + 1, sizeof *e->leaf_weights);
  if (!w.leaves || !w.counts || !e->weights || !e->weight_targets || !e->leaf_weights) return out_of_memory(r);
  return read_entries(r, &w) && group_by_leaf(r, &w) && compact(r, &w) && retain(r);
}
