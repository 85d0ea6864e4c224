/* onnxtree_run, onnxtree_predict, workspaces. */
#include <stdatomic.h>
#include <string.h>

#include "api/model.h"
#include "base/checked.h"
#include "base/parallel.h"
#include "base/text.h"
#include "ops/tree_ensemble.h"
#include "plan/run.h"

#define ALIGNMENT 64u
#define STACK_BYTES 16384u

struct onnxtree_workspace {
  const onnxtree_model *model;
  ot_memory memory;
  size_t bytes; /* of the whole allocation */
  ot_job job;   /* its arrays and scratch follow, aligned */
  size_t most_threads;
};

/* ---- checks ---- */

/* What the model takes or gives where a tensor is bound. */
typedef struct slot {
  const char *what; /* "input" or "output" */
  const char *name;
  onnxtree_type type;
  size_t rows, columns;
  bool is_open; /* takes more columns, too */
} slot;

static size_t stride_of(const onnxtree_tensor *tensor) { return tensor->row_stride ? tensor->row_stride : tensor->columns; }

/* These checks are a good part of a call with one row: names are made printable only for a message, and nothing is divided. */
static onnxtree_status check_type(const slot *s, const onnxtree_tensor *tensor, onnxtree_error *error) {
  if (tensor->type == s->type) return ONNXTREE_OK;
  return ot_fail(error, OT_PROBLEM_TYPE, "%s '%s' is of type %s; the model has %s there", s->what, ot_text_excerpt_of(s->name).text,
                 onnxtree_type_name(tensor->type), onnxtree_type_name(s->type));
}

static onnxtree_status check_shape(const slot *s, const onnxtree_tensor *tensor, onnxtree_error *error) {
  bool enough_columns = s->is_open ? tensor->columns >= s->columns : tensor->columns == s->columns;
  if (tensor->rows == s->rows && enough_columns && stride_of(tensor) >= tensor->columns) return ONNXTREE_OK;
  ot_excerpt excerpt = ot_text_excerpt_of(s->name);
  const char *name = excerpt.text;
  if (tensor->rows != s->rows)
    return ot_fail(error, OT_PROBLEM_SHAPE, "%s '%s' has %zu rows; the run has %zu", s->what, name, tensor->rows, s->rows);
  if (!enough_columns)
    return ot_fail(error, OT_PROBLEM_SHAPE, "%s '%s' has %zu columns; the model needs %s%zu", s->what, name, tensor->columns,
                   s->is_open ? "at least " : "", s->columns);
  return ot_fail(error, OT_PROBLEM_SHAPE, "%s '%s' has a row stride of %zu, less than its %zu columns", s->what, name, tensor->row_stride,
                 tensor->columns);
}

static onnxtree_status check_memory(const slot *s, const onnxtree_tensor *tensor, onnxtree_error *error) {
  size_t size = onnxtree_type_size(s->type), alignment = s->type == ONNXTREE_STRING ? sizeof(void *) : size, cells, bytes;
  bool given = tensor->data || !s->rows, aligned = ((uintptr_t)tensor->data & (alignment - 1)) == 0;
  bool addressable = ot_multiply(s->rows, stride_of(tensor), &cells) && ot_multiply(cells, size, &bytes);
  if (given && aligned && addressable) return ONNXTREE_OK;
  ot_excerpt excerpt = ot_text_excerpt_of(s->name);
  const char *name = excerpt.text;
  if (!given) return ot_fail(error, OT_PROBLEM_ARGUMENT, "the data of %s '%s' is NULL", s->what, name);
  if (!aligned) return ot_fail(error, OT_PROBLEM_ARGUMENT, "the data of %s '%s' is not aligned to %zu bytes", s->what, name, alignment);
  return ot_fail(error, OT_PROBLEM_ARGUMENT, "%s '%s' is larger than the address space", s->what, name);
}

