#include "ensemble/validate.h"

#include <math.h>
#include <string.h>

#include "ensemble/real.h"

typedef struct validation {
  ot_ensemble *ensemble;
  const ot_node_names *names;
  const char *place;
  ot_problems *problems;
  uint32_t *parents;  /* [branch_count] parents (and root entries that are no parents) not yet visited */
  uint32_t *depths;   /* [branch_count] tests on the longest path that ends above the branch; then [leaf_count], not 0: a path leads to the leaf */
  uint32_t *queue;    /* [branch_count] branches in an order where parents come first */
} validation;

static bool report(const validation *v, ot_problem_code code, ot_node_ref ref, const char *message) {
  ot_place node = v->names->name(v->names->context, ref);
  ot_place place = ot_place_format("%.150s, %.100s", v->place, node.text);
  ot_problem(v->problems, code, place.text, "%s", message);
  return false;
}

static bool allocate(validation *v, ot_arena *scratch) {
  const ot_ensemble *e = v->ensemble;
  v->depths = ot_arena_zeros(scratch, (size_t)e->branch_count + e->leaf_count, sizeof *v->depths);
  return v->depths || ot_problem_memory(v->problems, scratch->memory);
}

/* Which nodes are leaves cannot be foreseen, so that jumps would cost the most: all bits of a leaf, none of a branch. */
static uint32_t leaf_mask(ot_node_ref ref) { return 0 - (ref >> 31); }

static size_t node_number(uint32_t branch_count, ot_node_ref ref) { return (size_t)ot_leaf_index(ref) + (leaf_mask(ref) & branch_count); }

static bool in_range(const ot_ensemble *e, ot_node_ref ref) {
  return ot_leaf_index(ref) < (e->branch_count ^ ((e->branch_count ^ e->leaf_count) & leaf_mask(ref)));
}

static bool check_sets(const ot_ensemble *e) {
  bool good = true;
  for (uint32_t s = 0; s < e->set_count; s++) good &= e->set_members[s] <= e->set_members[s + 1];
  for (uint32_t b = 0; b < e->branch_count; b++)
    if ((e->modes[b] & OT_MODE_MASK) == OT_MODE_MEMBER) good &= e->branch_sets && e->branch_sets[b] < e->set_count;
  return good;
}

/* A defence in depth: the readers resolve every reference, so these problems cannot come from a file. */
static bool check_references(const validation *v) {
  const ot_ensemble *e = v->ensemble;
  bool good = true;
  for (uint32_t t = 0; t < e->tree_count; t++) good &= in_range(e, e->roots[t]);
  for (uint32_t b = 0; b < e->branch_count; b++) {
    good &= in_range(e, e->true_child[b]);
    good &= in_range(e, e->false_child[b]);
  }
  for (uint32_t l = 0; e->leaf_weights && l < e->leaf_count; l++) good &= e->leaf_weights[l] <= e->leaf_weights[l + 1];
  good &= e->leaf_weights ? e->leaf_weights[0] == 0 && e->leaf_weights[e->leaf_count] == e->weight_count : e->weight_count == e->leaf_count;
  for (uint32_t w = 0; e->weight_targets && w < e->weight_count; w++) good &= e->weight_targets[w] < e->target_count;
  good &= check_sets(e);
  if (!good) ot_problem(v->problems, OT_PROBLEM_INTERNAL, v->place, "an unresolved reference in the tree arrays");
  return good;
}

static void count_parents(validation *v) {
  const ot_ensemble *e = v->ensemble;
  for (uint32_t b = 0; b < e->branch_count; b++) {
    if (!ot_is_leaf(e->true_child[b])) v->parents[e->true_child[b]]++;
    if (!ot_is_leaf(e->false_child[b])) v->parents[e->false_child[b]]++;
  }
}

/* The children of a branch whose parents have all been visited follow it in the queue (Kahn's topological order). */
static uint32_t visit_child(validation *v, ot_node_ref child, uint32_t depth, uint32_t queued) {
  ot_ensemble *e = v->ensemble;
  if (depth > e->max_depth) e->max_depth = depth;
  if (ot_is_leaf(child)) {
    v->depths[node_number(e->branch_count, child)] = 1;
    return queued;
  }
  if (depth > v->depths[child]) v->depths[child] = depth;
  if (v->parents[child] > 1) e->has_shared_nodes = true;
  if (--v->parents[child] == 0) v->queue[queued++] = child;
  return queued;
}

