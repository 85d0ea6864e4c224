/* The validator at each of its borders: an ensemble that is right, changed in one number at a time. Arrays have exactly their sizes, so
 * that a checker of memory sees what is read beyond them; those of the validator lie in an arena of single requests, once among zeros, once
 * among ones. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ensemble/validate.h"
#include "support/counting_allocator.h"
#include "support/unit_test.h"

#define L(leaf) (OT_LEAF_BIT | (leaf))
#define COLUMNS 5

/* ---- the ensemble ----
 * Trees: 0 ? (1 ? L0 : L1) : L2;  L3;  2 ? L4 : (3 ? L5 : L6), of which 1 and 2 test for sets. Two targets; L2 has no weight, L3 two. */

enum { TREES = 3, BRANCHES = 4, LEAVES = 7, SETS = 2, TARGETS = 2, WEIGHTS = 7 };
static const ot_ensemble right = {
    .tree_count = TREES,
    .branch_count = BRANCHES,
    .leaf_count = LEAVES,
    .set_count = SETS,
    .target_count = TARGETS,
    .weight_count = WEIGHTS,
    .base_count = TARGETS,
    .roots = (ot_node_ref[]){0, L(3), 2},
    .features = (uint32_t[]){4, 0, 0, 1},
    .modes = (uint8_t[]){OT_MODE_LEQ, OT_MODE_MEMBER, OT_MODE_MEMBER, OT_MODE_LT},
    .thresholds = (float[]){1, NAN, NAN, 2},
    .true_child = (ot_node_ref[]){1, L(0), L(4), L(5)},
    .false_child = (ot_node_ref[]){L(2), L(1), 3, L(6)},
    .branch_sets = (uint32_t[]){0, 0, 1, 0},
    .set_members = (uint32_t[]){0, 2, 3},
    .leaf_weights = (uint32_t[]){0, 1, 2, 2, 4, 5, 6, 7},
    .weight_targets = (uint32_t[]){0, 1, 0, 1, 0, 1, 0},
    .weights = (float[]){1, 2, 3, 4, 5, 6, 7},
    .base_values = (float[]){0, 1},
};

/* The same trees with a child that is listed before its parent: 1 ? (0 ? L0 : L2) : L1. */
static ot_ensemble behind;
static void make_behind(void) {
  static ot_node_ref roots[] = {1, L(3), 2}, true_child[] = {L(0), 0, L(4), L(5)}, false_child[] = {L(2), L(1), 3, L(6)};
  behind = right;
  behind.roots = roots;
  behind.true_child = true_child;
  behind.false_child = false_child;
}

static void *copy(const void *array, size_t count, size_t size) {
  void *result = array ? malloc(count * size) : NULL;
  if (result) memcpy(result, array, count * size);
  return result;
}

static ot_ensemble copy_ensemble(const ot_ensemble *e) {
  ot_ensemble c = *e;
  c.roots = copy(e->roots, e->tree_count, 4);
  c.features = copy(e->features, e->branch_count, 4);
  c.modes = copy(e->modes, e->branch_count, 1);
  c.thresholds = copy(e->thresholds, e->branch_count, 4);
  c.true_child = copy(e->true_child, e->branch_count, 4);
  c.false_child = copy(e->false_child, e->branch_count, 4);
  c.branch_sets = copy(e->branch_sets, e->branch_count, 4);
  c.set_members = copy(e->set_members, (size_t)e->set_count + 1, 4);
  c.leaf_weights = copy(e->leaf_weights, (size_t)e->leaf_count + 1, 4);
  c.weight_targets = copy(e->weight_targets, e->weight_count, 4);
  c.weights = copy(e->weights, e->weight_count, 4);
  c.base_values = copy(e->base_values, e->base_count, 4);
  return c;
}

static void free_ensemble(ot_ensemble *e) {
  void *all[] = {e->roots,       e->features,    e->modes,        e->thresholds,     e->true_child, e->false_child,
                 e->branch_sets, e->set_members, e->leaf_weights, e->weight_targets, e->weights,    e->base_values};
  for (size_t i = 0; i < sizeof all / sizeof *all; i++) free(all[i]);
}

