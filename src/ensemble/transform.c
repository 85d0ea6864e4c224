#include "ensemble/transform.h"

#include <float.h>

#include "base/math.h"

typedef void each_function(float *values, size_t count);

/* Without gaps all rows are one array. */
static void apply(each_function *function, float *scores, size_t stride, size_t columns, size_t rows) {
  if (stride == columns) {
    function(scores, rows * columns);
    return;
  }
  for (size_t r = 0; r < rows; r++) function(scores + r * stride, columns);
}

static float largest(const float *scores, size_t count) {
  float most = -FLT_MAX;
  for (size_t i = 0; i < count; i++) most = scores[i] > most ? scores[i] : most;
  return most;
}

static void subtract_largest(float *scores, size_t count) {
  float most = largest(scores, count);
  for (size_t i = 0; i < count; i++) scores[i] -= most;
}

static void divide_by_sum(float *scores, size_t count) {
  float sum = 0;
  for (size_t i = 0; i < count; i++) sum += scores[i];
  for (size_t i = 0; i < count; i++) scores[i] /= sum;
}

static void softmax(const ot_math *math, float *scores, size_t stride, size_t columns, size_t rows) {
  for (size_t r = 0; r < rows; r++) subtract_largest(scores + r * stride, columns);
  apply(math->exp, scores, stride, columns, rows);
  for (size_t r = 0; r < rows; r++) divide_by_sum(scores + r * stride, columns);
}

static bool is_about_zero(float score) { return !(score > 1e-7f || score < -1e-7f); }

/* Like softmax, but scores of about zero stay (about) zero and take no part in the sum. */
static void softmax_zero(const ot_math *math, float *scores, size_t count, bool zero_sum_is_nan) {
  float most = largest(scores, count), scale = ot_expf(-most), sum = 0;
  bool any = false;
  for (size_t first = 0; first < count; first += 64) {
    size_t end = count - first < 64 ? count - first : 64;
    float powers[64];
    for (size_t i = 0; i < end; i++) powers[i] = scores[first + i] - most;
    math->exp(powers, end);
    for (size_t i = 0; i < end; i++) {
      bool is_zero = is_about_zero(scores[first + i]);
      scores[first + i] = is_zero ? scores[first + i] * scale : powers[i];
      if (!is_zero) sum += powers[i];
      any |= !is_zero;
    }
  }
  /* Nothing but zeros leaves 0 / 0; the specification's reference gives 0.5 then. */
  for (size_t i = 0; i < count; i++) scores[i] = any || zero_sum_is_nan ? scores[i] / sum : 0.5f;
}

void ot_transform_rows(ot_post_transform transform, float *scores, size_t stride, size_t columns, size_t rows, bool zero_sum_is_nan) {
  const ot_math *math = ot_math_at(0);
  switch (transform) {
    case OT_TRANSFORM_NONE: break;
    case OT_TRANSFORM_SOFTMAX: softmax(math, scores, stride, columns, rows); break;
    case OT_TRANSFORM_SOFTMAX_ZERO:
      for (size_t r = 0; r < rows; r++) softmax_zero(math, scores + r * stride, columns, zero_sum_is_nan);
      break;
    case OT_TRANSFORM_LOGISTIC: apply(math->logistic, scores, stride, columns, rows); break;
    case OT_TRANSFORM_PROBIT: apply(math->probit, scores, stride, columns, rows); break;
  }
}

void ot_transform(ot_post_transform transform, float *scores, size_t count, bool zero_sum_is_nan) {
  ot_transform_rows(transform, scores, count, count, 1, zero_sum_is_nan);
}