static onnxtree_status bind_tensor(const slot *s, const onnxtree_tensor *tensor, ot_span *span, onnxtree_error *error) {
  onnxtree_status status = check_type(s, tensor, error);
  if (status == ONNXTREE_OK) status = check_shape(s, tensor, error);
  if (status == ONNXTREE_OK) status = check_memory(s, tensor, error);
  /* Without rows nothing is read or written, but "given" must be told from "not given". */
  *span = (ot_span){tensor->data ? tensor->data : (void *)span, stride_of(tensor), tensor->columns};
  return status;
}

static onnxtree_status bind_inputs(ot_job *job, const onnxtree_tensor *inputs, size_t count, onnxtree_error *error) {
  const ot_plan *plan = job->plan;
  memset(job->inputs, 0, plan->input_count * sizeof *job->inputs);
  for (size_t i = 0; i < count; i++) {
    uint32_t k = (uint32_t)i;
    if (inputs[i].name)
      for (k = 0; k < plan->input_count && strcmp(plan->values[plan->inputs[k]].name, inputs[i].name) != 0; k++) {}
    if (k >= plan->input_count)
      return inputs[i].name ? ot_fail(error, OT_PROBLEM_ARGUMENT, "the model has no input '%s'", ot_text_excerpt_of(inputs[i].name).text)
                            : ot_fail(error, OT_PROBLEM_ARGUMENT, "%zu inputs are given; the model has %u", count, plan->input_count);
    const ot_value *value = &plan->values[plan->inputs[k]];
    if (job->inputs[k].data) return ot_fail(error, OT_PROBLEM_ARGUMENT, "the input '%s' is given twice", ot_text_excerpt_of(value->name).text);
    slot s = {"input", value->name, value->type, job->row_count, value->columns, value->width_open};
    onnxtree_status status = bind_tensor(&s, &inputs[i], &job->inputs[k], error);
    if (status != ONNXTREE_OK) return status;
  }
  for (uint32_t k = 0; k < plan->input_count; k++) {
    const ot_value *value = &plan->values[plan->inputs[k]];
    if (!job->inputs[k].data && value->is_read)
      return ot_fail(error, OT_PROBLEM_ARGUMENT, "the input '%s' is missing", ot_text_excerpt_of(value->name).text);
  }
  return ONNXTREE_OK;
}

static onnxtree_status bind_outputs(ot_job *job, const onnxtree_tensor *outputs, size_t count, onnxtree_error *error) {
  const ot_plan *plan = job->plan;
  memset(job->outputs, 0, plan->output_count * sizeof *job->outputs);
  for (size_t i = 0; i < count; i++) {
    uint32_t k = (uint32_t)i;
    if (outputs[i].name)
      for (k = 0; k < plan->output_count && strcmp(plan->outputs[k].name, outputs[i].name) != 0; k++) {}
    if (k >= plan->output_count)
      return outputs[i].name ? ot_fail(error, OT_PROBLEM_ARGUMENT, "the model has no output '%s'", ot_text_excerpt_of(outputs[i].name).text)
                             : ot_fail(error, OT_PROBLEM_ARGUMENT, "%zu outputs are given; the model has %u", count, plan->output_count);
    const ot_plan_output *output = &plan->outputs[k];
    if (job->outputs[k].data) return ot_fail(error, OT_PROBLEM_ARGUMENT, "the output '%s' is given twice", ot_text_excerpt_of(output->name).text);
    slot s = {"output", output->name, output->type, job->row_count, plan->values[output->value].columns, false};
    onnxtree_status status = bind_tensor(&s, &outputs[i], &job->outputs[k], error);
    if (status != ONNXTREE_OK) return status;
  }
  return ONNXTREE_OK;
}

/* ---- trace ---- */