/* ---- one validation ---- */

typedef struct outcome {
  bool accepted;
  size_t reports; /* warnings too */
  char text[400]; /* of the first: code, place: message */
} outcome;

static void note(void *context, onnxtree_severity severity, const char *code, const char *place, const char *message) {
  outcome *o = context;
  (void)severity;
  if (o->reports++ == 0) snprintf(o->text, sizeof o->text, "%s, %s: %s", code, place, message);
}

static ot_place name(const void *context, ot_node_ref ref) {
  (void)context;
  return ot_place_format("%s %u", ot_is_leaf(ref) ? "leaf" : "branch", ot_leaf_index(ref));
}

/* Memory is full of `fill` before and behind what was asked for, as the arena aligns. */
static int fill;
static void *allocate(void *context, size_t size) {
  onnxtree_allocator hook = counting_allocator_hook(context);
  void *pointer = hook.allocate(context, size);
  return pointer ? memset(pointer, fill, size) : NULL;
}

static outcome validate_with(ot_ensemble *e, size_t columns, size_t most, counting_allocator *counts) {
  outcome o = {0};
  onnxtree_allocator hook = counting_allocator_hook(counts);
  hook.allocate = allocate;
  ot_memory memory;
  ot_arena scratch;
  ot_memory_init(&memory, &hook, UINT64_MAX);
  ot_arena_init(&scratch, &memory);
  ot_problems problems = {.callback = note, .context = &o};
  o.accepted = ot_ensemble_validate(e, columns, most, &(ot_node_names){name, NULL}, "trees", &scratch, &problems);
  CU_ASSERT_EQUAL(o.accepted, problems.found == 0);
  ot_arena_free(&scratch);
  return o;
}

/* With exact copies of the arrays; what was found out is kept in *e. */
static outcome validate(ot_ensemble *e, size_t columns, size_t most) {
  ot_ensemble c = copy_ensemble(e);
  outcome o = validate_with(&c, columns, most, &(counting_allocator){0}), other;
  fill ^= 0xFF;
  other = validate_with(&c, columns, most, &(counting_allocator){0});
  CU_ASSERT(o.accepted == other.accepted && o.reports == other.reports && strcmp(o.text, other.text) == 0);
  free_ensemble(&c);
  e->feature_count = c.feature_count;
  e->features_used = c.features_used;
  e->max_depth = c.max_depth;
  e->has_shared_nodes = c.has_shared_nodes;
  e->has_vector_leaves = c.has_vector_leaves;
  e->has_equality = c.has_equality;
  e->has_swapped_tests = c.has_swapped_tests;
  e->has_missing_true = c.has_missing_true;
  return o;
}

/* `text`: how the first report begins; "" for none at all. */
static bool is_outcome(const outcome *o, bool accepted, const char *text) {
  bool good = o->accepted == accepted && (*text ? o->reports == 1 && strncmp(o->text, text, strlen(text)) == 0 : o->reports == 0);
  static const char *const verdicts[] = {"refused", "accepted"};
  if (!good)
    fprintf(stderr, "expected %s '%s', found %s '%s' (%zu reports)\n", verdicts[accepted], text, verdicts[o->accepted], o->text, o->reports);
  return good;
}

/* ---- one number changed ---- */

