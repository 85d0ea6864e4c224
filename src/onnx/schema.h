/* The messages and fields of onnx.proto that the wire scan knows. The table is ours, so that a newer definition file changes nothing;
 * fields that are not listed are allowed and skipped, as protobuf demands. */
#ifndef OT_ONNX_SCHEMA_H
#define OT_ONNX_SCHEMA_H

#include <stdbool.h>
#include <stdint.h>

typedef enum ot_message_kind {
  OT_MESSAGE_MODEL,
  OT_MESSAGE_GRAPH,
  OT_MESSAGE_NODE,
  OT_MESSAGE_ATTRIBUTE,
  OT_MESSAGE_TENSOR,
  OT_MESSAGE_SEGMENT,
  OT_MESSAGE_SPARSE_TENSOR,
  OT_MESSAGE_VALUE_INFO,
  OT_MESSAGE_TYPE,
  OT_MESSAGE_TENSOR_TYPE,
  OT_MESSAGE_ELEMENT_TYPE, /* sequence and optional: one nested type */
  OT_MESSAGE_MAP_TYPE,
  OT_MESSAGE_SHAPE,
  OT_MESSAGE_DIMENSION,
  OT_MESSAGE_OPSET,
  OT_MESSAGE_ENTRY, /* StringStringEntryProto */
  OT_MESSAGE_TRAINING,
  OT_MESSAGE_FUNCTION,
  OT_MESSAGE_ANNOTATION
} ot_message_kind;

typedef enum ot_field_form {
  OT_FORM_VARINT,
  OT_FORM_FIXED32,
  OT_FORM_FIXED64,
  OT_FORM_BYTES,
  OT_FORM_TEXT, /* bytes that must be UTF-8 without NUL */
  OT_FORM_MESSAGE
} ot_field_form;

typedef struct ot_field {
  uint32_t number; /* below 64 */
  ot_field_form form;
  bool repeated; /* numbers may then also be packed */
  ot_message_kind child;
  const char *name;
} ot_field;

const char *ot_message_name(ot_message_kind kind);

/* The field, or NULL if the scan does not know it. */
const ot_field *ot_schema_field(ot_message_kind kind, uint32_t number);

#endif
