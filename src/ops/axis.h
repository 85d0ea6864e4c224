/* A tensor seen along one axis: for each row, outer x size x inner elements. */
#ifndef OT_OPS_AXIS_H
#define OT_OPS_AXIS_H

#include "ops/operator.h"

typedef struct ot_axis_view {
  size_t outer, size, inner;
} ot_axis_view;

static inline ot_axis_view ot_axis_view_of(const ot_shape *shape, int axis) {
  return (ot_axis_view){ot_shape_size(shape, 0, axis), shape->dims[axis], ot_shape_size(shape, axis + 1, shape->rank)};
}

#endif
