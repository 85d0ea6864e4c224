/* An ensemble that is evaluated by several kernels gives the bits of the reference, and is cut where the rules of planner.c say. */
#include <stdlib.h>
#include <string.h>

#include <onnxtree/onnxtree.h>

#include "ensemble/real.h"
#include "ensemble/validate.h"
#include "kernels/planner.h"
#include "support/guarded_memory.h"
#include "support/random_ensemble.h"
#include "support/unit_test.h"

#define FEATURES 20u
#define MOST_ROWS 700u

static ot_place no_name(const void *context, ot_node_ref ref) {
  (void)context;
  return ot_place_format("%u", ref);
}

static ot_node_ref shifted(ot_node_ref ref, const ot_ensemble *before) { return ref + (ot_is_leaf(ref) ? before->leaf_count : before->branch_count); }

/* Appends `more` to an array of `count` elements. */
static void append(void *array, size_t count, const void *more, size_t more_count, size_t size) {
  void *longer = realloc(*(void **)array, (count + more_count) * size);
  CU_ASSERT_FATAL(longer != NULL);
  memcpy((char *)longer + count * size, more, more_count * size);
  *(void **)array = longer;
}

/* Puts the trees of `b` behind those of `a`. */
static void join(ot_ensemble *a, ot_ensemble b) {
  for (uint32_t t = 0; t < b.tree_count; t++) b.roots[t] = shifted(b.roots[t], a);
  for (uint32_t i = 0; i < b.branch_count; i++) {
    b.true_child[i] = shifted(b.true_child[i], a);
    b.false_child[i] = shifted(b.false_child[i], a);
  }
  append(&a->roots, a->tree_count, b.roots, b.tree_count, sizeof *b.roots);
  append(&a->features, a->branch_count, b.features, b.branch_count, sizeof *b.features);
  append(&a->modes, a->branch_count, b.modes, b.branch_count, sizeof *b.modes);
  append(&a->thresholds, a->branch_count, b.thresholds, b.branch_count, ot_real_size(&b));
  append(&a->true_child, a->branch_count, b.true_child, b.branch_count, sizeof *b.true_child);
  append(&a->false_child, a->branch_count, b.false_child, b.branch_count, sizeof *b.false_child);
  append(&a->weights, a->weight_count, b.weights, b.weight_count, ot_real_size(&b));
  a->tree_count += b.tree_count;
  a->branch_count += b.branch_count;
  a->leaf_count += b.leaf_count;
  a->weight_count += b.weight_count;
  random_ensemble_free(&b);
}

typedef struct part {
  uint32_t trees, branches; /* of each tree */
} part;

static ot_ensemble make(const part *parts, size_t count, bool is_double) {
  ot_ensemble e = {0};
  for (size_t i = 0; i < count; i++) {
    ensemble_shape shape = {
        .trees = parts[i].trees, .branches = parts[i].branches, .features = FEATURES, .modes = 0x01, .missing = true, .is_double = is_double};
    ot_ensemble next = random_ensemble(&shape);
    if (i == 0)
      e = next;
    else
      join(&e, next);
  }
  ot_memory memory;
  ot_memory_init(&memory, NULL, UINT64_MAX);
  ot_arena scratch;
  ot_arena_init(&scratch, &memory);
  ot_problems problems = {0};
  CU_ASSERT_FATAL(ot_ensemble_validate(&e, FEATURES, 1000, &(ot_node_names){no_name, NULL}, "", &scratch, &problems));
  ot_arena_free(&scratch);
  return e;
}

static void check_bits(const ot_ensemble *e, const ot_tree_groups *groups) {
  static const size_t counts[] = {1, 3, 20, 65, 130, 512, MOST_ROWS};
  size_t real = ot_real_size(e);
  guarded_memory data = guarded_allocate(MOST_ROWS * FEATURES * real, real);
  for (size_t i = 0; i < MOST_ROWS * FEATURES; i++) random_store(e, data.data, i, random_number());
  for (size_t c = 0; c < sizeof counts / sizeof *counts; c++) {
    ot_rows rows = {data.data, FEATURES, counts[c]};
    guarded_memory work = guarded_allocate(ot_groups_scratch_bytes(groups, counts[c]), 64),
                   tile = guarded_allocate(ot_kernel_reference.scratch_bytes(e, e, counts[c]), 64);
    guarded_memory found = guarded_allocate(counts[c] * real, real), expected = guarded_allocate(counts[c] * real, real);
    ot_groups_evaluate(groups, &rows, work.data, found.data, NULL);
    ot_kernel_reference.evaluate(e, e, &rows, tile.data, expected.data, NULL);
    CU_ASSERT(memcmp(found.data, expected.data, counts[c] * real) == 0);
    guarded_free(&work);
    guarded_free(&tile);
    guarded_free(&found);
    guarded_free(&expected);
  }
  guarded_free(&data);
}

