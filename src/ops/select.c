/* Operators that pick columns: Transpose, Slice, Split, Gather, ArrayFeatureExtractor, and Concat, which puts them side by side. What they pick is
 * settled at load as one map of columns, unless the indices are computed from the rows (gather.c). */
#include "ops/select.h"

#include "base/convert.h"
#include "ops/operands.h"
#include "ops/registry.h"

/* ---- one map of columns ---- */

typedef struct map_state {
  const uint32_t *map;
  size_t columns, size;
} map_state;

static bool is_identity(const uint32_t *map, size_t columns, size_t from_columns) {
  if (columns != from_columns) return false;
  for (size_t i = 0; i < columns; i++)
    if (map[i] != i) return false;
  return true;
}

bool ot_select_columns(ot_prepare *context, size_t output, const ot_shape *shape, const uint32_t *map) {
  ot_value input = *ot_operator_input(context, 0);
  size_t columns = ot_shape_size(shape, 0, shape->rank);
  if (is_identity(map, columns, input.columns) && context->step->output_count == 1 && !context->values[input.width_of].width_open) {
    ot_operator_reshape(context, output, 0, shape);
    return true;
  }
  map_state *state = context->step->state;
  if (!state && !ot_operator_state(context, context->step->output_count * sizeof *state, &state)) return false;
  if (!ot_operator_shaped(context, output, input.type, shape)) return false;
  state[output] = (map_state){map, columns, onnxtree_type_size(input.type)};
  if (context->step->output_count == 1) context->step->columns = map;
  return true;
}

static void run_map(const ot_step *step, ot_frame *frame) {
  const map_state *state = step->state;
  const ot_span *from = &frame->values[step->inputs[0]];
  for (uint32_t o = 0; o < step->output_count; o++) {
    const ot_span *to = &frame->values[step->outputs[o]];
    if (state[o].map && to->data)
      ot_copy_columns(from->data, from->stride, to->data, state[o].columns, state[o].map, state[o].columns, frame->row_count, state[o].size);
  }
}

void ot_select_run(const ot_step *step, ot_frame *frame) { run_map(step, frame); }

/* Along one axis, take these positions: a map of columns, and the shape they have. */
static bool take(ot_prepare *context, size_t output, const ot_shape *from, int axis, const size_t *positions, size_t count, ot_shape *shape) {
  size_t outer = ot_shape_size(from, 0, axis), inner = ot_shape_size(from, axis + 1, from->rank), size = from->dims[axis];
  if (count && inner && outer > context->limits->max_columns / count / inner)
    return ot_operator_refuse(context, OT_PROBLEM_LIMIT_COLUMNS, "its output has more columns than the limit max_columns (%u) allows",
                              context->limits->max_columns);
  uint32_t *map = ot_arena_array(context->arena, outer * count * inner, sizeof *map);
  if (!map) return ot_operator_memory(context);
  size_t at = 0;
  for (size_t o = 0; o < outer; o++)
    for (size_t p = 0; p < count; p++)
      for (size_t i = 0; i < inner; i++) map[at++] = (uint32_t)((o * size + positions[p]) * inner + i);
  return ot_select_columns(context, output, shape, map);
}

/* ---- Transpose ---- */

enum { PERM, TRANSPOSE_RULES };
static const ot_attribute_rule transpose_rules[TRANSPOSE_RULES] = {{"perm", OT_ATTRIBUTE_INTS, 1}};

static bool read_permutation(ot_prepare *context, const ot_shape *from, int *perm) {
  ot_attribute_set set;
  const int64_t *axes;
  size_t count;
  if (!ot_operator_attributes(context, &set, transpose_rules, TRANSPOSE_RULES) || !ot_operator_ints(context, &set, PERM, &axes, &count)) return false;
  uint32_t seen = 0;
  for (int i = 0; i < from->rank; i++) {
    perm[i] = from->rank - 1 - i;
    if (!count) continue;
    bool fits = count == (size_t)from->rank && axes[i] >= 0 && axes[i] < from->rank && !(seen >> axes[i] & 1);
    if (!fits) return ot_operator_refuse(context, OT_PROBLEM_ATTRIBUTE_VALUE, "perm is no permutation of the %d dimensions of its input", from->rank);
    perm[i] = (int)axes[i];
    seen |= UINT32_C(1) << axes[i];
  }
  return true;
}

