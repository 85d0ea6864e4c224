#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cli/color.h"
#include "inspect/inspect.h"
#include "inspect/survey.h"
#include "text/printable.h"

enum { SHOWN_LABELS = 10 };

static void append_name(struct buffer *text, const char *name) { append_printable(text, name, strlen(name)); }

static void append_heading(struct buffer *text, const char *heading) {
  append_format(text, "%s%-11s%s", color_on(stdout, COLOR_HEADING), heading, color_on(stdout, COLOR_NONE));
}

void append_byte_count(struct buffer *text, uint64_t bytes) {
  static const char *const units[] = {"bytes", "KiB", "MiB", "GiB", "TiB"};
  double amount = (double)bytes;
  size_t unit = 0;
  for (; amount >= 1024 && unit + 1 < sizeof units / sizeof units[0]; unit++) amount /= 1024;
  append_format(text, unit == 0 ? "%.0f %s" : "%.1f %s", amount, units[unit]);
}

static void append_origin(struct buffer *text, const onnxtree_model *model) {
  onnxtree_model_metadata metadata = ONNXTREE_MODEL_METADATA_INIT;
  (void)onnxtree_model_get_metadata(model, &metadata);
  append_heading(text, "producer");
  append_name(text, *metadata.producer_name ? metadata.producer_name : "(not stated)");
  append_text(text, *metadata.producer_version ? " " : "");
  append_name(text, metadata.producer_version);
  append_text(text, "\n");
  if (*metadata.graph_name) {
    append_heading(text, "graph");
    append_name(text, metadata.graph_name);
    append_text(text, "\n");
  }
  append_heading(text, "opsets");
  for (size_t i = 0; i < metadata.opset_count; i++) {
    const char *domain = "";
    int64_t version = 0;
    (void)onnxtree_model_opset(model, i, &domain, &version);
    append_text(text, i > 0 ? ", " : "");
    append_name(text, domain);
    append_format(text, " %" PRId64, version);
  }
  append_format(text, " (IR version %" PRId64 ")\n", metadata.ir_version);
  for (size_t i = 0; i < metadata.property_count; i++) {
    const char *key = "";
    const char *value = "";
    (void)onnxtree_model_property(model, i, &key, &value);
    append_heading(text, i > 0 ? "" : "properties");
    append_name(text, key);
    append_text(text, " = ");
    append_name(text, value);
    append_text(text, "\n");
  }
}

static void append_labels(struct buffer *text, const onnxtree_value_info *info) {
  append_format(text, "\n           %zu classes: ", info->label_count);
  for (size_t i = 0; i < info->label_count && i < SHOWN_LABELS; i++) {
    append_text(text, i > 0 ? ", " : "");
    if (info->label_type == ONNXTREE_STRING)
      append_printable(text, info->string_labels[i].data, info->string_labels[i].size);
    else
      append_integer(text, info->int64_labels[i]);
  }
  if (info->label_count > SHOWN_LABELS) append_format(text, ", and %zu more", info->label_count - SHOWN_LABELS);
}

static void append_value(struct buffer *text, const char *heading, const onnxtree_value_info *info) {
  append_heading(text, heading);
  append_name(text, info->name);
  if (info->rank == 1)
    append_format(text, ": %s [rows]", onnxtree_type_name(info->type));
  else
    append_format(text, ": %s [rows x %zu%s]", onnxtree_type_name(info->type), info->columns, info->columns_are_minimum ? " or more" : "");
  if (info->label_type != ONNXTREE_UNDEFINED) append_labels(text, info);
  append_text(text, "\n");
}

static void append_groups(struct buffer *text, const onnxtree_model *model, size_t index) {
  onnxtree_group_info group = ONNXTREE_GROUP_INFO_INIT;
  for (size_t g = 0; onnxtree_model_group(model, index, g, &group) == ONNXTREE_OK; g++) {
    append_heading(text, "");
    append_format(text, "  trees %" PRIu64 " to %" PRIu64 ": ", group.first_tree, group.first_tree + group.tree_count - 1);
    if (group.few_rows)
      append_format(text, "kernel %s for up to %" PRIu64 " row%s, ", group.few_kernel, group.few_rows, group.few_rows == 1 ? "" : "s");
    append_format(text, "kernel %s%s, ", group.kernel, group.few_rows ? " for more" : "");
    append_byte_count(text, group.layout_bytes);
    append_text(text, "\n");
  }
}

static void append_operators(struct buffer *text, const onnxtree_model *model) {
  const char *type;
  const char *domain;
  const char *name;
  const char *kernel;
  int64_t version;
  for (size_t i = 0; onnxtree_model_operator(model, i, &type, &domain, &version, &name, &kernel) == ONNXTREE_OK; i++) {
    append_heading(text, i > 0 ? "" : "operators");
    append_name(text, type);
    append_text(text, " (");
    append_name(text, domain);
    append_format(text, " %" PRId64 ")", version);
    if (*name) {
      append_text(text, " '");
      append_name(text, name);
      append_text(text, "'");
    }
    if (*kernel) append_format(text, ", kernel %s", kernel);
    append_text(text, "\n");
    append_groups(text, model, i);
  }
}

