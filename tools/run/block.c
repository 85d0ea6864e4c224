#include "run/block.h"

#include <stdlib.h>
#include <string.h>

static enum exit_code allocate_inputs(const struct binding *binding, struct block *block, struct failure *failure) {
  block->inputs = calloc(binding->input_count + 1, sizeof *block->inputs);
  if (!block->inputs) return fail_memory(failure);
  block->input_count = binding->input_count;
  for (size_t i = 0; i < binding->input_count; i++) {
    const onnxtree_value_info *info = &binding->inputs[i];
    size_t columns = info->columns > 0 ? info->columns : 1;
    block->inputs[i] = (onnxtree_tensor){.name = info->name, .type = info->type, .columns = info->columns};
    block->inputs[i].data = calloc(block->capacity, columns * onnxtree_type_size(info->type));
    if (!block->inputs[i].data) return fail_memory(failure);
  }
  return OK;
}

static void place_field(const struct block *block, const struct slot *slot, struct field *field) {
  const onnxtree_tensor *input = &block->inputs[slot->input];
  size_t size = onnxtree_type_size(input->type);
  *field = (struct field){.name = input->name,
                          .data = (unsigned char *)input->data + slot->column * size,
                          .type = input->type,
                          .stride = input->columns * size};
}

static enum exit_code place_fields(const struct binding *binding, struct block *block, struct failure *failure) {
  block->fields = calloc(binding->column_count + 1, sizeof *block->fields);
  if (!block->fields) return fail_memory(failure);
  for (size_t i = 0; i < binding->column_count; i++) {
    if (binding->slots && binding->slots[i].is_bound) place_field(block, &binding->slots[i], &block->fields[i]);
  }
  /* Kept columns are the first results, in their order. */
  for (size_t i = 0; i < binding->kept_count; i++) block->fields[binding->kept[i]].text = block->results.items[i].tensor.data;
  return OK;
}

static enum exit_code list_outputs(struct block *block, struct failure *failure) {
  block->outputs = calloc(block->results.count + 1, sizeof *block->outputs);
  if (!block->outputs) return fail_memory(failure);
  for (size_t i = 0; i < block->results.count; i++) {
    if (block->results.items[i].source == FROM_MODEL) block->outputs[block->output_count++] = block->results.items[i].tensor;
  }
  return OK;
}

enum exit_code block_create(const onnxtree_model *model, const struct binding *binding, const struct reader *reader, const struct results *plan,
                            size_t rows, struct block *block, struct failure *failure) {
  *block = (struct block){.model = model, .capacity = rows};
  enum exit_code code = allocate_inputs(binding, block, failure);
  if (code == OK) code = results_allocate(plan, rows, &block->results, failure);
  if (code == OK) code = place_fields(binding, block, failure);
  if (code == OK) code = list_outputs(block, failure);
  onnxtree_error error = {0};
  if (code == OK && onnxtree_workspace_create(model, NULL, &block->workspace, &error)) code = fail_library(failure, reader->source->name, &error);
  return code;
}

enum exit_code block_evaluate(struct block *block, size_t rows, struct failure *failure) {
  for (size_t i = 0; i < block->input_count; i++) block->inputs[i].rows = rows;
  for (size_t i = 0; i < block->output_count; i++) block->outputs[i].rows = rows;
  onnxtree_run_options options = ONNXTREE_RUN_OPTIONS_INIT;
  for (size_t i = 0; i < block->results.count; i++) {
    struct result *result = &block->results.items[i];
    result->tensor.rows = rows;
    if (result->source == RAW_SCORES) options.raw_scores = &result->tensor;
    if (result->source == LEAVES) options.leaves = &result->tensor;
  }
  onnxtree_error error = {0};
  if (onnxtree_run(block->model, block->workspace, rows, block->inputs, block->input_count, block->outputs, block->output_count, &options, &error))
    return fail_library(failure, "the model", &error);
  return OK;
}

enum exit_code block_score(struct block *block, const struct reader *reader, const struct writer *writer, struct failure *failure) {
  block->text.size = 0;
  block->rows = 0;
  for (;;) {
    size_t rows;
    enum exit_code code = reader->kind->read(reader, &block->chunk, block->fields, block->capacity, &rows, failure);
    enum exit_code evaluated = OK;
    if (rows > 0) evaluated = block_evaluate(block, rows, failure);
    if (evaluated) return evaluated;
    writer_format(writer, &block->results, rows, &block->text);
    block->rows += rows;
    if (code || rows < block->capacity) return code;
  }
}

void block_free(struct block *block) {
  for (size_t i = 0; block->inputs && i < block->input_count; i++) free(block->inputs[i].data);
  free(block->inputs);
  free(block->fields);
  results_free(&block->results);
  free(block->outputs);
  onnxtree_workspace_free(block->workspace);
  chunk_free(&block->chunk);
  buffer_free(&block->text);
  *block = (struct block){0};
}
