/* Linear models (ai.onnx.ml: LinearRegressor, LinearClassifier) and MatMul (ai.onnx). Products are added in order, floats in double, and rounded
 * once. */
#include <string.h>

#include "base/convert.h"
#include "base/math.h"
#include "base/text.h"
#include "ensemble/transform.h"
#include "ops/registry.h"

/* ---- LinearRegressor, LinearClassifier ---- */

typedef struct linear_state {
  onnxtree_type type; /* of the input */
  size_t features, targets;
  const float *coefficients; /* [targets x features] */
  const float *intercepts;   /* [targets], or NULL */
  ot_post_transform transform;
  /* Classifiers only. */
  bool is_classifier, adds_column; /* one score for two labels: its complement becomes the first column */
  bool complements_to_one;         /* ONNX Runtime's complement of any score is 1 - s */
  ot_labels labels;
} linear_state;

enum { COEFFICIENTS, INTERCEPTS, POST, MULTI_CLASS, LABEL_INTS, LABEL_STRINGS, RULE_COUNT, TARGETS = MULTI_CLASS };
static const ot_attribute_rule regressor_rules[] = {{"coefficients", OT_ATTRIBUTE_FLOATS, 1},
                                                    {"intercepts", OT_ATTRIBUTE_FLOATS, 1},
                                                    {"post_transform", OT_ATTRIBUTE_STRING, 1},
                                                    {"targets", OT_ATTRIBUTE_INT, 1}};
static const ot_attribute_rule classifier_rules[RULE_COUNT] = {
    {"coefficients", OT_ATTRIBUTE_FLOATS, 1}, {"intercepts", OT_ATTRIBUTE_FLOATS, 1},      {"post_transform", OT_ATTRIBUTE_STRING, 1},
    {"multi_class", OT_ATTRIBUTE_INT, 1},     {"classlabels_ints", OT_ATTRIBUTE_INTS, 1}, {"classlabels_strings", OT_ATTRIBUTE_STRINGS, 1}};

static bool read_transform(ot_prepare *context, const ot_attribute_set *set, ot_post_transform *transform) {
  static const char *const names[] = {"NONE", "SOFTMAX", "LOGISTIC", "SOFTMAX_ZERO", "PROBIT"};
  *transform = OT_TRANSFORM_NONE;
  if (!ot_attribute_is_present(set, POST)) return true;
  onnxtree_string name = ot_attribute_get(set, POST)->s;
  for (size_t i = 0; i < sizeof names / sizeof *names; i++)
    if (ot_text_equals(name, names[i])) {
      *transform = (ot_post_transform)i;
      return true;
    }
  return ot_operator_refuse(context, OT_PROBLEM_ATTRIBUTE_VALUE,
                            "post_transform is '%s'; NONE, SOFTMAX, LOGISTIC, SOFTMAX_ZERO or PROBIT was expected", ot_text_excerpt(name).text);
}

static bool read_coefficients(ot_prepare *context, const ot_attribute_set *set, linear_state *state) {
  size_t coefficients, intercepts;
  ot_value input = *ot_operator_input(context, 0);
  if (input.shape.rank != 2 || !ot_shape_is_table(&input.shape) || input.shape.row_axis != 0)
    return ot_operator_refuse(context, OT_PROBLEM_VALUE_SHAPE, "a matrix [rows, features] was expected");
  if (!ot_operator_floats(context, set, COEFFICIENTS, &state->coefficients, &coefficients) ||
      !ot_operator_floats(context, set, INTERCEPTS, &state->intercepts, &intercepts) || !read_transform(context, set, &state->transform))
    return false;
  state->type = input.type;
  state->features = input.columns;
  if (state->targets == 0 || state->features > SIZE_MAX / state->targets || coefficients != state->targets * state->features)
    return ot_operator_refuse(context, OT_PROBLEM_ATTRIBUTE_LENGTH, "it has %zu coefficients for %zu targets and %zu features", coefficients,
                              state->targets, state->features);
  if (intercepts && intercepts != state->targets)
    return ot_operator_refuse(context, OT_PROBLEM_ATTRIBUTE_LENGTH, "it has %zu intercepts for %zu targets", intercepts, state->targets);
  return true;
}

static bool prepare_regressor(ot_prepare *context) {
  ot_attribute_set set;
  linear_state *state;
  if (!ot_operator_attributes(context, &set, regressor_rules, TARGETS + 1) || !ot_operator_check(context, 0, OT_NUMBERS) ||
      !ot_operator_state(context, sizeof *state, &state))
    return false;
  int64_t targets = ot_operator_int(&set, TARGETS, 1);
  if (targets < 1 || targets > context->limits->max_columns)
    return ot_operator_refuse(context, OT_PROBLEM_ATTRIBUTE_VALUE, "targets is %lld", (long long)targets);
  state->targets = (size_t)targets;
  if (!read_coefficients(context, &set, state)) return false;
  ot_shape shape = ot_shape_of_rows(2, state->targets);
  return ot_operator_shaped(context, 0, ONNXTREE_FLOAT, &shape);
}

