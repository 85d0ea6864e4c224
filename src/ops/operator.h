/* What an operator is to the plan: one row of the registry, a prepare function that types it at load, and a run function over a block of rows. */
#ifndef OT_OPS_OPERATOR_H
#define OT_OPS_OPERATOR_H

#include <onnxtree/model.h>

#include "base/arena.h"
#include "base/problems.h"
#include "kernels/kernel.h"
#include "onnx/decode.h"

#define OT_MOST_VALUES_OF_A_NODE 4

/* Class labels of a matrix with one column per class. */
typedef struct ot_labels {
  onnxtree_type type; /* ONNXTREE_UNDEFINED: none */
  size_t count;
  const int64_t *int64s;
  const onnxtree_string *strings;
} ot_labels;

/* A tensor of the graph: [rows] (rank 1, one column) or [rows, columns]. In memory always rows x columns. */
typedef struct ot_value {
  const char *name;
  onnxtree_type type;
  int rank;
  size_t columns;
  uint32_t width_of; /* the value whose columns count: itself, or the input of undeclared width that it is made from */
  bool width_open;   /* an input of undeclared width: columns is the least that suffices */
  uint32_t storage;  /* the value that owns the memory: itself, or the one it is the same as */
  bool is_map;       /* written by ZipMap: a graph output may declare it a sequence of maps */
  bool is_read;      /* some step or graph output reads it */
  ot_labels labels;
} ot_value;

/* Memory of a value for the rows of the current block. `data` is NULL when nobody reads the value. */
typedef struct ot_span {
  void *data;
  size_t stride;  /* elements from one row to the next */
  size_t columns;
} ot_span;

typedef struct ot_step ot_step;

typedef struct ot_frame {
  ot_span *values; /* by value number */
  size_t row_count;
  void *scratch;   /* of the running step, scratch_bytes() of it, aligned to 64 */
} ot_frame;

typedef struct ot_prepare {
  ot_step *step;
  ot_value *values; /* of the whole graph */
  const Onnxtree__Pb__NodeProto *node;
  const char *place;
  ot_arena *arena;   /* of the model */
  ot_arena *scratch; /* freed after this operator */
  ot_problems *problems;
  const onnxtree_limits *limits;
  bool compat_onnxruntime;
  bool doubles_as_float32;
  const char *kernel;
} ot_prepare;

typedef struct ot_operator {
  const char *domain; /* "ai.onnx" is the default domain */
  const char *name;
  int since;          /* first version of the operator set with this definition */
  int until;          /* last one */
  uint8_t min_inputs, max_inputs, min_outputs, max_outputs;
  /* Check inputs and attributes, type the outputs, build the step's state. False: refused, the problem is reported. */
  bool (*prepare)(ot_prepare *context);
  /* Evaluate a block. NULL state of a step means that its outputs share its inputs' memory and nothing is to do. */
  void (*run)(const ot_step *step, ot_frame *frame);
  /* Scratch for a block of row_count rows; NULL: none. */
  size_t (*scratch_bytes)(const ot_step *step, size_t row_count);
} ot_operator;

/* Sizes of a tree operator, for statistics. */
typedef struct ot_tree_stats {
  uint64_t trees, branches, leaves, max_depth, features_used;
} ot_tree_stats;

struct ot_step {
  const ot_operator *operator;
  int64_t version;  /* the imported one */
  const char *name; /* of the node */
  uint32_t inputs[OT_MOST_VALUES_OF_A_NODE], outputs[OT_MOST_VALUES_OF_A_NODE];
  uint8_t input_count, output_count;
  void *state;             /* NULL: an alias */
  const ot_kernel *kernel; /* tree operators */
  ot_tree_stats stats;     /* tree operators */
};

extern const ot_operator ot_operator_classifier_1, ot_operator_classifier_3, ot_operator_regressor_1, ot_operator_regressor_3;
extern const ot_operator ot_operator_cast, ot_operator_identity, ot_operator_zipmap;

/* Make an output the same as an input: same memory, type and shape. */
void ot_operator_alias(ot_prepare *context, size_t output, size_t input);

/* A new output of the given type with the input's rows. */
void ot_operator_output(ot_prepare *context, size_t output, onnxtree_type type, int rank, size_t columns);

#endif
