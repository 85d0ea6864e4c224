#include "ops/operator.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"

/* ---- inputs and outputs ---- */

const ot_value *ot_operator_input(const ot_prepare *context, size_t input) {
  if (input >= context->step->input_count) return NULL;
  const ot_value *value = &context->values[context->step->inputs[input]];
  return value->type == ONNXTREE_UNDEFINED ? NULL : value;
}

ot_value *ot_operator_result(const ot_prepare *context, size_t output) { return &context->values[context->step->outputs[output]]; }

/* What prepare functions set, over the name that the value has already. */
static ot_value *renew(ot_prepare *context, size_t output, ot_value fresh) {
  uint32_t number = context->step->outputs[output];
  ot_value *value = &context->values[number];
  fresh.name = value->name;
  fresh.is_read = value->is_read;
  *value = fresh;
  return value;
}

void ot_operator_alias(ot_prepare *context, size_t output, size_t input) {
  renew(context, output, context->values[context->step->inputs[input]])->width_open = false;
}

void ot_operator_reshape(ot_prepare *context, size_t output, size_t input, const ot_shape *shape) {
  ot_value *value = renew(context, output, context->values[context->step->inputs[input]]);
  value->width_open = false;
  value->is_map = false;
  value->labels = (ot_labels){0};
  value->shape = *shape;
}

static void set_output(ot_prepare *context, size_t output, onnxtree_type type, const ot_shape *shape, size_t columns) {
  uint32_t number = context->step->outputs[output];
  renew(context, output, (ot_value){.type = type, .shape = *shape, .columns = columns, .width_of = number, .storage = number});
}

void ot_operator_output(ot_prepare *context, size_t output, onnxtree_type type, int rank, size_t columns) {
  ot_shape shape = ot_shape_of_rows(rank, columns);
  set_output(context, output, type, &shape, columns);
}

bool ot_operator_shaped(ot_prepare *context, size_t output, onnxtree_type type, const ot_shape *shape) {
  size_t columns = 1;
  for (int i = 0; i < shape->rank; i++) {
    if (shape->dims[i] != 0 && columns > context->limits->max_columns / shape->dims[i])
      return ot_operator_refuse(context, OT_PROBLEM_LIMIT_COLUMNS, "its output has more columns than the limit max_columns (%u) allows",
                                context->limits->max_columns);
    columns *= shape->dims[i];
  }
  set_output(context, output, type, shape, columns);
  return true;
}

void ot_operator_constant(ot_prepare *context, size_t output, onnxtree_type type, const ot_shape *shape, const void *elements, bool is_symbolic) {
  set_output(context, output, type, shape, ot_shape_size(shape, 0, shape->rank));
  ot_value *value = ot_operator_result(context, output);
  value->constant = elements;
  value->is_symbolic = is_symbolic;
}

bool ot_operator_state(ot_prepare *context, size_t size, void *state) {
  void *memory = ot_arena_zeros(context->arena, 1, size);
  if (!memory) return ot_operator_memory(context);
  context->step->state = memory;
  memcpy(state, &memory, sizeof memory);
  return true;
}

/* ---- refusals ---- */

bool ot_operator_refuse(const ot_prepare *context, ot_problem_code code, const char *format, ...) {
  char text[400];
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(text, sizeof text, format, arguments);
  va_end(arguments);
  ot_problem(context->problems, code, context->place, "%s", text);
  return false;
}

bool ot_operator_memory(const ot_prepare *context) { return ot_problem_memory(context->problems, context->arena->memory); }

static void list_types(uint32_t types, char *text, size_t size) {
  size_t used = 0;
  text[0] = '\0';
  for (int type = 0; type < 32; type++) {
    if (!(types >> type & 1)) continue;
    const char *name = onnxtree_type_name((onnxtree_type)type);
    if (used + strlen(name) + 3 > size) break;
    if (used) memcpy(text + used, ", ", 3);
    used += used ? 2 : 0;
    memcpy(text + used, name, strlen(name) + 1);
    used += strlen(name);
  }
}

