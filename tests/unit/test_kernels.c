/* Every kernel against the reference evaluator, bit for bit, on random ensembles made for the purpose. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "ensemble/validate.h"
#include "kernels/select.h"
#include "support/guarded_memory.h"
#include "support/random_ensemble.h"
#include "support/unit_test.h"

#define MOST_ROWS 1100

static ot_place no_name(const void *context, ot_node_ref ref) {
  (void)context;
  return ot_place_format("%u", ref);
}

static size_t sums_bytes(const ot_ensemble *e, size_t row_count) { return row_count * e->target_count * (e->is_double ? sizeof(double) : sizeof(float)); }

/* Sums of all rows. */
static guarded_memory evaluate(const ot_kernel *kernel, const ot_ensemble *e, const void *layout, const ot_rows *rows) {
  guarded_memory work = guarded_allocate(kernel->scratch_bytes(e, layout, rows->count), 64);
  guarded_memory sums = guarded_allocate(sums_bytes(e, rows->count), 4);
  kernel->evaluate(e, layout, rows, work.data, sums.data, NULL);
  guarded_free(&work);
  return sums;
}

/* All row counts that are listed, against the reference's sums of the last rows. */
static void compare_kernel(const ot_kernel *kernel, const ot_ensemble *e, const ot_rows *all, const void *expected, size_t skip, ot_memory *memory) {
  static const size_t counts[] = {1, 2, 15, 16, 17, 31, 32, 33, 63, 64, 65, 130, 256, 257, 511, 512, 513, MOST_ROWS};
  ot_arena arena, scratch;
  ot_arena_init(&arena, memory);
  ot_arena_init(&scratch, memory);
  const void *layout;
  CU_ASSERT_FATAL(kernel->prepare(e, &arena, &scratch, &layout));
  ot_arena_free(&scratch);
  for (size_t c = 0; layout && c < sizeof counts / sizeof *counts && counts[c] <= all->count; c++) {
    if (counts[c] >= 64 && c % 4 != skip % 4) continue;
    /* The last row ends at the end of the memory. */
    size_t real = e->is_double ? sizeof(double) : sizeof(float), skipped = (all->count - counts[c]) * all->stride * real;
    guarded_memory found = evaluate(kernel, e, layout, &(ot_rows){(const char *)all->data + skipped, all->stride, counts[c]});
    const char *last = (const char *)expected + sums_bytes(e, all->count - counts[c]);
    CU_ASSERT(memcmp(last, found.data, sums_bytes(e, counts[c])) == 0);
    guarded_free(&found);
  }
  ot_arena_free(&arena);
}

static void check_shape(const ensemble_shape *s) {
  ot_memory memory;
  ot_memory_init(&memory, NULL, UINT64_MAX);
  ot_arena scratch;
  ot_arena_init(&scratch, &memory);
  ot_problems problems = {0};
  ot_node_names names = {no_name, NULL};
  ot_ensemble e = random_ensemble(s);
  CU_ASSERT_FATAL(ot_ensemble_validate(&e, s->features, 1000000, &names, "", &scratch, &problems));
  ot_arena_free(&scratch);
  size_t stride = s->features + random_below(3), real = e.is_double ? sizeof(double) : sizeof(float);
  ot_rows all = {NULL, stride, s->most_rows ? s->most_rows : MOST_ROWS};
  size_t cells = (all.count - 1) * stride + s->features;
  guarded_memory rows = guarded_allocate(cells * real, real);
  for (size_t i = 0; i < cells; i++) random_store(&e, rows.data, i, random_number());
  all.data = rows.data;
  guarded_memory expected = evaluate(&ot_kernel_reference, &e, NULL, &all);
  for (size_t k = 0; ot_kernel_at(k); k++) compare_kernel(ot_kernel_at(k), &e, &all, expected.data, s->branches, &memory);
  guarded_free(&expected);
  guarded_free(&rows);
  random_ensemble_free(&e);
  CU_ASSERT_EQUAL(memory.in_use, 0);
}