static bool prepare_transpose(ot_prepare *context) {
  if (!ot_operator_check(context, 0, OT_ALL_TYPES)) return false;
  ot_shape from = ot_operator_input(context, 0)->shape, shape = {.rank = from.rank, .row_axis = OT_NO_ROWS};
  int perm[OT_MOST_RANK] = {0};
  if (!read_permutation(context, &from, perm)) return false;
  size_t strides[OT_MOST_RANK], columns = ot_shape_size(&from, 0, from.rank);
  for (int i = 0; i < from.rank; i++) {
    shape.dims[i] = from.dims[perm[i]];
    strides[i] = ot_shape_size(&from, perm[i] + 1, from.rank);
    if (perm[i] == from.row_axis) shape.row_axis = i;
  }
  uint32_t *map = ot_arena_array(context->arena, columns, sizeof *map);
  if (!map) return ot_operator_memory(context);
  for (size_t c = 0; c < columns; c++) {
    size_t rest = c, column = 0;
    for (int i = from.rank - 1; i >= 0; i--) {
      column += rest % shape.dims[i] * strides[i];
      rest /= shape.dims[i];
    }
    map[c] = (uint32_t)column;
  }
  return ot_select_columns(context, 0, &shape, map);
}

/* ---- Slice ---- */

enum { STARTS, ENDS, AXES, SLICE_RULES };
static const ot_attribute_rule slice_rules[SLICE_RULES] = {
    {"starts", OT_ATTRIBUTE_INTS, 1}, {"ends", OT_ATTRIBUTE_INTS, 1}, {"axes", OT_ATTRIBUTE_INTS, 1}};

typedef struct slices {
  size_t count;
  const int64_t *starts, *ends, *axes, *steps; /* the last two may be NULL */
} slices;

static bool slice_input(ot_prepare *context, size_t input, size_t *count, const int64_t **elements) {
  const ot_value *value;
  *elements = NULL;
  if (!ot_operator_input(context, input)) return true;
  if (!ot_operator_integers(context, input, &value)) return false;
  if (value->is_symbolic) return ot_operator_refuse(context, OT_PROBLEM_GRAPH_MIXES_ROWS, "where it cuts depends on the number of rows");
  if (*count != SIZE_MAX && value->columns != *count)
    return ot_operator_refuse(context, OT_PROBLEM_VALUE_SHAPE, "its inputs starts, ends, axes and steps have different lengths");
  *count = value->columns;
  int64_t *copy = ot_arena_array(context->scratch, *count, sizeof *copy);
  if (!copy) return ot_operator_memory(context);
  for (size_t i = 0; i < *count; i++) copy[i] = ot_value_int(value, i);
  *elements = copy;
  return true;
}

static bool read_slices(ot_prepare *context, slices *s) {
  *s = (slices){.count = SIZE_MAX};
  if (context->step->version >= 10)
    return slice_input(context, 1, &s->count, &s->starts) && slice_input(context, 2, &s->count, &s->ends) &&
           slice_input(context, 3, &s->count, &s->axes) && slice_input(context, 4, &s->count, &s->steps);
  ot_attribute_set set;
  size_t starts, ends, axes;
  if (!ot_operator_attributes(context, &set, slice_rules, SLICE_RULES) || !ot_operator_ints(context, &set, STARTS, &s->starts, &starts) ||
      !ot_operator_ints(context, &set, ENDS, &s->ends, &ends) || !ot_operator_ints(context, &set, AXES, &s->axes, &axes))
    return false;
  s->count = starts;
  return (starts == ends && (axes == 0 || axes == starts)) ||
         ot_operator_refuse(context, OT_PROBLEM_ATTRIBUTE_LENGTH, "starts, ends and axes have different lengths");
}

static int64_t clamp(int64_t x, int64_t low, int64_t high) { return x < low ? low : x > high ? high : x; }

/* Positions of one slice along an axis of that size (numpy's rules). */
static size_t slice_positions(int64_t size, int64_t start, int64_t end, int64_t step, size_t *positions) {
  int64_t first = clamp(start < 0 ? (start < -size ? -1 : start + size) : start, step < 0 ? -1 : 0, step < 0 ? size - 1 : size);
  int64_t last = clamp(end < 0 ? (end < -size ? -1 : end + size) : end, step < 0 ? -1 : 0, size);
  if (step > 0 && first < 0) first = 0;
  size_t count = 0;
  for (int64_t at = first; step > 0 ? at < last : at > last && at >= 0; at += step) {
    positions[count++] = (size_t)at;
    if (step > size || step < -size) break;
  }
  return count;
}

