/* Preprocessing of columns (ai.onnx.ml): Scaler, Imputer, Binarizer, FeatureVectorizer. */
#include <string.h>

#include "base/convert.h"
#include "ops/registry.h"

/* ---- Scaler: (x - offset) * scale, in float (double for doubles), the result in float ---- */

typedef struct scaler_state {
  onnxtree_type type;
  size_t columns;
  const float *offsets, *scales;
  size_t offset_step, scale_step; /* 0: one for all columns */
} scaler_state;

enum { OFFSET, SCALE, SCALER_RULES };
static const ot_attribute_rule scaler_rules[SCALER_RULES] = {{"offset", OT_ATTRIBUTE_FLOATS, 1}, {"scale", OT_ATTRIBUTE_FLOATS, 1}};

static bool is_vector_or_matrix(const ot_prepare *context, const ot_shape *shape) {
  return ot_shape_is_table(shape) ||
         ot_operator_refuse(context, OT_PROBLEM_VALUE_SHAPE, "its input has rank %d; a matrix [rows, columns] was expected", shape->rank);
}

static bool prepare_scaler(ot_prepare *context) {
  ot_attribute_set set;
  scaler_state *state;
  size_t offsets, scales;
  if (!ot_operator_attributes(context, &set, scaler_rules, SCALER_RULES) || !ot_operator_check(context, 0, OT_NUMBERS) ||
      !ot_operator_state(context, sizeof *state, &state))
    return false;
  ot_value input = *ot_operator_input(context, 0);
  state->type = input.type;
  state->columns = input.columns;
  if (!is_vector_or_matrix(context, &input.shape) || !ot_operator_floats(context, &set, OFFSET, &state->offsets, &offsets) ||
      !ot_operator_floats(context, &set, SCALE, &state->scales, &scales))
    return false;
  if ((offsets != 1 && offsets != input.columns) || (scales != 1 && scales != input.columns) || !offsets || !scales)
    return ot_operator_refuse(context, OT_PROBLEM_ATTRIBUTE_LENGTH,
                              "it has %zu offsets and %zu scales for %zu columns; one, or one for each was expected", offsets, scales, input.columns);
  state->offset_step = offsets != 1;
  state->scale_step = scales != 1;
  return ot_operator_shaped(context, 0, ONNXTREE_FLOAT, &input.shape);
}

#define SCALE_ROWS(T, A)                                                                                                                    \
  for (size_t r = 0; r < frame->row_count; r++)                                                                                             \
    for (size_t c = 0; c < state->columns; c++)                                                                                             \
      to[r * state->columns + c] = (float)(((A)((const T *)from->data)[r * from->stride + c] - (A)state->offsets[c * state->offset_step]) * \
                                           (A)state->scales[c * state->scale_step]);

static void run_scaler(const ot_step *step, ot_frame *frame) {
  const scaler_state *state = step->state;
  const ot_span *from = &frame->values[step->inputs[0]];
  float *to = frame->values[step->outputs[0]].data;
  if (state->type == ONNXTREE_FLOAT) SCALE_ROWS(float, float)
  if (state->type == ONNXTREE_DOUBLE) SCALE_ROWS(double, double)
  if (state->type == ONNXTREE_INT32) SCALE_ROWS(int32_t, float)
  if (state->type == ONNXTREE_INT64) SCALE_ROWS(int64_t, float)
}

/* ---- Imputer ---- */

typedef struct imputer_state {
  onnxtree_type type;
  size_t columns, step; /* 0: one value for all columns */
  const float *floats;
  const int64_t *ints;
  float replaced_float;
  int64_t replaced_int;
} imputer_state;

enum { IMPUTED_FLOATS, REPLACED_FLOAT, IMPUTED_INTS, REPLACED_INT, IMPUTER_RULES };
static const ot_attribute_rule imputer_rules[IMPUTER_RULES] = {{"imputed_value_floats", OT_ATTRIBUTE_FLOATS, 1},
                                                               {"replaced_value_float", OT_ATTRIBUTE_FLOAT, 1},
                                                               {"imputed_value_int64s", OT_ATTRIBUTE_INTS, 1},
                                                               {"replaced_value_int64", OT_ATTRIBUTE_INT, 1}};