static uint32_t visit_all(validation *v) {
  ot_ensemble *e = v->ensemble;
  uint32_t queued = 0;
  e->max_depth = 0;
  e->has_shared_nodes = false;
  for (uint32_t t = 0; t < e->tree_count; t++) {
    ot_node_ref root = e->roots[t];
    if (ot_is_leaf(root)) {
      v->depths[node_number(e->branch_count, root)] = 1;
    } else if (v->parents[root] == 0) {
      v->parents[root] = UINT32_MAX; /* queued: a root that is listed twice is visited once */
      v->queue[queued++] = root;
    } else {
      e->has_shared_nodes = true;
    }
  }
  for (uint32_t i = 0; i < queued; i++) {
    uint32_t branch = v->queue[i], depth = v->depths[branch] + 1;
    queued = visit_child(v, e->true_child[branch], depth, queued);
    queued = visit_child(v, e->false_child[branch], depth, queued);
  }
  return queued;
}

static bool is_marked_root(const validation *v, ot_node_ref ref) { return !ot_is_leaf(ref) && v->depths[ref] == 2; }

/* Why a branch was not visited: depths now marks what can be reached at all (1), and the roots (2). */
static void explain_unvisited(validation *v) {
  const ot_ensemble *e = v->ensemble;
  uint32_t queued = 0;
  memset(v->depths, 0, e->branch_count * sizeof *v->depths);
  for (uint32_t t = 0; t < e->tree_count; t++) {
    ot_node_ref root = e->roots[t];
    if (ot_is_leaf(root) || v->depths[root]) continue;
    v->depths[root] = 2;
    v->queue[queued++] = root;
  }
  for (uint32_t i = 0; i < queued; i++) {
    ot_node_ref children[] = {e->true_child[v->queue[i]], e->false_child[v->queue[i]]};
    for (int c = 0; c < 2; c++) {
      if (ot_is_leaf(children[c]) || v->depths[children[c]]) continue;
      v->depths[children[c]] = 1;
      v->queue[queued++] = children[c];
    }
  }
  for (uint32_t b = 0; b < e->branch_count; b++) {
    if (v->depths[b]) continue;
    bool above_root = is_marked_root(v, e->true_child[b]) || is_marked_root(v, e->false_child[b]);
    if (above_root)
      report(v, OT_PROBLEM_TREE_ROOT, b, "it is the parent of the first listed node of the tree, which has to be the root");
    else
      report(v, OT_PROBLEM_TREE_UNREACHABLE, b, "no path from the root of the tree leads to this node");
    return;
  }
  for (uint32_t waiting = 0; waiting < e->branch_count; waiting++) {
    if (v->parents[waiting] == 0 || v->parents[waiting] == UINT32_MAX) continue;
    report(v, OT_PROBLEM_TREE_CYCLE, waiting, "the node is its own descendant, or below one that is");
    return;
  }
}

/* The way of most files: each branch is listed before its children, so that the order of the file is one where parents come first, and
 * every branch with a parent is below a root. False: not so, or some branch is neither a root nor below one. */
static bool visit_in_file_order(validation *v) {
  ot_ensemble *e = v->ensemble;
  uint32_t *depths = v->depths, max_depth = 0, shared = 0;
  bool good = true;
  for (uint32_t t = 0; t < e->tree_count; t++) {
    uint32_t *depth = &depths[node_number(e->branch_count, e->roots[t])];
    if (!ot_is_leaf(e->roots[t])) shared |= *depth;
    *depth = 1;
  }
  for (uint32_t b = 0, count = e->branch_count; b < count; b++) {
    const ot_node_ref children[] = {e->true_child[b], e->false_child[b]};
    uint32_t depth = depths[b];
    good &= depth != 0;
    if (depth > max_depth) max_depth = depth;
#pragma GCC unroll 2
    for (int c = 0; c < 2; c++) {
      uint32_t *below = &depths[node_number(count, children[c])];
      good &= children[c] > b; /* as leaves are */
      shared |= *below & ~leaf_mask(children[c]);
      *below = depth < *below ? *below : depth + 1;
    }
  }
  if (!good) return false;
  e->max_depth = max_depth;
  e->has_shared_nodes = shared != 0;
  return true;
}

static bool visit_in_any_order(validation *v, ot_arena *scratch) {
  const ot_ensemble *e = v->ensemble;
  v->parents = ot_arena_zeros(scratch, e->branch_count, sizeof *v->parents);
  v->queue = ot_arena_array(scratch, e->branch_count, sizeof *v->queue);
  if (!v->parents || !v->queue) return ot_problem_memory(v->problems, scratch->memory);
  memset(v->depths, 0, ((size_t)e->branch_count + e->leaf_count) * sizeof *v->depths);
  count_parents(v);
  if (visit_all(v) == e->branch_count) return true;
  explain_unvisited(v);
  return false;
}

