/* Operators (ai.onnx) that only rename dimensions: Reshape, Flatten, Squeeze, Unsqueeze. The memory stays. */
#include "ops/registry.h"

/* ---- where the rows go ---- */

/* A shape that is asked for: sizes, perhaps one open ("what is left"), perhaps one in multiples of the number of rows. */
typedef struct target {
  int rank, row_axis, open_axis; /* OT_NO_ROWS (-1): none */
  int64_t dims[OT_MOST_RANK];
} target;

static bool refuse_mixed(const ot_prepare *context) {
  return ot_operator_refuse(context, OT_PROBLEM_GRAPH_MIXES_ROWS, "the shape that it asks for does not keep the rows in a dimension of their own");
}

static bool refuse_size(const ot_prepare *context) {
  return ot_operator_refuse(context, OT_PROBLEM_VALUE_SHAPE, "the shape that it asks for has another number of elements than its input");
}

/* Fill in the open dimension, and find out which one the rows are in. */
static bool resolve(const ot_prepare *context, const ot_shape *from, target *to, ot_shape *shape) {
  size_t size = ot_shape_size(from, 0, from->rank), product = 1;
  *shape = (ot_shape){.rank = to->rank, .row_axis = to->row_axis};
  if (from->row_axis != OT_NO_ROWS && to->row_axis == OT_NO_ROWS) shape->row_axis = to->open_axis;
  for (int i = 0; i < to->rank; i++) {
    shape->dims[i] = i == to->open_axis ? 1 : (size_t)to->dims[i];
    if (shape->dims[i] && product > UINT32_MAX / shape->dims[i]) return refuse_size(context);
    product *= shape->dims[i];
  }
  if (to->open_axis >= 0) {
    bool fits = product != 0 && size % product == 0;
    if (!fits) return from->row_axis == OT_NO_ROWS ? refuse_size(context) : refuse_mixed(context);
    shape->dims[to->open_axis] = size / product;
  } else if (product != size) {
    return refuse_size(context);
  }
  if (from->row_axis == OT_NO_ROWS) return to->row_axis == OT_NO_ROWS || refuse_mixed(context);
  if (shape->row_axis == OT_NO_ROWS) return refuse_mixed(context);
  bool kept = ot_shape_size(shape, 0, shape->row_axis) == ot_shape_size(from, 0, from->row_axis);
  return kept || refuse_mixed(context);
}

/* ---- Reshape ---- */

static bool add_dimension(const ot_prepare *context, const ot_shape *from, int64_t size, int64_t factor, bool copies_zero, target *to) {
  int at = to->rank++;
  to->dims[at] = size;
  if (factor) {
    if (factor < 0 || to->row_axis != OT_NO_ROWS) return refuse_mixed(context);
    to->row_axis = at;
    to->dims[at] = factor;
    return true;
  }
  if (size == -1) {
    if (to->open_axis >= 0) return ot_operator_refuse(context, OT_PROBLEM_VALUE_SHAPE, "the shape that it asks for has -1 twice");
    to->open_axis = at;
  } else if (size == 0 && copies_zero) {
    if (at >= from->rank)
      return ot_operator_refuse(context, OT_PROBLEM_VALUE_SHAPE, "the shape that it asks for copies a dimension that its input does not have");
    if (at == from->row_axis) to->row_axis = at;
    to->dims[at] = (int64_t)from->dims[at];
  } else if (size < 0) {
    return ot_operator_refuse(context, OT_PROBLEM_VALUE_SHAPE, "the shape that it asks for has the dimension %lld", (long long)size);
  }
  return true;
}

enum { ALLOW_ZERO, RESHAPE_RULES };
static const ot_attribute_rule reshape_rules[RESHAPE_RULES] = {{"allowzero", OT_ATTRIBUTE_INT, 14}};