static bool prepare_imputer(ot_prepare *context) {
  ot_attribute_set set;
  imputer_state *state;
  size_t floats, ints;
  if (!ot_operator_attributes(context, &set, imputer_rules, IMPUTER_RULES) || !ot_operator_check(context, 0, OT_NUMBERS) ||
      !ot_operator_state(context, sizeof *state, &state))
    return false;
  ot_value input = *ot_operator_input(context, 0);
  state->type = input.type;
  state->columns = input.columns;
  state->replaced_float = ot_operator_float(&set, REPLACED_FLOAT, 0);
  state->replaced_int = ot_operator_int(&set, REPLACED_INT, 0);
  if (!is_vector_or_matrix(context, &input.shape) || !ot_operator_floats(context, &set, IMPUTED_FLOATS, &state->floats, &floats) ||
      !ot_operator_ints(context, &set, IMPUTED_INTS, &state->ints, &ints))
    return false;
  size_t count = OT_TYPE(input.type) & OT_REALS ? floats : ints;
  if (count == 0 || (count != 1 && count != input.columns))
    return ot_operator_refuse(context, OT_PROBLEM_ATTRIBUTE_LENGTH,
                              "it has %zu values of its input's type for %zu columns; one, or one for each was expected", count, input.columns);
  state->step = count != 1;
  return ot_operator_shaped(context, 0, input.type, &input.shape);
}

/* A NaN to be replaced is found by not being equal to itself. */
#define IMPUTE_ROWS(T, values, replaced_value)                                                          \
  for (size_t r = 0; r < frame->row_count; r++)                                                         \
    for (size_t c = 0; c < state->columns; c++) {                                                       \
      T x = ((const T *)from->data)[r * from->stride + c], replaced = (T)(replaced_value);              \
      bool missing = x == replaced || (replaced != replaced && x != x);                                 \
      ((T *)to)[r * state->columns + c] = missing ? (T)(values)[c * state->step] : x;                   \
    }

static void run_imputer(const ot_step *step, ot_frame *frame) {
  const imputer_state *state = step->state;
  const ot_span *from = &frame->values[step->inputs[0]];
  void *to = frame->values[step->outputs[0]].data;
  if (state->type == ONNXTREE_FLOAT) IMPUTE_ROWS(float, state->floats, state->replaced_float)
  if (state->type == ONNXTREE_DOUBLE) IMPUTE_ROWS(double, state->floats, state->replaced_float)
  if (state->type == ONNXTREE_INT64) IMPUTE_ROWS(int64_t, state->ints, state->replaced_int)
  if (state->type == ONNXTREE_INT32) IMPUTE_ROWS(int32_t, state->ints, state->replaced_int)
}

/* ---- Binarizer ---- */

typedef struct binarizer_state {
  onnxtree_type type;
  size_t columns;
  float threshold;
} binarizer_state;

enum { THRESHOLD, BINARIZER_RULES };
static const ot_attribute_rule binarizer_rules[BINARIZER_RULES] = {{"threshold", OT_ATTRIBUTE_FLOAT, 1}};

static bool prepare_binarizer(ot_prepare *context) {
  ot_attribute_set set;
  binarizer_state *state;
  if (!ot_operator_attributes(context, &set, binarizer_rules, BINARIZER_RULES) || !ot_operator_check(context, 0, OT_NUMBERS) ||
      !ot_operator_state(context, sizeof *state, &state))
    return false;
  ot_value input = *ot_operator_input(context, 0);
  *state = (binarizer_state){input.type, input.columns, ot_operator_float(&set, THRESHOLD, 0)};
  return ot_operator_shaped(context, 0, input.type, &input.shape);
}

#define BINARIZE_ROWS(T, A)                                     \
  for (size_t r = 0; r < frame->row_count; r++)                 \
    for (size_t c = 0; c < state->columns; c++)                 \
      ((T *)to)[r * state->columns + c] = (A)((const T *)from->data)[r * from->stride + c] > (A)state->threshold;

