/* TreeEnsemble (ai.onnx.ml 5): tests and leaves in two lists that refer to each other by position. */
#include "ensemble/members.h"
#include "ensemble/reader_attributes.h"

enum {
  A_ROOTS,
  A_FEATURES,
  A_SPLITS,
  A_MODES,
  A_TRUE_IDS,
  A_FALSE_IDS,
  A_TRUE_LEAFS,
  A_FALSE_LEAFS,
  A_MISSING,
  A_HITRATES,
  A_MEMBERS,
  A_LEAF_TARGETS,
  A_LEAF_WEIGHTS,
  A_TARGETS,
  A_POST_TRANSFORM,
  A_AGGREGATE,
  A_COUNT_OF_RULES
};

static const ot_attribute_rule rules[A_COUNT_OF_RULES] = {
    {"tree_roots", OT_ATTRIBUTE_INTS, 5},       {"nodes_featureids", OT_ATTRIBUTE_INTS, 5},
    {"nodes_splits", OT_ATTRIBUTE_TENSOR, 5},   {"nodes_modes", OT_ATTRIBUTE_TENSOR, 5},
    {"nodes_truenodeids", OT_ATTRIBUTE_INTS, 5}, {"nodes_falsenodeids", OT_ATTRIBUTE_INTS, 5},
    {"nodes_trueleafs", OT_ATTRIBUTE_INTS, 5},  {"nodes_falseleafs", OT_ATTRIBUTE_INTS, 5},
    {"nodes_missing_value_tracks_true", OT_ATTRIBUTE_INTS, 5}, {"nodes_hitrates", OT_ATTRIBUTE_TENSOR, 5},
    {"membership_values", OT_ATTRIBUTE_TENSOR, 5}, {"leaf_targetids", OT_ATTRIBUTE_INTS, 5},
    {"leaf_weights", OT_ATTRIBUTE_TENSOR, 5},   {"n_targets", OT_ATTRIBUTE_INT, 5},
    {"post_transform", OT_ATTRIBUTE_INT, 5},    {"aggregate_function", OT_ATTRIBUTE_INT, 5}};

/* `shared` has the nodes' numbers: a branch, or the leaf if both children are one and the same leaf. base is not used. */
typedef struct indexed_reading {
  ot_reading shared;
  ot_reals modes, members;
  uint8_t *node_modes;            /* [node_count] */
  ot_node_ref *true_at, *false_at; /* [node_count] children, branches still by position in the file */
} indexed_reading;

static bool out_of_memory(const ot_reading *r) { return ot_problem_memory(r->problems, r->scratch->memory); }

/* ---- attributes ---- */

static void open_tensors(indexed_reading *n) {
  ot_reading *r = &n->shared;
  const struct {
    ot_reals *reals;
    size_t rule;
    ot_reals_kind kind;
  } tensors[] = {{&r->values, A_SPLITS, OT_REALS_FLOATING},
                 {&n->modes, A_MODES, OT_REALS_UINT8},
                 {&r->hitrates, A_HITRATES, OT_REALS_FLOATING},
                 {&n->members, A_MEMBERS, OT_REALS_FLOATING},
                 {&r->weights, A_LEAF_WEIGHTS, OT_REALS_FLOATING}};
  for (size_t i = 0; i < sizeof tensors / sizeof *tensors; i++)
    ot_reals_open_tensor(tensors[i].reals, &r->set, tensors[i].rule, tensors[i].kind, r->scratch, r->place, r->problems);
  r->ensemble->is_double = r->options->double_input || r->values.is_double || n->members.is_double || r->weights.is_double;
}

static void check_lengths(const indexed_reading *n) {
  const ot_reading *r = &n->shared;
  const ot_problem_code missing = OT_PROBLEM_ATTRIBUTE_MISSING, optional = OT_PROBLEM_COUNT;
  const ot_length_rule roots[] = {{A_ROOTS, OT_PROBLEM_TREE_NONE, NULL}};
  const ot_length_rule nodes[] = {{A_FEATURES, missing, NULL},    {A_SPLITS, missing, &r->values},  {A_MODES, missing, &n->modes},
                                  {A_TRUE_IDS, missing, NULL},    {A_FALSE_IDS, missing, NULL},     {A_TRUE_LEAFS, missing, NULL},
                                  {A_FALSE_LEAFS, missing, NULL}, {A_MISSING, optional, NULL},      {A_HITRATES, optional, &r->hitrates}};
  const ot_length_rule leaves[] = {{A_LEAF_TARGETS, missing, NULL}, {A_LEAF_WEIGHTS, missing, &r->weights}};
  ot_check_lengths(r, roots, 1);
  ot_check_lengths(r, nodes, sizeof nodes / sizeof *nodes);
  ot_check_lengths(r, leaves, 2);
}

