/* Evaluating tables that are in memory in the Arrow format (pyarrow, polars, DuckDB, pandas, R, ...), through the Arrow C data interface
 * (https://arrow.apache.org/docs/format/CDataInterface.html). No Arrow library is needed. Not included by onnxtree.h. */
#ifndef ONNXTREE_ARROW_H
#define ONNXTREE_ARROW_H

#include <stddef.h>
#include <stdint.h>

#include <onnxtree/export.h>
#include <onnxtree/model.h>
#include <onnxtree/predict.h>
#include <onnxtree/status.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The two records of the interface, which every library defines itself; the guard lets several do so in one program. */
#ifndef ARROW_C_DATA_INTERFACE
#define ARROW_C_DATA_INTERFACE

#define ARROW_FLAG_DICTIONARY_ORDERED 1 /* the order of a dictionary has a meaning */
#define ARROW_FLAG_NULLABLE 2           /* values may be null */
#define ARROW_FLAG_MAP_KEYS_SORTED 4    /* keys of a map are sorted */

/* Type of an array. */
struct ArrowSchema {
  const char *format;                    /* e.g. "g" for double, "+s" for a table */
  const char *name;                      /* may be NULL */
  const char *metadata;                  /* may be NULL */
  int64_t flags;                         /* ARROW_FLAG_... */
  int64_t n_children;                    /* columns of a table */
  struct ArrowSchema **children;         /* columns of a table */
  struct ArrowSchema *dictionary;        /* type of the values, when the array holds indices into a dictionary */
  void (*release)(struct ArrowSchema *); /* NULL once released */
  void *private_data;                    /* of the producer */
};

/* Content of an array. */
struct ArrowArray {
  int64_t length;                       /* elements */
  int64_t null_count;                   /* -1: not known */
  int64_t offset;                       /* elements of the buffers before the first */
  int64_t n_buffers;                    /* 1 for a table, 2 for numbers, 3 or more for text */
  int64_t n_children;                   /* columns of a table */
  const void **buffers;                 /* the first is the validity bitmap; NULL: nothing is null */
  struct ArrowArray **children;         /* columns of a table */
  struct ArrowArray *dictionary;        /* values that the indices stand for, or NULL */
  void (*release)(struct ArrowArray *); /* NULL once released */
  void *private_data;                   /* of the producer */
};

#endif

/* The columns of a table that feed one input of the model. */
typedef struct onnxtree_arrow_binding {
  const char *input;          /* NULL: the input at the same position */
  const char *const *columns; /* [column_count] names, in the order of the input's columns */
  size_t column_count;        /* as many as the input has columns */
} onnxtree_arrow_binding;

/* How onnxtree_run_arrow() binds columns and uses threads. */
typedef struct onnxtree_arrow_options {
  size_t struct_size;                     /* sizeof(onnxtree_arrow_options) */
  const onnxtree_arrow_binding *bindings; /* one for every input of the model; NULL: see onnxtree_run_arrow() */
  size_t binding_count;                   /* number of bindings */
  const char *const *outputs;             /* names of the outputs that are wanted; NULL: all */
  size_t output_count;                    /* number of outputs */
  size_t threads;                         /* 0 or 1: the calling thread alone; at most 256 */
  onnxtree_parallel_for *parallel_for;    /* the caller's executor for `threads` tasks, instead of threads of our own */
  void *parallel_for_context;             /* its first argument */
  int (*cancelled)(void *context);        /* as in onnxtree_run_options */
  void *cancelled_context;                /* its argument */
} onnxtree_arrow_options;

#define ONNXTREE_ARROW_OPTIONS_INIT { sizeof(onnxtree_arrow_options), NULL, 0, NULL, 0, 0, NULL, NULL, NULL, NULL }

/* Evaluate a table.
 *   schema, batch  a struct array (format "+s"), as a record batch is exported; its columns may hold integers of any width, float, double, booleans,
 *                  text (also large, view and dictionary-encoded) or nulls only. Borrowed for the call, never released.
 *   options        NULL: defaults. Columns without bindings: when every input of the model has one column, by the inputs' names (other columns are
 *                  ignored); otherwise all columns of the table in their order, which must be as many as the model needs.
 *   result_schema, result  receive a table with one column for each column of the outputs, named as `onnxtree run` names them: "label",
 *                  "probabilities:setosa", ... They own their memory (from the model's allocator, whose context must outlive them; the model
 *                  need not) and are released by the caller through their `release` functions.
 * A null becomes NaN in an input of type float or double, and is refused for other types. Numbers are converted to the input's type: rounded to
 * float or double as a cast does; integers and booleans to integers if they fit; booleans only to boolean; text only to text.
 * Everything is checked before the first row is evaluated. Allocates. Errors: INVALID_ARGUMENT, SHAPE_MISMATCH, TYPE_MISMATCH, OUT_OF_MEMORY,
 * CANCELLED; then neither result is to be released. Thread-safe. */
ONNXTREE_API ONNXTREE_NODISCARD onnxtree_status onnxtree_run_arrow(const onnxtree_model *model, const struct ArrowSchema *schema,
                                                                   const struct ArrowArray *batch, const onnxtree_arrow_options *options,
                                                                   struct ArrowSchema *result_schema, struct ArrowArray *result,
                                                                   onnxtree_error *error);

#ifdef __cplusplus
}
#endif

#endif