static void run_binarizer(const ot_step *step, ot_frame *frame) {
  const binarizer_state *state = step->state;
  const ot_span *from = &frame->values[step->inputs[0]];
  void *to = frame->values[step->outputs[0]].data;
  if (state->type == ONNXTREE_FLOAT) BINARIZE_ROWS(float, float)
  if (state->type == ONNXTREE_DOUBLE) BINARIZE_ROWS(double, double)
  if (state->type == ONNXTREE_INT32) BINARIZE_ROWS(int32_t, double)
  if (state->type == ONNXTREE_INT64) BINARIZE_ROWS(int64_t, double)
}

/* ---- FeatureVectorizer: its inputs side by side, as floats, each cut or filled with zeros to its stated width ---- */

typedef struct vectorizer_state {
  size_t columns;
  struct {
    onnxtree_type type;
    size_t from, to;
  } inputs[];
} vectorizer_state;

enum { DIMENSIONS, VECTORIZER_RULES };
static const ot_attribute_rule vectorizer_rules[VECTORIZER_RULES] = {{"inputdimensions", OT_ATTRIBUTE_INTS, 1}};

static bool prepare_vectorizer(ot_prepare *context) {
  ot_attribute_set set;
  const int64_t *widths;
  size_t width_count, count = context->step->input_count;
  vectorizer_state *state;
  if (!ot_operator_attributes(context, &set, vectorizer_rules, VECTORIZER_RULES) ||
      !ot_operator_ints(context, &set, DIMENSIONS, &widths, &width_count))
    return false;
  if (width_count && width_count != count)
    return ot_operator_refuse(context, OT_PROBLEM_ATTRIBUTE_LENGTH, "it has %zu input dimensions for %zu inputs", width_count, count);
  if (!ot_operator_state(context, sizeof *state + count * sizeof *state->inputs, &state)) return false;
  for (size_t i = 0; i < count; i++) {
    if (!ot_operator_check(context, i, OT_NUMBERS)) return false;
    const ot_value *input = ot_operator_input(context, i);
    if (!is_vector_or_matrix(context, &input->shape)) return false;
    if (input->shape.row_axis == OT_NO_ROWS)
      return ot_operator_refuse(context, OT_PROBLEM_GRAPH_MIXES_ROWS, "its input '%.64s' has no rows", input->name);
    if (widths && (widths[i] < 0 || widths[i] > context->limits->max_columns))
      return ot_operator_refuse(context, OT_PROBLEM_ATTRIBUTE_VALUE, "inputdimensions[%zu] is %lld; 0 to %u was expected", i, (long long)widths[i],
                                context->limits->max_columns);
    state->inputs[i].type = input->type;
    state->inputs[i].from = input->columns;
    state->inputs[i].to = widths ? (size_t)widths[i] : input->columns;
    state->columns += state->inputs[i].to;
    if (state->columns > context->limits->max_columns) break; /* refused below */
  }
  ot_shape shape = ot_shape_of_rows(2, state->columns);
  return ot_operator_shaped(context, 0, ONNXTREE_FLOAT, &shape);
}

static void run_vectorizer(const ot_step *step, ot_frame *frame) {
  const vectorizer_state *state = step->state;
  float *to = frame->values[step->outputs[0]].data;
  for (uint32_t i = 0; i < step->input_count; i++) {
    const ot_span *from = &frame->values[step->inputs[i]];
    size_t width = state->inputs[i].to, common = state->inputs[i].from < width ? state->inputs[i].from : width;
    ot_convert_rows(from->data, state->inputs[i].type, from->stride, to, ONNXTREE_FLOAT, state->columns, frame->row_count, common);
    for (size_t r = 0; common < width && r < frame->row_count; r++) memset(to + r * state->columns + common, 0, (width - common) * sizeof *to);
    to += width;
  }
}

#define ROW(name, most, prepare, run) {"ai.onnx.ml", name, 1, OT_ML_NEWEST, 1, most, 1, 1, prepare, run, NULL, 0, NULL}
static const ot_operator rows[] = {ROW("Scaler", 1, prepare_scaler, run_scaler), ROW("Imputer", 1, prepare_imputer, run_imputer),
                                   ROW("Binarizer", 1, prepare_binarizer, run_binarizer),
                                   ROW("FeatureVectorizer", OT_VARIADIC, prepare_vectorizer, run_vectorizer)};
const ot_operator_table ot_feature_operators = OT_OPERATOR_TABLE(rows);
