#include "support/result_hash.h"

#include <string.h>

result_hash result_hash_bytes(result_hash h, const void *data, size_t size) {
  for (size_t i = 0; i < size; i++) h = (h ^ ((const unsigned char *)data)[i]) * UINT64_C(1099511628211);
  return h;
}

result_hash result_hash_number(result_hash h, uint64_t bits, size_t size) {
  for (size_t i = 0; i < size; i++) h = (h ^ (bits >> (8 * i) & 0xFF)) * UINT64_C(1099511628211);
  return h;
}

static result_hash add_element(result_hash h, const onnxtree_tensor *t, size_t i) {
  uint32_t narrow;
  uint64_t wide;
  switch (t->type) {
    case ONNXTREE_FLOAT:
      memcpy(&narrow, (float *)t->data + i, sizeof narrow);
      return result_hash_number(h, (narrow & 0x7FFFFFFF) > 0x7F800000 ? 0x7FC00000 : narrow, 4);
    case ONNXTREE_DOUBLE:
      memcpy(&wide, (double *)t->data + i, sizeof wide);
      return result_hash_number(h, (wide << 1) > UINT64_C(0xFFE0000000000000) ? UINT64_C(0x7FF8000000000000) : wide, 8);
    case ONNXTREE_INT64: return result_hash_number(h, (uint64_t)((int64_t *)t->data)[i], 8);
    case ONNXTREE_INT32: return result_hash_number(h, (uint32_t)((int32_t *)t->data)[i], 4);
    case ONNXTREE_STRING: {
      onnxtree_string text = ((onnxtree_string *)t->data)[i];
      return result_hash_bytes(result_hash_number(h, text.size, 8), text.data, text.size);
    }
    default: return result_hash_number(h, ((unsigned char *)t->data)[i], 1);
  }
}

result_hash result_hash_tensor(result_hash h, const onnxtree_tensor *tensor) {
  for (size_t i = 0; i < tensor->rows * tensor->columns; i++) h = add_element(h, tensor, i);
  return h;
}
