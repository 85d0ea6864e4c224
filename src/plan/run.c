#include "plan/run.h"

#include <string.h>

#include "base/checked.h"
#include "base/convert.h"

#define CACHE_LINE 64u
#define BLOCK_ROWS 512u        /* intermediates of a small model stay in the first-level cache */
#define BLOCK_ROWS_LARGE 4096u /* a large model is read through once per block: let more rows share that */
#define LARGE_MODEL_BYTES (UINT64_C(1) << 20)

/* ---- memory ---- */

static size_t value_bytes(const ot_value *value, size_t row_count) {
  size_t size;
  if (!ot_multiply(row_count, value->columns, &size) || !ot_multiply(size, onnxtree_type_size(value->type), &size)) return SIZE_MAX;
  return ot_align_up(size, CACHE_LINE, &size) ? size : SIZE_MAX;
}

static bool is_computed(const ot_plan *plan, uint32_t v) { return v >= plan->input_count && plan->values[v].storage == v && plan->values[v].is_read; }

size_t ot_plan_scratch_bytes(const ot_plan *plan, size_t row_count) {
  size_t total = 0, largest = 0;
  for (uint32_t v = 0; v < plan->value_count; v++)
    if (is_computed(plan, v) && !ot_add(total, value_bytes(&plan->values[v], row_count), &total)) return SIZE_MAX;
  for (uint32_t s = 0; s < plan->step_count; s++) {
    const ot_step *step = &plan->steps[s];
    size_t bytes = step->state && step->operator->scratch_bytes ? step->operator->scratch_bytes(step, row_count) : 0;
    if (bytes > largest) largest = bytes;
  }
  return ot_add(total, largest, &total) && ot_align_up(total, CACHE_LINE, &total) ? total : SIZE_MAX;
}

size_t ot_plan_block_rows(const ot_plan *plan, uint64_t max_bytes) {
  size_t rows = plan->layout_bytes > LARGE_MODEL_BYTES ? BLOCK_ROWS_LARGE : BLOCK_ROWS;
  while (rows > 0 && ot_plan_scratch_bytes(plan, rows) > max_bytes) rows /= 2;
  return rows;
}

static size_t frame_bytes(const ot_plan *plan) { return (((size_t)plan->value_count + 1) * sizeof(ot_span) + CACHE_LINE - 1) & ~(size_t)(CACHE_LINE - 1); }

static size_t shared_bytes(const ot_plan *plan) {
  size_t size = ((size_t)plan->input_count + plan->output_count) * sizeof(ot_span) + ((size_t)plan->value_count + 1) * sizeof(uint32_t);
  return (size + CACHE_LINE - 1) & ~(size_t)(CACHE_LINE - 1);
}

size_t ot_job_bytes(const ot_plan *plan, size_t block_rows, size_t thread_count) {
  size_t total;
  if (!ot_add(ot_plan_scratch_bytes(plan, block_rows), frame_bytes(plan), &total)) return SIZE_MAX;
  if (!ot_multiply(total, thread_count, &total) || !ot_add(total, shared_bytes(plan), &total)) return SIZE_MAX;
  return total;
}

void ot_job_init(ot_job *job, const ot_plan *plan, size_t block_rows, size_t thread_count, void *memory) {
  *job = (ot_job){.plan = plan, .block_rows = block_rows, .thread_count = thread_count};
  job->inputs = memory;
  job->outputs = job->inputs + plan->input_count;
  job->owners = (uint32_t *)(void *)(job->outputs + plan->output_count);
  job->thread_memory = (char *)memory + shared_bytes(plan);
  job->thread_stride = frame_bytes(plan) + ot_plan_scratch_bytes(plan, block_rows);
}

/* ---- one block ---- */

static size_t type_size(const ot_plan *plan, uint32_t v) { return onnxtree_type_size(plan->values[v].type); }

static void *advance(const ot_span *span, size_t first_row, size_t element_size) {
  return span->data ? (char *)span->data + first_row * span->stride * element_size : NULL;
}

