#include "ops/value.h"

#include <string.h>

/* Large primes: no model has dimensions that are multiples of all three by chance. */
const size_t ot_sample_rows[OT_SAMPLE_COUNT] = {1000003, 1299709, 1750013};

ot_shape ot_shape_of_rows(int rank, size_t columns) {
  ot_shape shape = {.rank = rank, .row_axis = 0, .dims = {1}};
  if (rank == 2) shape.dims[1] = columns;
  return shape;
}

bool ot_shape_is_table(const ot_shape *shape) {
  return (shape->rank == 1 || shape->rank == 2) && (shape->row_axis == OT_NO_ROWS || (shape->row_axis == 0 && shape->dims[0] == 1));
}

size_t ot_shape_size(const ot_shape *shape, int first, int end) {
  size_t size = 1;
  for (int i = first; i < end; i++) size *= shape->dims[i];
  return size;
}

bool ot_shape_axis(const ot_shape *shape, int64_t axis, int *position) {
  if (axis < -shape->rank || axis >= shape->rank) return false;
  *position = (int)(axis < 0 ? axis + shape->rank : axis);
  return true;
}

int64_t ot_value_int(const ot_value *value, size_t index) {
  return value->type == ONNXTREE_INT64 ? ((const int64_t *)value->constant)[index] : ((const int32_t *)value->constant)[index];
}

bool ot_value_dimension(const ot_value *value, size_t index, int64_t *size, int64_t *factor) {
  *size = ot_value_int(value, index);
  *factor = 0;
  if (!value->is_symbolic) return true;
  int64_t second = ot_value_int(value, value->columns + index);
  if (second == *size) return ot_value_int(value, 2 * value->columns + index) == *size;
  *factor = *size / (int64_t)ot_sample_rows[0];
  for (size_t s = 0; s < OT_SAMPLE_COUNT; s++)
    if (ot_value_int(value, s * value->columns + index) != *factor * (int64_t)ot_sample_rows[s]) return false;
  return true;
}

bool ot_value_is_settled(const ot_value *value) {
  size_t bytes = value->columns * onnxtree_type_size(value->type);
  for (size_t s = 1; s < OT_SAMPLE_COUNT; s++)
    if (memcmp(value->constant, (const char *)value->constant + s * bytes, bytes) != 0) return false;
  return true;
}
