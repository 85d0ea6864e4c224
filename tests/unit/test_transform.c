/* Post transforms of blocks of rows, with and without gaps, against the same row by row. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "ensemble/transform.h"
#include "support/random_ensemble.h"
#include "support/unit_test.h"

#define MOST_COLUMNS 150
#define MOST_ROWS 9

static float random_score(void) {
  static const float special[] = {0.0f, -0.0f, 1e-8f, -1e-8f, INFINITY, -INFINITY, NAN, 88.0f, -103.0f, 1e30f};
  return random_below(9) ? (float)random_below(4000) / 100.0f - 20.0f : special[random_below(10)];
}

static bool is_same(float a, float b) { return (a != a && b != b) || memcmp(&a, &b, sizeof a) == 0; }

static size_t differences(ot_post_transform transform, size_t columns, size_t stride, bool zero_sum_is_nan) {
  static float scores[MOST_ROWS * (MOST_COLUMNS + 3)], block[MOST_ROWS * (MOST_COLUMNS + 3)];
  for (size_t i = 0; i < MOST_ROWS * stride; i++) scores[i] = block[i] = random_score();
  ot_transform_rows(transform, block, stride, columns, MOST_ROWS, zero_sum_is_nan);
  for (size_t r = 0; r < MOST_ROWS; r++) ot_transform(transform, scores + r * stride, columns, zero_sum_is_nan);
  size_t count = 0;
  for (size_t i = 0; i < MOST_ROWS * stride; i++) count += !is_same(scores[i], block[i]); /* gaps are left alone */
  return count;
}

static void test_blocks(void) {
  size_t count = 0;
  for (unsigned transform = OT_TRANSFORM_NONE; transform <= OT_TRANSFORM_PROBIT; transform++)
    for (size_t columns = 1; columns <= MOST_COLUMNS; columns += 1 + columns / 6)
      for (size_t gap = 0; gap < 4; gap++) count += differences((ot_post_transform)transform, columns, columns + gap, gap % 2);
  CU_ASSERT_EQUAL(count, 0);
}

/* Values by hand, from the specification's formulas. */
static void test_values(void) {
  float pair[] = {1.0f, 1.0f}, zeros[] = {0.0f, 0.0f}, kept[] = {2.0f, 0.0f}, logits[] = {0.0f, -1000.0f}, half[] = {0.5f};
  ot_transform(OT_TRANSFORM_SOFTMAX, pair, 2, false);
  CU_ASSERT(pair[0] == 0.5f && pair[1] == 0.5f);
  ot_transform(OT_TRANSFORM_SOFTMAX_ZERO, zeros, 2, false);
  CU_ASSERT(zeros[0] == 0.5f && zeros[1] == 0.5f);
  ot_transform(OT_TRANSFORM_SOFTMAX_ZERO, kept, 2, false);
  CU_ASSERT(kept[0] == 1.0f && kept[1] == 0.0f);
  ot_transform(OT_TRANSFORM_LOGISTIC, logits, 2, false);
  CU_ASSERT(logits[0] == 0.5f && logits[1] == 0.0f);
  ot_transform(OT_TRANSFORM_PROBIT, half, 1, false);
  CU_ASSERT(half[0] == 0.0f);
}

UNIT_TEST_MAIN(transform, {"blocks of rows", test_blocks}, {"values by hand", test_values})