static bool prepare_reshape(ot_prepare *context) {
  ot_attribute_set set;
  const ot_value *shape_value;
  if (!ot_operator_attributes(context, &set, reshape_rules, RESHAPE_RULES) || !ot_operator_check(context, 0, OT_ALL_TYPES)) return false;
  if (!ot_operator_integers(context, 1, &shape_value)) return false;
  if (shape_value->columns > OT_MOST_RANK)
    return ot_operator_refuse(context, OT_PROBLEM_VALUE_SHAPE, "the shape that it asks for has more than %d dimensions", OT_MOST_RANK);
  const ot_shape *from = &ot_operator_input(context, 0)->shape;
  target to = {0, OT_NO_ROWS, -1, {0}};
  for (size_t i = 0; i < shape_value->columns; i++) {
    int64_t size, factor;
    if (!ot_value_dimension(shape_value, i, &size, &factor)) return refuse_mixed(context);
    if (!add_dimension(context, from, size, factor, ot_operator_int(&set, ALLOW_ZERO, 0) == 0, &to)) return false;
  }
  ot_shape shape;
  if (!resolve(context, from, &to, &shape)) return false;
  ot_operator_reshape(context, 0, 0, &shape);
  return true;
}

/* ---- Flatten ---- */

enum { AXIS, FLATTEN_RULES };
static const ot_attribute_rule flatten_rules[FLATTEN_RULES] = {{"axis", OT_ATTRIBUTE_INT, 1}};

static bool prepare_flatten(ot_prepare *context) {
  ot_attribute_set set;
  if (!ot_operator_attributes(context, &set, flatten_rules, FLATTEN_RULES) || !ot_operator_check(context, 0, OT_ALL_TYPES)) return false;
  const ot_shape *from = &ot_operator_input(context, 0)->shape;
  int64_t axis = ot_operator_int(&set, AXIS, 1);
  if (axis < -from->rank || axis > from->rank)
    return ot_operator_refuse(context, OT_PROBLEM_ATTRIBUTE_VALUE, "axis %lld does not exist in a tensor of rank %d", (long long)axis, from->rank);
  int at = (int)(axis < 0 ? axis + from->rank : axis), rows = from->row_axis;
  ot_shape shape = {
      .rank = 2, .row_axis = rows == OT_NO_ROWS ? OT_NO_ROWS : rows >= at, .dims = {ot_shape_size(from, 0, at), ot_shape_size(from, at, from->rank)}};
  if (rows != OT_NO_ROWS && ot_shape_size(from, shape.row_axis ? at : 0, rows) != 1) return refuse_mixed(context);
  ot_operator_reshape(context, 0, 0, &shape);
  return true;
}

/* ---- Squeeze, Unsqueeze ---- */

enum { AXES, SQUEEZE_RULES };
static const ot_attribute_rule squeeze_rules[SQUEEZE_RULES] = {{"axes", OT_ATTRIBUTE_INTS, 1}};

/* Bit i: axis i of a tensor of that rank is named. */
static bool read_axes(ot_prepare *context, int rank, uint32_t *named) {
  ot_attribute_set set;
  const int64_t *axes = NULL;
  size_t count = 0;
  const ot_value *input = NULL;
  bool attribute = context->step->version < 13;
  if (!ot_operator_attributes(context, &set, squeeze_rules, attribute ? SQUEEZE_RULES : 0)) return false;
  if (attribute && !ot_operator_ints(context, &set, AXES, &axes, &count)) return false;
  if (ot_operator_input(context, 1)) {
    if (!ot_operator_integers(context, 1, &input)) return false;
    count = input->columns;
  }
  *named = 0;
  ot_shape shape = {.rank = rank, .row_axis = OT_NO_ROWS};
  for (size_t i = 0; i < count; i++) {
    int at;
    if (!ot_operator_axis(context, &shape, input ? ot_value_int(input, i) : axes[i], false, &at)) return false;
    if (*named >> at & 1) return ot_operator_refuse(context, OT_PROBLEM_ATTRIBUTE_VALUE, "it names axis %d twice", at);
    *named |= UINT32_C(1) << at;
  }
  return true;
}

