#include "onnx/schema.h"

#include <stddef.h>

#define VARINT OT_FORM_VARINT, false, 0
#define VARINTS OT_FORM_VARINT, true, 0
#define FLOAT OT_FORM_FIXED32, false, 0
#define FLOATS OT_FORM_FIXED32, true, 0
#define DOUBLES OT_FORM_FIXED64, true, 0
#define BYTES OT_FORM_BYTES, false, 0
#define BYTES_LIST OT_FORM_BYTES, true, 0
#define TEXT OT_FORM_TEXT, false, 0
#define TEXTS OT_FORM_TEXT, true, 0
#define ONE(kind) OT_FORM_MESSAGE, false, OT_MESSAGE_##kind
#define MANY(kind) OT_FORM_MESSAGE, true, OT_MESSAGE_##kind

static const ot_field model_fields[] = {
    {1, VARINT, "ir_version"},  {2, TEXT, "producer_name"}, {3, TEXT, "producer_version"},  {4, TEXT, "domain"},
    {5, VARINT, "model_version"}, {6, TEXT, "doc_string"},  {7, ONE(GRAPH), "graph"},       {8, MANY(OPSET), "opset_import"},
    {14, MANY(ENTRY), "metadata_props"}, {20, MANY(TRAINING), "training_info"}, {25, MANY(FUNCTION), "functions"}};
static const ot_field graph_fields[] = {
    {1, MANY(NODE), "node"},          {2, TEXT, "name"},
    {5, MANY(TENSOR), "initializer"}, {10, TEXT, "doc_string"},
    {11, MANY(VALUE_INFO), "input"},  {12, MANY(VALUE_INFO), "output"},
    {13, MANY(VALUE_INFO), "value_info"}, {14, MANY(ANNOTATION), "quantization_annotation"},
    {15, MANY(SPARSE_TENSOR), "sparse_initializer"}, {16, MANY(ENTRY), "metadata_props"}};
static const ot_field node_fields[] = {
    {1, TEXTS, "input"},              {2, TEXTS, "output"},     {3, TEXT, "name"},   {4, TEXT, "op_type"},
    {5, MANY(ATTRIBUTE), "attribute"}, {6, TEXT, "doc_string"}, {7, TEXT, "domain"}, {8, TEXT, "overload"},
    {9, MANY(ENTRY), "metadata_props"}};
static const ot_field attribute_fields[] = {
    {1, TEXT, "name"},          {2, FLOAT, "f"},          {3, VARINT, "i"},           {4, BYTES, "s"},
    {5, ONE(TENSOR), "t"},      {6, ONE(GRAPH), "g"},     {7, FLOATS, "floats"},      {8, VARINTS, "ints"},
    {9, BYTES_LIST, "strings"}, {10, MANY(TENSOR), "tensors"}, {11, MANY(GRAPH), "graphs"}, {13, TEXT, "doc_string"},
    {14, ONE(TYPE), "tp"},      {15, MANY(TYPE), "type_protos"}, {20, VARINT, "type"}, {21, TEXT, "ref_attr_name"},
    {22, ONE(SPARSE_TENSOR), "sparse_tensor"}, {23, MANY(SPARSE_TENSOR), "sparse_tensors"}};
static const ot_field tensor_fields[] = {
    {1, VARINTS, "dims"},         {2, VARINT, "data_type"},   {3, ONE(SEGMENT), "segment"},       {4, FLOATS, "float_data"},
    {5, VARINTS, "int32_data"},   {6, BYTES_LIST, "string_data"}, {7, VARINTS, "int64_data"},     {8, TEXT, "name"},
    {9, BYTES, "raw_data"},       {10, DOUBLES, "double_data"}, {11, VARINTS, "uint64_data"},     {12, TEXT, "doc_string"},
    {13, MANY(ENTRY), "external_data"}, {14, VARINT, "data_location"}, {16, MANY(ENTRY), "metadata_props"}};
