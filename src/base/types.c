/* Sizes and names of element types. */
#include <onnxtree/model.h>

static const struct {
  const char *name;
  size_t size;
} types[] = {
    [ONNXTREE_FLOAT] = {"float", sizeof(float)},
    [ONNXTREE_DOUBLE] = {"double", sizeof(double)},
    [ONNXTREE_INT32] = {"int32", sizeof(int32_t)},
    [ONNXTREE_INT64] = {"int64", sizeof(int64_t)},
    [ONNXTREE_BOOL] = {"bool", sizeof(uint8_t)},
    [ONNXTREE_STRING] = {"string", sizeof(onnxtree_string)},
};

size_t onnxtree_type_size(onnxtree_type type) { return (unsigned)type < sizeof types / sizeof *types ? types[type].size : 0; }

const char *onnxtree_type_name(onnxtree_type type) {
  return (unsigned)type < sizeof types / sizeof *types && types[type].name ? types[type].name : "undefined";
}