static bool prepare_squeeze(ot_prepare *context) {
  if (!ot_operator_check(context, 0, OT_ALL_TYPES)) return false;
  const ot_shape *from = &ot_operator_input(context, 0)->shape;
  uint32_t named;
  if (!read_axes(context, from->rank, &named)) return false;
  ot_shape shape = {.row_axis = OT_NO_ROWS};
  for (int i = 0; i < from->rank; i++) {
    bool removed = named ? (named >> i & 1) != 0 : from->dims[i] == 1 && i != from->row_axis;
    if (removed && i == from->row_axis) return refuse_mixed(context);
    if (removed && from->dims[i] != 1)
      return ot_operator_refuse(context, OT_PROBLEM_VALUE_SHAPE, "it removes axis %d, whose size is %zu", i, from->dims[i]);
    if (removed) continue;
    if (i == from->row_axis) shape.row_axis = shape.rank;
    shape.dims[shape.rank++] = from->dims[i];
  }
  ot_operator_reshape(context, 0, 0, &shape);
  return true;
}

static int count_bits(uint32_t bits) {
  int count = 0;
  for (; bits; bits &= bits - 1) count++;
  return count;
}

/* How many axes are added decides what negative ones mean, so they are read twice. */
static bool prepare_unsqueeze(ot_prepare *context) {
  if (!ot_operator_check(context, 0, OT_ALL_TYPES)) return false;
  const ot_shape *from = &ot_operator_input(context, 0)->shape;
  uint32_t named;
  const ot_value *input = ot_operator_input(context, 1);
  ot_attribute_set set;
  size_t count = input ? input->columns : 0;
  if (!input) {
    if (!ot_operator_attributes(context, &set, squeeze_rules, SQUEEZE_RULES)) return false;
    count = ot_attribute_is_present(&set, AXES) ? ot_attribute_get(&set, AXES)->count : 0;
  }
  if (count == 0 || count + (size_t)from->rank > OT_MOST_RANK)
    return ot_operator_refuse(context, OT_PROBLEM_VALUE_SHAPE, "it adds %zu dimensions to %d; 1 to %d in all are supported", count, from->rank,
                              OT_MOST_RANK);
  int rank = from->rank + (int)count;
  if (!read_axes(context, rank, &named) || count_bits(named) != (int)count) return false;
  ot_shape shape = {.rank = rank, .row_axis = OT_NO_ROWS};
  for (int i = 0, next = 0; i < rank; i++) {
    shape.dims[i] = 1;
    if (named >> i & 1) continue;
    if (next == from->row_axis) shape.row_axis = i;
    shape.dims[i] = from->dims[next++];
  }
  ot_operator_reshape(context, 0, 0, &shape);
  return true;
}

#define ROW(name, since, until, least, most, shapes, prepare) {"ai.onnx", name, since, until, least, most, 1, 1, prepare, NULL, NULL, shapes, NULL}
static const ot_operator rows[] = {ROW("Reshape", 5, OT_ONNX_NEWEST, 2, 2, 2, prepare_reshape),
                                   ROW("Flatten", 1, OT_ONNX_NEWEST, 1, 1, 0, prepare_flatten),
                                   ROW("Squeeze", 1, 12, 1, 1, 0, prepare_squeeze),
                                   ROW("Squeeze", 13, OT_ONNX_NEWEST, 1, 2, 2, prepare_squeeze),
                                   ROW("Unsqueeze", 1, 12, 1, 1, 0, prepare_unsqueeze),
                                   ROW("Unsqueeze", 13, OT_ONNX_NEWEST, 2, 2, 2, prepare_unsqueeze)};
const ot_operator_table ot_reshape_operators = OT_OPERATOR_TABLE(rows);
