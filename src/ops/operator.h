/* What an operator is to the plan: one row of the registry, a prepare function that types it at load, and a run function over a block of rows. */
#ifndef OT_OPS_OPERATOR_H
#define OT_OPS_OPERATOR_H

#include <onnxtree/model.h>
#include <onnxtree/predict.h>

#include "base/arena.h"
#include "base/problems.h"
#include "kernels/kernel.h"
#include "onnx/attribute_set.h"
#include "onnx/decode.h"
#include "ops/value.h"

/* Memory of a value for the rows of the current block. `data` is NULL when nobody reads the value. */
typedef struct ot_span {
  void *data;
  size_t stride; /* elements from one row to the next; 0: the same for every row */
  size_t columns;
} ot_span;

typedef struct ot_step ot_step;

/* What is to be told of a tree operator besides its outputs, for the rows of the current block. */
typedef struct ot_trace {
  const ot_step *step; /* of which; NULL: of none */
  ot_span raw_scores;  /* data NULL: not wanted */
  ot_span leaves;
  onnxtree_type raw_type;
} ot_trace;

/* Threads that share a block: its rows are too few to give each of them some, but trees are many. */
typedef struct ot_team {
  size_t count; /* 1: there are no others */
  onnxtree_parallel_for *run;
  void *context;
  size_t scratch_stride; /* from one thread's scratch of the running step to the next's */
  uint32_t *leaves;      /* memory for them, of all trees of a step and of some rows */
  size_t leaf_count;
} ot_team;

typedef struct ot_frame {
  ot_span *values; /* by value number */
  size_t row_count;
  void *scratch;       /* of the running step, scratch_bytes() of it, aligned to 64 */
  const ot_team *team; /* NULL: the thread is alone */
  ot_trace trace;

  size_t failed_row; /* the first row of the block with a value that a step cannot use, or OT_NO_FAILURE */
  const ot_step *failed_step;
  const char *failure;
} ot_frame;

#define OT_NO_FAILURE SIZE_MAX

/* Report a value that cannot be used; the step gives some defined result for the row and goes on. `failure` has static storage. */
static inline void ot_frame_fail(ot_frame *frame, const ot_step *step, size_t row, const char *failure) {
  if (row >= frame->failed_row) return;
  frame->failed_row = row;
  frame->failed_step = step;
  frame->failure = failure;
}

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
  bool sums_in_double;
  const char *kernel;
} ot_prepare;

#define OT_VARIADIC UINT32_MAX

typedef struct ot_operator {
  const char *domain; /* "ai.onnx" is the default domain */
  const char *name;
  int since; /* first version of the operator set with this definition */
  int until; /* last one */
  uint32_t min_inputs, max_inputs, min_outputs, max_outputs;
  /* Check inputs and attributes, type the outputs, build the step's state. False: refused, the problem is reported. */
  bool (*prepare)(ot_prepare *context);
  /* Evaluate a block. NULL state of a step means that its outputs share its inputs' memory and nothing is to do. */
  void (*run)(const ot_step *step, ot_frame *frame);
  /* Scratch for a block of row_count rows; NULL: none. */
  size_t (*scratch_bytes)(const ot_step *step, size_t row_count);
  /* Inputs (bit i for input i) that are shapes: the number of rows may flow into them, and into no others next to rows. */
  uint32_t shape_inputs;
  /* Called once the plan is settled, for steps that are run; NULL: nothing to do. False: the problem is reported. */
  bool (*lay_out)(ot_prepare *context);
} ot_operator;

/* Sizes of a tree operator, for statistics. */
typedef struct ot_tree_stats {
  uint64_t trees, branches, leaves, max_depth, features_used;
} ot_tree_stats;

struct ot_step {
  const ot_operator *operator;
  int64_t version;  /* the imported one */
  const char *name; /* of the node */
  uint32_t *inputs, *outputs;
  uint32_t input_count, output_count;
  void *state;             /* NULL: an alias, or computed at load */
  const ot_kernel *kernel; /* tree operators */
  ot_tree_stats stats;     /* tree operators */
  const uint32_t *columns; /* the step copies these columns of its first input, and does nothing else; NULL: another step */
};

/* ---- what prepare functions are made of ---- */

/* The i-th input, or NULL if the node leaves it out. */
const ot_value *ot_operator_input(const ot_prepare *context, size_t input);

