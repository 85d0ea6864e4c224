/* Attributes of a node, read in place: scalars at once, arrays by cursors that walk the wire bytes. A tree attribute holds millions of
 * integers; protobuf-c would need 60 bytes for each. Only bytes that passed ot_scan() may be given to these functions. */
#ifndef OT_ONNX_ATTRIBUTE_H
#define OT_ONNX_ATTRIBUTE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <onnxtree/model.h>

#include "base/problems.h"
#include "onnx/scan.h"

/* Numbers of AttributeProto.AttributeType. */
typedef enum ot_attribute_type {
  OT_ATTRIBUTE_UNDEFINED = 0,
  OT_ATTRIBUTE_FLOAT = 1,
  OT_ATTRIBUTE_INT = 2,
  OT_ATTRIBUTE_STRING = 3,
  OT_ATTRIBUTE_TENSOR = 4,
  OT_ATTRIBUTE_FLOATS = 6,
  OT_ATTRIBUTE_INTS = 7,
  OT_ATTRIBUTE_STRINGS = 8
} ot_attribute_type;

typedef struct ot_attribute {
  onnxtree_string name;
  int64_t type; /* an ot_attribute_type, or another number of the definition that no operator here takes */
  float f;
  int64_t i;
  onnxtree_string s;                /* the string; or the bytes of the tensor */
  size_t count;                     /* elements of an array */
  const unsigned char *begin, *end; /* the message */
} ot_attribute;

/* What stands for an attribute of OT_LONG_RUN bytes or more, with the size OT_LONG_ATTRIBUTE, which no other has. */
#define OT_LONG_ATTRIBUTE SIZE_MAX
typedef struct ot_long_attribute {
  const unsigned char *begin, *end;
  const ot_run *runs; /* the first one that ends in or behind it */
} ot_long_attribute;

/* Read the head of an attribute message, as ot_decode_model() gives it, and count its elements. Reports contents that contradict the type. */
bool ot_attribute_read(ot_attribute *attribute, const void *data, size_t size, const char *node_place, ot_problems *problems);

const char *ot_attribute_type_name(int64_t type);

/* Walks the elements of an INTS, FLOATS or STRINGS attribute, packed or not. At most `count` elements may be taken. */
typedef struct ot_cursor {
  const unsigned char *at;
  const unsigned char *packed_end; /* inside a packed run, else NULL */
  const unsigned char *end;
} ot_cursor;

ot_cursor ot_cursor_begin(const ot_attribute *attribute);
int64_t ot_cursor_int(ot_cursor *cursor);
/* The next `count` of them, faster. */
void ot_cursor_ints(ot_cursor *cursor, int64_t *values, size_t count);
float ot_cursor_float(ot_cursor *cursor);
void ot_cursor_floats(ot_cursor *cursor, double *values, size_t count);
onnxtree_string ot_cursor_string(ot_cursor *cursor);

#endif
