/* Tensors inside a model: checked sizes, typed or raw data. */
#ifndef OT_ONNX_TENSOR_H
#define OT_ONNX_TENSOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/problems.h"

typedef struct ot_tensor {
  int32_t type;  /* TensorProto.DataType */
  size_t rank;
  size_t count;  /* elements: the product of the dimensions */
  const unsigned char *raw; /* little-endian elements, or NULL: then one of */
  const float *floats;
  const double *doubles;
} ot_tensor;

/* Decode a tensor message of float or double elements. The tensor lives as long as the arena. */
bool ot_tensor_decode(ot_tensor *tensor, const unsigned char *bytes, size_t size, ot_arena *arena, const char *place, ot_problems *problems);

/* The element as a double: exact for both types. */
double ot_tensor_element(const ot_tensor *tensor, size_t index);

#endif
