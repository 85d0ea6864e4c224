/* Operators that scale along one axis: Softmax, LpNormalization (ai.onnx), Normalizer (ai.onnx.ml). */
#include <math.h>

#include "base/convert.h"
#include "base/math.h"
#include "base/math_double.h"
#include "base/text.h"
#include "ops/axis.h"
#include "ops/registry.h"

typedef struct scale_state scale_state;
typedef void scale_lane(const scale_state *state, const void *from, void *to); /* of view.size elements, view.inner apart */

struct scale_state {
  ot_axis_view view;
  scale_lane *run;
  size_t from_size, to_size;
  onnxtree_type type; /* the input is converted to floats first if it is another type than the result */
};

/* ---- one lane ---- */

#define LANE(name, T, body)                                                     \
  static void name(const scale_state *state, const void *from, void *to) {      \
    const T *in = from;                                                         \
    T *out = to;                                                                \
    size_t n = state->view.size, step = state->view.inner;                      \
    body                                                                        \
  }
#define EACH for (size_t k = 0; k < n; k++)
#define X in[k * step]
#define Y out[k * step]

#define SOFTMAX(T, exponential)              \
  T most = -(T)INFINITY, sum = 0;            \
  EACH most = X > most ? X : most;           \
  EACH sum += Y = exponential(X - most);     \
  EACH Y /= sum;
LANE(softmax_float, float, SOFTMAX(float, ot_expf))
LANE(softmax_double, double, SOFTMAX(double, ot_exp))

/* A norm of zero leaves the elements as they are (zeros). */
#define DIVIDE_BY(T, start, add, finish)     \
  T norm = start;                            \
  EACH { T x = X; norm = add; }              \
  norm = finish;                             \
  EACH Y = norm != 0 ? X / norm : X;
LANE(l1_float, float, DIVIDE_BY(float, 0, norm + fabsf(x), norm))
LANE(l1_double, double, DIVIDE_BY(double, 0, norm + fabs(x), norm))
LANE(l2_float, float, DIVIDE_BY(float, 0, norm + x * x, sqrtf(norm)))
LANE(l2_double, double, DIVIDE_BY(double, 0, norm + x * x, sqrt(norm)))
LANE(most_float, float, DIVIDE_BY(float, 0, fabsf(x) > norm ? fabsf(x) : norm, norm))
/* ONNX Runtime's MAX: the largest element, not the largest magnitude. */
LANE(runtime_most_float, float, DIVIDE_BY(float, -INFINITY, x > norm ? x : norm, norm))

/* ---- load ---- */

static bool prepare_scale(ot_prepare *context, const ot_axis_view *view, scale_lane *run, onnxtree_type type) {
  ot_value input = *ot_operator_input(context, 0);
  scale_state *state;
  if (!ot_operator_state(context, sizeof *state, &state)) return false;
  *state = (scale_state){*view, run, onnxtree_type_size(input.type), onnxtree_type_size(type), input.type};
  return ot_operator_shaped(context, 0, type, &input.shape);
}

enum { AXIS, P, RULE_COUNT };
static const ot_attribute_rule rules[RULE_COUNT] = {{"axis", OT_ATTRIBUTE_INT, 1}, {"p", OT_ATTRIBUTE_INT, 1}};

/* Until version 12 the axis splits the dimensions in two, and all of the second part are one. */
static bool prepare_softmax(ot_prepare *context) {
  ot_attribute_set set;
  int axis;
  bool flat = context->step->version < 13;
  if (!ot_operator_attributes(context, &set, rules, 1) || !ot_operator_check(context, 0, OT_REALS)) return false;
  const ot_value *input = ot_operator_input(context, 0);
  if (!ot_operator_axis(context, &input->shape, ot_operator_int(&set, AXIS, flat ? 1 : -1), false, &axis)) return false;
  ot_axis_view view = ot_axis_view_of(&input->shape, axis);
  if (flat) {
    if (input->shape.row_axis >= axis) return ot_operator_refuse(context, OT_PROBLEM_GRAPH_MIXES_ROWS, "it works along the rows");
    view = (ot_axis_view){view.outer, view.size * view.inner, 1};
  }
  return prepare_scale(context, &view, input->type == ONNXTREE_FLOAT ? softmax_float : softmax_double, input->type);
}

