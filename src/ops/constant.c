/* Operators (ai.onnx) whose result is known at load, or the same for every row: Constant, Shape, ConstantOfShape; and SequenceConstruct. */
#include <string.h>

#include "onnx/tensor.h"
#include "ops/registry.h"

/* ---- Constant ---- */

enum { VALUE, VALUE_FLOAT, VALUE_FLOATS, VALUE_INT, VALUE_INTS, VALUE_STRING, VALUE_STRINGS, CONSTANT_RULES };
static const ot_attribute_rule constant_rules[CONSTANT_RULES] = {{"value", OT_ATTRIBUTE_TENSOR, 1},         {"value_float", OT_ATTRIBUTE_FLOAT, 12},
                                                                 {"value_floats", OT_ATTRIBUTE_FLOATS, 12}, {"value_int", OT_ATTRIBUTE_INT, 12},
                                                                 {"value_ints", OT_ATTRIBUTE_INTS, 12},     {"value_string", OT_ATTRIBUTE_STRING, 12},
                                                                 {"value_strings", OT_ATTRIBUTE_STRINGS, 12}};

static bool constant_tensor(ot_prepare *context, const ot_attribute_set *set, size_t rule, onnxtree_type *type, ot_shape *shape,
                            const void **elements) {
  ot_tensor tensor;
  ot_place place = ot_attribute_place(set, rule, context->place);
  onnxtree_string bytes = ot_attribute_get(set, rule)->s;
  if (!ot_tensor_decode(&tensor, (const unsigned char *)bytes.data, bytes.size, context->scratch, place.text, context->problems)) return false;
  bool fits = tensor.rank <= OT_MOST_RANK && tensor.type != OT_TENSOR_UINT8 && tensor.count <= context->limits->max_columns;
  *shape = (ot_shape){.rank = (int)tensor.rank, .row_axis = OT_NO_ROWS};
  for (size_t i = 0; fits && i < tensor.rank; i++) {
    shape->dims[i] = (size_t)tensor.dims[i];
    fits = shape->dims[i] <= context->limits->max_columns;
  }
  if (!fits) return ot_operator_refuse(context, OT_PROBLEM_TENSOR_TYPE, "its tensor has an element type, rank or size that is not supported");
  *type = (onnxtree_type)tensor.type;
  *elements = ot_tensor_elements(&tensor, context->arena);
  return *elements || ot_operator_memory(context);
}

static bool read_scalar(ot_prepare *context, const ot_attribute *attribute, onnxtree_type type, const void **elements) {
  union {
    float f;
    int64_t i;
    onnxtree_string s;
  } *one = ot_arena_zeros(context->arena, 1, sizeof *one);
  if (!one) return ot_operator_memory(context);
  if (type == ONNXTREE_FLOAT) one->f = attribute->f;
  if (type == ONNXTREE_INT64) one->i = attribute->i;
  if (type == ONNXTREE_STRING) {
    one->s = (onnxtree_string){ot_arena_text(context->arena, attribute->s.data, attribute->s.size), attribute->s.size};
    if (!one->s.data) return ot_operator_memory(context);
  }
  *elements = one;
  return true;
}

static bool read_array(ot_prepare *context, const ot_attribute_set *set, size_t rule, onnxtree_type *type, size_t *count, const void **elements) {
  const float *floats = NULL;
  const int64_t *ints = NULL;
  const onnxtree_string *strings = NULL;
  bool ok = rule == VALUE_FLOATS ? ot_operator_floats(context, set, rule, &floats, count)
            : rule == VALUE_INTS ? ot_operator_ints(context, set, rule, &ints, count)
                                 : ot_operator_strings(context, set, rule, &strings, count);
  *type = floats ? ONNXTREE_FLOAT : ints ? ONNXTREE_INT64 : ONNXTREE_STRING;
  *elements = floats ? (const void *)floats : ints ? (const void *)ints : strings;
  return ok;
}