static const ot_field segment_fields[] = {{1, VARINT, "begin"}, {2, VARINT, "end"}};
static const ot_field sparse_fields[] = {{1, ONE(TENSOR), "values"}, {2, ONE(TENSOR), "indices"}, {3, VARINTS, "dims"}};
static const ot_field value_info_fields[] = {{1, TEXT, "name"}, {2, ONE(TYPE), "type"}, {3, TEXT, "doc_string"}, {4, MANY(ENTRY), "metadata_props"}};
static const ot_field type_fields[] = {
    {1, ONE(TENSOR_TYPE), "tensor_type"}, {4, ONE(ELEMENT_TYPE), "sequence_type"},    {5, ONE(MAP_TYPE), "map_type"},
    {6, TEXT, "denotation"},              {8, ONE(TENSOR_TYPE), "sparse_tensor_type"}, {9, ONE(ELEMENT_TYPE), "optional_type"}};
static const ot_field tensor_type_fields[] = {{1, VARINT, "elem_type"}, {2, ONE(SHAPE), "shape"}};
static const ot_field element_type_fields[] = {{1, ONE(TYPE), "elem_type"}};
static const ot_field map_type_fields[] = {{1, VARINT, "key_type"}, {2, ONE(TYPE), "value_type"}};
static const ot_field shape_fields[] = {{1, MANY(DIMENSION), "dim"}};
static const ot_field dimension_fields[] = {{1, VARINT, "dim_value"}, {2, TEXT, "dim_param"}, {3, TEXT, "denotation"}};
static const ot_field opset_fields[] = {{1, TEXT, "domain"}, {2, VARINT, "version"}};
static const ot_field entry_fields[] = {{1, TEXT, "key"}, {2, TEXT, "value"}};
static const ot_field training_fields[] = {
    {1, ONE(GRAPH), "initialization"}, {2, ONE(GRAPH), "algorithm"},
    {3, MANY(ENTRY), "initialization_binding"}, {4, MANY(ENTRY), "update_binding"}};
static const ot_field function_fields[] = {{1, TEXT, "name"},          {4, TEXTS, "input"},         {5, TEXTS, "output"},
                                           {6, TEXTS, "attribute"},    {7, MANY(NODE), "node"},     {8, TEXT, "doc_string"},
                                           {9, MANY(OPSET), "opset_import"}, {10, TEXT, "domain"},  {11, MANY(ATTRIBUTE), "attribute_proto"},
                                           {12, MANY(VALUE_INFO), "value_info"}, {13, TEXT, "overload"}, {14, MANY(ENTRY), "metadata_props"}};
static const ot_field annotation_fields[] = {{1, TEXT, "tensor_name"}, {2, MANY(ENTRY), "quant_parameter_tensor_names"}};

#define MESSAGE(kind, name, fields) [OT_MESSAGE_##kind] = {name, fields, sizeof fields / sizeof *fields}
static const struct {
  const char *name;
  const ot_field *fields;
  size_t count;
} messages[] = {
    MESSAGE(MODEL, "model", model_fields),
    MESSAGE(GRAPH, "graph", graph_fields),
    MESSAGE(NODE, "node", node_fields),
    MESSAGE(ATTRIBUTE, "attribute", attribute_fields),
    MESSAGE(TENSOR, "tensor", tensor_fields),
    MESSAGE(SEGMENT, "segment", segment_fields),
    MESSAGE(SPARSE_TENSOR, "sparse tensor", sparse_fields),
    MESSAGE(VALUE_INFO, "value info", value_info_fields),
    MESSAGE(TYPE, "type", type_fields),
    MESSAGE(TENSOR_TYPE, "tensor type", tensor_type_fields),
    MESSAGE(ELEMENT_TYPE, "element type", element_type_fields),
    MESSAGE(MAP_TYPE, "map type", map_type_fields),
    MESSAGE(SHAPE, "shape", shape_fields),
    MESSAGE(DIMENSION, "dimension", dimension_fields),
    MESSAGE(OPSET, "opset import", opset_fields),
    MESSAGE(ENTRY, "string entry", entry_fields),
    MESSAGE(TRAINING, "training info", training_fields),
    MESSAGE(FUNCTION, "function", function_fields),
    MESSAGE(ANNOTATION, "annotation", annotation_fields),
};

const char *ot_message_name(ot_message_kind kind) { return messages[kind].name; }

const ot_field *ot_schema_field(ot_message_kind kind, uint32_t number) {
  for (size_t i = 0; i < messages[kind].count; i++)
    if (messages[kind].fields[i].number == number) return &messages[kind].fields[i];
  return NULL;
}
