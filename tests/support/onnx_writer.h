/* Small ONNX models as structs, to be changed in one place and written as bytes: what the catalogue of malformed models is made with. */
#ifndef TESTS_SUPPORT_ONNX_WRITER_H
#define TESTS_SUPPORT_ONNX_WRITER_H

#include <stdbool.h>

#include "support/model_bytes.h"

enum { WRITER_MOST_ELEMENTS = 24, WRITER_MOST_ATTRIBUTES = 28, WRITER_MOST_NODES = 4, WRITER_MOST_VALUES = 4, WRITER_MOST_OPSETS = 4 };

/* Numbers of AttributeProto.AttributeType. */
typedef enum writer_type {
  WRITER_FLOAT = 1,
  WRITER_INT = 2,
  WRITER_STRING = 3,
  WRITER_TENSOR = 4,
  WRITER_FLOATS = 6,
  WRITER_INTS = 7,
  WRITER_STRINGS = 8
} writer_type;

typedef struct writer_attribute {
  const char *name;
  writer_type type;        /* which of the following is written */
  unsigned declared;       /* what its type field says; 0: nothing */
  size_t count;
  int64_t ints[WRITER_MOST_ELEMENTS];
  double numbers[WRITER_MOST_ELEMENTS]; /* of floats and tensors */
  const char *texts[WRITER_MOST_ELEMENTS];
  size_t text_sizes[WRITER_MOST_ELEMENTS]; /* 0: up to the NUL */
  bool packed;
  int element;             /* of a tensor: 1 float, 11 double, 3 int8, 2 uint8, 7 int64; others are written as nothing */
  bool raw;                /* tensor as raw_data */
  int64_t dims[4];
  size_t rank;
  size_t raw_change;       /* bytes more (or, wrapped, fewer) of raw_data */
  bytes extra;             /* further fields of the attribute, or of the tensor */
} writer_attribute;

typedef struct writer_node {
  const char *name, *op_type, *domain;
  const char *inputs[WRITER_MOST_VALUES], *outputs[WRITER_MOST_VALUES]; /* up to NULL */
  writer_attribute attributes[WRITER_MOST_ATTRIBUTES];
  size_t attribute_count;
} writer_node;

typedef struct writer_value {
  const char *name;
  int64_t element; /* 0: the value has no type */
  size_t rank;
  int64_t dims[WRITER_MOST_VALUES]; /* 0: a name; else a number */
} writer_value;

typedef struct writer_model {
  int64_t ir_version; /* 0: absent */
  size_t opset_count;
  struct {
    const char *domain;
    int64_t version;
  } opsets[WRITER_MOST_OPSETS];
  writer_node nodes[WRITER_MOST_NODES];
  size_t node_count;
  writer_value inputs[WRITER_MOST_VALUES], outputs[WRITER_MOST_VALUES];
  size_t input_count, output_count;
  bytes model_extra, graph_extra; /* further fields */
  bool reversed;                  /* fields of the model in another order */
} writer_model;

/* Two trees of five and three nodes, inputs X [N, 2], one target or three classes. */
writer_model writer_regressor(void);
writer_model writer_classifier(void);
/* The regressor as TreeEnsemble of ai.onnx.ml 5. */
writer_model writer_tree_ensemble(void);

/* The attribute of the first node; a new one without elements if there is none. */
writer_attribute *writer_get(writer_model *model, const char *name);
void writer_remove(writer_model *model, const char *name);
void writer_ints(writer_model *model, const char *name, size_t count, const int64_t *values);
void writer_numbers(writer_model *model, const char *name, writer_type type, int element, size_t count, const double *values);
void writer_texts(writer_model *model, const char *name, writer_type type, size_t count, const char *const *values);

/* The file. Extra bytes of the model are freed. */
bytes writer_write(writer_model *model);

#endif