/* Rows are kept whole: a slice of the row axis must take all of it. */
static bool keeps_rows(int64_t start, int64_t end, int64_t step) { return step == 1 && start == 0 && end >= INT32_MAX; }

static bool slice_axis(ot_prepare *context, const slices *s, size_t i, const ot_shape *from, size_t **positions, size_t *counts) {
  int axis;
  int64_t step = s->steps ? s->steps[i] : 1;
  if (!ot_operator_axis(context, from, s->axes ? s->axes[i] : (int64_t)i, true, &axis)) return false;
  if (step == 0) return ot_operator_refuse(context, OT_PROBLEM_ATTRIBUTE_VALUE, "it has a step of 0");
  if (axis == from->row_axis)
    return keeps_rows(s->starts[i], s->ends[i], step) || ot_operator_refuse(context, OT_PROBLEM_GRAPH_MIXES_ROWS, "it takes some of the rows");
  counts[axis] = slice_positions((int64_t)from->dims[axis], s->starts[i], s->ends[i], step, positions[axis]);
  return true;
}

/* Columns at the chosen positions of every axis. */
static bool take_all(ot_prepare *context, const ot_shape *from, size_t *const *positions, const size_t *counts) {
  ot_shape shape = *from;
  for (int i = 0; i < from->rank; i++) shape.dims[i] = counts[i];
  size_t columns = ot_shape_size(&shape, 0, shape.rank);
  uint32_t *map = ot_arena_array(context->arena, columns, sizeof *map);
  if (!map) return ot_operator_memory(context);
  for (size_t c = 0; c < columns; c++) {
    size_t rest = c, stride = 1, column = 0;
    for (int i = from->rank - 1; i >= 0; i--) {
      column += positions[i][rest % counts[i]] * stride;
      rest /= counts[i];
      stride *= from->dims[i];
    }
    map[c] = (uint32_t)column;
  }
  return ot_select_columns(context, 0, &shape, map);
}

static bool prepare_slice(ot_prepare *context) {
  slices s;
  if (!ot_operator_check(context, 0, OT_ALL_TYPES) || !read_slices(context, &s)) return false;
  ot_shape from = ot_operator_input(context, 0)->shape;
  size_t *positions[OT_MOST_RANK], counts[OT_MOST_RANK];
  if (s.count > (size_t)from.rank)
    return ot_operator_refuse(context, OT_PROBLEM_VALUE_SHAPE, "it cuts %zu dimensions of a tensor of rank %d", s.count, from.rank);
  for (int i = 0; i < from.rank; i++) {
    positions[i] = ot_arena_array(context->scratch, from.dims[i], sizeof **positions);
    if (!positions[i]) return ot_operator_memory(context);
    counts[i] = from.dims[i];
    for (size_t k = 0; k < counts[i]; k++) positions[i][k] = k;
  }
  for (size_t i = 0; i < s.count; i++)
    if (!slice_axis(context, &s, i, &from, positions, counts)) return false;
  return take_all(context, &from, positions, counts);
}

/* ---- Split ---- */

enum { SPLIT_AXIS, SPLIT, NUM_OUTPUTS, SPLIT_RULES };
static const ot_attribute_rule split_rules[SPLIT_RULES] = {
    {"axis", OT_ATTRIBUTE_INT, 1}, {"split", OT_ATTRIBUTE_INTS, 1}, {"num_outputs", OT_ATTRIBUTE_INT, 18}};

static bool split_sizes(ot_prepare *context, const ot_attribute_set *set, size_t size, int64_t *sizes) {
  size_t outputs = context->step->output_count, count = 0;
  const int64_t *given = NULL;
  const ot_value *input = NULL;
  if (!ot_operator_ints(context, set, SPLIT, &given, &count)) return false;
  if (ot_operator_input(context, 1)) {
    if (!ot_operator_integers(context, 1, &input)) return false;
    count = input->columns;
  }
  if (count && count != outputs) return ot_operator_refuse(context, OT_PROBLEM_ATTRIBUTE_LENGTH, "it has %zu sizes for %zu outputs", count, outputs);
  size_t chunk = (size + outputs - 1) / outputs, left = size;
  for (size_t i = 0; i < outputs; i++) {
    sizes[i] = count ? (input ? ot_value_int(input, i) : given[i]) : (int64_t)(left < chunk ? left : chunk);
    if (sizes[i] < 0 || (uint64_t)sizes[i] > left)
      return ot_operator_refuse(context, OT_PROBLEM_ATTRIBUTE_VALUE, "its sizes do not add up to %zu", size);
    left -= (size_t)sizes[i];
  }
  return left == 0 || ot_operator_refuse(context, OT_PROBLEM_ATTRIBUTE_VALUE, "its sizes do not add up to %zu", size);
}

