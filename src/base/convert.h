/* Conversion of numbers between element types, with a defined result for every value. */
#ifndef OT_BASE_CONVERT_H
#define OT_BASE_CONVERT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <onnxtree/model.h>

/* Truncated; what does not fit becomes the nearest end of the range, NaN 0. */
int32_t ot_to_int32(double x);
int64_t ot_to_int64(double x);

/* Whether both types are numbers (bool included). */
bool ot_convert_is_possible(onnxtree_type from, onnxtree_type to);

/* Convert row_count x columns elements; strides are in elements. Integers become the nearest float or double (ties to even), doubles the
 * nearest float. Floats become integers by truncation; what does not fit becomes the nearest end of the range, NaN becomes 0 (ONNX leaves
 * these undefined). To bool: 0 is false, all else true. The two memories do not overlap. */
void ot_convert_rows(const void *from, onnxtree_type from_type, size_t from_stride, void *to, onnxtree_type to_type, size_t to_stride,
                     size_t row_count, size_t columns);

#endif