static bool prepare_constant(ot_prepare *context) {
  ot_attribute_set set;
  if (!ot_operator_attributes(context, &set, constant_rules, CONSTANT_RULES)) return false;
  ot_shape shape = {.rank = 0, .row_axis = OT_NO_ROWS};
  onnxtree_type type = ONNXTREE_UNDEFINED;
  const void *elements = NULL;
  size_t given = 0, rule = 0;
  for (size_t i = 0; i < CONSTANT_RULES; i++)
    if (ot_attribute_is_present(&set, i)) {
      given++;
      rule = i;
    }
  if (given != 1) return ot_operator_refuse(context, OT_PROBLEM_ATTRIBUTE_MISSING, "it has %zu values; one was expected", given);
  bool ok = true;
  switch (rule) {
    case VALUE: ok = constant_tensor(context, &set, rule, &type, &shape, &elements); break;
    case VALUE_FLOAT: ok = read_scalar(context, ot_attribute_get(&set, rule), type = ONNXTREE_FLOAT, &elements); break;
    case VALUE_INT: ok = read_scalar(context, ot_attribute_get(&set, rule), type = ONNXTREE_INT64, &elements); break;
    case VALUE_STRING: ok = read_scalar(context, ot_attribute_get(&set, rule), type = ONNXTREE_STRING, &elements); break;
    default:
      ok = read_array(context, &set, rule, &type, &shape.dims[0], &elements);
      shape.rank = 1;
  }
  if (ok) ot_operator_constant(context, 0, type, &shape, elements, false);
  return ok;
}

/* ---- Shape ---- */

enum { START, END, SHAPE_RULES };
static const ot_attribute_rule shape_rules[SHAPE_RULES] = {{"start", OT_ATTRIBUTE_INT, 15}, {"end", OT_ATTRIBUTE_INT, 15}};

static int clamp_axis(int64_t axis, int rank) {
  if (axis < 0) axis += rank;
  return axis < 0 ? 0 : axis > rank ? rank : (int)axis;
}

/* One version for each sample of the number of rows. */
static bool prepare_shape(ot_prepare *context) {
  ot_attribute_set set;
  if (!ot_operator_attributes(context, &set, shape_rules, SHAPE_RULES) || !ot_operator_check(context, 0, OT_ALL_TYPES)) return false;
  ot_shape from = ot_operator_input(context, 0)->shape;
  int start = clamp_axis(ot_operator_int(&set, START, 0), from.rank), end = clamp_axis(ot_operator_int(&set, END, from.rank), from.rank);
  size_t count = end > start ? (size_t)(end - start) : 0;
  int64_t *elements = ot_arena_array(context->arena, count * OT_SAMPLE_COUNT, sizeof *elements);
  if (!elements) return ot_operator_memory(context);
  for (size_t s = 0; s < OT_SAMPLE_COUNT; s++)
    for (size_t i = 0; i < count; i++)
      elements[s * count + i] = (int64_t)(from.dims[start + (int)i] * (start + (int)i == from.row_axis ? ot_sample_rows[s] : 1));
  ot_shape shape = {.rank = 1, .row_axis = OT_NO_ROWS, .dims = {count}};
  bool symbolic = from.row_axis >= start && from.row_axis < end;
  ot_operator_constant(context, 0, ONNXTREE_INT64, &shape, elements, symbolic);
  return true;
}

/* ---- ConstantOfShape ---- */

typedef struct fill_state {
  size_t size;
  const void *element;
} fill_state;

enum { FILL, FILL_RULES };
static const ot_attribute_rule fill_rules[FILL_RULES] = {{"value", OT_ATTRIBUTE_TENSOR, 9}};

