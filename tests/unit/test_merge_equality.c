/* Chains of equality tests become sets: every row still reaches the same leaf. */
#include <math.h>
#include <string.h>

#include "ensemble/merge_equality.h"
#include "ensemble/real.h"
#include "ensemble/reference.h"
#include "ensemble/validate.h"
#include "support/unit_test.h"

#define MOST_BRANCHES 400
#define ROWS 300
#define FEATURES 2

/* An ensemble of one tree in fixed arrays, filled branch by branch. */
typedef struct fixture {
  ot_ensemble e;
  ot_node_ref root;
  uint32_t features[MOST_BRANCHES];
  uint8_t modes[MOST_BRANCHES];
  float thresholds[MOST_BRANCHES];
  ot_node_ref true_child[MOST_BRANCHES], false_child[MOST_BRANCHES];
  uint32_t branch_sets[MOST_BRANCHES], set_members[3];
  float members[4], weights[MOST_BRANCHES + 1];
  ot_memory memory;
  ot_arena arena;
  ot_problems problems;
} fixture;

static void begin(fixture *f) {
  memset(f, 0, sizeof *f);
  f->e = (ot_ensemble){.tree_count = 1, .target_count = 1, .roots = &f->root, .features = f->features, .modes = f->modes, .thresholds = f->thresholds,
                       .true_child = f->true_child, .false_child = f->false_child, .weights = f->weights};
  ot_memory_init(&f->memory, NULL, UINT64_MAX);
  ot_arena_init(&f->arena, &f->memory);
}

/* Two sets that MEMBER tests may name: {2, 3} and {-1, 4}. */
static void give_sets(fixture *f) {
  memcpy(f->members, (float[]){2, 3, -1, 4}, sizeof f->members);
  memcpy(f->set_members, (uint32_t[]){0, 2, 4}, sizeof f->set_members);
  f->e.branch_sets = f->branch_sets;
  f->e.set_members = f->set_members;
  f->e.members = f->members;
  f->e.set_count = 2;
}

static ot_node_ref leaf(uint32_t number) { return number | OT_LEAF_BIT; }

static void add_branch(fixture *f, unsigned mode, uint32_t feature, float threshold, ot_node_ref true_child, ot_node_ref false_child) {
  uint32_t b = f->e.branch_count++;
  f->features[b] = feature;
  f->modes[b] = (uint8_t)mode;
  f->thresholds[b] = threshold;
  f->true_child[b] = true_child;
  f->false_child[b] = false_child;
}

static ot_place no_name(const void *context, ot_node_ref ref) {
  (void)context;
  return ot_place_format("%u", ref);
}

static void locate_all(const fixture *f, uint32_t *leaves) {
  float rows[ROWS * FEATURES];
  for (size_t i = 0; i < ROWS * FEATURES; i++) rows[i] = i % 7 == 0 ? NAN : i % 11 == 0 ? 0.5f : (float)(i * 37 % 23) - 2;
  ot_reference_locate(&f->e, rows, FEATURES, ROWS, 0, 1, leaves);
}

/* Merges and compares; branches and depth are what is expected afterwards. */
static void check(fixture *f, uint32_t leaves, uint32_t branches, uint32_t depth) {
  uint32_t before[ROWS], after[ROWS];
  f->e.leaf_count = f->e.weight_count = leaves;
  CU_ASSERT_FATAL(ot_ensemble_validate(&f->e, FEATURES, 1000, &(ot_node_names){no_name, NULL}, "", &f->arena, &f->problems));
  locate_all(f, before);
  CU_ASSERT_FATAL(ot_ensemble_merge_equality(&f->e, &f->arena, &f->arena, &f->problems));
  CU_ASSERT_EQUAL(f->e.branch_count, branches);
  CU_ASSERT_EQUAL(f->e.max_depth, depth);
  locate_all(f, after);
  CU_ASSERT(memcmp(before, after, sizeof before) == 0);
}

static void end(fixture *f) {
  ot_arena_free(&f->arena);
  CU_ASSERT_EQUAL(f->memory.in_use, 0);
}

/* A chain of `length` tests x0 == 0, 1, 2, ... that all lead to leaf 0; leaf 1 otherwise. */
static void add_chain(fixture *f, uint32_t length) {
  for (uint32_t i = 0; i < length; i++) add_branch(f, OT_MODE_EQ, 0, (float)i, leaf(0), i + 1 < length ? i + 1 : leaf(1));
}

