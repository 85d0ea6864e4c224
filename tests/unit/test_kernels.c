/* Every kernel against the reference evaluator, bit for bit, on random ensembles made for the purpose. */
#include "ensemble/ensemble.h"
#include "support/kernel_check.h"
#include "support/unit_test.h"

#define MOST_ROWS 1100

/* Few rows always; a quarter of the larger counts, in turn. */
static void check_shape(const ensemble_shape *given) {
  static const size_t counts[] = {1, 2, 15, 16, 17, 31, 32, 33, 63, 64, 65, 130, 256, 257, 511, 512, 513, MOST_ROWS};
  ensemble_shape s = *given;
  s.gap = random_below(3);
  size_t chosen[sizeof counts / sizeof *counts], count = 0;
  for (size_t c = 0; c < sizeof counts / sizeof *counts && counts[c] <= (s.most_rows ? s.most_rows : MOST_ROWS); c++)
    if (counts[c] < 64 || c % 4 == s.branches % 4) chosen[count++] = counts[c];
  kernel_check(&s, chosen, count);
}
#define CHECK_SHAPE(...) check_shape(&(ensemble_shape){__VA_ARGS__})

static void test_each_mode(void) {
  for (unsigned mode = 0; mode <= OT_MODE_MEMBER; mode++)
    for (unsigned missing = 0; missing < 2; missing++)
      for (unsigned is_double = 0; is_double < 2; is_double++)
        CHECK_SHAPE(.is_double = is_double, .trees = 9, .branches = 40, .features = 5, .modes = 1u << mode, .missing = missing);
}

static void test_mixed_modes(void) {
  for (uint32_t branches = 0; branches < 70; branches += 3) {
    CHECK_SHAPE(.trees = 7, .branches = branches, .features = 3, .modes = 0x03, .targets = 1 + branches % 4);
    CHECK_SHAPE(.trees = 7, .branches = branches, .features = 3, .modes = 0x0F, .missing = true);
    CHECK_SHAPE(.trees = 7, .branches = branches, .features = 3, .modes = 0x3F, .missing = true);
    CHECK_SHAPE(.trees = 7, .branches = branches, .features = 3, .modes = 0x3F, .missing = true, .shared = true, .is_double = true);
  }
}

/* From a handful of thresholds to tens of thousands a feature: every depth of the search for ranks. */
static void test_many_thresholds(void) {
  for (random_many_values = 8; random_many_values < 300000; random_many_values *= 3) {
    CHECK_SHAPE(.trees = 300, .branches = 60, .features = 3, .modes = 0x03, .missing = true);
    CHECK_SHAPE(.trees = 300, .branches = 30, .features = 3, .modes = 0x01);
    CHECK_SHAPE(.trees = 100, .branches = 30, .features = 1, .modes = 0x0F, .missing = true, .is_double = true, .targets = 3);
  }
  CHECK_SHAPE(.trees = 1000, .branches = 40, .features = 1, .modes = 0x01);
  random_many_values = 0;
}

/* Small trees, which the bit-sliced kernels take. */
static void test_depths(void) {
  for (uint32_t branches = 1; branches < 40; branches++) {
    CHECK_SHAPE(.trees = 30, .branches = branches, .features = 6, .modes = 0x0F, .missing = true, .targets = branches % 3);
    CHECK_SHAPE(.trees = 30, .branches = branches, .features = 6, .modes = 0x01);
    CHECK_SHAPE(.trees = 11, .branches = branches, .features = 2, .modes = 0x0F, .missing = true, .is_double = true);
  }
  /* Leaf-wise shapes up to and past the 256 leaves of a reach program. */
  for (uint32_t branches = 9; branches < 300; branches += 7) {
    CHECK_SHAPE(.trees = 9, .branches = branches, .features = 6, .modes = 0x0F, .missing = true, .chain = branches % 2);
    CHECK_SHAPE(.trees = 9, .branches = branches, .features = 6, .modes = 0x0F, .missing = true, .shared = true, .targets = 2);
  }
  for (uint32_t branches = 253; branches < 258; branches++)
    CHECK_SHAPE(.trees = 4, .branches = branches, .features = 6, .modes = 0x03, .chain = true);
  for (uint32_t branches = 1; branches <= 8; branches++)
    CHECK_SHAPE(.trees = 5, .branches = branches, .features = 9, .modes = 0x0D, .chain = true);
}

static void test_targets(void) {
  for (uint32_t targets = 1; targets < 12; targets++) {
    CHECK_SHAPE(.trees = 25, .branches = 12, .features = 6, .modes = 0x01, .targets = targets, .target_per_tree = true);
    CHECK_SHAPE(.trees = 25, .branches = 12, .features = 6, .modes = 0x01, .targets = targets, .vector_leaves = true);
    CHECK_SHAPE(.trees = 25, .branches = 120, .features = 6, .modes = 0x0F, .targets = targets, .vector_leaves = true, .missing = true);
    CHECK_SHAPE(.trees = 25, .branches = 12, .features = 6, .modes = 0x11, .targets = targets, .vector_leaves = true);
  }
}

/* Every layout for few rows: perfect trees of up to 128 columns, nodes with ranks of up to 64, compact nodes of any number. */
static void test_few_rows(void) {
  for (uint32_t features = 1; features < 140; features += 1 + features / 4)
    for (uint32_t branches = 1; branches < 140; branches += 2 + branches / 2) {
      bool missing = branches % 2;
      uint32_t trees = 1 + random_below(200);
      CHECK_SHAPE(.trees = trees, .branches = branches, .features = features, .modes = 0x01, .missing = missing, .most_rows = 17);
      CHECK_SHAPE(.trees = trees, .branches = branches, .features = features, .modes = 0x0F, .missing = missing, .most_rows = 17,
                  .targets = 1 + branches % 3);
    }
}