static bool fill_shape(ot_prepare *context, const ot_value *dimensions, ot_shape *shape) {
  *shape = (ot_shape){.rank = (int)dimensions->columns, .row_axis = OT_NO_ROWS};
  if (dimensions->columns > OT_MOST_RANK)
    return ot_operator_refuse(context, OT_PROBLEM_VALUE_SHAPE, "its output has more than %d dimensions", OT_MOST_RANK);
  for (int i = 0; i < shape->rank; i++) {
    int64_t size, factor;
    if (!ot_value_dimension(dimensions, (size_t)i, &size, &factor) || factor < 0 || factor > context->limits->max_columns ||
        (factor && shape->row_axis != OT_NO_ROWS))
      return ot_operator_refuse(context, OT_PROBLEM_GRAPH_MIXES_ROWS, "its shape does not keep the rows in a dimension of their own");
    if (!factor && (size < 0 || size > context->limits->max_columns))
      return ot_operator_refuse(context, OT_PROBLEM_LIMIT_COLUMNS,
                                "its output has a dimension of %lld; 0 to the limit max_columns (%u) are supported", (long long)size,
                                context->limits->max_columns);
    shape->dims[i] = (size_t)(factor ? factor : size);
    if (factor) shape->row_axis = i;
  }
  return true;
}

static bool prepare_fill(ot_prepare *context) {
  static const float zero = 0;
  ot_attribute_set set;
  const ot_value *dimensions;
  onnxtree_type type = ONNXTREE_FLOAT;
  ot_shape shape, element_shape = {.rank = 1, .dims = {1}};
  const void *element = &zero;
  if (!ot_operator_attributes(context, &set, fill_rules, FILL_RULES) || !ot_operator_integers(context, 0, &dimensions) ||
      !fill_shape(context, dimensions, &shape))
    return false;
  if (ot_attribute_is_present(&set, FILL) && !constant_tensor(context, &set, FILL, &type, &element_shape, &element)) return false;
  if (ot_shape_size(&element_shape, 0, element_shape.rank) != 1)
    return ot_operator_refuse(context, OT_PROBLEM_TENSOR_SIZE, "its value has more or less than one element");
  fill_state *state;
  if (!ot_operator_state(context, sizeof *state, &state)) return false;
  *state = (fill_state){onnxtree_type_size(type), element};
  return ot_operator_shaped(context, 0, type, &shape);
}

static void run_fill(const ot_step *step, ot_frame *frame) {
  const fill_state *state = step->state;
  const ot_span *to = &frame->values[step->outputs[0]];
  for (size_t i = 0; i < frame->row_count * to->columns; i++) memcpy((char *)to->data + i * state->size, state->element, state->size);
}

/* ---- SequenceConstruct: the parts stay what they are; only an output of the model may be a sequence ---- */

static bool prepare_sequence(ot_prepare *context) {
  onnxtree_type type;
  if (!ot_operator_check_all(context, 0, OT_ALL_TYPES, &type)) return false;
  uint32_t count = context->step->input_count, *parts = ot_arena_array(context->arena, count, sizeof *parts);
  if (!parts) return ot_operator_memory(context);
  memcpy(parts, context->step->inputs, count * sizeof *parts);
  ot_operator_alias(context, 0, 0);
  ot_value *sequence = ot_operator_result(context, 0);
  sequence->is_sequence = true;
  sequence->parts = parts;
  sequence->part_count = count;
  return true;
}

static const ot_operator rows[] = {
    {"ai.onnx", "Constant", 1, OT_ONNX_NEWEST, 0, 0, 1, 1, prepare_constant, NULL, NULL, 0, NULL},
    {"ai.onnx", "Shape", 1, OT_ONNX_NEWEST, 1, 1, 1, 1, prepare_shape, NULL, NULL, 1, NULL},
    {"ai.onnx", "ConstantOfShape", 9, OT_ONNX_NEWEST, 1, 1, 1, 1, prepare_fill, run_fill, NULL, 1, NULL},
    {"ai.onnx", "SequenceConstruct", 11, OT_ONNX_NEWEST, 1, OT_VARIADIC, 1, 1, prepare_sequence, NULL, NULL, 0, NULL}};
const ot_operator_table ot_constant_operators = OT_OPERATOR_TABLE(rows);
