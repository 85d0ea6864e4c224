/* Tensors inside a model: checked sizes, typed or raw data. */
#ifndef OT_ONNX_TENSOR_H
#define OT_ONNX_TENSOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/problems.h"
#include "onnx/decode.h"

#define OT_TENSOR_UINT8 2 /* TensorProto.DataType; the others are those of onnxtree_type */

typedef struct ot_tensor {
  int32_t type; /* TensorProto.DataType */
  size_t rank;
  const int64_t *dims;
  size_t count; /* elements: the product of the dimensions */
  const Onnxtree__Pb__TensorProto *proto;
} ot_tensor;

/* Decode a tensor message. The tensor lives as long as the arena. Types: float, double, int32, int64, bool, string, uint8. */
bool ot_tensor_decode(ot_tensor *tensor, const unsigned char *bytes, size_t size, ot_arena *arena, const char *place, ot_problems *problems);

/* The same for a message that is decoded already; it must outlive the tensor. */
bool ot_tensor_open(ot_tensor *tensor, const Onnxtree__Pb__TensorProto *proto, const char *place, ot_problems *problems);

/* An element of a float, double or uint8 tensor as a double: exact. */
double ot_tensor_element(const ot_tensor *tensor, size_t index);

/* The elements as an array of their type (strings with their text, uint8 as bytes) in `arena`; NULL: out of memory. */
void *ot_tensor_elements(const ot_tensor *tensor, ot_arena *arena);

#endif
