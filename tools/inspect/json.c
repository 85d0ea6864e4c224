#include "inspect/inspect.h"
#include "inspect/survey.h"
#include "text/json.h"

static void truth_member(struct buffer *text, const char *name, int value) {
  json_member(text, name);
  json_literal(text, value ? "true" : "false");
}

static void origin(struct buffer *text, const onnxtree_model *model) {
  onnxtree_model_metadata metadata = ONNXTREE_MODEL_METADATA_INIT;
  (void)onnxtree_model_get_metadata(model, &metadata);
  json_text_member(text, "producer_name", metadata.producer_name);
  json_text_member(text, "producer_version", metadata.producer_version);
  json_text_member(text, "domain", metadata.domain);
  json_text_member(text, "doc_string", metadata.doc_string);
  json_text_member(text, "graph_name", metadata.graph_name);
  json_integer_member(text, "ir_version", metadata.ir_version);
  json_integer_member(text, "model_version", metadata.model_version);

  const char *name = "";
  const char *value = "";
  int64_t version = 0;
  json_member(text, "opsets");
  json_open(text, '{');
  for (size_t i = 0; onnxtree_model_opset(model, i, &name, &version) == ONNXTREE_OK; i++) json_integer_member(text, name, version);
  json_close(text, '}');
  json_member(text, "properties");
  json_open(text, '{');
  for (size_t i = 0; onnxtree_model_property(model, i, &name, &value) == ONNXTREE_OK; i++) json_text_member(text, name, value);
  json_close(text, '}');
}

static void labels(struct buffer *text, const onnxtree_value_info *info) {
  json_member(text, "labels");
  json_open(text, '[');
  for (size_t i = 0; i < info->label_count; i++) {
    if (info->label_type == ONNXTREE_STRING)
      json_string(text, info->string_labels[i].data, info->string_labels[i].size);
    else
      json_integer(text, info->int64_labels[i]);
  }
  json_close(text, ']');
}

static void value_members(struct buffer *text, const onnxtree_value_info *info) {
  json_text_member(text, "name", info->name);
  json_text_member(text, "type", onnxtree_type_name(info->type));
  json_integer_member(text, "rank", info->rank);
  json_integer_member(text, "columns", (int64_t)info->columns);
}

static void inputs(struct buffer *text, const onnxtree_model *model) {
  onnxtree_value_info info = ONNXTREE_VALUE_INFO_INIT;
  json_member(text, "inputs");
  json_open(text, '[');
  for (size_t i = 0; onnxtree_model_input(model, i, &info) == ONNXTREE_OK; i++) {
    json_open(text, '{');
    value_members(text, &info);
    truth_member(text, "columns_are_minimum", info.columns_are_minimum);
    json_close(text, '}');
  }
  json_close(text, ']');
}

static void outputs(struct buffer *text, const onnxtree_model *model) {
  onnxtree_value_info info = ONNXTREE_VALUE_INFO_INIT;
  json_member(text, "outputs");
  json_open(text, '[');
  for (size_t i = 0; onnxtree_model_output(model, i, &info) == ONNXTREE_OK; i++) {
    json_open(text, '{');
    value_members(text, &info);
    if (info.label_type != ONNXTREE_UNDEFINED) labels(text, &info);
    json_close(text, '}');
  }
  json_close(text, ']');
}

static void groups(struct buffer *text, const onnxtree_model *model, size_t index) {
  onnxtree_group_info group = ONNXTREE_GROUP_INFO_INIT;
  json_member(text, "groups");
  json_open(text, '[');
  for (size_t g = 0; onnxtree_model_group(model, index, g, &group) == ONNXTREE_OK; g++) {
    json_open(text, '{');
    json_integer_member(text, "first_tree", (int64_t)group.first_tree);
    json_integer_member(text, "trees", (int64_t)group.tree_count);
    json_text_member(text, "kernel", group.kernel);
    json_text_member(text, "few_kernel", group.few_kernel);
    json_integer_member(text, "few_rows", (int64_t)group.few_rows);
    json_integer_member(text, "layout_bytes", (int64_t)group.layout_bytes);
    json_close(text, '}');
  }
  json_close(text, ']');
}