#define FIELD(name) offsetof(ot_ensemble, name)
#define INTERNAL "internal, trees: an unresolved reference"
static const struct {
  const char *what;
  size_t field, index;
  uint32_t value;
  const char *refused; /* "": accepted */
} changes[] = {
    {"a root that is the last leaf", FIELD(roots), 1, L(6), "tree-unreachable, trees, leaf 3: no path"},
    {"a root behind the last leaf", FIELD(roots), 1, L(7), INTERNAL},
    {"a root behind the last branch", FIELD(roots), 1, 4, INTERNAL},
    {"a first root out of range", FIELD(roots), 0, L(100), INTERNAL},
    {"a last root out of range", FIELD(roots), 2, 100, INTERNAL},
    {"a first child behind the last leaf", FIELD(true_child), 0, L(7), INTERNAL},
    {"a second child behind the last leaf", FIELD(false_child), 3, L(7), INTERNAL},
    {"a first child behind the last branch", FIELD(true_child), 3, 4, INTERNAL},
    {"a second child behind the last branch", FIELD(false_child), 0, 4, INTERNAL},
    {"a set of no members", FIELD(set_members), 1, 0, ""},
    {"another set of no members", FIELD(set_members), 1, 3, ""},
    {"sets that overlap", FIELD(set_members), 1, 4, INTERNAL},
    {"a last set that ends before it begins", FIELD(set_members), 2, 1, INTERNAL},
    {"the other set", FIELD(branch_sets), 2, 0, ""},
    {"a set behind the last one", FIELD(branch_sets), 2, 2, INTERNAL},
    {"no set of a branch that has none", FIELD(branch_sets), 3, 2, ""},
    {"a leaf without a weight", FIELD(leaf_weights), 1, 0, ""},
    {"weights that overlap", FIELD(leaf_weights), 2, 3, INTERNAL},
    {"a last leaf that ends early", FIELD(leaf_weights), 7, 6, INTERNAL},
    {"a last leaf that ends late", FIELD(leaf_weights), 7, 8, INTERNAL},
    {"a first weight of no leaf", FIELD(leaf_weights), 0, 1, INTERNAL},
    {"a target behind the last one", FIELD(weight_targets), 0, 2, INTERNAL},
    {"a target of the last weight behind the last one", FIELD(weight_targets), 6, 2, INTERNAL},
    {"the last column", FIELD(features), 1, 4, ""},
    {"the column behind it", FIELD(features), 1, 5, "tree-feature, trees, branch 1: it tests feature 5, but the input has 5 columns"},
    {"a child that is its own parent", FIELD(false_child), 2, 2, "tree-unreachable, trees, branch 3: no path"},
    {"a branch in a circle with itself", FIELD(true_child), 1, 1, "tree-cycle, trees, branch 1: "},
    {"a branch in a circle with its parent", FIELD(true_child), 3, 2, "tree-cycle, trees, branch 2: "},
    {"a first listed branch that is a child", FIELD(roots), 0, 1, "tree-root, trees, branch 0: it is the parent"},
    {"the same, of a second child", FIELD(roots), 2, 3, "tree-root, trees, branch 2: it is the parent"},
    {"a tree that nobody lists", FIELD(roots), 0, 2, "tree-unreachable, trees, branch 0: no path"},
    {"a leaf for a tree", FIELD(roots), 0, L(2), "tree-unreachable, trees, branch 0: no path"},
    {"a leaf that nobody reaches", FIELD(true_child), 1, L(1), "tree-unreachable, trees, leaf 0: no path"},
    {"a last leaf that nobody reaches", FIELD(false_child), 3, L(5), "tree-unreachable, trees, leaf 6: no path"},
};

static void *array_of(ot_ensemble *e, size_t field) {
  void *array;
  memcpy(&array, (char *)e + field, sizeof array);
  return array;
}

static void test_changes(void) {
  make_behind();
  ot_ensemble e = right;
  outcome o = validate(&e, COLUMNS, COLUMNS);
  CU_ASSERT(is_outcome(&o, true, ""));
  for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
    e = copy_ensemble(&right);
    ((uint32_t *)array_of(&e, changes[i].field))[changes[i].index] = changes[i].value;
    o = validate(&e, COLUMNS, COLUMNS);
    bool good = is_outcome(&o, !*changes[i].refused, changes[i].refused);
    if (!good) fprintf(stderr, "  %s\n", changes[i].what);
    CU_ASSERT(good);
    free_ensemble(&e);
  }
}

/* ---- arrays that are absent, or empty ---- */