static bool read_labels(ot_prepare *context, const ot_attribute_set *set, ot_labels *labels) {
  size_t ints, strings;
  if (!ot_operator_ints(context, set, LABEL_INTS, &labels->int64s, &ints) ||
      !ot_operator_strings(context, set, LABEL_STRINGS, &labels->strings, &strings))
    return false;
  if (!ints == !strings)
    return ot_operator_refuse(context, OT_PROBLEM_TREE_LABELS, "%s of classlabels_ints and classlabels_strings are given; one was expected",
                              ints ? "both" : "none");
  labels->type = ints ? ONNXTREE_INT64 : ONNXTREE_STRING;
  labels->count = ints + strings;
  return true;
}

static bool prepare_classifier(ot_prepare *context) {
  ot_attribute_set set;
  linear_state *state;
  if (!ot_operator_attributes(context, &set, classifier_rules, RULE_COUNT) || !ot_operator_check(context, 0, OT_NUMBERS) ||
      !ot_operator_state(context, sizeof *state, &state))
    return false;
  state->is_classifier = true;
  state->complements_to_one = context->compat_onnxruntime;
  if (!read_labels(context, &set, &state->labels)) return false;
  size_t coefficients = ot_attribute_is_present(&set, COEFFICIENTS) ? ot_attribute_get(&set, COEFFICIENTS)->count : 0,
         features = ot_operator_input(context, 0)->columns;
  state->adds_column = state->labels.count == 2 && coefficients == features;
  state->targets = state->adds_column ? 1 : state->labels.count;
  if (!read_coefficients(context, &set, state)) return false;
  ot_operator_output(context, 0, state->labels.type, 1, 1);
  if (context->step->output_count < 2) return true;
  ot_shape shape = ot_shape_of_rows(2, state->labels.count);
  if (!ot_operator_shaped(context, 1, ONNXTREE_FLOAT, &shape)) return false;
  ot_operator_result(context, 1)->labels = state->labels;
  return true;
}

/* The input in doubles, then the scores where the second output is not wanted. */
static size_t linear_bytes(const ot_step *step, size_t row_count) {
  const linear_state *state = step->state;
  return ((row_count * state->features * sizeof(double) + 63) & ~(size_t)63) + (state->labels.count + 1) * sizeof(float);
}

static void linear_scores(const linear_state *state, const double *row, float *scores) {
  for (size_t t = 0; t < state->targets; t++) {
    const float *coefficients = state->coefficients + t * state->features;
    double sum = 0;
    for (size_t f = 0; f < state->features; f++) sum += row[f] * (double)coefficients[f];
    scores[t] = (float)(sum + (state->intercepts ? (double)state->intercepts[t] : 0.0));
  }
}

static size_t best_label(const linear_state *state, const float *scores) {
  if (state->adds_column) return scores[0] > 0;
  size_t best = 0;
  for (size_t t = 1; t < state->targets; t++)
    if (scores[t] > scores[best]) best = t;
  return best;
}

/* As in the tree operators: the complement of a probability is 1 - p, of any other score its negative. */
static void finish_scores(const linear_state *state, float *scores) {
  if (!state->adds_column) {
    if (state->is_classifier || state->targets > 1 || state->transform == OT_TRANSFORM_PROBIT)
      ot_transform(state->transform, scores, state->targets, true);
    return;
  }
  float s = scores[0];
  bool logistic = state->transform == OT_TRANSFORM_LOGISTIC;
  scores[0] = logistic ? ot_logistic(-s) : state->complements_to_one ? 1 - s : -s;
  scores[1] = logistic ? ot_logistic(s) : state->transform == OT_TRANSFORM_PROBIT ? ot_probit(s) : s;
}

static void put_label(const linear_state *state, size_t best, void *labels, size_t row) {
  if (state->labels.type == ONNXTREE_INT64)
    ((int64_t *)labels)[row] = state->labels.int64s[best];
  else
    ((onnxtree_string *)labels)[row] = state->labels.strings[best];
}

static void run_linear(const ot_step *step, ot_frame *frame) {
  const linear_state *state = step->state;
  const ot_span *from = &frame->values[step->inputs[0]];
  double *wide = frame->scratch;
  float *spare = (float *)(void *)((char *)frame->scratch + ((frame->row_count * state->features * sizeof(double) + 63) & ~(size_t)63));
  void *labels = state->is_classifier ? frame->values[step->outputs[0]].data : NULL;
  float *scores = !state->is_classifier || step->output_count > 1 ? frame->values[step->outputs[step->output_count - 1]].data : NULL;
  size_t columns = state->is_classifier ? state->labels.count : state->targets;
  ot_convert_rows(from->data, state->type, from->stride, wide, ONNXTREE_DOUBLE, state->features, frame->row_count, state->features);
  for (size_t r = 0; r < frame->row_count; r++) {
    float *to = scores ? scores + r * columns : spare;
    linear_scores(state, wide + r * state->features, to);
    if (labels) put_label(state, best_label(state, to), labels, r);
    finish_scores(state, to);
  }
}

