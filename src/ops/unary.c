/* Elementwise operators (ai.onnx) of one input, Clip and Where. */
#include <math.h>
#include <string.h>

#include "base/math.h"
#include "base/math_double.h"
#include "ops/operands.h"
#include "ops/registry.h"

typedef void unary_loop(const void *from, void *to, size_t count);

#define UNARY(name, T, R, expression)                               \
  static void name(const void *from, void *to, size_t count) {      \
    const T *in = from;                                             \
    R *out = to;                                                    \
    for (size_t i = 0; i < count; i++) {                            \
      T x = in[i];                                                  \
      out[i] = (R)(expression);                                     \
    }                                                               \
  }

static float sigmoid_float(float x) {
  float e = ot_expf(-fabsf(x));
  return x < 0 ? e / (1.0f + e) : 1.0f / (1.0f + e);
}

static double sigmoid_double(double x) {
  double e = ot_exp(-fabs(x));
  return x < 0 ? e / (1.0 + e) : 1.0 / (1.0 + e);
}

UNARY(negate_float, float, float, -x)
UNARY(negate_double, double, double, -x)
UNARY(negate_int32, int32_t, int32_t, 0u - (uint32_t)x)
UNARY(negate_int64, int64_t, int64_t, 0u - (uint64_t)x)
UNARY(absolute_float, float, float, fabsf(x))
UNARY(absolute_double, double, double, fabs(x))
UNARY(absolute_int32, int32_t, int32_t, x < 0 ? 0u - (uint32_t)x : (uint32_t)x)
UNARY(absolute_int64, int64_t, int64_t, x < 0 ? 0u - (uint64_t)x : (uint64_t)x)
UNARY(sign_float, float, float, x > 0 ? 1.0f : x < 0 ? -1.0f : x)
UNARY(sign_double, double, double, x > 0 ? 1.0 : x < 0 ? -1.0 : x)
UNARY(sign_int32, int32_t, int32_t, (x > 0) - (x < 0))
UNARY(sign_int64, int64_t, int64_t, (x > 0) - (x < 0))
UNARY(exp_float, float, float, ot_expf(x))
UNARY(exp_double, double, double, ot_exp(x))
UNARY(log_float, float, float, ot_logf(x))
UNARY(log_double, double, double, ot_log(x))
UNARY(sqrt_float, float, float, sqrtf(x))
UNARY(sqrt_double, double, double, sqrt(x))
UNARY(reciprocal_float, float, float, 1.0f / x)
UNARY(reciprocal_double, double, double, 1.0 / x)
UNARY(sigmoids_float, float, float, sigmoid_float(x))
UNARY(sigmoids_double, double, double, sigmoid_double(x))
UNARY(floor_float, float, float, floorf(x))
UNARY(floor_double, double, double, floor(x))
UNARY(ceil_float, float, float, ceilf(x))
UNARY(ceil_double, double, double, ceil(x))
UNARY(is_nan_float, float, uint8_t, x != x)
UNARY(is_nan_double, double, uint8_t, x != x)
UNARY(not_bool, uint8_t, uint8_t, !x)

typedef struct unary_rule {
  const char *name;
  unary_loop *of_float, *of_double, *of_int32, *of_int64, *of_bool;
  bool gives_bool;
} unary_rule;

static const unary_rule rules[] = {
    {"Neg", negate_float, negate_double, negate_int32, negate_int64, NULL, false},
    {"Abs", absolute_float, absolute_double, absolute_int32, absolute_int64, NULL, false},
    {"Sign", sign_float, sign_double, sign_int32, sign_int64, NULL, false},
    {"Exp", exp_float, exp_double, NULL, NULL, NULL, false},
    {"Log", log_float, log_double, NULL, NULL, NULL, false},
    {"Sqrt", sqrt_float, sqrt_double, NULL, NULL, NULL, false},
    {"Reciprocal", reciprocal_float, reciprocal_double, NULL, NULL, NULL, false},
    {"Sigmoid", sigmoids_float, sigmoids_double, NULL, NULL, NULL, false},
    {"Floor", floor_float, floor_double, NULL, NULL, NULL, false},
    {"Ceil", ceil_float, ceil_double, NULL, NULL, NULL, false},
    {"IsNaN", is_nan_float, is_nan_double, NULL, NULL, NULL, true},
    {"Not", NULL, NULL, NULL, NULL, not_bool, true},
};

static unary_loop *loop_of(const unary_rule *rule, onnxtree_type type) {
  switch (type) {
    case ONNXTREE_FLOAT: return rule->of_float;
    case ONNXTREE_DOUBLE: return rule->of_double;
    case ONNXTREE_INT32: return rule->of_int32;
    case ONNXTREE_INT64: return rule->of_int64;
    case ONNXTREE_BOOL: return rule->of_bool;
    default: return NULL;
  }
}

