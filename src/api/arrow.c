/* onnxtree_run_arrow: binds the columns of a table, evaluates slices of its rows, collects the results into a table. */
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "api/arrow_column.h"
#include "api/arrow_table.h"
#include "api/model.h"
#include "base/parallel.h"
#include "base/problems.h"
#include "base/text.h"

typedef struct bound_input {
  onnxtree_value_info info;
  size_t column_count;
  ot_arrow_column *columns; /* [column_count] */
  const void *direct;       /* the caller's memory, when it can be read as it is */
} bound_input;

typedef struct bound_output {
  onnxtree_value_info info;
  size_t first_column; /* of the result */
  void **values;       /* [columns] of the result, or onnxtree_string[rows] until the texts are collected */
} bound_output;

typedef struct task_state {
  onnxtree_workspace *workspace;
  onnxtree_tensor *inputs, *outputs;
  onnxtree_status status;
} task_state;

typedef struct table_run {
  const onnxtree_model *model;
  onnxtree_arrow_options options;
  ot_memory memory;
  ot_arena arena; /* all that is not part of the result */
  bound_input *inputs;
  size_t input_count;
  bound_output *outputs;
  size_t output_count, result_columns;
  size_t rows, slice_rows;
  task_state *tasks;
  size_t task_count;
  atomic_bool stopped;
  struct ArrowSchema *result_schema;
  struct ArrowArray *result;
  onnxtree_error *error;
} table_run;

static onnxtree_status fail_memory(table_run *run) { return ot_fail(run->error, OT_PROBLEM_MEMORY, "out of memory while a table is evaluated"); }

/* ---- arguments ---- */

/* A count of -1 means that the producer has not counted. */
static bool has_null_rows(const struct ArrowArray *batch) {
  const unsigned char *valid = batch->null_count != 0 && batch->n_buffers > 0 && batch->buffers ? batch->buffers[0] : NULL;
  if (!valid || batch->null_count > 0) return valid != NULL;
  for (size_t i = (size_t)batch->offset, end = i + (size_t)batch->length; i < end; i++)
    if (!(valid[i / 8] >> i % 8 & 1)) return true;
  return false;
}

static onnxtree_status check_table(table_run *run, const struct ArrowSchema *schema, const struct ArrowArray *batch) {
  onnxtree_error *error = run->error;
  if (!schema->release || !batch->release) return ot_fail(error, OT_PROBLEM_ARGUMENT, "the table has been released");
  if (!schema->format || strcmp(schema->format, "+s") != 0)
    return ot_fail(error, OT_PROBLEM_ARGUMENT, "the Arrow format is '%s'; a table is '+s'", ot_text_excerpt_of(schema->format).text);
  if (batch->n_children != schema->n_children || batch->n_children < 0 || batch->length < 0 || batch->offset < 0)
    return ot_fail(error, OT_PROBLEM_ARGUMENT, "the table and its schema do not fit together");
  if (has_null_rows(batch)) return ot_fail(error, OT_PROBLEM_TYPE, "whole rows of the table are null");
  run->rows = (size_t)batch->length;
  return ONNXTREE_OK;
}

static onnxtree_status check_options(table_run *run, const onnxtree_arrow_options *options) {
  if (!options) return ONNXTREE_OK;
  if (options->struct_size < sizeof *options) return ot_fail(run->error, OT_PROBLEM_ARGUMENT, "onnxtree_arrow_options.struct_size is not set");
  if ((!options->bindings && options->binding_count) || (!options->outputs && options->output_count))
    return ot_fail(run->error, OT_PROBLEM_ARGUMENT, "a pointer is NULL");
  if (options->threads > OT_MAX_THREADS)
    return ot_fail(run->error, OT_PROBLEM_ARGUMENT, "%zu threads; at most %d are supported", options->threads, OT_MAX_THREADS);
  run->options = *options;
  return ONNXTREE_OK;
}

/* ---- inputs ---- */

typedef struct table {
  const struct ArrowSchema *schema;
  const struct ArrowArray *batch;
} table;

static onnxtree_status bind_column(table_run *run, table from, size_t index, bound_input *input) {
  ot_arrow_column *column = &input->columns[input->column_count++];
  onnxtree_status status =
      ot_arrow_column_open(from.schema->children[index], from.batch->children[index], (size_t)from.batch->offset, run->rows, column, run->error);
  return status == ONNXTREE_OK ? ot_arrow_column_check(column, input->info.type, run->error) : status;
}

