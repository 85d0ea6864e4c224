/* Reductions (ai.onnx) over any axes but the rows: elements are taken in order, in the type of the input. */
#include <math.h>
#include <string.h>

#include "ops/reduce.h"
#include "ops/registry.h"

/* What one element adds to what is there, and what is done at the end. */
typedef struct reduce_state reduce_state;
typedef void reduce_row(const reduce_state *state, const void *from, void *to);

struct reduce_state {
  reduce_row *run;
  const uint32_t *targets; /* [from_columns] the column of the result that each element goes to */
  size_t from_columns, to_columns, count; /* elements for one of the result */
  size_t size;
};

#define REDUCTION(name, T, start, step, finish)                                                    \
  static void name(const reduce_state *state, const void *from, void *to) {                        \
    const T *in = from;                                                                            \
    T *out = to;                                                                                   \
    for (size_t c = 0; c < state->to_columns; c++) out[c] = start;                                 \
    for (size_t c = 0; c < state->from_columns; c++) {                                             \
      T x = in[c], *s = &out[state->targets[c]];                                                   \
      *s = (T)(step);                                                                              \
    }                                                                                              \
    for (size_t c = 0; c < state->to_columns; c++) {                                               \
      T s = out[c];                                                                                \
      out[c] = (T)(finish);                                                                        \
    }                                                                                              \
  }