bool ot_operator_check_type(ot_prepare *context, size_t input, uint32_t types) {
  const ot_value *value = ot_operator_input(context, input);
  if (!value) return ot_operator_refuse(context, OT_PROBLEM_GRAPH_ARITY, "its input %zu is left out", input);
  ot_excerpt name = ot_text_excerpt_of(value->name);
  if (value->is_sequence) return ot_operator_refuse(context, OT_PROBLEM_VALUE_TYPE, "its input '%s' is a sequence; a tensor was expected", name.text);
  if (!(types & OT_TYPE(value->type))) {
    char expected[80];
    list_types(types, expected, sizeof expected);
    return ot_operator_refuse(context, OT_PROBLEM_VALUE_TYPE, "its input '%s' is of type %s; supported are: %s", name.text,
                              onnxtree_type_name(value->type), expected);
  }
  return true;
}

bool ot_operator_check(ot_prepare *context, size_t input, uint32_t types) {
  if (!ot_operator_check_type(context, input, types)) return false;
  const ot_value *value = ot_operator_input(context, input);
  return !context->values[value->width_of].width_open ||
         ot_operator_refuse(context, OT_PROBLEM_VALUE_SHAPE, "the number of columns of its input '%.64s' is unknown; the model must declare it",
                            value->name);
}

bool ot_operator_check_all(ot_prepare *context, size_t first, uint32_t types, onnxtree_type *type) {
  const ot_value *decides = NULL;
  for (size_t i = first; i < context->step->input_count; i++) {
    if (!ot_operator_check(context, i, types)) return false;
    const ot_value *value = ot_operator_input(context, i);
    if (!decides) decides = value;
    bool reals = OT_REALS & OT_TYPE(value->type) && OT_REALS & OT_TYPE(decides->type);
    if (value->type != decides->type && !reals)
      return ot_operator_refuse(context, OT_PROBLEM_VALUE_TYPE, "its inputs '%.64s' and '%.64s' are of different types (%s and %s)", decides->name,
                                value->name, onnxtree_type_name(decides->type), onnxtree_type_name(value->type));
    if (value->type == ONNXTREE_DOUBLE) decides = value;
  }
  *type = decides->type;
  return true;
}

bool ot_operator_integers(ot_prepare *context, size_t input, const ot_value **result) {
  if (!ot_operator_check(context, input, OT_INTEGERS)) return false;
  const ot_value *value = ot_operator_input(context, input);
  *result = value;
  return value->constant || ot_operator_refuse(context, OT_PROBLEM_OPERATOR_UNSUPPORTED,
                                               "its input '%.64s' must be known at load, but is computed from the rows", value->name);
}

bool ot_operator_axis(const ot_prepare *context, const ot_shape *shape, int64_t axis, bool rows_allowed, int *position) {
  if (!ot_shape_axis(shape, axis, position))
    return ot_operator_refuse(context, OT_PROBLEM_ATTRIBUTE_VALUE, "axis %lld does not exist in a tensor of rank %d", (long long)axis, shape->rank);
  if (*position == shape->row_axis && !rows_allowed)
    return ot_operator_refuse(context, OT_PROBLEM_GRAPH_MIXES_ROWS,
                              "it works along axis %lld, which counts the rows: the result of a row would depend on the others", (long long)axis);
  return true;
}

/* ---- broadcasting ---- */

/* Merge one dimension, position counted from the last. Where one has rows, the other has the same, or one element. */
static bool merge_dimension(const ot_prepare *context, const ot_shape *from, int back, ot_shape *result) {
  int at = from->rank - back, to = result->rank - back;
  bool rows = at == from->row_axis, result_rows = to == result->row_axis;
  size_t size = from->dims[at], *into = &result->dims[to];
  if (rows != result_rows && (rows ? *into : size) != 1)
    return ot_operator_refuse(context, OT_PROBLEM_GRAPH_MIXES_ROWS, "rows meet a dimension of size %zu", rows ? *into : size);
  bool same_kind = rows == result_rows;
  if (same_kind && size != *into && ((rows && result_rows) || (size != 1 && *into != 1)))
    return ot_operator_refuse(context, OT_PROBLEM_VALUE_SHAPE, "the shapes of its inputs do not fit: %zu and %zu", *into, size);
  if (rows) result->row_axis = to;
  if (rows || size != 1) *into = size;
  return true;
}