/* Index of the column, or n_children. */
static size_t find_column(table from, const char *name, size_t start) {
  size_t count = (size_t)from.schema->n_children, i = start;
  while (i < count && strcmp(from.schema->children[i]->name ? from.schema->children[i]->name : "", name) != 0) i++;
  return i;
}

static onnxtree_status bind_named(table_run *run, table from, const char *name, bound_input *input) {
  size_t index = find_column(from, name, 0), count = (size_t)from.schema->n_children;
  if (index == count) return ot_fail(run->error, OT_PROBLEM_SHAPE, "the table has no column '%s'", ot_text_excerpt_of(name).text);
  if (find_column(from, name, index + 1) < count)
    return ot_fail(run->error, OT_PROBLEM_SHAPE, "the table has several columns '%s'", ot_text_excerpt_of(name).text);
  return bind_column(run, from, index, input);
}

static onnxtree_status bind_by_position(table_run *run, table from) {
  size_t count = (size_t)from.schema->n_children, needed = 0, next = 0;
  for (size_t i = 0; i < run->input_count; i++) needed += run->inputs[i].info.columns;
  bool is_minimum = run->input_count == 1 && run->inputs[0].info.columns_are_minimum;
  if (count < needed || (count > needed && !is_minimum))
    return ot_fail(run->error, OT_PROBLEM_SHAPE, "the table has %zu columns; the model needs %s%zu. Bindings choose columns by name", count,
                   is_minimum ? "at least " : "", needed);
  for (size_t i = 0; i < run->input_count; i++)
    for (size_t k = 0; k < run->inputs[i].info.columns; k++) {
      onnxtree_status status = bind_column(run, from, next++, &run->inputs[i]);
      if (status != ONNXTREE_OK) return status;
    }
  return ONNXTREE_OK;
}

static onnxtree_status bind_by_input_names(table_run *run, table from) {
  onnxtree_status status = ONNXTREE_OK;
  for (size_t i = 0; status == ONNXTREE_OK && i < run->input_count; i++) status = bind_named(run, from, run->inputs[i].info.name, &run->inputs[i]);
  return status;
}

static onnxtree_status bind_as_told(table_run *run, table from) {
  for (size_t b = 0; b < run->options.binding_count; b++) {
    const onnxtree_arrow_binding *binding = &run->options.bindings[b];
    size_t i = b;
    if (binding->input)
      for (i = 0; i < run->input_count && strcmp(run->inputs[i].info.name, binding->input) != 0; i++) {}
    if (i >= run->input_count)
      return ot_fail(run->error, OT_PROBLEM_ARGUMENT, "the model has no input '%s'", ot_text_excerpt_of(binding->input).text);
    bound_input *input = &run->inputs[i];
    if (input->column_count)
      return ot_fail(run->error, OT_PROBLEM_ARGUMENT, "the input '%s' is bound twice", ot_text_excerpt_of(input->info.name).text);
    if (binding->column_count != input->info.columns)
      return ot_fail(run->error, OT_PROBLEM_SHAPE, "%zu columns are bound to the input '%s'; the model needs %zu", binding->column_count,
                     ot_text_excerpt_of(input->info.name).text, input->info.columns);
    for (size_t k = 0; k < binding->column_count; k++) {
      onnxtree_status status = binding->columns && binding->columns[k] ? bind_named(run, from, binding->columns[k], input)
                                                                       : ot_fail(run->error, OT_PROBLEM_ARGUMENT, "a column's name is NULL");
      if (status != ONNXTREE_OK) return status;
    }
  }
  for (size_t i = 0; i < run->input_count; i++)
    if (run->inputs[i].column_count < run->inputs[i].info.columns)
      return ot_fail(run->error, OT_PROBLEM_ARGUMENT, "the input '%s' is not bound", ot_text_excerpt_of(run->inputs[i].info.name).text);
  return ONNXTREE_OK;
}

static onnxtree_status bind_inputs(table_run *run, table from) {
  run->input_count = onnxtree_model_input_count(run->model);
  run->inputs = ot_arena_zeros(&run->arena, run->input_count, sizeof *run->inputs);
  if (!run->inputs) return fail_memory(run);
  bool all_single = true, any_named = false;
  for (size_t i = 0; i < run->input_count; i++) {
    bound_input *input = &run->inputs[i];
    input->info.struct_size = sizeof input->info;
    (void)onnxtree_model_input(run->model, i, &input->info);
    input->columns = ot_arena_array(&run->arena, input->info.columns, sizeof *input->columns);
    if (!input->columns) return fail_memory(run);
    all_single = all_single && input->info.columns == 1;
    any_named = any_named || find_column(from, input->info.name, 0) < (size_t)from.schema->n_children;
  }
  onnxtree_status status;
  if (run->options.bindings) status = bind_as_told(run, from);
  else if (all_single && (any_named || run->input_count > 1)) status = bind_by_input_names(run, from);
  else status = bind_by_position(run, from);
  if (status != ONNXTREE_OK) return status;
  for (size_t i = 0; i < run->input_count; i++)
    if (run->inputs[i].column_count == 1) run->inputs[i].direct = ot_arrow_column_direct(&run->inputs[i].columns[0], run->inputs[i].info.type);
  return ONNXTREE_OK;
}

