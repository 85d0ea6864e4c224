/* The plan: a graph checked, typed and laid out, ready to be run block by block. Immutable after it is built. */
#ifndef OT_PLAN_PLAN_H
#define OT_PLAN_PLAN_H

#include "onnx/decode.h"
#include "ops/operator.h"
#include "plan/opsets.h"

/* An output of the model: some value, converted to the declared type where that is another width of float. */
typedef struct ot_plan_output {
  const char *name;
  uint32_t value;
  onnxtree_type type;
} ot_plan_output;

/* A value in the caller's memory: it lies elsewhere in each block. */
typedef struct ot_moving {
  uint32_t value, storage; /* the value that owns the memory: an input, or what some output is */
  uint32_t element_size;
} ot_moving;

typedef struct ot_plan {
  ot_opsets opsets;
  ot_value *values;
  uint32_t value_count;
  uint32_t *inputs; /* [input_count] value numbers */
  uint32_t input_count;
  ot_plan_output *outputs;
  uint32_t output_count;
  ot_step *steps;
  uint32_t step_count;
  const uint32_t *runs; /* [run_count] the steps that are run, in order: others are computed at load, share memory, or nobody reads them */
  uint32_t run_count;
  size_t *slot_row_bytes; /* [slot_count] scratch memory of intermediate values, bytes per row */
  uint32_t slot_count;
  ot_moving *moving; /* [moving_count] those that are run or given out */
  uint32_t moving_count;
  uint64_t layout_bytes; /* about what one block of rows reads of the model */
} ot_plan;

typedef struct ot_plan_options {
  const onnxtree_limits *limits; /* all set */
  bool compat_onnxruntime;
  bool doubles_as_float32;
  bool sums_in_double;
  const char *kernel;
} ot_plan_options;

/* Build a plan in `arena`. Every operator is looked up before any is prepared; all that are missing are reported together. */
bool ot_plan_build(ot_plan *plan, const Onnxtree__Pb__ModelProto *model, const ot_plan_options *options, ot_arena *arena, ot_problems *problems);

/* ---- memory while running ---- */

/* Bytes of scratch that one thread needs for blocks of row_count rows. */
size_t ot_plan_scratch_bytes(const ot_plan *plan, size_t row_count);

/* Rows of a block: a size at which intermediates stay in cache, less if max_bytes demands it; 0 if not even one row fits. */
size_t ot_plan_block_rows(const ot_plan *plan, uint64_t max_bytes);

#endif