static void operators(struct buffer *text, const onnxtree_model *model) {
  const char *type;
  const char *domain;
  const char *name;
  const char *kernel;
  int64_t version;
  json_member(text, "operators");
  json_open(text, '[');
  for (size_t i = 0; onnxtree_model_operator(model, i, &type, &domain, &version, &name, &kernel) == ONNXTREE_OK; i++) {
    json_open(text, '{');
    json_text_member(text, "type", type);
    json_text_member(text, "domain", domain);
    json_integer_member(text, "version", version);
    json_text_member(text, "name", name);
    json_text_member(text, "kernel", kernel);
    groups(text, model, i);
    json_close(text, '}');
  }
  json_close(text, ']');
}

static void sizes(struct buffer *text, const onnxtree_model *model) {
  onnxtree_model_stats stats = ONNXTREE_MODEL_STATS_INIT;
  (void)onnxtree_model_get_stats(model, &stats);
  json_integer_member(text, "ensembles", (int64_t)stats.ensembles);
  json_integer_member(text, "trees", (int64_t)stats.trees);
  json_integer_member(text, "branch_nodes", (int64_t)stats.branch_nodes);
  json_integer_member(text, "leaves", (int64_t)stats.leaves);
  json_integer_member(text, "max_depth", (int64_t)stats.max_depth);
  json_integer_member(text, "features_used", (int64_t)stats.features_used);
  json_integer_member(text, "file_bytes", (int64_t)stats.file_bytes);
  json_integer_member(text, "model_bytes", (int64_t)stats.model_bytes);
  json_integer_member(text, "peak_load_bytes", (int64_t)stats.peak_load_bytes);
  json_integer_member(text, "block_rows", (int64_t)stats.block_rows);
  json_integer_member(text, "scratch_bytes", (int64_t)stats.scratch_bytes);
}

/* What the trees look like, one object for each tree operator. */
static void tree_operators(struct buffer *text, const onnxtree_model *model) {
  onnxtree_ensemble_info info = ONNXTREE_ENSEMBLE_INFO_INIT;
  struct survey survey;
  json_member(text, "tree_operators");
  json_open(text, '[');
  for (size_t i = 0; onnxtree_model_ensemble(model, i, &info) == ONNXTREE_OK; i++) {
    text->failed = text->failed || !survey_make(model, i, &survey);
    if (text->failed) return;
    json_open(text, '{');
    json_integer_member(text, "operator", (int64_t)info.operator_index);
    json_text_member(text, "type", onnxtree_type_name(info.type));
    json_text_member(text, "aggregate", info.aggregate);
    json_text_member(text, "post_transform", info.post_transform);
    json_integer_member(text, "trees", (int64_t)info.trees);
    json_integer_member(text, "targets", (int64_t)info.targets);
    json_member(text, "leaves_by_depth");
    json_open(text, '[');
    for (size_t depth = 0; depth < survey.depth_count; depth++) json_integer(text, (int64_t)survey.leaves_by_depth[depth]);
    json_close(text, ']');
    json_member(text, "features");
    json_open(text, '[');
    for (size_t j = 0; j < survey.feature_count; j++) {
      json_open(text, '{');
      json_integer_member(text, "column", (int64_t)survey.features[j].feature);
      json_integer_member(text, "branches", (int64_t)survey.features[j].branches);
      json_close(text, '}');
    }
    json_close(text, ']');
    json_close(text, '}');
    survey_free(&survey);
  }
  json_close(text, ']');
}

void inspect_as_json(struct buffer *text, const char *path, const char *sha256, const onnxtree_model *model) {
  json_open(text, '{');
  json_text_member(text, "file", path);
  json_text_member(text, "sha256", sha256);
  origin(text, model);
  inputs(text, model);
  outputs(text, model);
  operators(text, model);
  sizes(text, model);
  tree_operators(text, model);
  json_close(text, '}');
  append_text(text, "\n");
}