/* ---- outputs ---- */

static onnxtree_status choose_outputs(table_run *run) {
  size_t known = onnxtree_model_output_count(run->model);
  run->output_count = run->options.outputs ? run->options.output_count : known;
  run->outputs = ot_arena_zeros(&run->arena, run->output_count, sizeof *run->outputs);
  if (!run->outputs) return fail_memory(run);
  for (size_t o = 0; o < run->output_count; o++) {
    bound_output *output = &run->outputs[o];
    const char *name = run->options.outputs ? run->options.outputs[o] : NULL;
    output->info.struct_size = sizeof output->info;
    for (size_t i = name ? 0 : o; i < known; i++)
      if (onnxtree_model_output(run->model, i, &output->info) == ONNXTREE_OK && (!name || strcmp(output->info.name, name) == 0)) break;
    if (name && (!output->info.name || strcmp(output->info.name, name) != 0))
      return ot_fail(run->error, OT_PROBLEM_ARGUMENT, "the model has no output '%s'", ot_text_excerpt_of(name).text);
    for (size_t p = 0; p < o; p++)
      if (strcmp(run->outputs[p].info.name, output->info.name) == 0)
        return ot_fail(run->error, OT_PROBLEM_ARGUMENT, "the output '%s' is asked for twice", ot_text_excerpt_of(output->info.name).text);
    output->first_column = run->result_columns;
    run->result_columns += output->info.columns;
    output->values = ot_arena_array(&run->arena, output->info.columns, sizeof *output->values);
    if (!output->values) return fail_memory(run);
  }
  return ONNXTREE_OK;
}

/* What follows "name:" in the heading of a column; data NULL: nothing. `digits` is room for a number. */
static onnxtree_string suffix_of(const onnxtree_value_info *info, size_t column, char digits[24]) {
  bool has_labels = info->label_type != ONNXTREE_UNDEFINED && info->label_count == info->columns;
  if (has_labels && info->label_type == ONNXTREE_STRING) return info->string_labels[column];
  if (!has_labels && info->columns == 1) return (onnxtree_string){NULL, 0};
  int size = snprintf(digits, 24, "%lld", has_labels ? (long long)info->int64_labels[column] : (long long)column);
  return (onnxtree_string){digits, (size_t)size};
}

static bool make_column(table_run *run, bound_output *output, size_t column) {
  const onnxtree_allocator *allocator = &run->memory.allocator;
  size_t index = output->first_column + column;
  char digits[24];
  onnxtree_type type = output->info.type;
  if (!ot_arrow_field_create(allocator, ot_arrow_format_of(type), output->info.name, suffix_of(&output->info, column, digits),
                             run->result_schema->children[index]))
    return false;
  if (type != ONNXTREE_STRING) return ot_arrow_numbers_create(allocator, type, run->rows, run->result->children[index], &output->values[column]);
  output->values[column] = ot_arena_zeros(&run->arena, run->rows, sizeof(onnxtree_string));
  return output->values[column] != NULL;
}

static onnxtree_status make_result(table_run *run) {
  if (!ot_arrow_table_create(&run->memory.allocator, run->result_columns, run->rows, run->result_schema, run->result)) return fail_memory(run);
  for (size_t o = 0; o < run->output_count; o++)
    for (size_t k = 0; k < run->outputs[o].info.columns; k++)
      if (!make_column(run, &run->outputs[o], k)) return fail_memory(run);
  return ONNXTREE_OK;
}

static onnxtree_status collect_texts(table_run *run) {
  for (size_t o = 0; o < run->output_count; o++)
    for (size_t k = 0; run->outputs[o].info.type == ONNXTREE_STRING && k < run->outputs[o].info.columns; k++) {
      size_t index = run->outputs[o].first_column + k;
      const char *format = ot_arrow_texts_create(&run->memory.allocator, run->outputs[o].values[k], run->rows, run->result->children[index]);
      if (!format) return fail_memory(run);
      run->result_schema->children[index]->format = format;
    }
  return ONNXTREE_OK;
}

