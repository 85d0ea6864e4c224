#include "onnx/tensor.h"

#include <string.h>

#include "base/checked.h"
#include "onnx/wire.h"

/* How each type is held: its element width in raw_data, and how many elements the typed field has. */
static size_t raw_width(int32_t type) {
  switch (type) {
    case ONNXTREE_FLOAT:
    case ONNXTREE_INT32: return 4;
    case ONNXTREE_DOUBLE:
    case ONNXTREE_INT64: return 8;
    case ONNXTREE_BOOL:
    case OT_TENSOR_UINT8: return 1;
    default: return 0;
  }
}

static size_t typed_count(const Onnxtree__Pb__TensorProto *proto) {
  switch (proto->data_type) {
    case ONNXTREE_FLOAT: return proto->n_float_data;
    case ONNXTREE_DOUBLE: return proto->n_double_data;
    case ONNXTREE_INT64: return proto->n_int64_data;
    case ONNXTREE_STRING: return proto->n_string_data;
    default: return proto->n_int32_data;
  }
}

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

bool ot_tensor_open(ot_tensor *tensor, const Onnxtree__Pb__TensorProto *proto, const char *place, ot_problems *problems) {
  if (proto->n_external_data || (proto->has_data_location && (int)proto->data_location != 0))
    return fail(problems, OT_PROBLEM_EXTERNAL_DATA, place, "the tensor's data is in another file; save the model with its data inside");
  if (proto->segment) return fail(problems, OT_PROBLEM_TENSOR_SIZE, place, "tensors in segments are not supported");
  size_t width = raw_width(proto->data_type);
  if (width == 0 && proto->data_type != ONNXTREE_STRING) {
    ot_problem(problems, OT_PROBLEM_TENSOR_TYPE, place,
               "the tensor has element type %d; "
               "float (1), uint8 (2), int32 (6), int64 (7), string (8), bool (9) or double (11) was expected",
               (int)proto->data_type);
    return false;
  }
  *tensor = (ot_tensor){.type = proto->data_type, .rank = proto->n_dims, .dims = proto->dims, .proto = proto};
  if (!count_elements(proto, &tensor->count))
    return fail(problems, OT_PROBLEM_TENSOR_SIZE, place, "a dimension is negative, or their product too large");
  size_t typed = typed_count(proto), have = typed;
  size_t others = proto->n_float_data + proto->n_double_data + proto->n_int32_data + proto->n_int64_data + proto->n_uint64_data +
                  proto->n_string_data - typed;
  if (others || (proto->has_raw_data && (typed || width == 0)))
    return fail(problems, OT_PROBLEM_TENSOR_SIZE, place, "the tensor holds data in more than one form");
  if (proto->has_raw_data) {
    if (proto->raw_data.len % width) return fail(problems, OT_PROBLEM_TENSOR_SIZE, place, "raw_data ends inside an element");
    have = proto->raw_data.len / width;
  }
  if (have != tensor->count) {
    ot_problem(problems, OT_PROBLEM_TENSOR_SIZE, place, "the dimensions ask for %zu elements but the data has %zu", tensor->count, have);
    return false;
  }
  return true;
}

bool ot_tensor_decode(ot_tensor *tensor, const unsigned char *bytes, size_t size, ot_arena *arena, const char *place, ot_problems *problems) {
  ProtobufCAllocator allocator = ot_decode_allocator(arena);
  arena->failed = false;
  const Onnxtree__Pb__TensorProto *proto = onnxtree__pb__tensor_proto__unpack(&allocator, size, bytes);
  if (!proto) return ot_decode_refuse(arena, place, problems);
  return ot_tensor_open(tensor, proto, place, problems);
}

double ot_tensor_element(const ot_tensor *tensor, size_t index) {
  const Onnxtree__Pb__TensorProto *proto = tensor->proto;
  if (tensor->type == OT_TENSOR_UINT8) return proto->has_raw_data ? proto->raw_data.data[index] : proto->int32_data[index];
  if (tensor->type == ONNXTREE_FLOAT)
    return proto->has_raw_data ? ot_wire_load_float(proto->raw_data.data + 4 * index) : proto->float_data[index];
  return proto->has_raw_data ? ot_wire_load_double(proto->raw_data.data + 8 * index) : proto->double_data[index];
}

/* ---- copies ---- */

static void copy_raw(const ot_tensor *tensor, void *to) {
  const unsigned char *raw = tensor->proto->raw_data.data;
  size_t width = raw_width(tensor->type);
  for (size_t i = 0; i < tensor->count; i++) {
    if (width == 1) ((uint8_t *)to)[i] = tensor->type == ONNXTREE_BOOL ? raw[i] != 0 : raw[i];
    if (width == 4) ((uint32_t *)to)[i] = ot_wire_load32(raw + 4 * i);
    if (width == 8) ((uint64_t *)to)[i] = ot_wire_load64(raw + 8 * i);
  }
}

static bool copy_strings(const ot_tensor *tensor, onnxtree_string *to, ot_arena *arena) {
  for (size_t i = 0; i < tensor->count; i++) {
    const ProtobufCBinaryData *text = &tensor->proto->string_data[i];
    to[i] = (onnxtree_string){ot_arena_text(arena, text->data ? (const char *)text->data : "", text->len), text->len};
    if (!to[i].data) return false;
  }
  return true;
}

static void copy_typed(const ot_tensor *tensor, void *to) {
  const Onnxtree__Pb__TensorProto *proto = tensor->proto;
  switch (tensor->type) {
    case ONNXTREE_FLOAT: memcpy(to, proto->float_data, tensor->count * 4); break;
    case ONNXTREE_INT32: memcpy(to, proto->int32_data, tensor->count * 4); break;
    case ONNXTREE_DOUBLE: memcpy(to, proto->double_data, tensor->count * 8); break;
    case ONNXTREE_INT64: memcpy(to, proto->int64_data, tensor->count * 8); break;
    default:
      for (size_t i = 0; i < tensor->count; i++)
        ((uint8_t *)to)[i] = tensor->type == ONNXTREE_BOOL ? proto->int32_data[i] != 0 : (uint8_t)proto->int32_data[i];
  }
}

void *ot_tensor_elements(const ot_tensor *tensor, ot_arena *arena) {
  bool strings = tensor->type == ONNXTREE_STRING;
  void *elements = ot_arena_array(arena, tensor->count, strings ? sizeof(onnxtree_string) : raw_width(tensor->type));
  if (!elements || tensor->count == 0) return elements;
  if (strings) return copy_strings(tensor, elements, arena) ? elements : NULL;
  if (tensor->proto->has_raw_data)
    copy_raw(tensor, elements);
  else
    copy_typed(tensor, elements);
  return elements;
}
