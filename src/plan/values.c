/* Values of the graph: named and numbered; inputs typed; initializers read when they are needed. */
#include <string.h>

#include "base/convert.h"
#include "base/text.h"
#include "onnx/tensor.h"
#include "plan/build.h"

/* ---- names: every value is written once ---- */

static bool add_name(ot_build *b, const char *text) {
  uint32_t value = b->plan->value_count++;
  char *copy = ot_arena_text(b->arena, text, strlen(text));
  if (!copy) return ot_build_memory(b);
  b->names.entries[b->names.count++] = (ot_name){copy, value};
  b->plan->values[value].name = copy;
  return true;
}

/* One more than the number of values: the last stands for what nodes leave out. */
static bool allocate_values(ot_build *b) {
  size_t count = b->graph->n_input + b->graph->n_initializer;
  for (size_t i = 0; i < b->graph->n_node; i++) count += b->graph->node[i]->n_output;
  if (count >= OT_NO_VALUE) return ot_build_memory(b);
  b->plan->values = ot_arena_zeros(b->arena, count + 1, sizeof *b->plan->values);
  b->plan->inputs = ot_arena_array(b->arena, b->graph->n_input, sizeof *b->plan->inputs);
  b->names.entries = ot_arena_array(&b->scratch, count, sizeof *b->names.entries);
  return (b->plan->values && b->plan->inputs && b->names.entries) || ot_build_memory(b);
}

static bool sort_names(ot_build *b) {
  return ot_names_sort(&b->names, &b->scratch) || ot_build_memory(b);
}

static bool check_unique(ot_build *b) {
  for (size_t i = 1; i < b->names.count; i++) {
    if (strcmp(b->names.entries[i].text, b->names.entries[i - 1].text) != 0) continue;
    ot_problem(b->problems, OT_PROBLEM_GRAPH_DUPLICATE, "", "the value '%s' is written twice", ot_text_excerpt_of(b->names.entries[i].text).text);
    return false;
  }
  return true;
}

/* Old files list initializers among the inputs too: those are constants, not inputs. */
static bool name_inputs(ot_build *b) {
  ot_names constants = {ot_arena_array(&b->scratch, b->graph->n_initializer, sizeof(ot_name)), 0};
  if (!constants.entries) return ot_build_memory(b);
  for (; constants.count < b->graph->n_initializer; constants.count++)
    constants.entries[constants.count] = (ot_name){ot_text_or_empty(b->graph->initializer[constants.count]->name), 0};
  if (!ot_names_sort(&constants, &b->scratch)) return ot_build_memory(b);
  for (size_t i = 0; i < b->graph->n_input; i++) {
    const char *name = ot_text_or_empty(b->graph->input[i]->name);
    if (ot_names_find(&constants, name) != OT_NO_VALUE) continue;
    b->plan->inputs[b->plan->input_count++] = b->plan->value_count;
    if (!add_name(b, name)) return false;
  }
  return true;
}

bool ot_build_name_values(ot_build *b) {
  if (!allocate_values(b) || !name_inputs(b)) return false;
  b->first_constant = b->plan->value_count;
  for (size_t i = 0; i < b->graph->n_initializer; i++)
    if (!add_name(b, ot_text_or_empty(b->graph->initializer[i]->name))) return false;
  b->first_computed = b->plan->value_count;
  for (size_t i = 0; i < b->graph->n_node; i++) {
    const Onnxtree__Pb__NodeProto *node = b->graph->node[i];
    for (size_t k = 0; k < node->n_output; k++)
      if (*node->output[k] && !add_name(b, node->output[k])) return false;
  }
  return sort_names(b) && check_unique(b);
}

/* ---- inputs ---- */