/* Says where each value of this block lives; returns the scratch that is left for the steps. */
static char *place_values(const ot_job *job, ot_frame *frame, size_t first_row, char *scratch) {
  const ot_plan *plan = job->plan;
  for (uint32_t v = 0; v < plan->value_count; v++) {
    const ot_value *value = &plan->values[v];
    ot_span *span = &frame->values[v];
    if (value->storage != v) {
      *span = frame->values[value->storage];
      continue;
    }
    *span = (ot_span){NULL, value->columns, value->columns};
    if (v < plan->input_count) {
      span->data = advance(&job->inputs[v], first_row, type_size(plan, v));
      span->stride = job->inputs[v].stride;
    } else if (job->owners[v]) {
      const ot_span *output = &job->outputs[job->owners[v] - 1];
      span->data = advance(output, first_row, type_size(plan, v));
      span->stride = output->stride;
    }
    if (is_computed(plan, v)) {
      if (!job->owners[v]) span->data = scratch;
      scratch += value_bytes(value, job->block_rows);
    }
  }
  frame->values[plan->value_count] = (ot_span){NULL, 0, 0};
  return scratch;
}

static onnxtree_type wanted_type(const ot_job *job, uint32_t o) {
  onnxtree_type type = job->plan->outputs[o].type;
  return job->doubles_as_floats && type == ONNXTREE_DOUBLE ? ONNXTREE_FLOAT : type;
}

/* Outputs that were not computed in place: passed-through inputs, second uses of a value, other float widths. */
static void copy_outputs(const ot_job *job, const ot_frame *frame, size_t first_row) {
  const ot_plan *plan = job->plan;
  for (uint32_t o = 0; o < plan->output_count; o++) {
    const ot_plan_output *output = &plan->outputs[o];
    const ot_value *value = &plan->values[output->value];
    if (!job->outputs[o].data || job->owners[value->storage] == o + 1) continue;
    const ot_span *from = &frame->values[output->value];
    onnxtree_type type = wanted_type(job, o);
    void *to = advance(&job->outputs[o], first_row, onnxtree_type_size(type));
    ot_convert_rows(from->data, value->type, from->stride, to, type, job->outputs[o].stride, frame->row_count, value->columns);
  }
}

static void run_block(const ot_job *job, char *memory, size_t first_row, size_t row_count) {
  const ot_plan *plan = job->plan;
  ot_frame frame = {(ot_span *)(void *)memory, row_count, NULL};
  frame.scratch = place_values(job, &frame, first_row, memory + frame_bytes(plan));
  for (uint32_t s = 0; s < plan->step_count; s++)
    if (plan->steps[s].state) plan->steps[s].operator->run(&plan->steps[s], &frame);
  copy_outputs(job, &frame, first_row);
}

/* ---- the run ---- */

void ot_job_begin(ot_job *job) {
  const ot_plan *plan = job->plan;
  memset(job->owners, 0, ((size_t)plan->value_count + 1) * sizeof *job->owners);
  for (uint32_t o = 0; o < plan->output_count; o++) {
    const ot_plan_output *output = &plan->outputs[o];
    const ot_value *value = &plan->values[output->value];
    uint32_t storage = value->storage;
    bool wanted = job->outputs[o].data != NULL, same_type = wanted_type(job, o) == value->type;
    /* Vectors are computed without gaps. */
    bool fits = value->rank == 2 || job->outputs[o].stride == 1;
    if (wanted && same_type && fits && storage >= plan->input_count && !job->owners[storage]) job->owners[storage] = o + 1;
  }
}

void ot_job_run_thread(void *context, size_t index) {
  const ot_job *job = context;
  char *memory = job->thread_memory + index * job->thread_stride;
  size_t step = job->block_rows * job->thread_count;
  for (size_t first = index * job->block_rows; first < job->row_count; first += step) {
    if (job->cancelled && job->cancelled(job->cancelled_context)) return;
    size_t left = job->row_count - first;
    run_block(job, memory, first, left < job->block_rows ? left : job->block_rows);
    if (left <= step) break;
  }
}