static void test_absent(void) {
  ot_ensemble e = right;
  e.tree_count = 0;
  outcome o = validate(&e, COLUMNS, COLUMNS);
  CU_ASSERT(is_outcome(&o, false, "tree-none, trees: "));
  e = right;
  e.branch_sets = NULL;
  o = validate(&e, COLUMNS, COLUMNS);
  CU_ASSERT(is_outcome(&o, false, INTERNAL));
  e.modes = (uint8_t[BRANCHES]){0};
  e.thresholds = (float[BRANCHES]){0};
  e.set_count = 0;
  e.set_members = (uint32_t[]){0};
  o = validate(&e, COLUMNS, COLUMNS);
  CU_ASSERT(is_outcome(&o, true, "") && !e.has_equality);
  e.leaf_weights = NULL; /* leaf i has weight i */
  e.weight_targets = NULL;
  e.target_count = 1;
  e.base_count = 0;
  o = validate(&e, COLUMNS, COLUMNS);
  CU_ASSERT(is_outcome(&o, true, ""));
  e.weight_count = WEIGHTS - 1;
  o = validate(&e, COLUMNS, COLUMNS);
  CU_ASSERT(is_outcome(&o, false, INTERNAL));
  ot_ensemble leaf = {.tree_count = 1, .roots = (ot_node_ref[]){L(0)}, .leaf_count = 1, .set_members = (uint32_t[]){0},
                      .target_count = 1, .weight_count = 1, .weights = (float[]){1}};
  o = validate(&leaf, 0, 1);
  CU_ASSERT(is_outcome(&o, true, "") && leaf.max_depth == 0 && leaf.feature_count == 0 && leaf.features_used == 0 && !leaf.has_shared_nodes);
}

/* ---- features ---- */

static void test_features(void) {
  ot_ensemble e = right;
  e.features = (uint32_t[]){0, 0, 0, 0};
  outcome o = validate(&e, 1, 1);
  CU_ASSERT(is_outcome(&o, true, "") && e.feature_count == 1 && e.features_used == 1);
  e.features = (uint32_t[]){0, 1, 0, 0};
  o = validate(&e, 1, 1);
  CU_ASSERT(is_outcome(&o, false, "tree-feature, trees, branch 1: it tests feature 1, but the input has 1 column"));
  CU_ASSERT_PTR_NULL(strstr(o.text, "columns"));
  o = validate(&e, 0, 2); /* how many columns there are is not known */
  CU_ASSERT(is_outcome(&o, true, "") && e.feature_count == 2 && e.features_used == 2);
  o = validate(&e, 0, 1);
  CU_ASSERT(is_outcome(&o, false, "limit-columns, trees: feature 1 is tested; the limit max_columns is 1"));
  e.features = (uint32_t[]){4, 0, 0, 7};
  o = validate(&e, 8, 8);
  CU_ASSERT(is_outcome(&o, true, "") && e.feature_count == 8 && e.features_used == 3);
}

/* ---- numbers that are none: warnings ---- */

static void test_numbers(void) {
  ot_ensemble e = right;
  e.thresholds = (float[]){NAN, NAN, NAN, NAN};
  outcome o = validate(&e, COLUMNS, COLUMNS);
  CU_ASSERT(is_outcome(&o, true, "tree-not-a-number, trees, branch 0: the threshold is NaN")); /* once */
  e.thresholds = (float[]){1, NAN, 1, NAN};
  o = validate(&e, COLUMNS, COLUMNS);
  CU_ASSERT(is_outcome(&o, true, "tree-not-a-number, trees, branch 3: the threshold is NaN"));
  e = right;
  e.base_values = (float[]){0, INFINITY};
  o = validate(&e, COLUMNS, COLUMNS);
  CU_ASSERT(is_outcome(&o, true, "tree-not-a-number, trees: a weight or base value"));
  e.base_values = right.base_values;
  e.weights = (float[]){1, 2, 3, 4, 5, 6, -INFINITY};
  o = validate(&e, COLUMNS, COLUMNS);
  CU_ASSERT(is_outcome(&o, true, "tree-not-a-number, trees: a weight or base value"));
  e.features = (uint32_t[]){9, 0, 0, 0}; /* not of what is refused */
  o = validate(&e, COLUMNS, COLUMNS);
  CU_ASSERT(is_outcome(&o, false, "tree-feature, trees, branch 0: "));
}

/* ---- what is found out ---- */