/* ---- MatMul: rows times a matrix that is known at load ---- */

typedef struct product_state {
  onnxtree_type type;
  size_t outer, inner, width; /* per row: [outer x inner] times [inner x width] */
} product_state;

static bool prepare_product(ot_prepare *context) {
  ot_attribute_set set;
  product_state *state;
  onnxtree_type type;
  if (!ot_operator_attributes(context, &set, NULL, 0) || !ot_operator_check_all(context, 0, OT_NUMBERS, &type) ||
      !ot_operator_state(context, sizeof *state, &state))
    return false;
  ot_value a = *ot_operator_input(context, 0), b = *ot_operator_input(context, 1);
  if (b.shape.row_axis != OT_NO_ROWS || b.is_symbolic)
    return ot_operator_refuse(context, OT_PROBLEM_GRAPH_MIXES_ROWS, "its second input is computed from the rows; a constant matrix was expected");
  if (a.type != b.type)
    return ot_operator_refuse(context, OT_PROBLEM_VALUE_TYPE, "its inputs are of different types (%s and %s)", onnxtree_type_name(a.type),
                              onnxtree_type_name(b.type));
  bool vector = b.shape.rank == 1;
  size_t inner = b.shape.rank ? b.shape.dims[0] : 0;
  if (a.shape.rank < 1 || b.shape.rank < 1 || b.shape.rank > 2 || a.shape.dims[a.shape.rank - 1] != inner)
    return ot_operator_refuse(context, OT_PROBLEM_VALUE_SHAPE,
                              "the shapes of its inputs do not fit, or are not supported: rows times a matrix were expected");
  if (a.shape.row_axis == a.shape.rank - 1) return ot_operator_refuse(context, OT_PROBLEM_GRAPH_MIXES_ROWS, "it adds up rows");
  *state = (product_state){a.type, ot_shape_size(&a.shape, 0, a.shape.rank - 1), inner, vector ? 1 : b.shape.dims[1]};
  bool folds = a.shape.row_axis == OT_NO_ROWS;
  if (folds && state->outer * state->width > 0 && inner > (UINT32_C(1) << 26) / (state->outer * state->width))
    return ot_operator_refuse(context, OT_PROBLEM_LIMIT_COLUMNS, "the product of two constants takes too much work");
  ot_shape shape = a.shape;
  shape.dims[shape.rank - 1] = state->width;
  if (vector) shape.rank--;
  return ot_operator_shaped(context, 0, a.type, &shape);
}

#define PRODUCT(name, T, A)                                                                        \
  static void name(const product_state *state, const T *a, const T *b, T *to) {                    \
    for (size_t o = 0; o < state->outer; o++, a += state->inner, to += state->width)               \
      for (size_t w = 0; w < state->width; w++) {                                                  \
        A sum = 0;                                                                                 \
        for (size_t i = 0; i < state->inner; i++) sum += (A)a[i] * (A)b[i * state->width + w];     \
        to[w] = (T)sum;                                                                            \
      }                                                                                            \
  }
PRODUCT(product_float, float, double)
PRODUCT(product_double, double, double)
PRODUCT(product_int32, int32_t, uint32_t)
PRODUCT(product_int64, int64_t, uint64_t)

static void run_product(const ot_step *step, ot_frame *frame) {
  const product_state *state = step->state;
  const ot_span *a = &frame->values[step->inputs[0]], *b = &frame->values[step->inputs[1]];
  void *to = frame->values[step->outputs[0]].data;
  for (size_t r = 0; r < frame->row_count; r++) {
    size_t in = r * a->stride, out = r * state->outer * state->width;
    if (state->type == ONNXTREE_FLOAT) product_float(state, (const float *)a->data + in, b->data, (float *)to + out);
    if (state->type == ONNXTREE_DOUBLE) product_double(state, (const double *)a->data + in, b->data, (double *)to + out);
    if (state->type == ONNXTREE_INT32) product_int32(state, (const int32_t *)a->data + in, b->data, (int32_t *)to + out);
    if (state->type == ONNXTREE_INT64) product_int64(state, (const int64_t *)a->data + in, b->data, (int64_t *)to + out);
  }
}

static const ot_operator rows[] = {
    {"ai.onnx.ml", "LinearRegressor", 1, OT_ML_NEWEST, 1, 1, 1, 1, prepare_regressor, run_linear, linear_bytes, 0, NULL},
    {"ai.onnx.ml", "LinearClassifier", 1, OT_ML_NEWEST, 1, 1, 1, 2, prepare_classifier, run_linear, linear_bytes, 0, NULL},
    {"ai.onnx", "MatMul", 1, OT_ONNX_NEWEST, 2, 2, 1, 1, prepare_product, run_product, NULL, 0, NULL}};
const ot_operator_table ot_linear_operators = OT_OPERATOR_TABLE(rows);