/* The trees of each group; ends with 0. */
static void check(const part *parts, size_t count, const char *kernel, const uint32_t *wanted) {
  for (int is_double = 0; is_double < 2; is_double++) {
    ot_ensemble e = make(parts, count, is_double != 0);
    ot_memory memory;
    ot_memory_init(&memory, NULL, UINT64_MAX);
    ot_arena arena;
    ot_arena_init(&arena, &memory);
    ot_tree_groups groups;
    CU_ASSERT_FATAL(ot_groups_prepare(&e, kernel, &arena, &groups));
    uint32_t g = 0, first = 0;
    for (; g < groups.count; first += groups.groups[g++].ensemble.tree_count) {
      CU_ASSERT_EQUAL(groups.groups[g].ensemble.tree_count, wanted[g]);
      CU_ASSERT_EQUAL(groups.groups[g].first_tree, first);
      CU_ASSERT(groups.groups[g].layout_bytes > 0 || groups.groups[g].kernel == &ot_kernel_reference);
    }
    CU_ASSERT_EQUAL(wanted[g], 0);
    CU_ASSERT_EQUAL(first, e.tree_count);
    check_bits(&e, &groups);
    ot_arena_free(&arena);
    CU_ASSERT_EQUAL(memory.in_use, 0);
    random_ensemble_free(&e);
  }
}

static void test_one_large_tree(void) {
  const part parts[] = {{60, 40}, {1, 600}, {50, 30}};
  check(parts, 3, NULL, (const uint32_t[]){60, 1, 50, 0});
  check(parts + 1, 2, "auto", (const uint32_t[]){1, 50, 0});
}

static void test_not_worth_it(void) { check((const part[]){{3, 600}, {4, 30}, {3, 700}}, 3, NULL, (const uint32_t[]){10, 0}); }
static void test_alike(void) {
  check((const part[]){{30, 30}, {20, 60}}, 2, NULL, (const uint32_t[]){50, 0});
  check((const part[]){{4, 1000}}, 1, NULL, (const uint32_t[]){4, 0});
}
static void test_named(void) { check((const part[]){{60, 40}, {1, 600}, {50, 30}}, 3, "walk", (const uint32_t[]){111, 0}); }

/* More thresholds than a block can have masks. */
static void test_many_thresholds(void) {
  random_many_values = 1000000;
  check((const part[]){{1000, 100}}, 1, NULL, (const uint32_t[]){614, 386, 0});
  random_many_values = 0;
}

static void test_what_a_model_says(void) {
  onnxtree_model *model;
  CU_ASSERT_FATAL(onnxtree_model_load_file(ONNXTREE_MODELS_DIR "/sk_tree_iris/model.onnx", NULL, &model, NULL) == ONNXTREE_OK);
  onnxtree_group_info group = ONNXTREE_GROUP_INFO_INIT;
  CU_ASSERT(onnxtree_model_group(model, 0, 0, &group) == ONNXTREE_OK);
  CU_ASSERT(group.first_tree == 0 && group.tree_count == 1 && group.layout_bytes > 0);
  CU_ASSERT((group.few_rows > 0) == (*group.few_kernel != '\0') && *group.kernel);
  CU_ASSERT(onnxtree_model_group(model, 0, 1, &group) == ONNXTREE_INVALID_ARGUMENT);
  CU_ASSERT(onnxtree_model_group(model, 1, 0, &group) == ONNXTREE_INVALID_ARGUMENT); /* not a tree operator */
  CU_ASSERT(onnxtree_model_group(model, 1000, 0, &group) == ONNXTREE_INVALID_ARGUMENT);
  CU_ASSERT(onnxtree_model_group(model, 0, 0, NULL) == ONNXTREE_INVALID_ARGUMENT);
  onnxtree_model_free(model);
}

UNIT_TEST_MAIN(planner, {"a large tree among small ones", test_one_large_tree}, {"too few small ones", test_not_worth_it},
               {"one kernel takes all", test_alike}, {"a named kernel", test_named}, {"too many thresholds for one block", test_many_thresholds},
               {"what a model says", test_what_a_model_says})