static void test_each_mode(void) {
  for (unsigned mode = 0; mode <= OT_MODE_MEMBER; mode++)
    for (unsigned missing = 0; missing < 2; missing++)
      for (unsigned is_double = 0; is_double < 2; is_double++)
        check_shape(&(ensemble_shape){.is_double = is_double, .trees = 9, .branches = 40, .features = 5, .modes = 1u << mode, .missing = missing});
}

static void test_mixed_modes(void) {
  for (uint32_t branches = 0; branches < 70; branches += 3) {
    check_shape(&(ensemble_shape){.trees = 7, .branches = branches, .features = 3, .modes = 0x03, .targets = 1 + branches % 4});
    check_shape(&(ensemble_shape){.trees = 7, .branches = branches, .features = 3, .modes = 0x0F, .missing = true});
    check_shape(&(ensemble_shape){.trees = 7, .branches = branches, .features = 3, .modes = 0x3F, .missing = true});
    check_shape(&(ensemble_shape){.trees = 7, .branches = branches, .features = 3, .modes = 0x3F, .missing = true, .shared = true, .is_double = true});
  }
}

/* From a handful of thresholds to tens of thousands a feature: every depth of the search for ranks. */
static void test_many_thresholds(void) {
  for (random_many_values = 8; random_many_values < 300000; random_many_values *= 3) {
    check_shape(&(ensemble_shape){.trees = 300, .branches = 60, .features = 3, .modes = 0x03, .missing = true});
    check_shape(&(ensemble_shape){.trees = 300, .branches = 30, .features = 3, .modes = 0x01});
    check_shape(&(ensemble_shape){.trees = 100, .branches = 30, .features = 1, .modes = 0x0F, .missing = true, .is_double = true, .targets = 3});
  }
  check_shape(&(ensemble_shape){.trees = 1000, .branches = 40, .features = 1, .modes = 0x01});
  random_many_values = 0;
}

/* Small trees, which the bit-sliced kernels take. */
static void test_depths(void) {
  for (uint32_t branches = 1; branches < 40; branches++) {
    check_shape(&(ensemble_shape){.trees = 30, .branches = branches, .features = 6, .modes = 0x0F, .missing = true, .targets = branches % 3});
    check_shape(&(ensemble_shape){.trees = 30, .branches = branches, .features = 6, .modes = 0x01});
    check_shape(&(ensemble_shape){.trees = 11, .branches = branches, .features = 2, .modes = 0x0F, .missing = true, .is_double = true});
  }
  /* Leaf-wise shapes up to and past the 256 leaves of a reach program. */
  for (uint32_t branches = 9; branches < 300; branches += 7) {
    check_shape(&(ensemble_shape){.trees = 9, .branches = branches, .features = 6, .modes = 0x0F, .missing = true, .chain = branches % 2});
    check_shape(&(ensemble_shape){.trees = 9, .branches = branches, .features = 6, .modes = 0x0F, .missing = true, .shared = true, .targets = 2});
  }
  for (uint32_t branches = 253; branches < 258; branches++) check_shape(&(ensemble_shape){.trees = 4, .branches = branches, .features = 6, .modes = 0x03, .chain = true});
  for (uint32_t branches = 1; branches <= 8; branches++) check_shape(&(ensemble_shape){.trees = 5, .branches = branches, .features = 9, .modes = 0x0D, .chain = true});
}

static void test_targets(void) {
  for (uint32_t targets = 1; targets < 12; targets++) {
    check_shape(&(ensemble_shape){.trees = 25, .branches = 12, .features = 6, .modes = 0x01, .targets = targets, .target_per_tree = true});
    check_shape(&(ensemble_shape){.trees = 25, .branches = 12, .features = 6, .modes = 0x01, .targets = targets, .vector_leaves = true});
    check_shape(&(ensemble_shape){.trees = 25, .branches = 120, .features = 6, .modes = 0x0F, .targets = targets, .vector_leaves = true, .missing = true});
    check_shape(&(ensemble_shape){.trees = 25, .branches = 12, .features = 6, .modes = 0x11, .targets = targets, .vector_leaves = true});
  }
}

