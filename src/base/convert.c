#include "base/convert.h"

#include <stdint.h>
#include <string.h>

int64_t ot_to_int64(double x) {
  if (x != x) return 0;
  if (x >= 0x1p63) return INT64_MAX;
  if (x <= -0x1p63) return INT64_MIN;
  return (int64_t)x;
}

int32_t ot_to_int32(double x) {
  if (x != x) return 0;
  if (x >= 0x1p31) return INT32_MAX;
  if (x <= -0x1p31) return INT32_MIN;
  return (int32_t)x;
}

/* One loop per pair of types: CONVERT(name, from, to, expression in x). */
#define CONVERT(name, from, to, expression)                                                                               \
  static void name(const void *input, size_t input_stride, void *output, size_t output_stride, size_t rows, size_t columns) { \
    for (size_t r = 0; r < rows; r++) {                                                                                   \
      const from *in = (const from *)input + r * input_stride;                                                            \
      to *out = (to *)output + r * output_stride;                                                                         \
      for (size_t c = 0; c < columns; c++) {                                                                              \
        from x = in[c];                                                                                                   \
        out[c] = expression;                                                                                              \
      }                                                                                                                   \
    }                                                                                                                     \
  }

CONVERT(float_float, float, float, x)
CONVERT(float_double, float, double, x)
CONVERT(float_int32, float, int32_t, ot_to_int32((double)x))
CONVERT(float_int64, float, int64_t, ot_to_int64((double)x))
CONVERT(float_bool, float, uint8_t, x != 0)
CONVERT(double_float, double, float, (float)x)
CONVERT(double_double, double, double, x)
CONVERT(double_int32, double, int32_t, ot_to_int32(x))
CONVERT(double_int64, double, int64_t, ot_to_int64(x))
CONVERT(double_bool, double, uint8_t, x != 0)
CONVERT(int32_float, int32_t, float, (float)x)
CONVERT(int32_double, int32_t, double, (double)x)
CONVERT(int32_int32, int32_t, int32_t, x)
CONVERT(int32_int64, int32_t, int64_t, x)
CONVERT(int32_bool, int32_t, uint8_t, x != 0)
CONVERT(int64_float, int64_t, float, (float)x)
CONVERT(int64_double, int64_t, double, (double)x)
CONVERT(int64_int32, int64_t, int32_t, (int32_t)(uint32_t)(uint64_t)x)
CONVERT(int64_int64, int64_t, int64_t, x)
CONVERT(int64_bool, int64_t, uint8_t, x != 0)
CONVERT(bool_float, uint8_t, float, x ? 1.0f : 0.0f)
CONVERT(bool_double, uint8_t, double, x ? 1.0 : 0.0)
CONVERT(bool_int32, uint8_t, int32_t, x != 0)
CONVERT(bool_int64, uint8_t, int64_t, x != 0)
CONVERT(bool_bool, uint8_t, uint8_t, x != 0)
CONVERT(string_string, onnxtree_string, onnxtree_string, x)

typedef void converter(const void *, size_t, void *, size_t, size_t, size_t);

static converter *find(onnxtree_type from, onnxtree_type to) {
  static converter *const table[5][5] = {
      {float_float, float_double, float_int32, float_int64, float_bool},      {double_float, double_double, double_int32, double_int64, double_bool},
      {int32_float, int32_double, int32_int32, int32_int64, int32_bool},      {int64_float, int64_double, int64_int32, int64_int64, int64_bool},
      {bool_float, bool_double, bool_int32, bool_int64, bool_bool},
  };
  static const int8_t index[] = {[ONNXTREE_FLOAT] = 1, [ONNXTREE_DOUBLE] = 2, [ONNXTREE_INT32] = 3, [ONNXTREE_INT64] = 4, [ONNXTREE_BOOL] = 5};
  if (from == ONNXTREE_STRING && to == ONNXTREE_STRING) return string_string;
  if ((unsigned)from >= sizeof index || (unsigned)to >= sizeof index || !index[from] || !index[to]) return NULL;
  return table[index[from] - 1][index[to] - 1];
}

bool ot_convert_is_possible(onnxtree_type from, onnxtree_type to) { return from != ONNXTREE_STRING && find(from, to); }

void ot_convert_rows(const void *from, onnxtree_type from_type, size_t from_stride, void *to, onnxtree_type to_type, size_t to_stride,
                     size_t row_count, size_t columns) {
  converter *convert = find(from_type, to_type);
  if (convert) convert(from, from_stride, to, to_stride, row_count, columns);
}
