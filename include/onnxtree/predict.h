/* Evaluating rows.
 *
 * Results do not depend on the kernel, the number of threads, the block size, or how rows are split over calls: the same row gives the same
 * bits. No call prints, reads the environment or the locale, or leaves a thread behind. */
#ifndef ONNXTREE_PREDICT_H
#define ONNXTREE_PREDICT_H

#include <stddef.h>
#include <stdint.h>

#include <onnxtree/export.h>
#include <onnxtree/model.h>
#include <onnxtree/status.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- the common case ------------------------------------------------------------------------------------------------------------ */

/* Predict with a model that has one numeric input.
 *   rows       [row_count x row_stride] elements of `type` (float, double, int32, int64, bool), row-major; it must be the model's input type.
 *              The first columns of each row are read, as many as onnxtree_model_input() says. Aligned to the element size.
 *   row_stride elements from one row to the next; 0 means that rows follow each other without a gap.
 *   labels     NULL, or room for row_count labels: int64_t or onnxtree_string, the type of the model's label output (string labels point
 *              into the model).
 *   scores     NULL, or room for [row_count x columns of the score output] floats, row-major. A double output is rounded to float.
 * Uses 16 KiB of stack; allocates a workspace (through the model's allocator) only for calls whose rows need more scratch than that, which those of
 * a single row hardly ever do.
 * Errors: INVALID_ARGUMENT (NULLs, model with several inputs, no such output), TYPE_MISMATCH, SHAPE_MISMATCH, OUT_OF_MEMORY. Thread-safe. */
ONNXTREE_API ONNXTREE_NODISCARD onnxtree_status onnxtree_predict(const onnxtree_model *model, onnxtree_type type, const void *rows, size_t row_count,
                                                                 size_t row_stride, void *labels, float *scores, onnxtree_error *error);

/* ---- the general case ------------------------------------------------------------------------------------------------------------ */

/* A matrix of rows, or a vector (columns 1). The caller owns the memory. */
typedef struct onnxtree_tensor {
  const char *name;   /* input or output of the model; NULL: the one at the same position */
  onnxtree_type type; /* of the elements; no conversion is made */
  size_t rows;        /* as many as the run has */
  size_t columns;     /* 1 for a vector */
  size_t row_stride;  /* elements from one row to the next; 0: columns. Otherwise at least columns. */
  void *data;         /* aligned to the element size; not written to when it is an input */
} onnxtree_tensor;

/* Scratch memory of one calling thread, reused from call to call so that onnxtree_run() never allocates. */
typedef struct onnxtree_workspace onnxtree_workspace;

/* How large a workspace is. */
typedef struct onnxtree_workspace_options {
  size_t struct_size; /* sizeof(onnxtree_workspace_options) */
  size_t block_rows;  /* rows evaluated together; 0: chosen for the model. Never more than the scratch limit allows. */
  size_t threads;     /* most threads that a run with this workspace may use, 1 to 256; 0: 1 */
} onnxtree_workspace_options;

#define ONNXTREE_WORKSPACE_OPTIONS_INIT { sizeof(onnxtree_workspace_options), 0, 0 }

/* Create a workspace for `model`, which must outlive it. Options may be NULL. Errors: INVALID_ARGUMENT, OUT_OF_MEMORY. Thread-safe.
 * One workspace serves one run at a time; different threads use different workspaces. */
ONNXTREE_API ONNXTREE_NODISCARD onnxtree_status onnxtree_workspace_create(const onnxtree_model *model, const onnxtree_workspace_options *options,
                                                                          onnxtree_workspace **workspace, onnxtree_error *error);
ONNXTREE_API void onnxtree_workspace_free(onnxtree_workspace *workspace); /* NULL is allowed */

/* One unit of parallel work: `index` runs from 0 to count - 1. */
typedef void onnxtree_task(void *task_context, size_t index);
/* The caller's executor: calls task(task_context, i) once for every i in [0, count), on any threads, and returns when all are done. A run may use it
 * several times, one after the other. */
typedef void onnxtree_parallel_for(void *context, size_t count, onnxtree_task *task, void *task_context);

/* Threads and cancellation of one run. */
typedef struct onnxtree_run_options {
  size_t struct_size;                  /* sizeof(onnxtree_run_options) */
  size_t threads;                      /* 0 or 1: the calling thread alone; n: n - 1 more are started and joined within the call */
  onnxtree_parallel_for *parallel_for; /* instead of threads: the caller's executor; up to the workspace's number of threads */
  void *parallel_for_context;          /* its first argument */
  int (*cancelled)(void *context);     /* asked between blocks (by any thread); nonzero stops the run with ONNXTREE_CANCELLED */
  void *cancelled_context;             /* its argument */
  size_t traced_ensemble;              /* the tree operator that the next two tell of, by onnxtree_model_ensemble()'s index */
  const onnxtree_tensor *raw_scores; /* NULL, or where the [row_count x targets] scores go, float or double, before class rules and post transform */
  const onnxtree_tensor *leaves;     /* NULL, or where the [row_count x trees] int32 leaves go: node numbers less the ensemble's branches (trees.h) */
} onnxtree_run_options;

#define ONNXTREE_RUN_OPTIONS_INIT { sizeof(onnxtree_run_options), 0, NULL, NULL, NULL, NULL, 0, NULL, NULL }

/* Evaluate row_count rows.
 *   inputs   every input of the model once, by name or position; each has row_count rows (fewer columns than needed: SHAPE_MISMATCH).
 *   outputs  those wanted, by name or position, in the caller's memory, type and columns as onnxtree_model_output() says.
 *            Output memory must not overlap input memory.
 * Everything but the rows' values is checked before the first row is evaluated; after that the run can only be cancelled, or meet a value that an
 * operator cannot use (INVALID_DATA; the message names the first such row, counted from 0); then the outputs hold unspecified values.
 * Allocates nothing; a thread that the system refuses to start is done without.
 * Errors: INVALID_ARGUMENT, SHAPE_MISMATCH, TYPE_MISMATCH, INVALID_DATA, CANCELLED. */
ONNXTREE_API ONNXTREE_NODISCARD onnxtree_status onnxtree_run(const onnxtree_model *model, onnxtree_workspace *workspace, size_t row_count,
                                                             const onnxtree_tensor *inputs, size_t input_count, const onnxtree_tensor *outputs,
                                                             size_t output_count, const onnxtree_run_options *options, onnxtree_error *error);

#ifdef __cplusplus
}
#endif

#endif