static void test_one_chain(void) {
  static const uint32_t lengths[] = {1, 2, 3, 100, MOST_BRANCHES};
  for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
    fixture f;
    begin(&f);
    add_chain(&f, lengths[i]);
    check(&f, 2, 1, 1);
    CU_ASSERT_EQUAL(f.modes[0], lengths[i] == 1 ? OT_MODE_EQ : OT_MODE_MEMBER);
    if (lengths[i] > 1) CU_ASSERT_EQUAL(f.e.set_members[1], lengths[i]);
    end(&f);
  }
}

/* NaN goes where any test of the chain sends it. */
static void test_missing(void) {
  for (uint32_t flagged = 0; flagged <= 5; flagged++) {
    fixture f;
    begin(&f);
    add_chain(&f, 5);
    if (flagged < 5) f.modes[flagged] |= OT_MISSING_TRUE;
    check(&f, 2, 1, 1);
    CU_ASSERT_EQUAL(f.modes[0], OT_MODE_MEMBER | (flagged < 5 ? OT_MISSING_TRUE : 0));
    end(&f);
  }
}

/* Repeated, signed zero, and NaN thresholds: what a number equals counts. */
static void test_awkward_thresholds(void) {
  fixture f;
  begin(&f);
  add_chain(&f, 6);
  memcpy(f.thresholds, (float[]){3, NAN, 0.0f, -0.0f, 3, -2}, 6 * sizeof(float));
  check(&f, 2, 1, 1);
  CU_ASSERT_EQUAL(f.e.set_members[1], 3);
  end(&f);
}

static void test_sets_join(void) {
  fixture f;
  begin(&f);
  give_sets(&f);
  add_branch(&f, OT_MODE_MEMBER, 0, 0, leaf(0), 1);
  add_branch(&f, OT_MODE_EQ, 0, 3, leaf(0), 2);
  add_branch(&f, OT_MODE_MEMBER | OT_MISSING_TRUE, 0, 0, leaf(0), 3);
  add_branch(&f, OT_MODE_MEMBER, 1, 0, leaf(2), leaf(1));
  f.branch_sets[2] = 1;
  check(&f, 3, 2, 2);
  CU_ASSERT_EQUAL(f.e.set_count, 2);
  CU_ASSERT_EQUAL(f.e.set_members[2], 6); /* {-1, 2, 3, 4} and {2, 3} */
  end(&f);
}

/* Looks like a chain, but is none. */
static void test_not_equivalent(void) {
  fixture f;
  begin(&f); /* another feature, another child, another mode */
  add_branch(&f, OT_MODE_EQ, 0, 1, leaf(0), 1);
  add_branch(&f, OT_MODE_EQ, 1, 2, leaf(0), 2);
  add_branch(&f, OT_MODE_EQ, 1, 3, leaf(1), 3);
  add_branch(&f, OT_MODE_LEQ, 1, 4, leaf(1), 4);
  add_branch(&f, OT_MODE_NEQ, 1, 5, leaf(1), leaf(2));
  check(&f, 3, 5, 5);
  end(&f);
  begin(&f); /* the second test has two parents, so it has to stay */
  add_branch(&f, OT_MODE_LEQ, 1, 3, 1, 2);
  add_branch(&f, OT_MODE_EQ, 0, 1, leaf(0), 2);
  add_branch(&f, OT_MODE_EQ, 0, 2, leaf(0), leaf(1));
  check(&f, 2, 3, 3);
  end(&f);
  begin(&f); /* both children are the rest of the chain */
  add_branch(&f, OT_MODE_EQ, 0, 1, 1, 1);
  add_branch(&f, OT_MODE_EQ, 0, 2, leaf(0), leaf(1));
  check(&f, 2, 2, 2);
  end(&f);
}

/* What follows a chain, and a chain below another, on subtrees that are shared. */
static void test_nested(void) {
  fixture f;
  begin(&f);
  add_branch(&f, OT_MODE_EQ, 0, 1, 3, 1);
  add_branch(&f, OT_MODE_EQ, 0, 4, 3, 2);
  add_branch(&f, OT_MODE_EQ, 0, 7, 3, 5);
  add_branch(&f, OT_MODE_EQ, 1, 2, leaf(0), 4);
  add_branch(&f, OT_MODE_EQ, 1, 5, leaf(0), leaf(1));
  add_branch(&f, OT_MODE_LT, 1, 6, leaf(2), 6);
  add_branch(&f, OT_MODE_EQ, 1, 8, leaf(1), 7);
  add_branch(&f, OT_MODE_EQ, 1, 9, leaf(1), leaf(3));
  check(&f, 4, 4, 3);
  end(&f);
}

UNIT_TEST_MAIN(merge_equality, {"one chain", test_one_chain}, {"missing values", test_missing}, {"awkward thresholds", test_awkward_thresholds},
               {"sets join", test_sets_join}, {"not equivalent", test_not_equivalent}, {"nested chains", test_nested})
