/* Operators (ai.onnx) that compare or add along one axis: ArgMax, ArgMin, TopK, CumSum. */
#include <string.h>

#include "base/sort.h"
#include "ops/axis.h"
#include "ops/registry.h"

/* Whether element a (at an earlier position) stays before b; NaN is larger than all numbers, as numpy has it. */
#define MORE(name, T) \
  static bool name(const void *from, size_t a, size_t b) { T x = ((const T *)from)[a], y = ((const T *)from)[b]; return y > x || (y != y && x == x); }
#define LESS(name, T) \
  static bool name(const void *from, size_t a, size_t b) { T x = ((const T *)from)[a], y = ((const T *)from)[b]; return y < x || (x != x && y == y); }
#define FIRST_NAN_LEAST(name, T) \
  static bool name(const void *from, size_t a, size_t b) { T x = ((const T *)from)[a], y = ((const T *)from)[b]; return y < x || (y != y && x == x); }
MORE(more_float, float)
MORE(more_double, double)
MORE(more_int32, int32_t)
MORE(more_int64, int64_t)
LESS(less_float, float)
LESS(less_double, double)
LESS(less_int32, int32_t)
LESS(less_int64, int64_t)
FIRST_NAN_LEAST(least_float, float)
FIRST_NAN_LEAST(least_double, double)

typedef bool is_better(const void *from, size_t a, size_t b); /* element b is better than a */

typedef enum direction { LARGEST, SMALLEST, SMALLEST_NAN_FIRST } direction;

static is_better *comparison(onnxtree_type type, direction d) {
  if (type == ONNXTREE_FLOAT) return d == LARGEST ? more_float : d == SMALLEST ? less_float : least_float;
  if (type == ONNXTREE_DOUBLE) return d == LARGEST ? more_double : d == SMALLEST ? less_double : least_double;
  if (type == ONNXTREE_INT32) return d == LARGEST ? more_int32 : less_int32;
  return d == LARGEST ? more_int64 : less_int64;
}

/* ---- ArgMax, ArgMin ---- */

typedef struct arg_state {
  ot_axis_view view;
  is_better *better;
  bool last;
  size_t size;
} arg_state;

enum { AXIS, KEEP_DIMS, LAST, ARG_RULES };
static const ot_attribute_rule arg_rules[ARG_RULES] = {
    {"axis", OT_ATTRIBUTE_INT, 1}, {"keepdims", OT_ATTRIBUTE_INT, 1}, {"select_last_index", OT_ATTRIBUTE_INT, 12}};

static ot_shape without_axis(const ot_shape *from, int axis, bool keep) {
  ot_shape shape = *from;
  shape.dims[axis] = 1;
  if (keep) return shape;
  for (int i = axis; i + 1 < shape.rank; i++) shape.dims[i] = shape.dims[i + 1];
  shape.rank--;
  if (shape.row_axis > axis) shape.row_axis--;
  return shape;
}

static bool prepare_arg(ot_prepare *context) {
  ot_attribute_set set;
  int axis;
  if (!ot_operator_attributes(context, &set, arg_rules, ARG_RULES) || !ot_operator_check(context, 0, OT_NUMBERS)) return false;
  ot_value input = *ot_operator_input(context, 0);
  if (!ot_operator_axis(context, &input.shape, ot_operator_int(&set, AXIS, 0), false, &axis)) return false;
  if (input.shape.dims[axis] == 0) return ot_operator_refuse(context, OT_PROBLEM_VALUE_SHAPE, "it looks for the best of no elements");
  arg_state *state;
  if (!ot_operator_state(context, sizeof *state, &state)) return false;
  direction d = strcmp(context->step->operator->name, "ArgMax") == 0 ? LARGEST : SMALLEST_NAN_FIRST;
  *state = (arg_state){ot_axis_view_of(&input.shape, axis), comparison(input.type, d), ot_operator_int(&set, LAST, 0) != 0,
                       onnxtree_type_size(input.type)};
  ot_shape shape = without_axis(&input.shape, axis, ot_operator_int(&set, KEEP_DIMS, 1) != 0);
  return ot_operator_shaped(context, 0, ONNXTREE_INT64, &shape);
}