static onnxtree_status bind_trace(ot_job *job, const onnxtree_model *model, const onnxtree_run_options *options, onnxtree_error *error) {
  job->trace = (ot_trace){0};
  if (!options->raw_scores && !options->leaves) return ONNXTREE_OK;
  const ot_step *step = ot_model_ensemble_step(model, options->traced_ensemble);
  if (!step) return ot_fail(error, OT_PROBLEM_ARGUMENT, "the model has no tree operator %zu", options->traced_ensemble);
  const ot_ensemble *e = ot_step_ensemble(step);
  const onnxtree_tensor *raw = options->raw_scores, *leaves = options->leaves;
  ot_trace trace = {.step = step, .raw_type = raw && raw->type == ONNXTREE_DOUBLE ? ONNXTREE_DOUBLE : ONNXTREE_FLOAT};
  slot of_scores = {"output", "raw_scores", trace.raw_type, job->row_count, e->target_count, false};
  slot of_leaves = {"output", "leaves", ONNXTREE_INT32, job->row_count, e->tree_count, false};
  onnxtree_status status = ONNXTREE_OK;
  if (raw) status = bind_tensor(&of_scores, raw, &trace.raw_scores, error);
  if (status == ONNXTREE_OK && leaves) status = bind_tensor(&of_leaves, leaves, &trace.leaves, error);
  if (status == ONNXTREE_OK) job->trace = trace;
  return status;
}

/* ---- workspace ---- */

onnxtree_status onnxtree_workspace_create(const onnxtree_model *model, const onnxtree_workspace_options *options, onnxtree_workspace **workspace,
                                          onnxtree_error *error) {
  if (!workspace) return ot_fail(error, OT_PROBLEM_ARGUMENT, "workspace is NULL");
  *workspace = NULL;
  if (!model) return ot_fail(error, OT_PROBLEM_ARGUMENT, "model is NULL");
  if (options && options->struct_size < sizeof *options)
    return ot_fail(error, OT_PROBLEM_ARGUMENT, "onnxtree_workspace_options.struct_size is not set");
  size_t threads = options && options->threads ? options->threads : 1,
         block_rows = options && options->block_rows ? options->block_rows : model->block_rows;
  if (threads > OT_MAX_THREADS) return ot_fail(error, OT_PROBLEM_ARGUMENT, "%zu threads; at most %d are supported", threads, OT_MAX_THREADS);
  while (block_rows > 1 && ot_plan_scratch_bytes(&model->plan, block_rows) > model->max_scratch_bytes) block_rows /= 2;
  size_t job_bytes = ot_job_bytes(&model->plan, block_rows, threads);
  if (job_bytes > SIZE_MAX - sizeof **workspace - ALIGNMENT)
    return ot_fail(error, OT_PROBLEM_MEMORY, "the workspace is larger than the address space");
  ot_memory memory;
  ot_memory_init(&memory, &model->memory.allocator, UINT64_MAX);
  size_t bytes = sizeof **workspace + ALIGNMENT + job_bytes;
  onnxtree_workspace *w = ot_memory_allocate(&memory, bytes);
  if (!w) return ot_fail(error, OT_PROBLEM_MEMORY, "out of memory: a workspace of %zu bytes", bytes);
  *w = (onnxtree_workspace){.model = model, .memory = memory, .bytes = bytes, .most_threads = threads};
  uintptr_t start = ((uintptr_t)(w + 1) + ALIGNMENT - 1) & ~(uintptr_t)(ALIGNMENT - 1);
  ot_job_init(&w->job, &model->plan, block_rows, threads, (char *)w + (start - (uintptr_t)w));
  *workspace = w;
  return ONNXTREE_OK;
}

void onnxtree_workspace_free(onnxtree_workspace *workspace) {
  if (!workspace) return;
  ot_memory memory = workspace->memory; /* it lies inside what it frees */
  ot_memory_release(&memory, workspace, workspace->bytes);
}

/* ---- run ---- */

/* Remembers a cancellation, so that it is asked for no more and reported once. */
typedef struct cancellation {
  int (*cancelled)(void *context);
  void *context;
  atomic_bool seen;
} cancellation;

