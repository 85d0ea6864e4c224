#include "onnx/tensor.h"

#include "base/checked.h"
#include "onnx/decode.h"
#include "onnx/wire.h"

static bool fail(ot_problems *problems, ot_problem_code code, const char *place, const char *message) {
  ot_problem(problems, code, place, "%s", message);
  return false;
}

static bool count_elements(const Onnxtree__Pb__TensorProto *proto, size_t *count) {
  *count = 1;
  for (size_t i = 0; i < proto->n_dims; i++) {
    if (proto->dims[i] < 0 || (uint64_t)proto->dims[i] > SIZE_MAX) return false;
    if (!ot_multiply(*count, (size_t)proto->dims[i], count)) return false;
  }
  return true;
}

bool ot_tensor_decode(ot_tensor *tensor, const unsigned char *bytes, size_t size, ot_arena *arena, const char *place, ot_problems *problems) {
  ProtobufCAllocator allocator = ot_decode_allocator(arena);
  arena->failed = false;
  const Onnxtree__Pb__TensorProto *proto = onnxtree__pb__tensor_proto__unpack(&allocator, size, bytes);
  if (!proto && arena->failed) return ot_problem_memory(problems, arena->memory);
  if (!proto) return fail(problems, OT_PROBLEM_WIRE_TYPE, place, "the bytes are no tensor (protobuf-c refuses them)");
  if (proto->n_external_data || (proto->has_data_location && (int)proto->data_location != 0))
    return fail(problems, OT_PROBLEM_EXTERNAL_DATA, place, "the tensor's data is in another file; save the model with its data inside");
  if (proto->segment) return fail(problems, OT_PROBLEM_TENSOR_SIZE, place, "tensors in segments are not supported");
  bool is_float = proto->data_type == ONNXTREE_FLOAT, is_double = proto->data_type == ONNXTREE_DOUBLE;
  if (!is_float && !is_double) {
    ot_problem(problems, OT_PROBLEM_TENSOR_TYPE, place, "the tensor has element type %d; float (1) or double (11) was expected", (int)proto->data_type);
    return false;
  }
  *tensor = (ot_tensor){.type = proto->data_type, .rank = proto->n_dims, .floats = proto->float_data, .doubles = proto->double_data};
  if (!count_elements(proto, &tensor->count)) return fail(problems, OT_PROBLEM_TENSOR_SIZE, place, "a dimension is negative, or their product too large");
  size_t typed = is_float ? proto->n_float_data : proto->n_double_data;
  size_t others = proto->n_float_data + proto->n_double_data + proto->n_int32_data + proto->n_int64_data + proto->n_uint64_data + proto->n_string_data - typed;
  if (others || (proto->has_raw_data && typed)) return fail(problems, OT_PROBLEM_TENSOR_SIZE, place, "the tensor holds data in more than one form");
  size_t width = is_float ? 4 : 8, have = typed;
  if (proto->has_raw_data) {
    tensor->raw = proto->raw_data.data;
    if (proto->raw_data.len % width) return fail(problems, OT_PROBLEM_TENSOR_SIZE, place, "raw_data ends inside an element");
    have = proto->raw_data.len / width;
  }
  if (have != tensor->count) {
    ot_problem(problems, OT_PROBLEM_TENSOR_SIZE, place, "the dimensions ask for %zu elements but the data has %zu", tensor->count, have);
    return false;
  }
  return true;
}

double ot_tensor_element(const ot_tensor *tensor, size_t index) {
  if (tensor->type == ONNXTREE_FLOAT)
    return tensor->raw ? ot_wire_load_float(tensor->raw + 4 * index) : tensor->floats[index];
  return tensor->raw ? ot_wire_load_double(tensor->raw + 8 * index) : tensor->doubles[index];
}