/* ---- evaluation ---- */

static bool writes_direct(const bound_output *output) { return output->info.columns == 1 && output->info.type != ONNXTREE_BOOL; }

/* Slices are multiples of eight rows, so that no two share a byte of a column of bits. */
static size_t choose_slice_rows(const table_run *run) {
  size_t row_bytes = 0, rows = (run->model->block_rows + 63) & ~(size_t)63;
  for (size_t i = 0; i < run->input_count; i++) row_bytes += run->inputs[i].info.columns * onnxtree_type_size(run->inputs[i].info.type);
  for (size_t o = 0; o < run->output_count; o++) row_bytes += run->outputs[o].info.columns * onnxtree_type_size(run->outputs[o].info.type);
  while (rows > 8 && row_bytes > run->model->max_scratch_bytes / rows) rows = (rows / 2 + 7) & ~(size_t)7;
  return rows;
}

static bool make_task(table_run *run, task_state *task) {
  task->inputs = ot_arena_zeros(&run->arena, run->input_count, sizeof *task->inputs);
  task->outputs = ot_arena_zeros(&run->arena, run->output_count, sizeof *task->outputs);
  if (!task->inputs || !task->outputs) return false;
  for (size_t i = 0; i < run->input_count; i++) {
    const onnxtree_value_info *info = &run->inputs[i].info;
    task->inputs[i] = (onnxtree_tensor){.type = info->type, .columns = info->columns};
    if (!run->inputs[i].direct) task->inputs[i].data = ot_arena_array(&run->arena, run->slice_rows * info->columns, onnxtree_type_size(info->type));
    if (!run->inputs[i].direct && !task->inputs[i].data) return false;
  }
  for (size_t o = 0; o < run->output_count; o++) {
    const onnxtree_value_info *info = &run->outputs[o].info;
    task->outputs[o] = (onnxtree_tensor){.name = info->name, .type = info->type, .columns = info->columns};
    if (writes_direct(&run->outputs[o])) continue;
    task->outputs[o].data = ot_arena_array(&run->arena, run->slice_rows * info->columns, onnxtree_type_size(info->type));
    if (!task->outputs[o].data) return false;
  }
  return true;
}

static onnxtree_status make_tasks(table_run *run) {
  run->slice_rows = choose_slice_rows(run);
  size_t slices = (run->rows + run->slice_rows - 1) / run->slice_rows;
  run->task_count = run->options.threads > 1 ? run->options.threads : 1;
  if (run->task_count > slices) run->task_count = slices;
  run->tasks = ot_arena_zeros(&run->arena, run->task_count, sizeof *run->tasks);
  if (!run->tasks) return fail_memory(run);
  for (size_t t = 0; t < run->task_count; t++) {
    if (!make_task(run, &run->tasks[t])) return fail_memory(run);
    onnxtree_status status = onnxtree_workspace_create(run->model, NULL, &run->tasks[t].workspace, run->error);
    if (status != ONNXTREE_OK) return status;
  }
  return ONNXTREE_OK;
}

static void read_slice(table_run *run, task_state *task, size_t first, size_t count) {
  for (size_t i = 0; i < run->input_count; i++) {
    const bound_input *input = &run->inputs[i];
    onnxtree_tensor *tensor = &task->inputs[i];
    size_t size = onnxtree_type_size(tensor->type);
    tensor->rows = count;
    if (input->direct) tensor->data = (char *)(uintptr_t)input->direct + first * size;
    for (size_t k = 0; !input->direct && k < input->column_count; k++)
      ot_arrow_column_read(&input->columns[k], first, count, tensor->type, (char *)tensor->data + k * size, tensor->columns);
  }
  for (size_t o = 0; o < run->output_count; o++) {
    onnxtree_tensor *tensor = &task->outputs[o];
    tensor->rows = count;
    if (writes_direct(&run->outputs[o])) tensor->data = (char *)run->outputs[o].values[0] + first * onnxtree_type_size(tensor->type);
  }
}

#define SCATTER(type) \
  for (size_t r = 0; r < tensor->rows; r++) ((type *)to)[first + r] = ((const type *)tensor->data)[r * tensor->columns + column]