bool ot_operator_broadcast(const ot_prepare *context, ot_shape *result) {
  *result = (ot_shape){.row_axis = OT_NO_ROWS};
  for (uint32_t i = 0; i < context->step->input_count; i++) {
    int rank = ot_operator_input(context, i)->shape.rank;
    if (rank > result->rank) result->rank = rank;
  }
  for (int i = 0; i < result->rank; i++) result->dims[i] = 1;
  for (uint32_t i = 0; i < context->step->input_count; i++) {
    const ot_shape *from = &ot_operator_input(context, i)->shape;
    int before = result->row_axis;
    bool clash = before != OT_NO_ROWS && from->row_axis != OT_NO_ROWS && before - result->rank != from->row_axis - from->rank;
    if (clash) return ot_operator_refuse(context, OT_PROBLEM_GRAPH_MIXES_ROWS, "its inputs have rows in different dimensions");
    for (int back = 1; back <= from->rank; back++)
      if (!merge_dimension(context, from, back, result)) return false;
  }
  return true;
}

bool ot_operator_broadcast_map(ot_prepare *context, const ot_shape *from, const ot_shape *to, const uint32_t **map) {
  size_t from_size = ot_shape_size(from, 0, from->rank), to_size = ot_shape_size(to, 0, to->rank);
  *map = NULL;
  if (from_size == 1 || from_size == to_size) return true;
  uint32_t *columns = ot_arena_array(context->arena, to_size, sizeof *columns);
  if (!columns) return ot_operator_memory(context);
  for (size_t i = 0; i < to_size; i++) {
    size_t rest = i, stride = 1, column = 0;
    for (int back = 1; back <= to->rank; back++) {
      size_t size = to->dims[to->rank - back], position = rest % size;
      rest /= size;
      if (back > from->rank) continue;
      size_t own = from->dims[from->rank - back];
      if (own != 1) column += position * stride;
      stride *= own;
    }
    columns[i] = (uint32_t)column;
  }
  *map = columns;
  return true;
}

/* ---- attributes ---- */

bool ot_operator_attributes(ot_prepare *context, ot_attribute_set *set, const ot_attribute_rule *rules, size_t rule_count) {
  return ot_attribute_set_read(set, rules, rule_count, (int)context->step->version, context->node, context->place, context->problems);
}

int64_t ot_operator_int(const ot_attribute_set *set, size_t rule, int64_t standard) {
  return ot_attribute_is_present(set, rule) ? ot_attribute_get(set, rule)->i : standard;
}

float ot_operator_float(const ot_attribute_set *set, size_t rule, float standard) {
  return ot_attribute_is_present(set, rule) ? ot_attribute_get(set, rule)->f : standard;
}

bool ot_operator_ints(ot_prepare *context, const ot_attribute_set *set, size_t rule, const int64_t **elements, size_t *count) {
  *elements = NULL;
  *count = ot_attribute_is_present(set, rule) ? ot_attribute_get(set, rule)->count : 0;
  if (*count == 0) return true;
  int64_t *copy = ot_arena_array(context->arena, *count, sizeof *copy);
  if (!copy) return ot_operator_memory(context);
  ot_cursor cursor = ot_cursor_begin(ot_attribute_get(set, rule));
  for (size_t i = 0; i < *count; i++) copy[i] = ot_cursor_int(&cursor);
  *elements = copy;
  return true;
}

bool ot_operator_floats(ot_prepare *context, const ot_attribute_set *set, size_t rule, const float **elements, size_t *count) {
  *elements = NULL;
  *count = ot_attribute_is_present(set, rule) ? ot_attribute_get(set, rule)->count : 0;
  if (*count == 0) return true;
  float *copy = ot_arena_array(context->arena, *count, sizeof *copy);
  if (!copy) return ot_operator_memory(context);
  ot_cursor cursor = ot_cursor_begin(ot_attribute_get(set, rule));
  for (size_t i = 0; i < *count; i++) copy[i] = ot_cursor_float(&cursor);
  *elements = copy;
  return true;
}

bool ot_operator_strings(ot_prepare *context, const ot_attribute_set *set, size_t rule, const onnxtree_string **elements, size_t *count) {
  *elements = NULL;
  *count = ot_attribute_is_present(set, rule) ? ot_attribute_get(set, rule)->count : 0;
  if (*count == 0) return true;
  onnxtree_string *copy = ot_arena_array(context->arena, *count, sizeof *copy);
  if (!copy) return ot_operator_memory(context);
  ot_cursor cursor = ot_cursor_begin(ot_attribute_get(set, rule));
  for (size_t i = 0; i < *count; i++) {
    onnxtree_string text = ot_cursor_string(&cursor);
    copy[i] = (onnxtree_string){ot_arena_text(context->arena, text.data, text.size), text.size};
    if (!copy[i].data) return ot_operator_memory(context);
  }
  *elements = copy;
  return true;
}