/* A number that stands for one of `count` behaviours. */
static size_t choose(const ot_reading *r, size_t rule, int64_t count, size_t otherwise) {
  if (!ot_attribute_is_present(&r->set, rule)) return otherwise;
  int64_t value = r->set.attributes[rule].i;
  if (value >= 0 && value < count) return (size_t)value;
  ot_problem(r->problems, OT_PROBLEM_ATTRIBUTE_VALUE, ot_attribute_place(&r->set, rule, r->place).text, "%lld is not defined; 0 to %lld was expected",
             (long long)value, (long long)(count - 1));
  return otherwise;
}

static void read_behaviour(ot_reading *r) {
  static const ot_post_transform onnxruntime[] = {OT_TRANSFORM_NONE, OT_TRANSFORM_LOGISTIC, OT_TRANSFORM_SOFTMAX, OT_TRANSFORM_SOFTMAX_ZERO,
                                                  OT_TRANSFORM_PROBIT};
  size_t transform = choose(r, A_POST_TRANSFORM, 5, OT_TRANSFORM_NONE);
  /* ONNX Runtime counts its own enumeration, in which LOGISTIC comes before SOFTMAX. */
  r->finish->transform = r->options->compat_onnxruntime ? onnxruntime[transform] : (ot_post_transform)transform;
  r->finish->compat_onnxruntime = r->options->compat_onnxruntime;
  r->ensemble->aggregate = (ot_aggregate)choose(r, A_AGGREGATE, 4, OT_AGGREGATE_SUM);
}

static bool check_limits(ot_reading *r) {
  const onnxtree_limits *limits = r->options->limits;
  size_t trees = r->set.attributes[A_ROOTS].count, nodes = r->set.attributes[A_FEATURES].count, leaves = r->set.attributes[A_LEAF_TARGETS].count;
  if (trees > limits->max_trees)
    ot_problem(r->problems, OT_PROBLEM_LIMIT_TREES, r->place, "%zu trees; the limit max_trees is %u", trees, limits->max_trees);
  else if (nodes + leaves > limits->max_tree_nodes) /* together fewer than the file has bytes */
    ot_problem(r->problems, OT_PROBLEM_LIMIT_TREE_NODES, r->place, "%zu tests and %zu leaves; the limit max_tree_nodes is %u", nodes, leaves,
               limits->max_tree_nodes);
  else
    return true;
  return false;
}

static bool read_head(indexed_reading *n, const Onnxtree__Pb__NodeProto *node) {
  ot_reading *r = &n->shared;
  size_t before = r->problems->found;
  ot_attribute_set_read(&r->set, rules, A_COUNT_OF_RULES, r->options->version, node, r->place, r->problems);
  open_tensors(n);
  if (r->problems->found == before) check_lengths(n);
  read_behaviour(r);
  ot_read_target_count(r, A_TARGETS);
  if (r->problems->found != before || !check_limits(r)) return false;
  r->node_count = r->set.attributes[A_FEATURES].count;
  r->ensemble->tree_count = (uint32_t)r->set.attributes[A_ROOTS].count;
  r->ensemble->leaf_count = r->ensemble->weight_count = (uint32_t)r->set.attributes[A_LEAF_TARGETS].count;
  return true;
}

/* ---- children: which nodes are branches ---- */

typedef struct child_cursors {
  ot_cursor ids, leafs;
  size_t ids_rule, leafs_rule;
} child_cursors;

static ot_node_ref read_child(const ot_reading *r, child_cursors *c, size_t index) {
  int64_t id = ot_cursor_int(&c->ids), leaf = ot_cursor_int(&c->leafs);
  if (leaf != 0 && leaf != 1) ot_report(r, OT_PROBLEM_TREE_CHILD, c->leafs_rule, index, leaf, "is neither 0 nor 1");
  size_t count = leaf ? r->ensemble->leaf_count : r->node_count;
  if (id >= 0 && (uint64_t)id < count) return leaf ? (uint32_t)id | OT_LEAF_BIT : (uint32_t)id;
  ot_report(r, OT_PROBLEM_TREE_CHILD, c->ids_rule, index, id, leaf ? "is no position in the list of leaves" : "is no position in the list of nodes");
  return OT_LEAF_BIT;
}

