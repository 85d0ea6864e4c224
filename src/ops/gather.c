/* Gather, GatherElements (ai.onnx) and ArrayFeatureExtractor (ai.onnx.ml). Indices that are known at load become a map of columns; others are read
 * row by row, from a table that is the same for all rows, or along the row's own elements. */
#include <string.h>

#include "ops/registry.h"
#include "ops/select.h"

typedef struct gather_state {
  size_t outer, axis_size, inner, size; /* of the table; elements of `size` bytes */
  size_t index_count;                   /* per row */
  bool wide_indices;                    /* int64, else int32 */
  bool negative_allowed;                /* counted from the end */
} gather_state;

static int64_t read_index(const gather_state *state, const ot_span *indices, size_t row, size_t i) {
  size_t at = row * indices->stride + i;
  return state->wide_indices ? ((const int64_t *)indices->data)[at] : ((const int32_t *)indices->data)[at];
}

/* The position that an index means; 0, and a failure of the row, if there is none. */
static size_t position_of(const gather_state *state, const ot_step *step, ot_frame *frame, size_t row, int64_t index) {
  int64_t size = (int64_t)state->axis_size;
  if (index < 0 && state->negative_allowed) index += size;
  if (index >= 0 && index < size) return (size_t)index;
  ot_frame_fail(frame, step, row, "an index is outside of the dimension that it selects from");
  return 0;
}

/* ---- Gather, ArrayFeatureExtractor ---- */

/* From a table that has no rows: the indices bring them. */
static bool gather_from_table(ot_prepare *context, int axis, bool is_extractor) {
  ot_value table = *ot_operator_input(context, 0), indices = *ot_operator_input(context, 1);
  if (table.shape.row_axis != OT_NO_ROWS || table.is_symbolic)
    return ot_operator_refuse(context, OT_PROBLEM_GRAPH_MIXES_ROWS, "both what it selects from and what it selects are computed from the rows");
  if (table.shape.dims[axis] == 0) return ot_operator_refuse(context, OT_PROBLEM_VALUE_SHAPE, "it selects from nothing");
  if (is_extractor) {
    indices.shape = (ot_shape){.rank = 1, .row_axis = 0, .dims = {indices.columns}}; /* whatever their shape, they are taken one after the other */
  }
  ot_shape shape = {.rank = table.shape.rank - 1 + indices.shape.rank, .row_axis = axis + indices.shape.row_axis};
  if (shape.rank > OT_MOST_RANK) return ot_operator_refuse(context, OT_PROBLEM_VALUE_SHAPE, "its output has more than %d dimensions", OT_MOST_RANK);
  int at = 0;
  for (int i = 0; i < axis; i++) shape.dims[at++] = table.shape.dims[i];
  for (int i = 0; i < indices.shape.rank; i++) shape.dims[at++] = indices.shape.dims[i];
  for (int i = axis + 1; i < table.shape.rank; i++) shape.dims[at++] = table.shape.dims[i];
  gather_state *state;
  if (!ot_operator_state(context, sizeof *state, &state)) return false;
  *state = (gather_state){ot_shape_size(&table.shape, 0, axis), table.shape.dims[axis], ot_shape_size(&table.shape, axis + 1, table.shape.rank),
                          onnxtree_type_size(table.type),       indices.columns,        indices.type == ONNXTREE_INT64,
                          !is_extractor};
  return ot_operator_shaped(context, 0, table.type, &shape);
}

static void run_gather(const ot_step *step, ot_frame *frame) {
  const gather_state *state = step->state;
  const ot_span *table = &frame->values[step->inputs[0]], *indices = &frame->values[step->inputs[1]];
  char *to = frame->values[step->outputs[0]].data;
  size_t piece = state->inner * state->size;
  for (size_t r = 0; r < frame->row_count; r++)
    for (size_t o = 0; o < state->outer; o++)
      for (size_t i = 0; i < state->index_count; i++, to += piece) {
        size_t position = position_of(state, step, frame, r, read_index(state, indices, r, i));
        memcpy(to, (const char *)table->data + (o * state->axis_size + position) * piece, piece);
      }
}

static bool prepare_known_or_not(ot_prepare *context, int axis, bool is_extractor) {
  const ot_value *indices = ot_operator_input(context, 1);
  if (indices->is_symbolic) return ot_operator_refuse(context, OT_PROBLEM_GRAPH_MIXES_ROWS, "what it selects depends on the number of rows");
  if (indices->constant) return ot_select_take(context, axis, indices, is_extractor);
  return gather_from_table(context, axis, is_extractor);
}

static void run_known_or_not(const ot_step *step, ot_frame *frame) {
  if (frame->values[step->inputs[1]].stride == 0)
    ot_select_run(step, frame);
  else
    run_gather(step, frame);
}

enum { AXIS, RULE_COUNT };
static const ot_attribute_rule rules[RULE_COUNT] = {{"axis", OT_ATTRIBUTE_INT, 1}};

/* A known index may pick columns of an input whose width the model does not declare: the width is then at least what the indices need. */
static void widen(ot_prepare *context) {
  ot_value *input = &context->values[context->step->inputs[0]], *width = &context->values[input->width_of];
  const ot_value *indices = ot_operator_input(context, 1);
  if (!width->width_open || !indices->constant) return;
  for (size_t i = 0; i < indices->columns; i++) {
    int64_t index = ot_value_int(indices, i);
    if (index >= (int64_t)width->columns && index < context->limits->max_columns) width->columns = (size_t)index + 1;
  }
  input->shape.dims[1] = width->columns;
}