static void run_arg(const ot_step *step, ot_frame *frame) {
  const arg_state *state = step->state;
  const ot_span *from = &frame->values[step->inputs[0]];
  int64_t *to = frame->values[step->outputs[0]].data;
  size_t inner = state->view.inner, size = state->view.size;
  for (size_t r = 0; r < frame->row_count; r++) {
    const void *row = (const char *)from->data + r * from->stride * state->size;
    for (size_t o = 0; o < state->view.outer; o++)
      for (size_t i = 0; i < inner; i++) {
        size_t first = o * size * inner + i, best = 0;
        for (size_t k = 1; k < size; k++) {
          bool wins = state->last ? !state->better(row, first + k * inner, first + best * inner)
                                  : state->better(row, first + best * inner, first + k * inner);
          if (wins) best = k;
        }
        *to++ = (int64_t)best;
      }
  }
}

/* ---- TopK ---- */

typedef struct top_state {
  ot_axis_view view;
  is_better *better;
  size_t k, size;
} top_state;

enum { TOP_AXIS, TOP_K, TOP_LARGEST, TOP_SORTED, TOP_RULES };
static const ot_attribute_rule top_rules[TOP_RULES] = {
    {"axis", OT_ATTRIBUTE_INT, 1}, {"k", OT_ATTRIBUTE_INT, 1}, {"largest", OT_ATTRIBUTE_INT, 11}, {"sorted", OT_ATTRIBUTE_INT, 11}};

static bool read_k(ot_prepare *context, const ot_attribute_set *set, size_t size, size_t *k) {
  const ot_value *input;
  int64_t asked = ot_operator_int(set, TOP_K, -1);
  if (context->step->version >= 10) {
    if (!ot_operator_integers(context, 1, &input)) return false;
    if (input->columns != 1 || input->is_symbolic)
      return ot_operator_refuse(context, OT_PROBLEM_VALUE_SHAPE, "k must be one number that is known at load");
    asked = ot_value_int(input, 0);
  }
  if (asked < 0 || (uint64_t)asked > size)
    return ot_operator_refuse(context, OT_PROBLEM_VALUE_SHAPE, "it takes %lld of %zu elements", (long long)asked, size);
  *k = (size_t)asked;
  return true;
}

static bool prepare_top(ot_prepare *context) {
  ot_attribute_set set;
  int axis;
  if (!ot_operator_attributes(context, &set, top_rules, TOP_RULES) || !ot_operator_check(context, 0, OT_NUMBERS)) return false;
  ot_value input = *ot_operator_input(context, 0);
  if (!ot_operator_axis(context, &input.shape, ot_operator_int(&set, TOP_AXIS, -1), false, &axis)) return false;
  top_state *state;
  if (!ot_operator_state(context, sizeof *state, &state)) return false;
  state->view = ot_axis_view_of(&input.shape, axis);
  state->better = comparison(input.type, ot_operator_int(&set, TOP_LARGEST, 1) ? LARGEST : SMALLEST);
  state->size = onnxtree_type_size(input.type);
  if (!read_k(context, &set, state->view.size, &state->k)) return false;
  input.shape.dims[axis] = state->k;
  return ot_operator_shaped(context, 0, input.type, &input.shape) && ot_operator_shaped(context, 1, ONNXTREE_INT64, &input.shape);
}

static size_t top_bytes(const ot_step *step, size_t row_count) {
  (void)row_count;
  const top_state *state = step->state;
  return (2 * state->view.size * sizeof(uint32_t) + 63) & ~(size_t)63;
}

/* The elements of one lane, in the order that TopK wants. */
typedef struct lane {
  const top_state *state;
  const void *row;
  size_t first;
} lane;

static bool element_is_after(const void *context, size_t a, size_t b) {
  const lane *l = context;
  return l->state->better(l->row, l->first + a * l->state->view.inner, l->first + b * l->state->view.inner);
}

static void run_top(const ot_step *step, ot_frame *frame) {
  const top_state *state = step->state;
  const ot_span *from = &frame->values[step->inputs[0]];
  char *values = frame->values[step->outputs[0]].data;
  int64_t *indices = frame->values[step->outputs[1]].data;
  uint32_t *positions = frame->scratch;
  size_t inner = state->view.inner, columns = state->view.outer * state->k * inner;
  for (size_t r = 0; r < frame->row_count; r++) {
    const char *row = (const char *)from->data + r * from->stride * state->size;
    for (size_t o = 0; o < state->view.outer; o++)
      for (size_t i = 0; i < inner; i++) {
        size_t first = o * state->view.size * inner + i;
        lane l = {state, row, first};
        ot_sort_positions(state->view.size, positions, positions + state->view.size, element_is_after,
                          &l); /* of equal elements the first comes first */
        for (size_t k = 0; k < state->k; k++) {
          size_t at = r * columns + (o * state->k + k) * inner + i;
          if (values) memcpy(values + at * state->size, row + (first + positions[k] * inner) * state->size, state->size);
          if (indices) indices[at] = positions[k];
        }
      }
  }
}