/* Trees without a test have a node all the same, whose children are one leaf: that leaf. */
static bool number_nodes(indexed_reading *n) {
  ot_reading *r = &n->shared;
  r->refs = ot_arena_array(r->scratch, r->node_count, sizeof *r->refs);
  n->true_at = ot_arena_array(r->scratch, r->node_count, sizeof *n->true_at);
  n->false_at = ot_arena_array(r->scratch, r->node_count, sizeof *n->false_at);
  if (!r->refs || !n->true_at || !n->false_at) return out_of_memory(r);
  const ot_attribute *a = r->set.attributes;
  child_cursors yes = {ot_cursor_begin(&a[A_TRUE_IDS]), ot_cursor_begin(&a[A_TRUE_LEAFS]), A_TRUE_IDS, A_TRUE_LEAFS};
  child_cursors no = {ot_cursor_begin(&a[A_FALSE_IDS]), ot_cursor_begin(&a[A_FALSE_LEAFS]), A_FALSE_IDS, A_FALSE_LEAFS};
  for (size_t i = 0; i < r->node_count; i++) {
    n->true_at[i] = read_child(r, &yes, i);
    n->false_at[i] = read_child(r, &no, i);
    bool is_leaf = ot_is_leaf(n->true_at[i]) && n->true_at[i] == n->false_at[i];
    r->refs[i] = is_leaf ? n->true_at[i] : r->ensemble->branch_count++;
  }
  return true;
}

static ot_node_ref resolved(const ot_reading *r, ot_node_ref at) { return ot_is_leaf(at) ? at : r->refs[at]; }

static void read_roots(ot_reading *r) {
  ot_cursor cursor = ot_cursor_begin(&r->set.attributes[A_ROOTS]);
  for (uint32_t t = 0; t < r->ensemble->tree_count; t++) {
    int64_t id = ot_cursor_int(&cursor);
    bool good = id >= 0 && (uint64_t)id < r->node_count;
    if (!good) ot_report(r, OT_PROBLEM_TREE_ROOT, A_ROOTS, t, id, "is no position in the list of nodes");
    r->ensemble->roots[t] = good ? r->refs[id] : OT_LEAF_BIT;
  }
}

/* ---- tests ---- */

/* Returns the number of MEMBER nodes. */
static uint32_t read_modes(indexed_reading *n) {
  uint32_t members = 0;
  for (size_t i = 0; i < n->shared.node_count; i++) {
    double mode = ot_reals_next(&n->modes);
    bool good = mode >= 0 && mode <= (double)OT_MODE_MEMBER;
    if (!good)
      ot_report(&n->shared, OT_PROBLEM_TREE_MODE, A_MODES, i, (int64_t)mode, "is no node mode; 0 (BRANCH_LEQ) to 6 (BRANCH_MEMBER) was expected");
    n->node_modes[i] = good ? (uint8_t)mode : OT_MODE_LEQ;
    members += n->node_modes[i] == OT_MODE_MEMBER;
  }
  return members;
}

static void read_tests(indexed_reading *n) {
  ot_reading *r = &n->shared;
  ot_ensemble *e = r->ensemble;
  ot_cursor features = ot_cursor_begin(&r->set.attributes[A_FEATURES]), missing = ot_cursor_begin(&r->set.attributes[A_MISSING]);
  bool has_missing = ot_attribute_is_present(&r->set, A_MISSING);
  uint32_t set = 0;
  for (size_t i = 0; i < r->node_count; i++) {
    int64_t feature = ot_cursor_int(&features), flag = has_missing ? ot_cursor_int(&missing) : 0;
    double split = ot_reals_next(&r->values);
    bool is_member = n->node_modes[i] == OT_MODE_MEMBER;
    if (flag != 0 && flag != 1) ot_report(r, OT_PROBLEM_TREE_MISSING_FLAG, A_MISSING, i, flag, "is neither 0 nor 1");
    bool good = feature >= 0 && feature <= INT32_MAX;
    if (!good) ot_report(r, OT_PROBLEM_TREE_FEATURE, A_FEATURES, i, feature, "is no feature id; columns are counted from 0");
    uint32_t branch = r->refs[i];
    if (!ot_is_leaf(branch)) {
      e->features[branch] = good ? (uint32_t)feature : 0;
      e->modes[branch] = (uint8_t)(n->node_modes[i] | (flag == 1 ? OT_MISSING_TRUE : 0));
      ot_store_real(e, e->thresholds, branch, is_member ? 0 : split);
      e->true_child[branch] = resolved(r, n->true_at[i]);
      e->false_child[branch] = resolved(r, n->false_at[i]);
      if (e->branch_sets) e->branch_sets[branch] = set;
    }
    set += is_member;
  }
}