static int ask(void *context) {
  cancellation *c = context;
  if (atomic_load_explicit(&c->seen, memory_order_relaxed)) return 1;
  if (!c->cancelled(c->context)) return 0;
  atomic_store_explicit(&c->seen, true, memory_order_relaxed);
  return 1;
}

static onnxtree_status report_row(ot_job *job, onnxtree_error *error) {
  const ot_step *step;
  const char *failure;
  ot_job_explain(job, &step, &failure);
  return ot_fail(error, OT_PROBLEM_DATA_VALUE, "row %zu: node '%s' (%s): %s", atomic_load(&job->failed_row), ot_text_excerpt_of(step->name).text,
                 step->operator->name, failure);
}

static void start_threads(void *context, size_t count, onnxtree_task *task, void *task_context) {
  (void)context;
  ot_parallel_run(count, task, task_context);
}

static onnxtree_status execute(ot_job *job, const onnxtree_run_options *options, size_t most_threads, onnxtree_error *error) {
  cancellation cancel = {options->cancelled, options->cancelled_context, false};
  if (cancel.cancelled) {
    job->cancelled = ask;
    job->cancelled_context = &cancel;
  }
  job->team.run = options->parallel_for ? options->parallel_for : start_threads;
  job->team.context = options->parallel_for_context;
  ot_job_split(job, options->parallel_for ? most_threads : options->threads ? options->threads : 1);
  ot_job_begin(job);
  if (job->thread_count == 1)
    ot_job_run_thread(job, 0);
  else
    job->team.run(job->team.context, job->thread_count, ot_job_run_thread, job);
  job->cancelled = NULL;
  if (!atomic_load(&cancel.seen) && atomic_load(&job->failed_row) != OT_NO_FAILURE) return report_row(job, error);
  return atomic_load(&cancel.seen) ? ot_fail(error, OT_PROBLEM_CANCELLED, "the run was cancelled; its outputs are not complete") : ONNXTREE_OK;
}

onnxtree_status onnxtree_run(const onnxtree_model *model, onnxtree_workspace *workspace, size_t row_count, const onnxtree_tensor *inputs,
                             size_t input_count, const onnxtree_tensor *outputs, size_t output_count, const onnxtree_run_options *options,
                             onnxtree_error *error) {
  static const onnxtree_run_options standard = ONNXTREE_RUN_OPTIONS_INIT;
  if (!model || !workspace || (!inputs && input_count) || (!outputs && output_count)) return ot_fail(error, OT_PROBLEM_ARGUMENT, "a pointer is NULL");
  if (workspace->model != model) return ot_fail(error, OT_PROBLEM_ARGUMENT, "the workspace was created for another model");
  if (!options) options = &standard;
  if (options->struct_size < sizeof *options) return ot_fail(error, OT_PROBLEM_ARGUMENT, "onnxtree_run_options.struct_size is not set");
  if (options->threads > workspace->most_threads)
    return ot_fail(error, OT_PROBLEM_ARGUMENT, "%zu threads; the workspace was created for %zu", options->threads, workspace->most_threads);
  ot_job *job = &workspace->job;
  job->row_count = row_count;
  onnxtree_status status = bind_inputs(job, inputs, input_count, error);
  if (status == ONNXTREE_OK) status = bind_outputs(job, outputs, output_count, error);
  if (status == ONNXTREE_OK) status = bind_trace(job, model, options, error);
  if (status != ONNXTREE_OK || row_count == 0) return status;
  return execute(job, options, workspace->most_threads, error);
}

/* ---- predict ---- */

/* Rows of a block, if all rows of the call or a good block of them fit into the stack buffer; else 0. Fewer rows than that in a block would
 * be evaluated slower than a workspace takes to allocate. */
static size_t stack_block_rows(const ot_plan *plan, size_t row_count) {
  enum { LEAST = 64, MOST = 256 };
  size_t rows = row_count < MOST ? row_count : MOST;
  if (rows == 0) rows = 1;
  while (rows > LEAST && ot_job_bytes(plan, rows, 1) > STACK_BYTES - ALIGNMENT) rows /= 2;
  return ot_job_bytes(plan, rows, 1) <= STACK_BYTES - ALIGNMENT ? rows : 0;
}

