/* Loading a model and asking what is in it.
 *
 * A model is immutable once loaded: any number of threads may use it at the same time without locks. The bytes it was loaded from are not
 * retained. Nothing that a file says can make the library open another file, run code, recurse, or exceed the stated limits. */
#ifndef ONNXTREE_MODEL_H
#define ONNXTREE_MODEL_H

#include <stddef.h>
#include <stdint.h>

#include <onnxtree/export.h>
#include <onnxtree/status.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A loaded model; opaque. */
typedef struct onnxtree_model onnxtree_model;

/* Element types; the numbers are those of ONNX TensorProto.DataType. */
typedef enum onnxtree_type {
  ONNXTREE_UNDEFINED = 0,
  ONNXTREE_FLOAT = 1, /* 32-bit IEEE 754 */
  ONNXTREE_INT32 = 6,
  ONNXTREE_INT64 = 7,
  ONNXTREE_STRING = 8, /* onnxtree_string */
  ONNXTREE_BOOL = 9,   /* one byte, 0 or 1 */
  ONNXTREE_DOUBLE = 11 /* 64-bit IEEE 754 */
} onnxtree_type;

/* UTF-8 text that somebody else owns; not NUL-terminated. */
typedef struct onnxtree_string {
  const char *data; /* first byte */
  size_t size;      /* bytes */
} onnxtree_string;

/* Bytes of one element in memory: 4, 4, 8, sizeof(onnxtree_string), 1, 8; 0 for an unknown type. Thread-safe. */
ONNXTREE_API size_t onnxtree_type_size(onnxtree_type type);

/* Name of a type: "float", "int32", "int64", "string", "bool", "double", else "undefined". Static storage. Thread-safe. */
ONNXTREE_API const char *onnxtree_type_name(onnxtree_type type);

/* ---- load options ------------------------------------------------------------------------------------------------------------- */

/* Memory hook. `allocate` returns memory aligned like malloc's, or NULL; `release` gets back the same pointer and size.
 * A model calls it while it is loaded and freed; a workspace while it is created and freed; never while rows are evaluated. */
typedef struct onnxtree_allocator {
  void *context;                                              /* first argument of both functions */
  void *(*allocate)(void *context, size_t size);              /* size is never 0 */
  void (*release)(void *context, void *pointer, size_t size); /* pointer is never NULL */
} onnxtree_allocator;

/* Upper bounds; a file that needs more is refused with ONNXTREE_LIMIT_EXCEEDED and the limit's name. 0 means the default. */
typedef struct onnxtree_limits {
  size_t struct_size;         /* sizeof(onnxtree_limits) */
  uint64_t max_file_bytes;    /* default and hard bound 2 GiB - 1 (256 MiB where size_t has 32 bits) */
  uint64_t max_load_bytes;    /* memory in use at any time while loading; default 16 x file size + 1 MiB */
  uint32_t max_nesting;       /* nested protobuf messages; default and hard bound 32 */
  uint32_t max_graph_nodes;   /* default 65,536; a file has at most 512 and one for each 20 bytes in any case */
  uint32_t max_trees;         /* of one ensemble; default 1,000,000 */
  uint32_t max_tree_nodes;    /* of one ensemble, leaves included; default 2^28 */
  uint32_t max_columns;       /* of one value: features, targets, classes; default 1,000,000 */
  uint32_t max_label_bytes;   /* of one class label; default 64 KiB */
  uint64_t max_scratch_bytes; /* per thread while evaluating; the row block shrinks before it is exceeded; default 256 MiB */
} onnxtree_limits;

#define ONNXTREE_LIMITS_INIT { sizeof(onnxtree_limits), 0, 0, 0, 0, 0, 0, 0, 0, 0 }

/* Which behaviour to follow where trusted implementations disagree; docs/semantics.md lists each difference. */
typedef enum onnxtree_compat {
  ONNXTREE_COMPAT_DEFAULT = 0,    /* the training library, then the ONNX specification, then ONNX Runtime */
  ONNXTREE_COMPAT_ONNXRUNTIME = 1 /* ONNX Runtime 1.30, one thread, oddities included */
} onnxtree_compat;

/* How tree operators compare inputs of type double with float thresholds. */
typedef enum onnxtree_double_inputs {
  ONNXTREE_DOUBLE_INPUTS_AS_SPECIFIED = 0, /* thresholds are widened to double (ONNX) */
  ONNXTREE_DOUBLE_INPUTS_AS_FLOAT32 = 1    /* inputs are first rounded to float (what scikit-learn's forests do) */
} onnxtree_double_inputs;

/* In which type tree operators compare and add when their input is float or an integer. Scores are rounded to float at the end. */
typedef enum onnxtree_sums {
  ONNXTREE_SUMS_AS_SPECIFIED = 0, /* float (ONNX): after hundreds of trees the last digits are rounding errors */
  ONNXTREE_SUMS_IN_DOUBLE = 1     /* double: what LightGBM and scikit-learn do; slower */
} onnxtree_sums;