static bool type_input(ot_build *b, const Onnxtree__Pb__ValueInfoProto *info, uint32_t number) {
  ot_value *value = &b->plan->values[number];
  ot_place place = ot_place_format("input '%s'", ot_text_excerpt_of(value->name).text);
  const Onnxtree__Pb__TypeProto *type = info->type;
  const Onnxtree__Pb__TypeProto__Tensor *tensor =
      type && type->value_case == ONNXTREE__PB__TYPE_PROTO__VALUE_TENSOR_TYPE ? type->tensor_type : NULL;
  onnxtree_type element = tensor ? (onnxtree_type)tensor->elem_type : ONNXTREE_UNDEFINED;
  if (!tensor || (element != ONNXTREE_STRING && !ot_convert_is_possible(element, element))) {
    ot_problem(b->problems, OT_PROBLEM_VALUE_UNSUPPORTED, place.text,
               "its type (%s %d) is not supported; float, double, int64, int32, bool or string was expected",
               tensor ? "ONNX element type" : "not a tensor: kind",
               tensor ? (int)tensor->elem_type
               : type ? (int)type->value_case
                      : 0);
    return false;
  }
  *value =
      (ot_value){.name = value->name, .type = element, .shape = ot_shape_of_rows(2, 0), .width_of = number, .storage = number, .width_open = true};
  if (!tensor->shape) return true;
  if (tensor->shape->n_dim < 1 || tensor->shape->n_dim > 2) {
    ot_problem(b->problems, OT_PROBLEM_VALUE_SHAPE, place.text, "it has %zu dimensions; [rows, columns] or [rows] was expected",
               tensor->shape->n_dim);
    return false;
  }
  const Onnxtree__Pb__TensorShapeProto__Dimension *rows = tensor->shape->dim[0], *columns = tensor->shape->dim[tensor->shape->n_dim - 1];
  bool fixed_rows = rows->value_case == ONNXTREE__PB__TENSOR_SHAPE_PROTO__DIMENSION__VALUE_DIM_VALUE;
  bool fixed = tensor->shape->n_dim == 2 && columns->value_case == ONNXTREE__PB__TENSOR_SHAPE_PROTO__DIMENSION__VALUE_DIM_VALUE;
  if ((fixed && columns->dim_value < 0) || (fixed_rows && rows->dim_value < 0)) {
    ot_problem(b->problems, OT_PROBLEM_VALUE_SHAPE, place.text, "it has a negative dimension");
    return false;
  }
  if (fixed && (uint64_t)columns->dim_value > b->options->limits->max_columns) {
    ot_problem(b->problems, OT_PROBLEM_LIMIT_COLUMNS, place.text, "%lld columns; the limit max_columns is %u", (long long)columns->dim_value,
               b->options->limits->max_columns);
    return false;
  }
  /* 0 columns is how some exporters write "unknown". */
  value->width_open = tensor->shape->n_dim == 2 && (!fixed || columns->dim_value == 0);
  value->columns = tensor->shape->n_dim == 1 ? 1 : value->width_open ? 0 : (size_t)columns->dim_value;
  value->shape = ot_shape_of_rows((int)tensor->shape->n_dim, value->columns);
  return true;
}

static bool is_listed(const ot_build *b, const char *name, uint32_t next) {
  return next < b->plan->input_count && strcmp(b->plan->values[b->plan->inputs[next]].name, name) == 0;
}

bool ot_build_inputs(ot_build *b) {
  size_t before = b->problems->found;
  uint32_t next = 0;
  for (size_t i = 0; i < b->graph->n_input; i++)
    if (is_listed(b, ot_text_or_empty(b->graph->input[i]->name), next)) type_input(b, b->graph->input[i], b->plan->inputs[next++]);
  if (b->plan->input_count == 0) ot_problem(b->problems, OT_PROBLEM_GRAPH_EMPTY, "", "the graph has no inputs");
  return b->problems->found == before;
}

/* ---- constants ---- */

static bool constant_shape(ot_build *b, const ot_tensor *tensor, const char *place, ot_shape *shape) {
  *shape = (ot_shape){.rank = (int)tensor->rank, .row_axis = OT_NO_ROWS};
  bool fits = tensor->rank <= OT_MOST_RANK;
  size_t bound = UINT32_MAX / 2, size = 1; /* of the product without zeros: an empty tensor may declare large other dimensions */
  for (size_t i = 0; fits && i < tensor->rank; i++) {
    shape->dims[i] = (size_t)tensor->dims[i];
    fits = shape->dims[i] == 0 || size <= bound / shape->dims[i];
    if (shape->dims[i]) size *= shape->dims[i];
  }
  if (!fits) ot_problem(b->problems, OT_PROBLEM_VALUE_SHAPE, place, "it has more than %d dimensions, or more than %zu elements", OT_MOST_RANK, bound);
  return fits;
}

bool ot_build_load_constant(ot_build *b, uint32_t number) {
  ot_value *value = &b->plan->values[number];
  if (number < b->first_constant || number >= b->first_computed || value->constant) return true;
  ot_place place = ot_place_format("initializer '%s'", ot_text_excerpt_of(value->name).text);
  ot_tensor tensor;
  ot_shape shape;
  if (!ot_tensor_open(&tensor, b->graph->initializer[number - b->first_constant], place.text, b->problems)) return false;
  if (!constant_shape(b, &tensor, place.text, &shape)) return false;
  if (tensor.type == OT_TENSOR_UINT8) {
    ot_problem(b->problems, OT_PROBLEM_TENSOR_TYPE, place.text, "the element type uint8 is not supported here");
    return false;
  }
  const void *elements = ot_tensor_elements(&tensor, b->arena);
  if (!elements) return ot_build_memory(b);
  *value = (ot_value){.name = value->name, .type = (onnxtree_type)tensor.type, .shape = shape, .columns = tensor.count,
                      .width_of = number, .storage = number, .constant = elements};
  return true;
}