static void expect_shape(const ot_ensemble *as, uint32_t depth, bool shares) {
  ot_ensemble e = *as;
  outcome o = validate(&e, COLUMNS, COLUMNS);
  CU_ASSERT(is_outcome(&o, true, ""));
  CU_ASSERT_EQUAL(e.max_depth, depth);
  CU_ASSERT_EQUAL(e.has_shared_nodes, shares);
}

/* With all branches in one tree; parents before their children in the file, and behind them. */
static void test_shapes(void) {
  ot_ensemble e = right;
  expect_shape(&right, 2, false);
  expect_shape(&behind, 2, false);
  e.roots = (ot_node_ref[]){0, L(3), 0}; /* 0 ? 1 : 2, 1 ? 2 : L0, 2 ? 3 : L1: the longest path to 2 is the later one. The root is listed twice. */
  e.true_child = (ot_node_ref[]){1, 2, 3, L(2)};
  e.false_child = (ot_node_ref[]){2, L(0), L(1), L(4)};
  e.leaf_count = 5;
  e.leaf_weights = (uint32_t[]){0, 1, 2, 3, 4, 7};
  expect_shape(&e, 4, true);
  e.roots = (ot_node_ref[]){0, L(3), L(3)};
  expect_shape(&e, 4, true);
  e.true_child = (ot_node_ref[]){1, L(2), 3, L(0)}; /* 0 ? 1 : 2, 2 ? 3 : L1 */
  e.false_child = (ot_node_ref[]){2, L(0), L(1), L(4)};
  expect_shape(&e, 3, false);
  e.roots = (ot_node_ref[]){0, L(3), 2}; /* a child that is a root too */
  expect_shape(&e, 3, true);
  e.roots = (ot_node_ref[]){3, L(3), L(3)}; /* 3 ? 2 : 1, 2 ? 1 : L1, 1 ? 0 : L0: shared, from behind */
  e.true_child = (ot_node_ref[]){L(2), 0, 1, 2};
  e.false_child = (ot_node_ref[]){L(4), L(0), L(1), 1};
  expect_shape(&e, 4, true);
  e.roots = (ot_node_ref[]){3, L(3), 3};
  expect_shape(&e, 4, true);
  e.false_child = (ot_node_ref[]){L(4), L(0), L(1), L(1)};
  expect_shape(&e, 4, true);
  e.roots = (ot_node_ref[]){3, L(3), L(3)};
  expect_shape(&e, 4, false);
  e.roots = (ot_node_ref[]){3, L(3), 0};
  expect_shape(&e, 4, true);
}

static void test_circles(void) {
  ot_ensemble e = right;
  /* 0 ? 1 : L, 1 ? 2 : L, 2 ? 3 : L, 3 ? 1 : L; the root is listed twice, and leaves as roots are none of it */
  e.roots = (ot_node_ref[]){0, 0, L(0)};
  e.true_child = (ot_node_ref[]){1, 2, 3, 1};
  e.false_child = (ot_node_ref[]){L(0), L(1), L(2), L(3)};
  outcome o = validate(&e, COLUMNS, COLUMNS);
  CU_ASSERT(is_outcome(&o, false, "tree-cycle, trees, branch 1: "));
  e.true_child = (ot_node_ref[]){1, L(4), 3, 2}; /* 2 and 3 in a circle that no root reaches */
  o = validate(&e, COLUMNS, COLUMNS);
  CU_ASSERT(is_outcome(&o, false, "tree-unreachable, trees, branch 2: "));
  e.roots = (ot_node_ref[]){L(5), L(6), L(0)};
  o = validate(&e, COLUMNS, COLUMNS);
  CU_ASSERT(is_outcome(&o, false, "tree-unreachable, trees, branch 0: "));
}