/* Every layout for few rows: perfect trees of up to 128 columns, nodes with ranks of up to 64, compact nodes of any number. */
static void test_few_rows(void) {
  for (uint32_t features = 1; features < 140; features += 1 + features / 4)
    for (uint32_t branches = 1; branches < 140; branches += 2 + branches / 2) {
      bool missing = branches % 2;
      uint32_t trees = 1 + random_below(200);
      check_shape(&(ensemble_shape){.trees = trees, .branches = branches, .features = features, .modes = 0x01, .missing = missing, .most_rows = 17});
      check_shape(&(ensemble_shape){.trees = trees, .branches = branches, .features = features, .modes = 0x0F, .missing = missing, .targets = 1 + branches % 3, .most_rows = 17});
    }
}

static void test_nan_thresholds(void) {
  for (uint32_t branches = 1; branches < 100; branches += 6)
    for (unsigned missing = 0; missing < 2; missing++)
      check_shape(&(ensemble_shape){.trees = 20, .branches = branches, .features = 4, .modes = 0x0F, .missing = missing, .nan_thresholds = true, .is_double = branches % 4 == 3});
}

static void test_shared_children(void) {
  for (int i = 0; i < 20; i++) check_shape(&(ensemble_shape){.trees = 5, .branches = 60, .features = 4, .modes = 0x11, .missing = i % 2, .shared = true});
}

static void test_sets(void) {
  for (uint32_t branches = 1; branches < 60; branches += 2) {
    check_shape(&(ensemble_shape){.trees = 9, .branches = branches, .features = 3, .modes = 0x50, .missing = branches % 4 == 1});
    check_shape(&(ensemble_shape){.trees = 9, .branches = branches, .features = 3, .modes = 0x4F, .missing = true, .targets = 1 + branches % 3});
    check_shape(&(ensemble_shape){.trees = 9, .branches = branches, .features = 3, .modes = 0x7F, .missing = true, .shared = true, .is_double = branches % 4 == 3});
    check_shape(&(ensemble_shape){.trees = 9, .branches = branches, .features = 3, .modes = 0x70, .missing = true, .nan_thresholds = true, .chain = branches % 3 == 0});
  }
  for (random_many_values = 50; random_many_values < 100000; random_many_values *= 10)
    check_shape(&(ensemble_shape){.trees = 60, .branches = 40, .features = 2, .modes = 0x51, .missing = true});
  random_many_values = 0;
}

static void test_chains_and_sizes(void) {
  check_shape(&(ensemble_shape){.trees = 2, .branches = 5000, .features = 2, .modes = 0x01, .chain = true});
  check_shape(&(ensemble_shape){.trees = 2, .branches = 70000, .features = 7, .modes = 0x03, .missing = true});  /* too large for 16-bit pairs */
  check_shape(&(ensemble_shape){.trees = 2, .branches = 65535, .features = 7, .modes = 0x0C});
  check_shape(&(ensemble_shape){.trees = 2, .branches = 65534, .features = 7, .modes = 0x0C});
  check_shape(&(ensemble_shape){.trees = 3, .branches = 300, .features = 40000, .modes = 0x0F, .missing = true}); /* too wide for 15-bit features */
  check_shape(&(ensemble_shape){.trees = 3, .branches = 300, .features = 3000, .modes = 0x0F, .missing = true});
  check_shape(&(ensemble_shape){.trees = 3, .branches = 300, .features = 1, .modes = 0x0F});
  check_shape(&(ensemble_shape){.trees = 500, .branches = 1, .features = 1, .modes = 0x3F, .missing = true});
}

UNIT_TEST_MAIN(kernels, {"each mode, with and without missing values", test_each_mode}, {"mixed modes", test_mixed_modes}, {"depths", test_depths}, {"many thresholds", test_many_thresholds},
               {"few rows", test_few_rows}, {"NaN thresholds", test_nan_thresholds}, {"targets", test_targets}, {"shared children", test_shared_children}, {"sets", test_sets}, {"chains, sizes and widths", test_chains_and_sizes})