static bool prepare_lp(ot_prepare *context) {
  ot_attribute_set set;
  int axis;
  if (!ot_operator_attributes(context, &set, rules, RULE_COUNT) || !ot_operator_check(context, 0, OT_REALS)) return false;
  const ot_value *input = ot_operator_input(context, 0);
  if (!ot_operator_axis(context, &input->shape, ot_operator_int(&set, AXIS, -1), false, &axis)) return false;
  int64_t p = ot_operator_int(&set, P, 2);
  if (p != 1 && p != 2) return ot_operator_refuse(context, OT_PROBLEM_ATTRIBUTE_VALUE, "p is %lld; 1 or 2 was expected", (long long)p);
  ot_axis_view view = ot_axis_view_of(&input->shape, axis);
  bool is_float = input->type == ONNXTREE_FLOAT;
  return prepare_scale(context, &view, p == 1 ? (is_float ? l1_float : l1_double) : is_float ? l2_float : l2_double, input->type);
}

enum { NORM, NORMALIZER_RULES };
static const ot_attribute_rule normalizer_rules[NORMALIZER_RULES] = {{"norm", OT_ATTRIBUTE_STRING, 1}};

/* The result is always float. */
static bool prepare_normalizer(ot_prepare *context) {
  ot_attribute_set set;
  if (!ot_operator_attributes(context, &set, normalizer_rules, NORMALIZER_RULES) || !ot_operator_check(context, 0, OT_NUMBERS)) return false;
  const ot_value *input = ot_operator_input(context, 0);
  int last = input->shape.rank - 1;
  if (input->shape.rank == 1 && input->shape.row_axis == 0)
    return ot_operator_refuse(context, OT_PROBLEM_GRAPH_MIXES_ROWS, "it takes a vector for one row: the result of a row would depend on the others");
  if (!ot_shape_is_table(&input->shape)) return ot_operator_refuse(context, OT_PROBLEM_VALUE_SHAPE, "a matrix [rows, columns] was expected");
  ot_axis_view view = ot_axis_view_of(&input->shape, last);
  onnxtree_string norm = ot_attribute_is_present(&set, NORM) ? ot_attribute_get(&set, NORM)->s : (onnxtree_string){"MAX", 3};
  scale_lane *most = context->compat_onnxruntime ? runtime_most_float : most_float;
  scale_lane *run = ot_text_equals(norm, "MAX") ? most : ot_text_equals(norm, "L1") ? l1_float : ot_text_equals(norm, "L2") ? l2_float : NULL;
  if (!run) return ot_operator_refuse(context, OT_PROBLEM_ATTRIBUTE_VALUE, "norm is '%s'; MAX, L1 or L2 was expected", ot_text_excerpt(norm).text);
  return prepare_scale(context, &view, run, ONNXTREE_FLOAT);
}

/* ---- run ---- */

static size_t scratch_bytes(const ot_step *step, size_t row_count) {
  const scale_state *state = step->state;
  return state->type == ONNXTREE_FLOAT || state->to_size == sizeof(double)
             ? 0
             : (row_count * state->view.outer * state->view.size * state->view.inner * sizeof(float) + 63) & ~(size_t)63;
}

static void run(const ot_step *step, ot_frame *frame) {
  const scale_state *state = step->state;
  ot_span from = frame->values[step->inputs[0]];
  char *to = frame->values[step->outputs[0]].data;
  size_t columns = state->view.outer * state->view.size * state->view.inner, size = state->from_size;
  if (scratch_bytes(step, 1)) {
    ot_convert_rows(from.data, state->type, from.stride, frame->scratch, ONNXTREE_FLOAT, columns, frame->row_count, columns);
    from = (ot_span){frame->scratch, columns, columns};
    size = sizeof(float);
  }
  for (size_t r = 0; r < frame->row_count; r++)
    for (size_t o = 0; o < state->view.outer; o++)
      for (size_t i = 0; i < state->view.inner; i++) {
        size_t at = o * state->view.size * state->view.inner + i;
        state->run(state, (const char *)from.data + (r * from.stride + at) * size, to + (r * columns + at) * state->to_size);
      }
}

static const ot_operator rows[] = {{"ai.onnx", "Softmax", 1, OT_ONNX_NEWEST, 1, 1, 1, 1, prepare_softmax, run, scratch_bytes, 0, NULL},
                                   {"ai.onnx", "LpNormalization", 1, OT_ONNX_NEWEST, 1, 1, 1, 1, prepare_lp, run, scratch_bytes, 0, NULL},
                                   {"ai.onnx.ml", "Normalizer", 1, OT_ML_NEWEST, 1, 1, 1, 1, prepare_normalizer, run, scratch_bytes, 0, NULL}};
const ot_operator_table ot_normalize_operators = OT_OPERATOR_TABLE(rows);