/* The i-th output; type ONNXTREE_UNDEFINED if the node leaves it out. */
ot_value *ot_operator_result(const ot_prepare *context, size_t output);

/* Make an output the same as an input: same memory, type and shape. */
void ot_operator_alias(ot_prepare *context, size_t output, size_t input);

/* The same memory with another shape of as many columns. */
void ot_operator_reshape(ot_prepare *context, size_t output, size_t input, const ot_shape *shape);

/* A new output [rows] or [rows, columns]. */
void ot_operator_output(ot_prepare *context, size_t output, onnxtree_type type, int rank, size_t columns);

/* A new output of any shape. False: it has more columns than the limit allows. */
bool ot_operator_shaped(ot_prepare *context, size_t output, onnxtree_type type, const ot_shape *shape);

/* An output whose elements are known: `elements` live as long as the model. */
void ot_operator_constant(ot_prepare *context, size_t output, onnxtree_type type, const ot_shape *shape, const void *elements, bool is_symbolic);

/* Zeroed memory for the step's state. False: out of memory, reported. */
bool ot_operator_state(ot_prepare *context, size_t size, void *state);

/* Report that this step cannot be run, with a printf format; always false. */
bool ot_operator_refuse(const ot_prepare *context, ot_problem_code code, const char *format, ...) OT_PRINTF(3);
bool ot_operator_memory(const ot_prepare *context);

/* Check that an input is one of the types in the set (OT_TYPE bits), and that its width is known. False: refused, reported. */
#define OT_TYPE(type) (UINT32_C(1) << (type))
#define OT_REALS (OT_TYPE(ONNXTREE_FLOAT) | OT_TYPE(ONNXTREE_DOUBLE))
#define OT_INTEGERS (OT_TYPE(ONNXTREE_INT32) | OT_TYPE(ONNXTREE_INT64))
#define OT_NUMBERS (OT_REALS | OT_INTEGERS)
#define OT_ALL_TYPES (OT_NUMBERS | OT_TYPE(ONNXTREE_BOOL) | OT_TYPE(ONNXTREE_STRING))
bool ot_operator_check(ot_prepare *context, size_t input, uint32_t types);
/* The same, whether or not the width is known. */
bool ot_operator_check_type(ot_prepare *context, size_t input, uint32_t types);
/* The same for all inputs from `first` on, which must also be of one type; float and double together count as double (exporters of models on doubles
 * write such graphs, since tree operators give floats). */
bool ot_operator_check_all(ot_prepare *context, size_t first, uint32_t types, onnxtree_type *type);

/* An input that must be known at load: *value its constant of integers. False: refused, reported. */
bool ot_operator_integers(ot_prepare *context, size_t input, const ot_value **value);

/* Turn an axis attribute into a position; rows_allowed: may it be the row axis? False: refused, reported. */
bool ot_operator_axis(const ot_prepare *context, const ot_shape *shape, int64_t axis, bool rows_allowed, int *position);

/* Shape of an elementwise result (numpy's rules). False: refused, reported: sizes do not fit, or rows would be mixed. */
bool ot_operator_broadcast(const ot_prepare *context, ot_shape *result);

/* Columns of `from` for each column of `to`, when broadcast: NULL in *map if they are the same or `from` has one column. False: out of memory. */
bool ot_operator_broadcast_map(ot_prepare *context, const ot_shape *from, const ot_shape *to, const uint32_t **map);

/* Attributes of the node; false: refused, reported. */
bool ot_operator_attributes(ot_prepare *context, ot_attribute_set *set, const ot_attribute_rule *rules, size_t rule_count);
/* The attribute, or the standard value where it is absent. */
int64_t ot_operator_int(const ot_attribute_set *set, size_t rule, int64_t standard);
float ot_operator_float(const ot_attribute_set *set, size_t rule, float standard);
/* Copies of array attributes; *count 0 and NULL where absent. False: out of memory, reported. */
bool ot_operator_ints(ot_prepare *context, const ot_attribute_set *set, size_t rule, const int64_t **elements, size_t *count);
bool ot_operator_floats(ot_prepare *context, const ot_attribute_set *set, size_t rule, const float **elements, size_t *count);
bool ot_operator_strings(ot_prepare *context, const ot_attribute_set *set, size_t rule, const onnxtree_string **elements, size_t *count);

#endif