typedef struct unary_state {
  unary_loop *loop;
  size_t columns, from_size, to_size;
} unary_state;

static bool prepare_unary(ot_prepare *context) {
  size_t i = 0;
  while (strcmp(rules[i].name, context->step->operator->name) != 0) i++;
  uint32_t types = 0;
  for (int type = 0; type < 32; type++)
    if (loop_of(&rules[i], (onnxtree_type)type)) types |= OT_TYPE(type);
  ot_attribute_set set;
  if (!ot_operator_attributes(context, &set, NULL, 0) || !ot_operator_check(context, 0, types)) return false;
  ot_value input = *ot_operator_input(context, 0);
  unary_state *state;
  if (!ot_operator_state(context, sizeof *state, &state)) return false;
  if (!ot_operator_shaped(context, 0, rules[i].gives_bool ? ONNXTREE_BOOL : input.type, &input.shape)) return false;
  *state = (unary_state){loop_of(&rules[i], input.type), input.columns, onnxtree_type_size(input.type),
                         onnxtree_type_size(ot_operator_result(context, 0)->type)};
  return true;
}

static void run_unary(const ot_step *step, ot_frame *frame) {
  const unary_state *state = step->state;
  const ot_span *from = &frame->values[step->inputs[0]];
  char *to = frame->values[step->outputs[0]].data;
  if (from->stride == state->columns) {
    state->loop(from->data, to, frame->row_count * state->columns);
    return;
  }
  for (size_t r = 0; r < frame->row_count; r++)
    state->loop((const char *)from->data + r * from->stride * state->from_size, to + r * state->columns * state->to_size, state->columns);
}

/* ---- Clip ---- */

typedef struct clip_state {
  onnxtree_type type;
  size_t columns;
  double low, high; /* of reals; exact for floats */
  int64_t low_integer, high_integer;
} clip_state;

enum { MIN, MAX, CLIP_RULES };
static const ot_attribute_rule clip_rules[CLIP_RULES] = {{"min", OT_ATTRIBUTE_FLOAT, 1}, {"max", OT_ATTRIBUTE_FLOAT, 1}};

static bool clip_bound(ot_prepare *context, size_t input, clip_state *state, double *real, int64_t *integer) {
  const ot_value *bound = ot_operator_input(context, input);
  if (!bound) return true;
  if (!ot_operator_check(context, input, OT_REALS & OT_TYPE(state->type) ? OT_REALS : OT_TYPE(state->type))) return false;
  if (!bound->constant || bound->columns != 1 || bound->is_symbolic)
    return ot_operator_refuse(context, OT_PROBLEM_OPERATOR_UNSUPPORTED, "its bounds must be single numbers that are known at load");
  if (bound->type == ONNXTREE_FLOAT) *real = *(const float *)bound->constant;
  if (bound->type == ONNXTREE_DOUBLE) *real = *(const double *)bound->constant;
  if (state->type == ONNXTREE_INT32 || state->type == ONNXTREE_INT64) *integer = ot_value_int(bound, 0);
  return true;
}

static bool prepare_clip(ot_prepare *context) {
  ot_attribute_set set;
  bool attributes = context->step->version < 11;
  if (!ot_operator_attributes(context, &set, clip_rules, attributes ? CLIP_RULES : 0) || !ot_operator_check(context, 0, OT_NUMBERS)) return false;
  ot_value input = *ot_operator_input(context, 0);
  clip_state *state;
  if (!ot_operator_state(context, sizeof *state, &state)) return false;
  *state = (clip_state){input.type, input.columns, -INFINITY, INFINITY, INT64_MIN, INT64_MAX};
  if (attributes) {
    state->low = (double)ot_operator_float(&set, MIN, -INFINITY);
    state->high = (double)ot_operator_float(&set, MAX, INFINITY);
  } else if (!clip_bound(context, 1, state, &state->low, &state->low_integer) || !clip_bound(context, 2, state, &state->high, &state->high_integer)) {
    return false;
  }
  return ot_operator_shaped(context, 0, input.type, &input.shape);
}

/* max(x, low) first: where the bounds are crossed, the result is `high`. NaN stays. */
#define CLIP_ROWS(T, low_value, high_value)                                    \
  {                                                                            \
    T low = (T)(low_value), high = (T)(high_value);                            \
    for (size_t r = 0; r < frame->row_count; r++) {                            \
      const T *in = (const T *)from->data + r * from->stride;                  \
      T *out = (T *)to + r * state->columns;                                   \
      for (size_t c = 0; c < state->columns; c++) {                            \
        T x = in[c] < low ? low : in[c];                                       \
        out[c] = x > high ? high : x;                                          \
      }                                                                        \
    }                                                                          \
  }