/* ---- CumSum ---- */

typedef struct running_state {
  ot_axis_view view;
  onnxtree_type type;
  bool exclusive, reverse;
} running_state;

enum { EXCLUSIVE, REVERSE, RUNNING_RULES };
static const ot_attribute_rule running_rules[RUNNING_RULES] = {{"exclusive", OT_ATTRIBUTE_INT, 11}, {"reverse", OT_ATTRIBUTE_INT, 11}};

static bool prepare_running(ot_prepare *context) {
  ot_attribute_set set;
  const ot_value *axis_value;
  int axis;
  if (!ot_operator_attributes(context, &set, running_rules, RUNNING_RULES) || !ot_operator_check(context, 0, OT_NUMBERS) ||
      !ot_operator_integers(context, 1, &axis_value))
    return false;
  ot_value input = *ot_operator_input(context, 0);
  if (axis_value->columns != 1 || axis_value->is_symbolic) return ot_operator_refuse(context, OT_PROBLEM_VALUE_SHAPE, "its axis must be one number");
  if (!ot_operator_axis(context, &input.shape, ot_value_int(axis_value, 0), false, &axis)) return false;
  running_state *state;
  if (!ot_operator_state(context, sizeof *state, &state)) return false;
  *state = (running_state){ot_axis_view_of(&input.shape, axis), input.type, ot_operator_int(&set, EXCLUSIVE, 0) != 0,
                           ot_operator_int(&set, REVERSE, 0) != 0};
  return ot_operator_shaped(context, 0, input.type, &input.shape);
}

#define RUNNING(name, T, A)                                                                              \
  static void name(const running_state *state, const T *in, T *out) {                                    \
    size_t n = state->view.size, inner = state->view.inner;                                              \
    for (size_t o = 0; o < state->view.outer; o++)                                                       \
      for (size_t i = 0; i < inner; i++) {                                                               \
        A sum = 0;                                                                                       \
        for (size_t k = 0; k < n; k++) {                                                                 \
          size_t at = (o * n + (state->reverse ? n - 1 - k : k)) * inner + i;                            \
          A x = (A)in[at];                                                                               \
          out[at] = (T)(state->exclusive ? sum : sum + x);                                               \
          sum = sum + x;                                                                                 \
        }                                                                                                \
      }                                                                                                  \
  }
RUNNING(running_float, float, float)
RUNNING(running_double, double, double)
RUNNING(running_int32, int32_t, uint32_t)
RUNNING(running_int64, int64_t, uint64_t)

static void run_running(const ot_step *step, ot_frame *frame) {
  const running_state *state = step->state;
  const ot_span *from = &frame->values[step->inputs[0]], *to = &frame->values[step->outputs[0]];
  for (size_t r = 0; r < frame->row_count; r++) {
    size_t in = r * from->stride, out = r * from->columns;
    if (state->type == ONNXTREE_FLOAT) running_float(state, (const float *)from->data + in, (float *)to->data + out);
    if (state->type == ONNXTREE_DOUBLE) running_double(state, (const double *)from->data + in, (double *)to->data + out);
    if (state->type == ONNXTREE_INT32) running_int32(state, (const int32_t *)from->data + in, (int32_t *)to->data + out);
    if (state->type == ONNXTREE_INT64) running_int64(state, (const int64_t *)from->data + in, (int64_t *)to->data + out);
  }
}

static const ot_operator rows[] = {{"ai.onnx", "ArgMax", 1, OT_ONNX_NEWEST, 1, 1, 1, 1, prepare_arg, run_arg, NULL, 0, NULL},
                                   {"ai.onnx", "ArgMin", 1, OT_ONNX_NEWEST, 1, 1, 1, 1, prepare_arg, run_arg, NULL, 0, NULL},
                                   {"ai.onnx", "TopK", 1, 9, 1, 1, 2, 2, prepare_top, run_top, top_bytes, 0, NULL},
                                   {"ai.onnx", "TopK", 10, OT_ONNX_NEWEST, 2, 2, 2, 2, prepare_top, run_top, top_bytes, 0, NULL},
                                   {"ai.onnx", "CumSum", 11, OT_ONNX_NEWEST, 2, 2, 1, 1, prepare_running, run_running, NULL, 0, NULL}};
const ot_operator_table ot_order_operators = OT_OPERATOR_TABLE(rows);