/* An output whose tensor has been made to fit: its memory is still to be checked. */
static onnxtree_status bind_made(const onnxtree_tensor *tensor, ot_span *span, onnxtree_error *error) {
  return bind_tensor(&(slot){"output", tensor->name, tensor->type, tensor->rows, tensor->columns, false}, tensor, span, error);
}

static onnxtree_status predict_with(const onnxtree_model *model, ot_job *job, const onnxtree_tensor *input, const onnxtree_tensor *labels,
                                    const onnxtree_tensor *scores, onnxtree_error *error) {
  static const onnxtree_run_options options = ONNXTREE_RUN_OPTIONS_INIT;
  const ot_plan *plan = &model->plan;
  job->row_count = input->rows;
  job->doubles_as_floats = true;
  memset(job->outputs, 0, plan->output_count * sizeof *job->outputs);
  onnxtree_status status = bind_inputs(job, input, 1, error);
  if (status == ONNXTREE_OK && labels) status = bind_made(labels, &job->outputs[model->label_output], error);
  if (status == ONNXTREE_OK && scores) status = bind_made(scores, &job->outputs[model->score_output], error);
  if (status != ONNXTREE_OK || input->rows == 0) return status;
  return execute(job, &options, 1, error);
}

onnxtree_status onnxtree_predict(const onnxtree_model *model, onnxtree_type type, const void *rows, size_t row_count, size_t row_stride, void *labels,
                                 float *scores, onnxtree_error *error) {
  if (!model) return ot_fail(error, OT_PROBLEM_ARGUMENT, "model is NULL");
  const ot_plan *plan = &model->plan;
  if (plan->input_count != 1) return ot_fail(error, OT_PROBLEM_ARGUMENT, "the model has %u inputs; use onnxtree_run()", plan->input_count);
  if (labels && model->label_output < 0) return ot_fail(error, OT_PROBLEM_ARGUMENT, "the model has no label output");
  if (scores && model->score_output < 0) return ot_fail(error, OT_PROBLEM_ARGUMENT, "the model has no score output");
  const ot_value *input = &plan->values[plan->inputs[0]];
  if (row_stride && row_stride < input->columns)
    return ot_fail(error, OT_PROBLEM_SHAPE, "a row stride of %zu elements; the model needs %zu columns", row_stride, input->columns);
  onnxtree_tensor in = {NULL, type, row_count, input->columns, row_stride, (void *)(uintptr_t)rows};
  onnxtree_tensor label_tensor = {0}, score_tensor = {0};
  if (labels)
    label_tensor = (onnxtree_tensor){plan->outputs[model->label_output].name, plan->outputs[model->label_output].type, row_count, 1, 0, labels};
  if (scores) {
    const ot_plan_output *output = &plan->outputs[model->score_output];
    score_tensor = (onnxtree_tensor){output->name, ONNXTREE_FLOAT, row_count, plan->values[output->value].columns, 0, scores};
  }
  size_t block_rows = stack_block_rows(plan, row_count);
  if (block_rows > 0) {
    _Alignas(64) char memory[STACK_BYTES - ALIGNMENT];
    ot_job job;
    ot_job_init(&job, plan, block_rows, 1, memory);
    return predict_with(model, &job, &in, labels ? &label_tensor : NULL, scores ? &score_tensor : NULL, error);
  }
  onnxtree_workspace *workspace;
  onnxtree_status status = onnxtree_workspace_create(model, NULL, &workspace, error);
  if (status != ONNXTREE_OK) return status;
  status = predict_with(model, &workspace->job, &in, labels ? &label_tensor : NULL, scores ? &score_tensor : NULL, error);
  onnxtree_workspace_free(workspace);
  return status;
}