static void run_clip(const ot_step *step, ot_frame *frame) {
  const clip_state *state = step->state;
  const ot_span *from = &frame->values[step->inputs[0]];
  void *to = frame->values[step->outputs[0]].data;
  if (state->type == ONNXTREE_FLOAT) CLIP_ROWS(float, state->low, state->high)
  if (state->type == ONNXTREE_DOUBLE) CLIP_ROWS(double, state->low, state->high)
  if (state->type == ONNXTREE_INT64) CLIP_ROWS(int64_t, state->low_integer, state->high_integer)
  if (state->type == ONNXTREE_INT32)
    CLIP_ROWS(int32_t, state->low_integer < INT32_MIN ? INT32_MIN : state->low_integer,
              state->high_integer > INT32_MAX ? INT32_MAX : state->high_integer)
}

/* ---- Where ---- */

typedef struct where_state {
  size_t columns, size;
  ot_operand_plan operands[3]; /* condition, if true, if false */
} where_state;

static bool prepare_where(ot_prepare *context) {
  ot_attribute_set set;
  if (!ot_operator_attributes(context, &set, NULL, 0)) return false;
  onnxtree_type type;
  if (!ot_operator_check(context, 0, OT_TYPE(ONNXTREE_BOOL)) || !ot_operator_check_all(context, 1, OT_ALL_TYPES, &type)) return false;
  ot_shape shape;
  where_state *state;
  if (!ot_operator_broadcast(context, &shape) || !ot_operator_state(context, sizeof *state, &state)) return false;
  for (size_t i = 0; i < 3; i++)
    if (!ot_operand_prepare(context, i, i ? type : ONNXTREE_BOOL, &shape, &state->operands[i])) return false;
  if (!ot_operator_shaped(context, 0, type, &shape)) return false;
  state->columns = ot_operator_result(context, 0)->columns;
  state->size = onnxtree_type_size(type);
  return true;
}

static size_t where_bytes(const ot_step *step, size_t row_count) {
  const where_state *state = step->state;
  size_t total = 0;
  for (size_t i = 0; i < 3; i++) total += ot_operand_bytes(&state->operands[i], row_count, state->columns);
  return total;
}

static void run_where(const ot_step *step, ot_frame *frame) {
  const where_state *state = step->state;
  char *scratch = frame->scratch, *to = frame->values[step->outputs[0]].data;
  ot_operand operands[3];
  for (size_t i = 0; i < 3; i++)
    operands[i] = ot_operand_open(&state->operands[i], &frame->values[step->inputs[i]], frame->row_count, state->columns, &scratch);
  for (size_t r = 0; r < frame->row_count; r++) {
    const uint8_t *condition = (const uint8_t *)operands[0].data + r * operands[0].row_stride;
    for (size_t c = 0; c < state->columns; c++, to += state->size) {
      const ot_operand *chosen = &operands[condition[c * operands[0].step] ? 1 : 2];
      memcpy(to, (const char *)chosen->data + (r * chosen->row_stride + c * chosen->step) * state->size, state->size);
    }
  }
}

#define ROW(name, since) {"ai.onnx", name, since, OT_ONNX_NEWEST, 1, 1, 1, 1, prepare_unary, run_unary, NULL, 0, NULL}
static const ot_operator rows[] = {ROW("Neg", 6),
                                   ROW("Abs", 6),
                                   ROW("Sign", 9),
                                   ROW("Exp", 6),
                                   ROW("Log", 6),
                                   ROW("Sqrt", 6),
                                   ROW("Reciprocal", 6),
                                   ROW("Sigmoid", 6),
                                   ROW("Floor", 6),
                                   ROW("Ceil", 6),
                                   ROW("IsNaN", 9),
                                   ROW("Not", 1),
                                   {"ai.onnx", "Clip", 6, 10, 1, 1, 1, 1, prepare_clip, run_clip, NULL, 0, NULL},
                                   {"ai.onnx", "Clip", 11, OT_ONNX_NEWEST, 1, 3, 1, 1, prepare_clip, run_clip, NULL, 0, NULL},
                                   {"ai.onnx", "Where", 9, OT_ONNX_NEWEST, 3, 3, 1, 1, prepare_where, run_where, where_bytes, 0, NULL}};
const ot_operator_table ot_unary_operators = OT_OPERATOR_TABLE(rows);