static void test_modes(void) {
  static const struct {
    uint8_t mode;
    bool equality, swapped;
  } all[] = {{OT_MODE_LEQ, false, false}, {OT_MODE_LT, false, false}, {OT_MODE_GTE, false, true},
             {OT_MODE_GT, false, true},   {OT_MODE_EQ, true, false},  {OT_MODE_NEQ, true, false}};
  ot_ensemble e = right;
  e.thresholds = (float[BRANCHES]){0};
  for (size_t i = 0; i < 2 * sizeof all / sizeof *all; i++) {
    uint8_t missing = i % 2 ? OT_MISSING_TRUE : 0;
    e.modes = (uint8_t[]){0, 0, 0, (uint8_t)(all[i / 2].mode | missing)};
    outcome o = validate(&e, COLUMNS, COLUMNS);
    CU_ASSERT(is_outcome(&o, true, ""));
    CU_ASSERT(e.has_equality == all[i / 2].equality && e.has_swapped_tests == all[i / 2].swapped && e.has_missing_true == (missing != 0));
  }
}

/* ---- leaves of one weight for each target ---- */

static bool has_vectors(ot_ensemble e) {
  outcome o = validate(&e, COLUMNS, COLUMNS);
  CU_ASSERT(is_outcome(&o, true, ""));
  return e.has_vector_leaves;
}

static void test_vector_leaves(void) {
  ot_ensemble e = right;
  CU_ASSERT_FALSE(has_vectors(e));
  e.weight_count = 2 * LEAVES;
  e.weights = (float[2 * LEAVES]){0};
  e.leaf_weights = (uint32_t[]){0, 2, 4, 6, 8, 10, 12, 14};
  e.weight_targets = (uint32_t[]){0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1};
  CU_ASSERT(has_vectors(e));
  e.weight_targets = (uint32_t[]){0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 0};
  CU_ASSERT_FALSE(has_vectors(e));
  e.weight_targets = (uint32_t[]){1, 0, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1};
  CU_ASSERT_FALSE(has_vectors(e));
  e.weight_targets = (uint32_t[]){0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1};
  e.leaf_weights = (uint32_t[]){0, 2, 4, 6, 8, 10, 11, 14}; /* one for L5, three for L6 */
  CU_ASSERT_FALSE(has_vectors(e));
  e.weight_count = 2 * LEAVES - 1;
  e.leaf_weights = (uint32_t[]){0, 2, 4, 6, 8, 10, 12, 13};
  CU_ASSERT_FALSE(has_vectors(e));
  e.weight_count = 2 * LEAVES;
  e.leaf_weights = (uint32_t[]){0, 2, 4, 6, 8, 10, 12, 14};
  e.weight_targets = NULL; /* all for the first target */
  CU_ASSERT_FALSE(has_vectors(e));
  e.target_count = 1;
  e.base_count = 1;
  e.weight_count = LEAVES;
  e.weights = right.weights;
  e.leaf_weights = (uint32_t[]){0, 1, 2, 3, 4, 5, 6, 7};
  e.weight_targets = (uint32_t[LEAVES]){0};
  CU_ASSERT_FALSE(has_vectors(e)); /* one target is no vector */
  e.target_count = TARGETS;
  e.base_count = TARGETS;
  e.leaf_weights = NULL;
  CU_ASSERT_FALSE(has_vectors(e));
}

/* ---- no memory ---- */

static void test_no_memory(void) {
  for (int in_order = 0; in_order < 2; in_order++) {
    ot_ensemble e = in_order ? right : behind;
    counting_allocator counts = {0};
    CU_ASSERT(validate_with(&e, COLUMNS, COLUMNS, &counts).accepted);
    CU_ASSERT_EQUAL(counts.calls, in_order ? 2u : 4u);
    for (size_t k = 1, calls = counts.calls; k <= calls; k++) {
      counts = (counting_allocator){.fail_at = k};
      outcome o = validate_with(&e, COLUMNS, COLUMNS, &counts);
      CU_ASSERT(!o.accepted && o.reports == 1 && strncmp(o.text, "out-of-memory", 13) == 0);
      CU_ASSERT_EQUAL(counts.in_use, 0);
    }
  }
}

UNIT_TEST_MAIN(validate,
               {"one number changed", test_changes},
               {"absent arrays", test_absent},
               {"features", test_features},
               {"not a number", test_numbers},
               {"shapes", test_shapes},
               {"circles", test_circles},
               {"modes", test_modes},
               {"vector leaves", test_vector_leaves},
               {"no memory", test_no_memory})