static bool check_table(ot_prepare *context, int64_t axis, int *position) {
  if (!ot_operator_check_type(context, 0, OT_ALL_TYPES) || !ot_operator_check(context, 1, OT_INTEGERS)) return false;
  widen(context);
  return ot_operator_axis(context, &ot_operator_input(context, 0)->shape, axis, false, position);
}

static bool prepare_gather(ot_prepare *context) {
  ot_attribute_set set;
  int axis;
  if (!ot_operator_attributes(context, &set, rules, RULE_COUNT)) return false;
  return check_table(context, ot_operator_int(&set, AXIS, 0), &axis) && prepare_known_or_not(context, axis, false);
}

static bool prepare_extractor(ot_prepare *context) {
  ot_attribute_set set;
  int axis;
  if (!ot_operator_attributes(context, &set, NULL, 0) || !check_table(context, -1, &axis)) return false;
  const ot_value *indices = ot_operator_input(context, 1);
  if (indices->columns == 0) return ot_operator_refuse(context, OT_PROBLEM_VALUE_SHAPE, "it selects nothing");
  /* A vector counts as a matrix of one row. */
  ot_value *table = &context->values[context->step->inputs[0]];
  ot_shape before = table->shape;
  if (table->shape.rank == 1) {
    table->shape = (ot_shape){.rank = 2, .row_axis = OT_NO_ROWS, .dims = {1, before.dims[0]}};
    axis = 1;
  }
  bool ok = prepare_known_or_not(context, axis, true);
  table->shape = before;
  return ok;
}

/* ---- GatherElements ---- */

typedef struct elements_state {
  gather_state gather;
  size_t columns;      /* of the result */
  const size_t *bases; /* [columns] the element of the table at index 0 */
} elements_state;

static bool prepare_elements(ot_prepare *context) {
  ot_attribute_set set;
  int axis;
  if (!ot_operator_attributes(context, &set, rules, RULE_COUNT) || !ot_operator_check(context, 0, OT_ALL_TYPES) ||
      !ot_operator_check(context, 1, OT_INTEGERS))
    return false;
  ot_value table = *ot_operator_input(context, 0), indices = *ot_operator_input(context, 1);
  if (!ot_operator_axis(context, &table.shape, ot_operator_int(&set, AXIS, 0), false, &axis)) return false;
  bool fits = table.shape.rank == indices.shape.rank && table.shape.row_axis == indices.shape.row_axis;
  for (int i = 0; fits && i < table.shape.rank; i++) fits = i == axis || indices.shape.dims[i] <= table.shape.dims[i];
  if (!fits || table.shape.dims[axis] == 0) return ot_operator_refuse(context, OT_PROBLEM_VALUE_SHAPE, "the shapes of its inputs do not fit");
  elements_state *state;
  size_t *bases = ot_arena_array(context->arena, indices.columns, sizeof *bases);
  if (!bases || !ot_operator_state(context, sizeof *state, &state)) return ot_operator_memory(context);
  for (size_t c = 0; c < indices.columns; c++) {
    size_t rest = c, stride = 1;
    bases[c] = 0;
    for (int i = table.shape.rank - 1; i >= 0; i--) {
      if (i != axis) bases[c] += rest % indices.shape.dims[i] * stride;
      rest /= indices.shape.dims[i];
      stride *= table.shape.dims[i];
    }
  }
  state->gather = (gather_state){1, table.shape.dims[axis], ot_shape_size(&table.shape, axis + 1, table.shape.rank), onnxtree_type_size(table.type),
                                 indices.columns, indices.type == ONNXTREE_INT64, true};
  state->columns = indices.columns;
  state->bases = bases;
  return ot_operator_shaped(context, 0, table.type, &indices.shape);
}

static void run_elements(const ot_step *step, ot_frame *frame) {
  const elements_state *state = step->state;
  const gather_state *gather = &state->gather;
  const ot_span *table = &frame->values[step->inputs[0]], *indices = &frame->values[step->inputs[1]];
  char *to = frame->values[step->outputs[0]].data;
  for (size_t r = 0; r < frame->row_count; r++)
    for (size_t c = 0; c < state->columns; c++, to += gather->size) {
      size_t position = position_of(gather, step, frame, r, read_index(gather, indices, r, c));
      memcpy(to, (const char *)table->data + (r * table->stride + state->bases[c] + position * gather->inner) * gather->size, gather->size);
    }
}

static const ot_operator rows[] = {
    {"ai.onnx", "Gather", 1, OT_ONNX_NEWEST, 2, 2, 1, 1, prepare_gather, run_known_or_not, NULL, 0, NULL},
    {"ai.onnx", "GatherElements", 11, OT_ONNX_NEWEST, 2, 2, 1, 1, prepare_elements, run_elements, NULL, 0, NULL},
    {"ai.onnx.ml", "ArrayFeatureExtractor", 1, OT_ML_NEWEST, 2, 2, 1, 1, prepare_extractor, run_known_or_not, NULL, 0, NULL}};
const ot_operator_table ot_gather_operators = OT_OPERATOR_TABLE(rows);