static bool prepare_split(ot_prepare *context) {
  ot_attribute_set set;
  int axis;
  if (!ot_operator_attributes(context, &set, split_rules, SPLIT_RULES) || !ot_operator_check(context, 0, OT_ALL_TYPES)) return false;
  ot_shape from = ot_operator_input(context, 0)->shape;
  if (!ot_operator_axis(context, &from, ot_operator_int(&set, SPLIT_AXIS, 0), false, &axis)) return false;
  int64_t *sizes = ot_arena_array(context->scratch, context->step->output_count, sizeof *sizes);
  size_t *positions = ot_arena_array(context->scratch, from.dims[axis], sizeof *positions), first = 0;
  if (!sizes || !positions) return ot_operator_memory(context);
  if (!split_sizes(context, &set, from.dims[axis], sizes)) return false;
  for (size_t i = 0; i < from.dims[axis]; i++) positions[i] = i;
  for (uint32_t o = 0; o < context->step->output_count; o++) {
    ot_shape shape = from;
    shape.dims[axis] = (size_t)sizes[o];
    if (!take(context, o, &from, axis, positions + first, (size_t)sizes[o], &shape)) return false;
    first += (size_t)sizes[o];
  }
  return true;
}

/* ---- Gather and ArrayFeatureExtractor with indices that are known ---- */

bool ot_select_take(ot_prepare *context, int axis, const ot_value *indices, bool is_extractor) {
  ot_shape from = ot_operator_input(context, 0)->shape, shape = {.row_axis = from.row_axis};
  int rank = is_extractor ? 1 : indices->shape.rank;
  if (from.rank - 1 + rank > OT_MOST_RANK)
    return ot_operator_refuse(context, OT_PROBLEM_VALUE_SHAPE, "its output has more than %d dimensions", OT_MOST_RANK);
  size_t *positions = ot_arena_array(context->scratch, indices->columns, sizeof *positions);
  if (!positions) return ot_operator_memory(context);
  for (size_t i = 0; i < indices->columns; i++) {
    int64_t index = ot_value_int(indices, i), size = (int64_t)from.dims[axis];
    if (index < (is_extractor ? 0 : -size) || index >= size)
      return ot_operator_refuse(context, OT_PROBLEM_VALUE_SHAPE, "index %lld does not exist in a dimension of size %lld", (long long)index,
                                (long long)size);
    positions[i] = (size_t)(index < 0 ? index + size : index);
  }
  for (int i = 0; i < axis; i++) shape.dims[shape.rank++] = from.dims[i];
  if (is_extractor) shape.dims[shape.rank++] = indices->columns;
  for (int i = 0; !is_extractor && i < rank; i++) shape.dims[shape.rank++] = indices->shape.dims[i];
  for (int i = axis + 1; i < from.rank; i++) shape.dims[shape.rank++] = from.dims[i];
  if (from.row_axis > axis) shape.row_axis += rank - 1;
  return take(context, 0, &from, axis, positions, indices->columns, &shape);
}

/* ---- Concat ---- */

typedef struct concat_state {
  onnxtree_type type;
  size_t outer;
  struct {
    onnxtree_type type;
    size_t width; /* elements of one outer position */
  } parts[];
} concat_state;

enum { CONCAT_AXIS, CONCAT_RULES };
static const ot_attribute_rule concat_rules[CONCAT_RULES] = {{"axis", OT_ATTRIBUTE_INT, 1}};

/* The first input that has rows says where they are; constants between them would have to be repeated for every row, which broadcasting does not do.
 * */