/* How bad something is that a file contains. */
typedef enum onnxtree_severity {
  ONNXTREE_WARNING = 1, /* accepted, but probably not meant */
  ONNXTREE_PROBLEM = 2  /* a reason to refuse the model */
} onnxtree_severity;

/* Receives each warning, and each problem of the stage that fails (capped at 100). The strings live only during the call.
 * `code` is a name from docs/errors.md, `place` says where in the model, e.g. "node 'trees' (TreeEnsembleRegressor), attribute nodes_modes[3]". */
typedef void onnxtree_problem_callback(void *context, onnxtree_severity severity, const char *code, const char *place, const char *message);

/* How a model is loaded. */
typedef struct onnxtree_load_options {
  size_t struct_size;                    /* sizeof(onnxtree_load_options) */
  const onnxtree_allocator *allocator;   /* NULL: malloc and free; copied */
  const onnxtree_limits *limits;         /* NULL: defaults */
  const char *kernel;                    /* NULL or "auto": the planner chooses; else a name of onnxtree_kernel_name() */
  onnxtree_compat compat;                /* whom to follow */
  onnxtree_double_inputs double_inputs;  /* how doubles are compared */
  onnxtree_problem_callback *on_problem; /* NULL: none */
  void *on_problem_context;              /* its first argument */
  onnxtree_sums sums;                    /* the type of sums */
} onnxtree_load_options;

#define ONNXTREE_LOAD_OPTIONS_INIT                                                                                             \
  {                                                                                                                            \
    sizeof(onnxtree_load_options), NULL, NULL, NULL, ONNXTREE_COMPAT_DEFAULT, ONNXTREE_DOUBLE_INPUTS_AS_SPECIFIED, NULL, NULL, \
        ONNXTREE_SUMS_AS_SPECIFIED                                                                                             \
  }

/* ---- load and free -------------------------------------------------------------------------------------------------------------- */

/* Load the ONNX file at `path`. Options may be NULL. On success *model is the caller's, to be given to onnxtree_model_free(); on failure
 * it is NULL and `error` (may be NULL) says why. Fails with every status but SHAPE_MISMATCH, TYPE_MISMATCH and CANCELLED. Thread-safe. */
ONNXTREE_API ONNXTREE_NODISCARD onnxtree_status onnxtree_model_load_file(const char *path, const onnxtree_load_options *options,
                                                                         onnxtree_model **model, onnxtree_error *error);

/* The same from `size` bytes in memory, which are not needed after the call. Thread-safe. */
ONNXTREE_API ONNXTREE_NODISCARD onnxtree_status onnxtree_model_load_memory(const void *bytes, size_t size, const onnxtree_load_options *options,
                                                                           onnxtree_model **model, onnxtree_error *error);

/* Free a model; NULL is allowed. No thread may be using it, and its workspaces must be freed before. */
ONNXTREE_API void onnxtree_model_free(onnxtree_model *model);

/* ---- what is in a model ---------------------------------------------------------------------------------------------------------
 * All pointers that these functions hand out belong to the model and live as long as it. All are thread-safe and cannot fail, except
 * that an index out of range, or an info record whose struct_size is 0, gives ONNXTREE_INVALID_ARGUMENT. */

/* One input or output of the model: a matrix [rows x columns], or a vector [rows] (columns is 1 then). */
typedef struct onnxtree_value_info {
  size_t struct_size;                   /* set it to sizeof(onnxtree_value_info) before the call */
  const char *name;                     /* NUL-terminated UTF-8, never NULL */
  onnxtree_type type;                   /* of the elements */
  int rank;                             /* 1 or 2, as the model declares or computes it */
  size_t columns;                       /* inputs: columns needed; outputs: columns written */
  int columns_are_minimum;              /* inputs whose width the model does not declare: 1, and wider rows are accepted */
  onnxtree_type label_type;             /* outputs with one column per class: ONNXTREE_INT64 or ONNXTREE_STRING; else ONNXTREE_UNDEFINED */
  size_t label_count;                   /* == columns when label_type is set, else 0 */
  const int64_t *int64_labels;          /* [label_count] when label_type is ONNXTREE_INT64, else NULL */
  const onnxtree_string *string_labels; /* [label_count] when label_type is ONNXTREE_STRING, else NULL; also NUL-terminated */
} onnxtree_value_info;

#define ONNXTREE_VALUE_INFO_INIT { sizeof(onnxtree_value_info), NULL, ONNXTREE_UNDEFINED, 0, 0, 0, ONNXTREE_UNDEFINED, 0, NULL, NULL }

/* Number of inputs. */
ONNXTREE_API size_t onnxtree_model_input_count(const onnxtree_model *model);
/* Number of outputs. */
ONNXTREE_API size_t onnxtree_model_output_count(const onnxtree_model *model);
/* The i-th input. */
ONNXTREE_API onnxtree_status onnxtree_model_input(const onnxtree_model *model, size_t index, onnxtree_value_info *info);
/* The i-th output. */
ONNXTREE_API onnxtree_status onnxtree_model_output(const onnxtree_model *model, size_t index, onnxtree_value_info *info);