static void write_column(const onnxtree_tensor *tensor, size_t column, void *to, size_t first) {
  switch (tensor->type) {
    case ONNXTREE_FLOAT: SCATTER(float); break;
    case ONNXTREE_DOUBLE: SCATTER(double); break;
    case ONNXTREE_INT32: SCATTER(int32_t); break;
    case ONNXTREE_INT64: SCATTER(int64_t); break;
    case ONNXTREE_STRING: SCATTER(onnxtree_string); break;
    default:
      for (size_t r = 0; r < tensor->rows; r++)
        if (((const uint8_t *)tensor->data)[r * tensor->columns + column])
          ((unsigned char *)to)[(first + r) / 8] |= (unsigned char)(1u << (first + r) % 8);
      break;
  }
}

static int is_cancelled(void *context) {
  table_run *run = context;
  if (atomic_load_explicit(&run->stopped, memory_order_relaxed)) return 1;
  return run->options.cancelled ? run->options.cancelled(run->options.cancelled_context) : 0;
}

static void run_task(void *context, size_t index) {
  table_run *run = context;
  task_state *task = &run->tasks[index];
  onnxtree_run_options options = ONNXTREE_RUN_OPTIONS_INIT;
  options.cancelled = is_cancelled;
  options.cancelled_context = run;
  for (size_t first = index * run->slice_rows; first < run->rows && task->status == ONNXTREE_OK; first += run->task_count * run->slice_rows) {
    size_t count = run->rows - first < run->slice_rows ? run->rows - first : run->slice_rows;
    read_slice(run, task, first, count);
    task->status = onnxtree_run(run->model, task->workspace, count, task->inputs, run->input_count, task->outputs, run->output_count, &options, NULL);
    for (size_t o = 0; o < run->output_count; o++)
      for (size_t k = 0; !writes_direct(&run->outputs[o]) && k < run->outputs[o].info.columns; k++)
        write_column(&task->outputs[o], k, run->outputs[o].values[k], first);
  }
  if (task->status != ONNXTREE_OK) atomic_store_explicit(&run->stopped, true, memory_order_relaxed);
}

static onnxtree_status evaluate(table_run *run) {
  if (run->options.parallel_for && run->task_count > 1)
    run->options.parallel_for(run->options.parallel_for_context, run->task_count, run_task, run);
  else if (run->task_count > 1)
    ot_parallel_run(run->task_count, run_task, run);
  else if (run->task_count == 1)
    run_task(run, 0);
  for (size_t t = 0; t < run->task_count; t++) {
    if (run->tasks[t].status == ONNXTREE_CANCELLED) return ot_fail(run->error, OT_PROBLEM_CANCELLED, "the run was cancelled");
    if (run->tasks[t].status != ONNXTREE_OK) return ot_fail(run->error, OT_PROBLEM_INTERNAL, "a slice of the table could not be evaluated");
  }
  return ONNXTREE_OK;
}

/* ---- the whole ---- */

static onnxtree_status run_table(table_run *run, const struct ArrowSchema *schema, const struct ArrowArray *batch,
                                 const onnxtree_arrow_options *options) {
  onnxtree_status status = check_options(run, options);
  if (status == ONNXTREE_OK) status = check_table(run, schema, batch);
  if (status == ONNXTREE_OK) status = bind_inputs(run, (table){schema, batch});
  if (status == ONNXTREE_OK) status = choose_outputs(run);
  if (status == ONNXTREE_OK) status = make_result(run);
  if (status == ONNXTREE_OK) status = make_tasks(run);
  if (status == ONNXTREE_OK) status = evaluate(run);
  return status == ONNXTREE_OK ? collect_texts(run) : status;
}

onnxtree_status onnxtree_run_arrow(const onnxtree_model *model, const struct ArrowSchema *schema, const struct ArrowArray *batch,
                                   const onnxtree_arrow_options *options, struct ArrowSchema *result_schema, struct ArrowArray *result,
                                   onnxtree_error *error) {
  if (!model || !schema || !batch || !result_schema || !result) return ot_fail(error, OT_PROBLEM_ARGUMENT, "a pointer is NULL");
  result_schema->release = NULL;
  result->release = NULL;
  table_run run = {.model = model, .result_schema = result_schema, .result = result, .error = error};
  ot_memory_init(&run.memory, &model->memory.allocator, UINT64_MAX);
  ot_arena_init(&run.arena, &run.memory);
  onnxtree_status status = run_table(&run, schema, batch, options);
  for (size_t t = 0; run.tasks && t < run.task_count; t++) onnxtree_workspace_free(run.tasks[t].workspace);
  ot_arena_free(&run.arena);
  if (status == ONNXTREE_OK) return status;
  if (result_schema->release) result_schema->release(result_schema);
  if (result->release) result->release(result);
  return status;
}