static bool concat_shape(ot_prepare *context, const ot_attribute_set *set, int *axis, ot_shape *shape) {
  *shape = ot_operator_input(context, 0)->shape;
  if (!ot_operator_axis(context, shape, ot_operator_int(set, CONCAT_AXIS, 1), false, axis)) return false;
  size_t total = 0;
  for (uint32_t i = 0; i < context->step->input_count; i++) {
    const ot_shape *next = &ot_operator_input(context, i)->shape;
    bool fits = next->rank == shape->rank;
    for (int k = 0; fits && k < shape->rank; k++) fits = k == *axis || next->dims[k] == shape->dims[k];
    if (!fits) return ot_operator_refuse(context, OT_PROBLEM_VALUE_SHAPE, "the shapes of its inputs 0 and %u do not fit", i);
    if (next->row_axis != shape->row_axis)
      return ot_operator_refuse(context, OT_PROBLEM_GRAPH_MIXES_ROWS, "its inputs have rows in different dimensions");
    total += next->dims[*axis];
    if (total > context->limits->max_columns)
      return ot_operator_refuse(context, OT_PROBLEM_LIMIT_COLUMNS, "its output has more columns than the limit max_columns (%u) allows",
                                context->limits->max_columns);
  }
  shape->dims[*axis] = total;
  return true;
}

static bool prepare_concat(ot_prepare *context) {
  ot_attribute_set set;
  int axis;
  ot_shape shape;
  onnxtree_type type;
  if (!ot_operator_attributes(context, &set, concat_rules, CONCAT_RULES) || !ot_operator_check_all(context, 0, OT_ALL_TYPES, &type) ||
      !concat_shape(context, &set, &axis, &shape))
    return false;
  concat_state *state;
  if (context->step->input_count == 1) {
    ot_operator_alias(context, 0, 0);
    return true;
  }
  if (!ot_operator_state(context, sizeof *state + context->step->input_count * sizeof *state->parts, &state)) return false;
  state->outer = ot_shape_size(&shape, 0, axis);
  state->type = type;
  for (uint32_t i = 0; i < context->step->input_count; i++) {
    const ot_value *from = ot_operator_input(context, i);
    state->parts[i].type = from->type;
    state->parts[i].width = ot_shape_size(&from->shape, axis, from->shape.rank);
  }
  return ot_operator_shaped(context, 0, type, &shape);
}

static void run_concat(const ot_step *step, ot_frame *frame) {
  const concat_state *state = step->state;
  const ot_span *to = &frame->values[step->outputs[0]];
  size_t total = state->outer ? to->columns / state->outer : 0, first = 0, size = onnxtree_type_size(state->type);
  for (uint32_t i = 0; i < step->input_count; i++) {
    const ot_span *from = &frame->values[step->inputs[i]];
    onnxtree_type type = state->parts[i].type;
    size_t width = state->parts[i].width, from_size = onnxtree_type_size(type);
    for (size_t o = 0; o < state->outer; o++) {
      const char *in = (const char *)from->data + o * width * from_size;
      char *out = (char *)to->data + (o * total + first) * size;
      if (type == state->type)
        ot_copy_block(in, from->stride * size, out, to->columns * size, width, frame->row_count, size);
      else
        ot_convert_rows(in, type, from->stride, out, state->type, to->columns, frame->row_count, width);
    }
    first += width;
  }
}

bool ot_concat_is_stack(const ot_step *step, size_t *width) {
  const concat_state *state = step->operator->run == run_concat ? step->state : NULL;
  bool is_stack = state && state->outer == 1;
  for (uint32_t i = 0; is_stack && i < step->input_count; i++)
    is_stack = state->parts[i].type == ONNXTREE_FLOAT && state->parts[i].width == state->parts[0].width;
  if (is_stack) *width = state->parts[0].width;
  return is_stack;
}

#define ROW(name, since, until, least, most, outputs, prepare, run) \
  { "ai.onnx", name, since, until, least, most, 1, outputs, prepare, run, NULL, 0, NULL }
static const ot_operator rows[] = {ROW("Transpose", 1, OT_ONNX_NEWEST, 1, 1, 1, prepare_transpose, run_map),
                                   ROW("Slice", 1, 9, 1, 1, 1, prepare_slice, run_map),
                                   ROW("Slice", 10, OT_ONNX_NEWEST, 3, 5, 1, prepare_slice, run_map),
                                   ROW("Split", 2, 12, 1, 1, OT_VARIADIC, prepare_split, run_map),
                                   ROW("Split", 13, OT_ONNX_NEWEST, 1, 2, OT_VARIADIC, prepare_split, run_map),
                                   ROW("Concat", 4, OT_ONNX_NEWEST, 1, OT_VARIADIC, 1, prepare_concat, run_concat)};
const ot_operator_table ot_select_operators = OT_OPERATOR_TABLE(rows);