static void append_sizes(struct buffer *text, const onnxtree_model_stats *stats) {
  append_heading(text, "trees");
  append_format(text, "%" PRIu64 " with %" PRIu64 " branch nodes and %" PRIu64 " leaves, depth %" PRIu64 ", %" PRIu64 " feature%s used\n",
                stats->trees, stats->branch_nodes, stats->leaves, stats->max_depth, stats->features_used, stats->features_used == 1 ? "" : "s");
  append_heading(text, "memory");
  append_byte_count(text, stats->model_bytes);
  append_text(text, " held, ");
  append_byte_count(text, stats->peak_load_bytes);
  append_text(text, " while loading, ");
  append_byte_count(text, stats->scratch_bytes);
  append_format(text, " per thread for blocks of %" PRIu64 " rows\n", stats->block_rows);
}

/* ---- the shape of the trees --------------------------------------------------------------------------------------------------------- */

static void append_bar(struct buffer *text, uint64_t value, uint64_t highest) {
  enum { WIDTH = 40 };
  uint64_t length = value > 0 ? (value * WIDTH + highest - 1) / highest : 0;
  for (uint64_t i = 0; i < length; i++) append_char(text, '#');
}

/* Leaves by depth, several depths in a line when there are many. */
static void append_depths(struct buffer *text, const struct survey *survey) {
  enum { MOST_LINES = 16 };
  size_t per_line = (survey->depth_count + MOST_LINES - 1) / MOST_LINES;
  uint64_t counts[MOST_LINES] = {0};
  uint64_t highest = 1;
  for (size_t depth = 0; depth < survey->depth_count; depth++) {
    counts[depth / per_line] += survey->leaves_by_depth[depth];
    if (counts[depth / per_line] > highest) highest = counts[depth / per_line];
  }
  for (size_t line = 0; line * per_line < survey->depth_count; line++) {
    append_heading(text, line == 0 ? "depth" : "");
    append_format(text, per_line == 1 ? "%6zu" : "%6zu+", line * per_line);
    append_format(text, " %9" PRIu64 " ", counts[line]);
    append_text(text, line == 0 ? "leaves " : "       ");
    append_bar(text, counts[line], highest);
    append_text(text, "\n");
  }
}

static void append_features(struct buffer *text, const struct survey *survey) {
  enum { SHOWN_FEATURES = 8 };
  append_heading(text, "features");
  for (size_t i = 0; i < survey->feature_count && i < SHOWN_FEATURES; i++)
    append_format(text, "%sx[%zu] %.1f %%", i > 0 ? ", " : "", survey->features[i].feature,
                  100 * (double)survey->features[i].branches / (double)survey->info.branches);
  append_text(text, survey->feature_count > SHOWN_FEATURES ? ", ... of the branches\n" : " of the branches\n");
}

static void append_ensembles(struct buffer *text, const onnxtree_model *model, size_t count) {
  enum { SHOWN_ENSEMBLES = 4 };
  struct survey survey;
  for (size_t i = 0; i < count && i < SHOWN_ENSEMBLES; i++) {
    text->failed = text->failed || !survey_make(model, i, &survey);
    if (text->failed) return;
    append_heading(text, i == 0 ? "ensemble" : "");
    append_format(text, "%zu tree%s, %s, aggregate %s, post transform %s\n", survey.info.trees, survey.info.trees == 1 ? "" : "s",
                  onnxtree_type_name(survey.info.type),                  survey.info.aggregate, survey.info.post_transform);
    if (survey.info.branches > 0) {
      append_depths(text, &survey);
      append_features(text, &survey);
    }
    survey_free(&survey);
  }
  if (count > SHOWN_ENSEMBLES) {
    append_heading(text, "");
    append_format(text, "and %zu more; --json and --html tell of all\n", count - SHOWN_ENSEMBLES);
  }
}

void inspect_as_text(struct buffer *text, const char *path, const char *sha256, const onnxtree_model *model) {
  onnxtree_model_stats stats = ONNXTREE_MODEL_STATS_INIT;
  (void)onnxtree_model_get_stats(model, &stats);
  append_heading(text, "file");
  append_name(text, path);
  append_text(text, " (");
  append_byte_count(text, stats.file_bytes);
  append_text(text, ")\n");
  if (*sha256) {
    append_heading(text, "sha256");
    append_format(text, "%s\n", sha256);
  }
  append_origin(text, model);

  onnxtree_value_info info = ONNXTREE_VALUE_INFO_INIT;
  for (size_t i = 0; onnxtree_model_input(model, i, &info) == ONNXTREE_OK; i++) append_value(text, i > 0 ? "" : "inputs", &info);
  for (size_t i = 0; onnxtree_model_output(model, i, &info) == ONNXTREE_OK; i++) append_value(text, i > 0 ? "" : "outputs", &info);
  append_operators(text, model);
  append_sizes(text, &stats);
  append_ensembles(text, model, (size_t)stats.ensembles);
}