/* Integer sums wrap around. */
#define REALS_AND_INTEGERS(name, start, real_step, integer_step, finish)     \
  REDUCTION(name##_float, float, (float)(start), real_step, finish)          \
  REDUCTION(name##_double, double, (double)(start), real_step, finish)       \
  REDUCTION(name##_int32, int32_t, (int32_t)(start), integer_step, finish)   \
  REDUCTION(name##_int64, int64_t, (int64_t)(start), integer_step, finish)
REALS_AND_INTEGERS(sum, 0, *s + x, (uint64_t)*s + (uint64_t)x, s)
REALS_AND_INTEGERS(product, 1, *s *x, (uint64_t)*s *(uint64_t)x, s)
REALS_AND_INTEGERS(squares, 0, *s + x * x, (uint64_t)*s + (uint64_t)x * (uint64_t)x, s)
REDUCTION(mean_float, float, 0, *s + x, s / (float)state->count)
REDUCTION(mean_double, double, 0, *s + x, s / (double)state->count)
REDUCTION(mean_int32, int32_t, 0, (uint32_t)*s + (uint32_t)x, state->count ? s / (int64_t)state->count : 0)
REDUCTION(mean_int64, int64_t, 0, (uint64_t)*s + (uint64_t)x, state->count ? s / (int64_t)state->count : 0)
REDUCTION(most_float, float, -INFINITY, x > *s || x != x ? x : *s, s)
REDUCTION(most_double, double, -INFINITY, x > *s || x != x ? x : *s, s)
REDUCTION(most_int32, int32_t, INT32_MIN, x > *s ? x : *s, s)
REDUCTION(most_int64, int64_t, INT64_MIN, x > *s ? x : *s, s)
REDUCTION(least_float, float, INFINITY, x < *s || x != x ? x : *s, s)
REDUCTION(least_double, double, INFINITY, x < *s || x != x ? x : *s, s)
REDUCTION(least_int32, int32_t, INT32_MAX, x < *s ? x : *s, s)
REDUCTION(least_int64, int64_t, INT64_MAX, x < *s ? x : *s, s)

typedef struct reduce_rule {
  const char *name;
  reduce_row *of_float, *of_double, *of_int32, *of_int64;
  int axes_as_input; /* the version in which the axes became an input */
} reduce_rule;

static const reduce_rule rules[] = {
    {"ReduceSum", sum_float, sum_double, sum_int32, sum_int64, 13},
    {"ReduceMean", mean_float, mean_double, mean_int32, mean_int64, 18},
    {"ReduceProd", product_float, product_double, product_int32, product_int64, 18},
    {"ReduceSumSquare", squares_float, squares_double, squares_int32, squares_int64, 18},
    {"ReduceMax", most_float, most_double, most_int32, most_int64, 18},
    {"ReduceMin", least_float, least_double, least_int32, least_int64, 18},
};

static reduce_row *row_of(const reduce_rule *rule, onnxtree_type type) {
  return type == ONNXTREE_FLOAT    ? rule->of_float
         : type == ONNXTREE_DOUBLE ? rule->of_double
         : type == ONNXTREE_INT32  ? rule->of_int32
                                   : rule->of_int64;
}

/* ---- load ---- */

enum { AXES, KEEP_DIMS, NOOP, RULE_COUNT };
static const ot_attribute_rule attribute_rules[RULE_COUNT] = {
    {"axes", OT_ATTRIBUTE_INTS, 1}, {"keepdims", OT_ATTRIBUTE_INT, 1}, {"noop_with_empty_axes", OT_ATTRIBUTE_INT, 13}};

/* reduced[i]: axis i is summed up. None given: all of them, or none where the node says so. */
static bool read_axes(ot_prepare *context, const ot_attribute_set *set, const ot_shape *from, bool *reduced) {
  const int64_t *axes = NULL;
  const ot_value *input = NULL;
  size_t count = 0;
  if (!ot_operator_ints(context, set, AXES, &axes, &count)) return false;
  if (ot_operator_input(context, 1)) {
    if (!ot_operator_integers(context, 1, &input)) return false;
    count = input->columns;
  }
  bool all = count == 0 && ot_operator_int(set, NOOP, 0) == 0;
  for (int i = 0; i < from->rank; i++) reduced[i] = all;
  if (all && from->row_axis != OT_NO_ROWS)
    return ot_operator_refuse(context, OT_PROBLEM_GRAPH_MIXES_ROWS, "it works along all axes, the rows included");
  for (size_t i = 0; i < count; i++) {
    int at;
    if (!ot_operator_axis(context, from, input ? ot_value_int(input, i) : axes[i], false, &at)) return false;
    reduced[at] = true;
  }
  return true;
}

static bool map_targets(ot_prepare *context, const ot_shape *from, const bool *reduced, const uint32_t **targets) {
  size_t columns = ot_shape_size(from, 0, from->rank);
  uint32_t *map = ot_arena_array(context->arena, columns, sizeof *map);
  if (!map) return ot_operator_memory(context);
  for (size_t c = 0; c < columns; c++) {
    size_t rest = c, stride = 1, target = 0;
    for (int i = from->rank - 1; i >= 0; i--) {
      if (!reduced[i]) {
        target += rest % from->dims[i] * stride;
        stride *= from->dims[i];
      }
      rest /= from->dims[i];
    }
    map[c] = (uint32_t)target;
  }
  *targets = map;
  return true;
}

static ot_shape reduced_shape(const ot_shape *from, const bool *reduced, bool keep, size_t *count) {
  ot_shape shape = {.row_axis = OT_NO_ROWS};
  *count = 1;
  for (int i = 0; i < from->rank; i++) {
    if (reduced[i]) *count *= from->dims[i];
    if (reduced[i] && !keep) continue;
    if (i == from->row_axis) shape.row_axis = shape.rank;
    shape.dims[shape.rank++] = reduced[i] ? 1 : from->dims[i];
  }
  return shape;
}

static bool prepare(ot_prepare *context) {
  size_t r = 0;
  while (strcmp(rules[r].name, context->step->operator->name) != 0) r++;
  bool as_input = context->step->version >= rules[r].axes_as_input, reduced[OT_MOST_RANK] = {false};
  ot_attribute_set set;
  if (!ot_operator_attributes(context, &set, attribute_rules, RULE_COUNT) || !ot_operator_check(context, 0, OT_NUMBERS)) return false;
  if (as_input ? ot_attribute_is_present(&set, AXES) : context->step->input_count > 1)
    return ot_operator_refuse(context, OT_PROBLEM_ATTRIBUTE_UNKNOWN, "since version %d its axes are an input, before an attribute",
                              rules[r].axes_as_input);
  ot_value input = *ot_operator_input(context, 0);
  if (!read_axes(context, &set, &input.shape, reduced)) return false;
  reduce_state *state;
  if (!ot_operator_state(context, sizeof *state, &state)) return false;
  ot_shape shape = reduced_shape(&input.shape, reduced, ot_operator_int(&set, KEEP_DIMS, 1) != 0, &state->count);
  if (!map_targets(context, &input.shape, reduced, &state->targets) || !ot_operator_shaped(context, 0, input.type, &shape)) return false;
  state->run = row_of(&rules[r], input.type);
  state->from_columns = input.columns;
  state->to_columns = ot_operator_result(context, 0)->columns;
  state->size = onnxtree_type_size(input.type);
  return true;
}

static void run(const ot_step *step, ot_frame *frame) {
  const reduce_state *state = step->state;
  const ot_span *from = &frame->values[step->inputs[0]];
  char *to = frame->values[step->outputs[0]].data;
  for (size_t r = 0; r < frame->row_count; r++)
    state->run(state, (const char *)from->data + r * from->stride * state->size, to + r * state->to_columns * state->size);
}

bool ot_reduce_adds(const ot_step *step, size_t width, bool *is_mean) {
  const reduce_state *state = step->operator->run == run ? step->state : NULL;
  if (!state || (state->run != sum_float && state->run != mean_float) || state->to_columns != width) return false;
  for (size_t c = 0; c < state->from_columns; c++)
    if (state->targets[c] != c % width) return false;
  *is_mean = state->run == mean_float;
  return true;
}

#define ROW(name) {"ai.onnx", name, 1, OT_ONNX_NEWEST, 1, 2, 1, 1, prepare, run, NULL, 0, NULL}
static const ot_operator rows[] = {ROW("ReduceSum"),       ROW("ReduceMean"), ROW("ReduceProd"),
                                   ROW("ReduceSumSquare"), ROW("ReduceMax"),  ROW("ReduceMin")};
const ot_operator_table ot_reduce_operators = OT_OPERATOR_TABLE(rows);