/* Perfect trees of every depth, in one register of ranks or two, in part of a group or several, with sums of each kind. */
static void test_perfect_trees(void) {
  static const uint32_t features[] = {2, 15, 16, 64, 65, 128, 129}, trees[] = {1, 63, 64, 65, 140};
  for (size_t f = 0; f < sizeof features / sizeof *features; f++)
    for (size_t t = 0; t < sizeof trees / sizeof *trees; t++)
      for (uint32_t depth = 1; depth <= 8; depth++) {
        bool missing = (t + depth) % 3 != 0;
        ensemble_shape s = {.trees = trees[t], .branches = (1u << depth) - 1 - depth % 3, .features = features[f], .modes = depth % 2 ? 0x0F : 0x01,
                            .missing = missing, .many_missing = missing, .perfect = true, .most_rows = 2};
        check_shape(&s);
        s.targets = 1 + (uint32_t)f * 3;
        s.target_per_tree = t % 2 == 0;
        check_shape(&s);
      }
}

/* Columns whose ranks need several bytes of a row: one threshold less and more than fill them, bytes in one register or two, and more than
 * there are. */
static void test_perfect_trees_with_many_thresholds(void) {
  static const uint32_t features[] = {1, 3, 28, 64, 65}, numbers[] = {248, 252, 256, 520, 700, 30000};
  for (size_t f = 0; f < sizeof features / sizeof *features; f++)
    for (size_t n = 0; n < sizeof numbers / sizeof *numbers; n++) {
      random_many_values = numbers[n];
      bool missing = numbers[n] < 1000 && (f + n) % 3 != 0; /* thresholds would be masked twice: too many */
      uint32_t depth = numbers[n] > 1000 ? 8 : 6 + (uint32_t)(f + n) % 3, trees = (features[f] * numbers[n] >> depth) * 2 + 70;
      ensemble_shape s = {.trees = trees < 300 ? trees : 300, .branches = (1u << depth) - 1, .features = features[f], .modes = 0x01,
                          .missing = missing, .many_missing = missing, .perfect = true, .most_rows = 16};
      check_shape(&s);
      s.targets = 3;
      s.target_per_tree = n % 2 == 0;
      check_shape(&s);
    }
  random_many_values = 0;
}

static void test_nan_thresholds(void) {
  for (uint32_t branches = 1; branches < 100; branches += 6)
    for (unsigned missing = 0; missing < 2; missing++)
      CHECK_SHAPE(.trees = 20, .branches = branches, .features = 4, .modes = 0x0F, .missing = missing, .nan_thresholds = true,
                  .is_double = branches % 4 == 3);
}

static void test_shared_children(void) {
  for (int i = 0; i < 20; i++) CHECK_SHAPE(.trees = 5, .branches = 60, .features = 4, .modes = 0x11, .missing = i % 2, .shared = true);
}

static void test_sets(void) {
  for (uint32_t branches = 1; branches < 60; branches += 2) {
    CHECK_SHAPE(.trees = 9, .branches = branches, .features = 3, .modes = 0x50, .missing = branches % 4 == 1);
    CHECK_SHAPE(.trees = 9, .branches = branches, .features = 3, .modes = 0x4F, .missing = true, .targets = 1 + branches % 3);
    CHECK_SHAPE(.trees = 9, .branches = branches, .features = 3, .modes = 0x7F, .missing = true, .shared = true, .is_double = branches % 4 == 3);
    CHECK_SHAPE(.trees = 9, .branches = branches, .features = 3, .modes = 0x70, .missing = true, .nan_thresholds = true, .chain = branches % 3 == 0);
  }
  for (random_many_values = 50; random_many_values < 100000; random_many_values *= 10)
    CHECK_SHAPE(.trees = 60, .branches = 40, .features = 2, .modes = 0x51, .missing = true);
  random_many_values = 0;
}

static void test_chains_and_sizes(void) {
  CHECK_SHAPE(.trees = 2, .branches = 5000, .features = 2, .modes = 0x01, .chain = true);
  CHECK_SHAPE(.trees = 2, .branches = 70000, .features = 7, .modes = 0x03, .missing = true);  /* too large for 16-bit pairs */
  CHECK_SHAPE(.trees = 2, .branches = 65535, .features = 7, .modes = 0x0C);
  CHECK_SHAPE(.trees = 2, .branches = 65534, .features = 7, .modes = 0x0C);
  CHECK_SHAPE(.trees = 3, .branches = 300, .features = 40000, .modes = 0x0F, .missing = true); /* too wide for 15-bit features */
  CHECK_SHAPE(.trees = 3, .branches = 300, .features = 3000, .modes = 0x0F, .missing = true);
  CHECK_SHAPE(.trees = 3, .branches = 300, .features = 1, .modes = 0x0F);
  CHECK_SHAPE(.trees = 500, .branches = 1, .features = 1, .modes = 0x3F, .missing = true);
}

UNIT_TEST_MAIN(kernels,
               {"each mode, with and without missing values", test_each_mode},
               {"mixed modes", test_mixed_modes},
               {"depths", test_depths},
               {"many thresholds", test_many_thresholds},
               {"few rows", test_few_rows},
               {"perfect trees", test_perfect_trees},
               {"perfect trees with many thresholds", test_perfect_trees_with_many_thresholds},
               {"NaN thresholds", test_nan_thresholds},
               {"targets", test_targets},
               {"shared children", test_shared_children},
               {"sets", test_sets},
               {"chains, sizes and widths", test_chains_and_sizes})
