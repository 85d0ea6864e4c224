#include "ensemble/transform.h"

#include <float.h>
#include <math.h>

#include "base/math.h"

#define PI_F 3.14159265358979f
#define SQRT2_F 1.41421356f

float ot_logistic(float x) {
  float v = 1.0f / (1.0f + ot_expf(-fabsf(x)));
  return x < 0 ? 1.0f - v : v;
}

static float inverse_error_function(float x) {
  float sign = x < 0 ? -1.0f : 1.0f;
  float logarithm = ot_logf((1.0f - x) * (1.0f + x));
  float v = 2.0f / (PI_F * 0.147f) + 0.5f * logarithm;
  float v2 = 1.0f / 0.147f * logarithm;
  return sign * sqrtf(-v + sqrtf(v * v - v2));
}

float ot_probit(float x) { return SQRT2_F * inverse_error_function(2.0f * x - 1.0f); }

static float largest(const float *scores, size_t count) {
  float most = -FLT_MAX;
  for (size_t i = 0; i < count; i++)
    if (scores[i] > most) most = scores[i];
  return most;
}

static void softmax(float *scores, size_t count) {
  float most = largest(scores, count), sum = 0;
  for (size_t i = 0; i < count; i++) {
    scores[i] = ot_expf(scores[i] - most);
    sum += scores[i];
  }
  for (size_t i = 0; i < count; i++) scores[i] /= sum;
}

/* Like softmax, but scores of about zero stay (about) zero and take no part in the sum. */
static void softmax_zero(float *scores, size_t count, bool zero_sum_is_nan) {
  float most = largest(scores, count), scale = ot_expf(-most), sum = 0;
  bool any = false;
  for (size_t i = 0; i < count; i++) {
    if (scores[i] > 1e-7f || scores[i] < -1e-7f) {
      any = true;
      scores[i] = ot_expf(scores[i] - most);
      sum += scores[i];
    } else {
      scores[i] *= scale;
    }
  }
  /* Nothing but zeros leaves 0 / 0; the specification's reference gives 0.5 then. */
  for (size_t i = 0; i < count; i++) scores[i] = any || zero_sum_is_nan ? scores[i] / sum : 0.5f;
}

void ot_transform(ot_post_transform transform, float *scores, size_t count, bool zero_sum_is_nan) {
  switch (transform) {
    case OT_TRANSFORM_NONE: break;
    case OT_TRANSFORM_SOFTMAX: softmax(scores, count); break;
    case OT_TRANSFORM_SOFTMAX_ZERO: softmax_zero(scores, count, zero_sum_is_nan); break;
    case OT_TRANSFORM_LOGISTIC:
      for (size_t i = 0; i < count; i++) scores[i] = ot_logistic(scores[i]);
      break;
    case OT_TRANSFORM_PROBIT:
      for (size_t i = 0; i < count; i++) scores[i] = ot_probit(scores[i]);
      break;
  }
}