/* Index of the output that holds the predicted label of each row (a classifier's), or -1. */
ONNXTREE_API int onnxtree_model_label_output(const onnxtree_model *model);
/* Index of the output that holds scores, probabilities or regression values (the first of type float or double), or -1. */
ONNXTREE_API int onnxtree_model_score_output(const onnxtree_model *model);

/* Where the model comes from. Strings are NUL-terminated and "" when absent. */
typedef struct onnxtree_model_metadata {
  size_t struct_size;           /* set it to sizeof(onnxtree_model_metadata) before the call */
  const char *producer_name;    /* what exported the model, e.g. "skl2onnx" */
  const char *producer_version; /* its version */
  const char *domain;           /* reverse-DNS name of the producer, if given */
  const char *doc_string;       /* description */
  const char *graph_name;       /* name of the graph */
  int64_t ir_version;           /* of the file format */
  int64_t model_version;        /* as the producer counts, 0 if absent */
  size_t opset_count;           /* entries of opset_import, duplicates removed */
  size_t property_count;        /* entries of metadata_props */
} onnxtree_model_metadata;

#define ONNXTREE_MODEL_METADATA_INIT { sizeof(onnxtree_model_metadata), NULL, NULL, NULL, NULL, NULL, 0, 0, 0, 0 }

/* Where the model comes from. */
ONNXTREE_API onnxtree_status onnxtree_model_get_metadata(const onnxtree_model *model, onnxtree_model_metadata *metadata);
/* The i-th imported operator set; domain "" is written "ai.onnx". */
ONNXTREE_API onnxtree_status onnxtree_model_opset(const onnxtree_model *model, size_t index, const char **domain, int64_t *version);
/* The i-th metadata property. */
ONNXTREE_API onnxtree_status onnxtree_model_property(const onnxtree_model *model, size_t index, const char **key, const char **value);

/* Sizes, for people and capacity planning. */
typedef struct onnxtree_model_stats {
  size_t struct_size;       /* set it to sizeof(onnxtree_model_stats) before the call */
  uint64_t graph_nodes;     /* operators in the graph */
  uint64_t ensembles;       /* tree operators among them */
  uint64_t trees;           /* of all ensembles */
  uint64_t branch_nodes;    /* over all trees */
  uint64_t leaves;          /* over all trees */
  uint64_t max_depth;       /* decisions on the longest path */
  uint64_t features_used;   /* distinct columns that some node of the widest-reading ensemble tests */
  uint64_t file_bytes;      /* size of the file */
  uint64_t model_bytes;     /* memory that the loaded model holds */
  uint64_t peak_load_bytes; /* most memory in use while loading, the file's own bytes included when loaded from a path */
  uint64_t block_rows;      /* rows evaluated together by default */
  uint64_t scratch_bytes;   /* workspace memory per thread at that block size */
} onnxtree_model_stats;

#define ONNXTREE_MODEL_STATS_INIT { sizeof(onnxtree_model_stats), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 }

/* Its sizes. */
ONNXTREE_API onnxtree_status onnxtree_model_get_stats(const onnxtree_model *model, onnxtree_model_stats *stats);

/* Operators of the graph in order: type ("TreeEnsembleClassifier"), domain ("ai.onnx.ml"), version that applies, node name ("" if none),
 * and the kernel that evaluates it ("" for operators that are no tree ensembles). Any pointer may be NULL. */
ONNXTREE_API onnxtree_status onnxtree_model_operator(const onnxtree_model *model, size_t index, const char **type, const char **domain,
                                                     int64_t *version, const char **name, const char **kernel);

/* Trees that one kernel evaluates. */
typedef struct onnxtree_group_info {
  size_t struct_size;
  uint64_t first_tree;    /* of the operator, from 0 */
  uint64_t tree_count;    /* neighbours in the order of the file */
  const char *kernel;     /* evaluates them */
  const char *few_kernel; /* evaluates calls of up to few_rows rows; "" if the other one evaluates them, too */
  uint64_t few_rows;      /* 0 without few_kernel */
  uint64_t layout_bytes;  /* what these kernels have laid out */
} onnxtree_group_info;

#define ONNXTREE_GROUP_INFO_INIT { sizeof(onnxtree_group_info), 0, 0, NULL, NULL, 0, 0 }

/* The group-th group of trees of the index-th operator; ONNXTREE_INVALID_ARGUMENT past the last one, and for operators without trees or
 * that are not evaluated. Most ensembles are one group. An operator that has become the sum of many trees of the graph has groups as well. */
ONNXTREE_API onnxtree_status onnxtree_model_group(const onnxtree_model *model, size_t index, size_t group, onnxtree_group_info *info);

/* Names of the kernels compiled into the library that this CPU can run, best first; NULL past the last. Thread-safe. */
ONNXTREE_API const char *onnxtree_kernel_name(size_t index);

#ifdef __cplusplus
}
#endif

#endif
