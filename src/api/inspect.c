/* Questions about a model; versions and names. */
#include <string.h>

#include "api/model.h"
#include "kernels/select.h"
#include "ops/tree_ensemble.h"

const char *onnxtree_version(void) { return ONNXTREE_VERSION_STRING; }
int onnxtree_abi_version(void) { return ONNXTREE_ABI_VERSION; }

const char *onnxtree_status_name(onnxtree_status status) {
  static const char *const names[] = {"ok",          "invalid-argument", "io",           "out-of-memory", "malformed", "invalid-model",
                                      "unsupported", "limit-exceeded",   "shape-mismatch", "type-mismatch", "cancelled", "internal", "invalid-data"};
  return (unsigned)status < sizeof names / sizeof *names ? names[status] : "unknown";
}

const char *onnxtree_kernel_name(size_t index) {
  const ot_kernel *kernel = ot_kernel_at(index);
  return kernel ? kernel->name : NULL;
}

/* Fill as much of the caller's struct as its struct_size covers; the size itself stays. */
onnxtree_status ot_fill_info(void *to, size_t to_size, const void *from, size_t from_size) {
  if (to_size < sizeof(size_t)) return ONNXTREE_INVALID_ARGUMENT;
  size_t size = to_size < from_size ? to_size : from_size;
  memcpy((char *)to + sizeof(size_t), (const char *)from + sizeof(size_t), size - sizeof(size_t));
  return ONNXTREE_OK;
}

size_t onnxtree_model_input_count(const onnxtree_model *model) { return model->plan.input_count; }
size_t onnxtree_model_output_count(const onnxtree_model *model) { return model->plan.output_count; }
int onnxtree_model_label_output(const onnxtree_model *model) { return model->label_output; }
int onnxtree_model_score_output(const onnxtree_model *model) { return model->score_output; }

onnxtree_status onnxtree_model_input(const onnxtree_model *model, size_t index, onnxtree_value_info *info) {
  if (!model || !info || index >= model->plan.input_count) return ONNXTREE_INVALID_ARGUMENT;
  const ot_value *value = &model->plan.values[model->plan.inputs[index]];
  onnxtree_value_info found = {
      .name = value->name, .type = value->type, .rank = value->shape.rank, .columns = value->columns, .columns_are_minimum = value->width_open};
  return ot_fill_info(info, info->struct_size, &found, sizeof found);
}

onnxtree_status onnxtree_model_output(const onnxtree_model *model, size_t index, onnxtree_value_info *info) {
  if (!model || !info || index >= model->plan.output_count) return ONNXTREE_INVALID_ARGUMENT;
  const ot_plan_output *output = &model->plan.outputs[index];
  const ot_value *value = &model->plan.values[output->value];
  onnxtree_value_info found = {.name = output->name,
                               .type = output->type,
                               .rank = value->shape.rank,
                               .columns = value->columns,
                               .label_type = value->labels.type,
                               .label_count = value->labels.count,
                               .int64_labels = value->labels.int64s,
                               .string_labels = value->labels.strings};
  return ot_fill_info(info, info->struct_size, &found, sizeof found);
}

onnxtree_status onnxtree_model_get_metadata(const onnxtree_model *model, onnxtree_model_metadata *metadata) {
  if (!model || !metadata) return ONNXTREE_INVALID_ARGUMENT;
  return ot_fill_info(metadata, metadata->struct_size, &model->metadata, sizeof model->metadata);
}

onnxtree_status onnxtree_model_opset(const onnxtree_model *model, size_t index, const char **domain, int64_t *version) {
  if (!model || !domain || !version || index >= model->plan.opsets.count) return ONNXTREE_INVALID_ARGUMENT;
  *domain = model->plan.opsets.entries[index].domain;
  *version = model->plan.opsets.entries[index].version;
  return ONNXTREE_OK;
}

onnxtree_status onnxtree_model_property(const onnxtree_model *model, size_t index, const char **key, const char **value) {
  if (!model || !key || !value || index >= model->metadata.property_count) return ONNXTREE_INVALID_ARGUMENT;
  *key = model->properties[index].key;
  *value = model->properties[index].value;
  return ONNXTREE_OK;
}

onnxtree_status onnxtree_model_get_stats(const onnxtree_model *model, onnxtree_model_stats *stats) {
  if (!model || !stats) return ONNXTREE_INVALID_ARGUMENT;
  onnxtree_model_stats found = {.graph_nodes = model->plan.step_count,
                                .file_bytes = model->file_bytes,
                                .model_bytes = model->model_bytes,
                                .peak_load_bytes = model->peak_load_bytes,
                                .block_rows = model->block_rows,
                                .scratch_bytes = ot_plan_scratch_bytes(&model->plan, model->block_rows)};
  for (uint32_t s = 0; s < model->plan.step_count; s++) {
    const ot_tree_stats *step = &model->plan.steps[s].stats;
    found.ensembles += step->trees > 0;
    found.trees += step->trees;
    found.branch_nodes += step->branches;
    found.leaves += step->leaves;
    if (step->max_depth > found.max_depth) found.max_depth = step->max_depth;
    if (step->features_used > found.features_used) found.features_used = step->features_used;
  }
  return ot_fill_info(stats, stats->struct_size, &found, sizeof found);
}

onnxtree_status onnxtree_model_operator(const onnxtree_model *model, size_t index, const char **type, const char **domain, int64_t *version,
                                        const char **name, const char **kernel) {
  if (!model || index >= model->plan.step_count) return ONNXTREE_INVALID_ARGUMENT;
  const ot_step *step = &model->plan.steps[index];
  if (type) *type = step->operator->name;
  if (domain) *domain = step->operator->domain;
  if (version) *version = step->version;
  if (name) *name = step->name;
  if (kernel) *kernel = step->kernel ? step->kernel->name : "";
  return ONNXTREE_OK;
}

onnxtree_status onnxtree_model_group(const onnxtree_model *model, size_t index, size_t group, onnxtree_group_info *info) {
  if (!model || !info || index >= model->plan.step_count) return ONNXTREE_INVALID_ARGUMENT;
  const ot_tree_groups *groups = ot_step_groups(&model->plan.steps[index]);
  if (!groups || group >= groups->count) return ONNXTREE_INVALID_ARGUMENT;
  const ot_tree_group *g = &groups->groups[group];
  size_t few_rows = 0;
  const ot_kernel *few = g->kernel->for_few ? g->kernel->for_few(g->layout, &few_rows) : NULL;
  onnxtree_group_info found = {.first_tree = g->first_tree,
                               .tree_count = g->ensemble.tree_count,
                               .kernel = g->kernel->name,
                               .few_kernel = few_rows ? few->name : "",
                               .few_rows = few_rows,
                               .layout_bytes = g->layout_bytes};
  return ot_fill_info(info, info->struct_size, &found, sizeof found);
}
