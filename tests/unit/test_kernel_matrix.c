/* Every kernel x mode x type x aggregate x targets x number of rows, and adversarial sizes, against the reference evaluator, bit for bit. Values and
 * thresholds are often equal, infinite, NaN, zeros of both signs and denormals (support/random_ensemble.c). */
#include "ensemble/ensemble.h"
#include "support/kernel_check.h"
#include "support/unit_test.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

/* One for each kind of layout: networks, reach programs, 8-byte nodes, chains, shared nodes, single leaves, stumps. */
static const ensemble_shape layouts[] = {
    {.trees = 30, .branches = 5, .features = 5},
    {.trees = 7, .branches = 70, .features = 6},
    {.trees = 2, .branches = 900, .features = 7},
    {.trees = 3, .branches = 300, .features = 2, .chain = true},
    {.trees = 4, .branches = 50, .features = 4, .shared = true},
    {.trees = 5, .branches = 0, .features = 1},
    {.trees = 200, .branches = 1, .features = 1},
};

/* All modes alone, those that bit slices take together, and all. */
static const unsigned modes[] = {0x01, 0x02, 0x04, 0x08, 0x10, 0x20, 0x40, 0x03, 0x0F, 0x7F};

/* Every remainder of every vector width, and both sides of the edges of blocks. */
static void test_row_counts(void) {
  size_t counts[130 + 20], count = 0;
  for (size_t c = 1; c <= 130; c++) counts[count++] = c;
  for (size_t edge = 192; edge <= 1024; edge += edge < 256 ? 64 : 256)
    for (size_t c = edge - 1; c <= edge + 1; c++) counts[count++] = c;
  for (size_t l = 0; l < COUNT(layouts); l++)
    for (unsigned is_double = 0; is_double < 2; is_double++) {
      ensemble_shape s = layouts[l];
      s.is_double = is_double;
      s.modes = 0x03;
      s.missing = true;
      s.gap = l;
      kernel_check(&s, counts, count);
    }
}

static void test_modes_and_aggregates(void) {
  static const size_t counts[] = {1, 5, 19, 64, 130, 257};
  for (size_t l = 0; l < COUNT(layouts); l++)
    for (size_t m = 0; m < COUNT(modes); m++)
      for (unsigned aggregate = OT_AGGREGATE_AVERAGE; aggregate <= OT_AGGREGATE_MAX; aggregate++)
        for (unsigned variant = 0; variant < 8; variant++) {
          ensemble_shape s = layouts[l];
          s.modes = modes[m];
          s.aggregate = aggregate;
          s.is_double = variant & 1;
          s.missing = variant >> 1 & 1;
          s.targets = variant & 4 ? 3 : 1;
          s.vector_leaves = variant == 5;
          s.needs_presence = variant == 6;
          s.gap = (m + variant) % 5;
          kernel_check(&s, counts, COUNT(counts));
        }
}

/* Tests send NaN both ways, and there is none, or one in the last column that is looked at. */
static void test_blocks_without_missing(void) {
  static const size_t counts[] = {40, 64, 100, 130, 257, 600};
  for (size_t l = 0; l < COUNT(layouts); l++)
    for (unsigned variant = 0; variant < 8; variant++) {
      ensemble_shape s = layouts[l];
      s.modes = variant & 1 ? 0x0F : 0x01;
      s.is_double = variant & 2;
      s.missing = s.no_missing = true;
      s.last_missing = variant & 4;
      kernel_check(&s, counts, COUNT(counts));
    }
}

static void test_targets(void) {
  static const size_t counts[] = {1, 17, 130};
  for (size_t l = 0; l < COUNT(layouts); l++)
    for (uint32_t targets = 2; targets < 20; targets += 3)
      for (unsigned kind = 0; kind < 3; kind++) {
        ensemble_shape s = layouts[l];
        s.modes = 0x01;
        s.targets = targets;
        s.vector_leaves = kind == 1;
        s.target_per_tree = kind == 2;
        kernel_check(&s, counts, COUNT(counts));
      }
}

/* More thresholds than 16 bits can number, in few and in many trees; values between all of them. */
static void test_very_many_thresholds(void) {
  static const size_t counts[] = {1, 24, 300};
  random_many_values = 1u << 22;
  for (unsigned is_double = 0; is_double < 2; is_double++) {
    ensemble_shape few = {.trees = 20, .branches = 5000, .features = 1, .modes = 0x03, .missing = true, .is_double = is_double};
    ensemble_shape many = {.trees = 1300, .branches = 60, .features = 1, .modes = 0x01, .is_double = is_double};
    ensemble_shape one = {.trees = 1, .branches = 140000, .features = 1, .modes = 0x05, .is_double = is_double};
    kernel_check(&few, counts, COUNT(counts));
    kernel_check(&many, counts, COUNT(counts));
    kernel_check(&one, counts, COUNT(counts));
  }
  random_many_values = 0;
}

static void test_very_many_features(void) {
  static const size_t counts[] = {1, 17, 130};
  for (unsigned is_double = 0; is_double < 2; is_double++)
    for (uint32_t branches = 3; branches < 600; branches *= 5) {
      ensemble_shape shape = {.trees = 60, .branches = branches, .features = 3000, .modes = 0x01, .is_double = is_double};
      shape.missing = branches > 20;
      kernel_check(&shape, counts, COUNT(counts));
    }
}

UNIT_TEST_MAIN(kernel_matrix, {"1 to 130 rows and edges of blocks", test_row_counts}, {"modes and aggregates", test_modes_and_aggregates},
               {"blocks without NaN", test_blocks_without_missing}, {"targets", test_targets},
               {"more than 65,536 thresholds", test_very_many_thresholds}, {"3,000 features", test_very_many_features})