/* One set for each MEMBER node, in their order; NaN ends a set. */
static bool read_sets(indexed_reading *n) {
  ot_reading *r = &n->shared;
  ot_ensemble *e = r->ensemble;
  uint32_t set = 0, count = 0;
  const char *wrong = NULL;
  e->set_members[0] = 0;
  for (size_t i = 0; i < n->members.count && !wrong; i++) {
    double value = ot_reals_next(&n->members);
    bool ends = value != value || i + 1 == n->members.count;
    if (set == e->set_count) {
      wrong = "there are more sets than BRANCH_MEMBER nodes";
      break;
    }
    if (value == value) ot_store_real(e, e->members, count++, value);
    if (!ends) continue;
    if (count == e->set_members[set]) wrong = "a set has no members";
    e->set_members[++set] = count;
  }
  if (!wrong && set < e->set_count) wrong = "there are fewer sets than BRANCH_MEMBER nodes";
  if (!wrong) return ot_members_normalise(e, r->scratch) || out_of_memory(r);
  ot_problem(r->problems, OT_PROBLEM_TREE_MEMBERS, ot_attribute_place(&r->set, A_MEMBERS, r->place).text, "%s", wrong);
  return false;
}

static bool allocate_leaves(indexed_reading *n) {
  ot_reading *r = &n->shared;
  ot_ensemble *e = r->ensemble;
  e->weights = ot_arena_array(r->arena, e->leaf_count, ot_real_size(e));
  e->weight_targets = e->target_count > 1 ? ot_arena_array(r->arena, e->leaf_count, sizeof *e->weight_targets) : NULL;
  return (e->weights && (e->weight_targets || e->target_count == 1)) || out_of_memory(r);
}

static bool allocate_sets(indexed_reading *n, uint32_t set_count) {
  ot_ensemble *e = n->shared.ensemble;
  ot_arena *arena = n->shared.arena;
  e->set_count = set_count;
  e->set_members = ot_arena_array(arena, (size_t)set_count + 1, sizeof *e->set_members);
  e->members = ot_arena_array(arena, n->members.count, ot_real_size(e));
  if (set_count) e->branch_sets = ot_arena_zeros(arena, e->branch_count, sizeof *e->branch_sets);
  return (e->set_members && e->members && (e->branch_sets || set_count == 0)) || out_of_memory(&n->shared);
}

static void read_leaves(ot_reading *r) {
  ot_ensemble *e = r->ensemble;
  ot_cursor targets = ot_cursor_begin(&r->set.attributes[A_LEAF_TARGETS]);
  for (uint32_t l = 0; l < e->leaf_count; l++) {
    int64_t target = ot_cursor_int(&targets);
    bool good = target >= 0 && target < e->target_count;
    if (!good) ot_report(r, OT_PROBLEM_TREE_TARGET, A_LEAF_TARGETS, l, target, "is no target: they are counted from 0 to n_targets - 1");
    if (e->weight_targets) e->weight_targets[l] = good ? (uint32_t)target : 0;
    ot_store_real(e, e->weights, l, ot_reals_next(&r->weights));
  }
}

static bool read_body(indexed_reading *n) {
  ot_reading *r = &n->shared;
  size_t before = r->problems->found;
  n->node_modes = ot_arena_array(r->scratch, r->node_count, sizeof *n->node_modes);
  if (!n->node_modes) return out_of_memory(r);
  if (!number_nodes(n) || !ot_allocate_branches(r) || !allocate_leaves(n) || !allocate_sets(n, read_modes(n))) return false;
  read_roots(r);
  read_tests(n);
  read_leaves(r);
  return r->problems->found == before && read_sets(n);
}

static ot_place name_node(const void *context, ot_node_ref ref) {
  const ot_reading *r = context;
  if (ot_is_leaf(ref)) return ot_place_format("leaf %u", ot_leaf_index(ref));
  size_t position = 0;
  while (r->refs[position] != ref) position++; /* every branch was a node */
  return ot_place_format("node %zu", position);
}

bool ot_ensemble_read_indexed(ot_ensemble *ensemble, ot_finish *finish, const Onnxtree__Pb__NodeProto *node, const ot_reader_options *options,
                              const char *place, ot_arena *arena, ot_arena *scratch, ot_problems *problems) {
  *ensemble = (ot_ensemble){0};
  *finish = (ot_finish){0};
  indexed_reading n = {.shared = {.options = options, .place = place, .ensemble = ensemble, .finish = finish,
                                  .arena = arena, .scratch = scratch, .problems = problems}};
  return read_head(&n, node) && read_body(&n) && ot_reading_settle(&n.shared, &(ot_node_names){name_node, &n.shared});
}