static bool check_shape(validation *v, ot_arena *scratch) {
  const ot_ensemble *e = v->ensemble;
  if (!visit_in_file_order(v) && !visit_in_any_order(v, scratch)) return false;
  for (uint32_t l = 0; l < e->leaf_count; l++)
    if (!v->depths[e->branch_count + l])
      return report(v, OT_PROBLEM_TREE_UNREACHABLE, l | OT_LEAF_BIT, "no path from the root of the tree leads to this leaf");
  return true;
}

static bool check_branches(validation *v, size_t column_count, size_t max_columns, ot_arena *scratch) {
  ot_ensemble *e = v->ensemble;
  bool warned = false;
  e->feature_count = 0;
  e->has_missing_true = e->has_equality = e->has_swapped_tests = false;
  for (uint32_t b = 0; b < e->branch_count; b++) {
    if (column_count && e->features[b] >= column_count) {
      ot_place node = v->names->name(v->names->context, b), place = ot_place_format("%.150s, %.100s", v->place, node.text);
      ot_problem(v->problems, OT_PROBLEM_TREE_FEATURE, place.text, "it tests feature %u, but the input has %zu column%s", e->features[b],
                 column_count, column_count == 1 ? "" : "s");
      return false;
    }
    if (e->features[b] >= e->feature_count) e->feature_count = e->features[b] + 1;
    if (e->modes[b] & OT_MISSING_TRUE) e->has_missing_true = true;
    unsigned mode = e->modes[b] & OT_MODE_MASK;
    if (mode >= OT_MODE_EQ) e->has_equality = true;
    if (mode == OT_MODE_GTE || mode == OT_MODE_GT) e->has_swapped_tests = true;
    if (!warned && mode != OT_MODE_MEMBER && isnan(ot_load_real(e, e->thresholds, b))) {
      warned = true;
      report(v, OT_PROBLEM_TREE_NOT_A_NUMBER, b, "the threshold is NaN: the test never holds (BRANCH_NEQ: always)");
    }
  }
  if (e->feature_count > max_columns) {
    ot_problem(v->problems, OT_PROBLEM_LIMIT_COLUMNS, v->place, "feature %u is tested; the limit max_columns is %zu", e->feature_count - 1,
               max_columns);
    return false;
  }
  uint8_t *used = ot_arena_zeros(scratch, e->feature_count, sizeof *used);
  if (!used) return ot_problem_memory(v->problems, scratch->memory);
  for (uint32_t b = 0; b < e->branch_count; b++) used[e->features[b]] = 1;
  e->features_used = 0;
  for (uint32_t f = 0; f < e->feature_count; f++) e->features_used += used[f];
  return true;
}

static void warn_not_finite(const validation *v) {
  const ot_ensemble *e = v->ensemble;
  bool finite = true;
  for (uint32_t w = 0; w < e->weight_count; w++) finite &= isfinite(ot_load_real(e, e->weights, w)) != 0;
  for (size_t b = 0; b < e->base_count; b++) finite &= isfinite(ot_load_real(e, e->base_values, b)) != 0;
  if (!finite) ot_problem(v->problems, OT_PROBLEM_TREE_NOT_A_NUMBER, v->place, "a weight or base value is NaN or infinite");
}

static bool has_vector_leaves(const ot_ensemble *e) {
  bool good = e->target_count > 1 && e->leaf_weights && e->weight_targets && e->weight_count == (uint64_t)e->leaf_count * e->target_count;
  for (uint32_t l = 0; good && l < e->leaf_count; l++) {
    const uint32_t *targets = e->weight_targets + e->leaf_weights[l];
    good = e->leaf_weights[l] == l * e->target_count;
    for (uint32_t k = 0; good && k < e->target_count; k++) good = targets[k] == k;
  }
  return good;
}

bool ot_ensemble_validate(ot_ensemble *ensemble, size_t column_count, size_t max_columns, const ot_node_names *names, const char *place,
                          ot_arena *scratch, ot_problems *problems) {
  validation v = {.ensemble = ensemble, .names = names, .place = place, .problems = problems};
  if (ensemble->tree_count == 0) {
    ot_problem(problems, OT_PROBLEM_TREE_NONE, place, "the ensemble has no trees");
    return false;
  }
  if (!check_references(&v) || !allocate(&v, scratch)) return false;
  bool shape = check_shape(&v, scratch), branches = check_branches(&v, column_count, max_columns, scratch);
  if (shape && branches) warn_not_finite(&v);
  ensemble->has_vector_leaves = has_vector_leaves(ensemble);
  return shape && branches;
}
