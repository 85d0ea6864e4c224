/* The model card: one page of HTML without scripts and without anything from elsewhere. */

#include <string.h>

#include "inspect/html_trees.h"
#include "inspect/inspect.h"
#include "inspect/survey.h"
#include "text/html.h"

enum { SHOWN_FEATURES = 20, SHOWN_LABELS = 200, MOST_BARS = 40 };

static const char style[] =
    ":root{color-scheme:light dark;--ink:#1c2733;--soft:#5b6b7b;--line:#d9e0e7;--bar:#3d7ea6;--leaf:#e9f4ec;--page:#fff;--panel:#f6f8fa}"
    "@media(prefers-color-scheme:dark){:root{--ink:#e4eaf0;--soft:#9aa9b8;--line:#35414d;--bar:#6fb1d8;--leaf:#1f3527;--page:#161c22;--panel:#1f272f}"
    "}"
    "body{font:15px/1.5 system-ui,sans-serif;color:var(--ink);background:var(--page);max-width:64rem;margin:2rem auto;padding:0 1.5rem}"
    "h1{font-size:1.7rem;margin:0}h2{font-size:1.15rem;margin:2.2rem 0 .6rem;border-bottom:1px solid var(--line);padding-bottom:.2rem}"
    "h3{font-size:1rem;margin:1.4rem 0 .4rem}p{margin:.4rem 0}.soft,caption{color:var(--soft)}caption{text-align:left;padding:.2rem 0}"
    "table{border-collapse:collapse;width:100%}th,td{text-align:left;vertical-align:top;padding:.3rem .8rem .3rem 0;border-bottom:1px solid "
    "var(--line)}"
    "th{font-weight:600;white-space:nowrap}table.card th{width:11rem}td.n,th.n{text-align:right}code,td.hash{font:13px/1.5 "
    "ui-monospace,monospace;word-break:break-all}"
    ".facts{display:grid;grid-template-columns:repeat(auto-fit,minmax(7.5rem,1fr));gap:.8rem;margin:1.2rem 0}"
    ".facts div{background:var(--panel);border-radius:.5rem;padding:.7rem .9rem}.facts b{display:block;font-size:1.4rem;line-height:1.2}"
    ".charts{display:grid;grid-template-columns:repeat(auto-fit,minmax(20rem,1fr));gap:2rem}svg{width:100%;height:auto}"
    "svg text{font:11px system-ui,sans-serif;fill:var(--soft)}svg rect{fill:var(--bar)}"
    "details.tree{border:1px solid var(--line);border-radius:.5rem;margin:.4rem 0;padding:.4rem .8rem;background:var(--panel)}"
    "details.tree>summary{font-weight:600}summary{cursor:pointer}.nodes{font:13px/1.7 ui-monospace,monospace;overflow-x:auto}"
    ".nodes details,.nodes p{margin:0 0 0 1.3rem;border-left:1px solid var(--line);padding-left:.6rem;white-space:nowrap}"
    ".nodes>details,.nodes>p{margin-left:0;border:0}.nodes p span{background:var(--leaf);border-radius:.3rem;padding:0 .4rem}"
    ".nodes i{color:var(--soft);font-style:normal}footer{margin:3rem 0 1rem;color:var(--soft);font-size:.85rem}";

/* ---- the card --------------------------------------------------------------------------------------------------------------------- */

static void append_row(struct buffer *page, const char *heading, const char *value) {
  if (!*value) return;
  append_text(page, "<tr><th>");
  html_text(page, heading);
  append_text(page, "</th><td>");
  html_text(page, value);
  append_text(page, "</td></tr>\n");
}

static void append_number_row(struct buffer *page, const char *heading, int64_t value) {
  append_format(page, "<tr><th>%s</th><td>%lld</td></tr>\n", heading, (long long)value);
}

static void append_opsets(struct buffer *page, const onnxtree_model *model) {
  const char *domain;
  int64_t version;
  append_text(page, "<tr><th>Operator sets</th><td>");
  for (size_t i = 0; onnxtree_model_opset(model, i, &domain, &version) == ONNXTREE_OK; i++) {
    append_text(page, i > 0 ? ", " : "");
    html_text(page, domain);
    append_format(page, " %lld", (long long)version);
  }
  append_text(page, "</td></tr>\n");
}

static void append_provenance(struct buffer *page, const char *path, const char *sha256, const onnxtree_model *model,
                              const onnxtree_model_stats *stats) {
  onnxtree_model_metadata metadata = ONNXTREE_MODEL_METADATA_INIT;
  (void)onnxtree_model_get_metadata(model, &metadata);
  append_text(page, "<h2>Provenance</h2>\n<table class=\"card\">\n");
  append_row(page, "File", path);
  append_format(page, "<tr><th>Size</th><td>%llu bytes</td></tr>\n", (unsigned long long)stats->file_bytes);
  append_format(page, "<tr><th>SHA-256</th><td class=\"hash\" id=\"sha256\">%s</td></tr>\n", sha256);
  append_row(page, "Producer", metadata.producer_name);
  append_row(page, "Producer version", metadata.producer_version);
  append_row(page, "Graph", metadata.graph_name);
  append_row(page, "Domain", metadata.domain);
  append_row(page, "Description", metadata.doc_string);
  append_number_row(page, "Model version", metadata.model_version);
  append_number_row(page, "IR version", metadata.ir_version);
  append_opsets(page, model);
  const char *key;
  const char *value;
  for (size_t i = 0; onnxtree_model_property(model, i, &key, &value) == ONNXTREE_OK; i++) append_row(page, key, value);
  append_text(page, "</table>\n");
}

static void append_labels(struct buffer *page, const onnxtree_value_info *info) {
  for (size_t i = 0; i < info->label_count && i < SHOWN_LABELS; i++) {
    append_text(page, i > 0 ? ", " : "");
    if (info->label_type == ONNXTREE_STRING)
      html_bytes(page, info->string_labels[i].data, info->string_labels[i].size);
    else
      append_integer(page, info->int64_labels[i]);
  }
  if (info->label_count > SHOWN_LABELS) append_format(page, ", and %zu more", info->label_count - SHOWN_LABELS);
}

static void append_value(struct buffer *page, const onnxtree_value_info *info) {
  append_text(page, "<tr><td><code>");
  html_text(page, info->name);
  append_format(page, "</code></td><td>%s</td><td>", onnxtree_type_name(info->type));
  if (info->rank == 1)
    append_text(page, "one per row");
  else
    append_format(page, "%zu%s per row", info->columns, info->columns_are_minimum ? " or more" : "");
  append_text(page, "</td><td>");
  append_labels(page, info);
  append_text(page, "</td></tr>\n");
}

static void append_interface(struct buffer *page, const onnxtree_model *model) {
  onnxtree_value_info info = ONNXTREE_VALUE_INFO_INIT;
  append_text(page,
              "<h2>Inputs and outputs</h2>\n<table id=\"inputs\"><caption>Inputs</caption>"
              "<tr><th>Name</th><th>Type</th><th>Columns</th><th></th></tr>\n");
  for (size_t i = 0; onnxtree_model_input(model, i, &info) == ONNXTREE_OK; i++) append_value(page, &info);
  append_text(page,
              "</table>\n<table id=\"outputs\"><caption>Outputs</caption><tr><th>Name</th><th>Type</th><th>Columns</th><th>Classes</th></tr>\n");
  for (size_t i = 0; onnxtree_model_output(model, i, &info) == ONNXTREE_OK; i++) append_value(page, &info);
  append_text(page, "</table>\n");
}

static void append_operators(struct buffer *page, const onnxtree_model *model) {
  const char *type;
  const char *domain;
  const char *name;
  const char *kernel;
  int64_t version;
  append_text(page, "<h2>Operators</h2>\n<table><tr><th>Operator</th><th>Set</th><th>Name</th><th>Kernel on this machine</th></tr>\n");
  for (size_t i = 0; onnxtree_model_operator(model, i, &type, &domain, &version, &name, &kernel) == ONNXTREE_OK; i++) {
    append_text(page, "<tr><td>");
    html_text(page, type);
    append_text(page, "</td><td>");
    html_text(page, domain);
    append_format(page, " %lld</td><td>", (long long)version);
    html_text(page, name);
    append_text(page, "</td><td>");
    html_text(page, kernel);
    append_text(page, "</td></tr>\n");
  }
  append_text(page, "</table>\n");
}

static void append_facts(struct buffer *page, const onnxtree_model_stats *stats) {
  const struct {
    const char *name;
    uint64_t value;
  } facts[] = {{"trees", stats->trees},
               {"branches", stats->branch_nodes},
               {"leaves", stats->leaves},
               {"deepest path", stats->max_depth},
               {"features used", stats->features_used}};
  append_text(page, "<div class=\"facts\">\n");
  for (size_t i = 0; i < sizeof facts / sizeof facts[0]; i++)
    append_format(page, "<div><b>%llu</b>%s</div>\n", (unsigned long long)facts[i].value, facts[i].name);
  append_text(page, "<div><b>");
  append_byte_count(page, stats->model_bytes);
  append_text(page, "</b>in memory</div>\n</div>\n");
}

/* ---- charts ----------------------------------------------------------------------------------------------------------------------- */

/* Columns over the depths; several depths share one when there are many. */
static void append_depths(struct buffer *page, const struct survey *survey) {
  enum { WIDTH = 480, HEIGHT = 180, BASE = 150 };
  size_t per_bar = (survey->depth_count + MOST_BARS - 1) / MOST_BARS;
  size_t bars = (survey->depth_count + per_bar - 1) / per_bar;
  uint64_t heights[MOST_BARS] = {0};
  uint64_t highest = 1;
  for (size_t i = 0; i < survey->depth_count; i++) {
    heights[i / per_bar] += survey->leaves_by_depth[i];
    if (heights[i / per_bar] > highest) highest = heights[i / per_bar];
  }
  double step = (double)WIDTH / (double)bars;
  append_format(page, "<div><h3>Leaves by depth</h3>\n<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"Leaves by depth\">\n", WIDTH, HEIGHT);
  for (size_t i = 0; i < bars; i++) {
    double height = (double)heights[i] * (BASE - 10) / (double)highest;
    append_format(page, "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\"><title>depth %zu: %llu leaves</title></rect>\n",
                  (double)i * step + 1, BASE - height, step > 3 ? step - 2 : step, height, i * per_bar, (unsigned long long)heights[i]);
    if (bars <= 20 || i % 5 == 0)
      append_format(page, "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%zu</text>\n", ((double)i + 0.5) * step, BASE + 16, i * per_bar);
  }
  append_format(page, "</svg>\n<p class=\"soft\">The highest column stands for %llu leaves.</p></div>\n", (unsigned long long)highest);
}

static void append_features(struct buffer *page, const struct survey *survey) {
  enum { WIDTH = 480, LEFT = 70, RIGHT = 80, LINE = 18 };
  size_t shown = survey->feature_count < SHOWN_FEATURES ? survey->feature_count : SHOWN_FEATURES;
  append_format(page, "<div><h3>Most used features</h3>\n<svg viewBox=\"0 0 %d %zu\" role=\"img\" aria-label=\"Most used features\">\n", WIDTH,
                shown * LINE + 4);
  for (size_t i = 0; i < shown; i++) {
    const struct feature_use *use = &survey->features[i];
    double share = (double)use->branches / (double)survey->info.branches;
    double width = (double)use->branches * (WIDTH - LEFT - RIGHT) / (double)survey->features[0].branches;
    append_format(page, "<text x=\"%d\" y=\"%zu\" text-anchor=\"end\">x[%zu]</text>", LEFT - 8, i * LINE + 14, use->feature);
    append_format(page, "<rect x=\"%d\" y=\"%zu\" width=\"%.1f\" height=\"%d\"></rect>", LEFT, i * LINE + 3, width, LINE - 5);
    append_format(page, "<text x=\"%.1f\" y=\"%zu\">%llu (%.1f %%)</text>\n", LEFT + width + 6, i * LINE + 14, (unsigned long long)use->branches,
                  share * 100);
  }
  append_format(page, "</svg>\n<p class=\"soft\">Branches that test each column of the operator's input; %zu of %zu columns shown.</p></div>\n",
                shown, survey->feature_count);
}

static void append_groups(struct buffer *page, const onnxtree_model *model, size_t operator_index) {
  onnxtree_group_info group = ONNXTREE_GROUP_INFO_INIT;
  append_text(page, "<table><caption>Groups of trees</caption><tr><th>Trees</th><th>Kernel for few rows</th><th>Kernel</th><th>Memory</th></tr>\n");
  for (size_t g = 0; onnxtree_model_group(model, operator_index, g, &group) == ONNXTREE_OK; g++) {
    unsigned long long first = group.first_tree, last = group.first_tree + group.tree_count - 1, rows = group.few_rows;
    append_format(page, "<tr><td>%llu to %llu</td><td>", first, last);
    if (rows) append_format(page, "%s, up to %llu row%s", group.few_kernel, rows, rows == 1 ? "" : "s");
    append_format(page, "</td><td>%s</td><td>", group.kernel);
    append_byte_count(page, group.layout_bytes);
    append_text(page, "</td></tr>\n");
  }
  append_text(page, "</table>\n");
}

static void append_ensemble(struct buffer *page, const onnxtree_model *model, size_t ensemble, const struct survey *survey) {
  const char *type = "";
  const char *name = "";
  (void)onnxtree_model_operator(model, survey->info.operator_index, &type, NULL, NULL, &name, NULL);
  append_text(page, "<h2>");
  html_text(page, type);
  if (*name) append_text(page, " <code>");
  html_text(page, name);
  append_text(page, *name ? "</code></h2>\n" : "</h2>\n");
  append_format(page, "<p>%zu trees with %zu branches and %zu leaves, %s arithmetic; aggregate %s, post transform %s.</p>\n", survey->info.trees,
                survey->info.branches, survey->info.leaves, onnxtree_type_name(survey->info.type), survey->info.aggregate,
                survey->info.post_transform);
  append_groups(page, model, survey->info.operator_index);
  if (survey->info.branches > 0) {
    append_text(page, "<div class=\"charts\">\n");
    append_depths(page, survey);
    append_features(page, survey);
    append_text(page, "</div>\n");
  }
  html_trees(page, model, ensemble);
}

void inspect_as_html(struct buffer *page, const char *path, const char *sha256, const onnxtree_model *model) {
  onnxtree_model_stats stats = ONNXTREE_MODEL_STATS_INIT;
  (void)onnxtree_model_get_stats(model, &stats);
  const char *base = strrchr(path, '/') ? strrchr(path, '/') + 1 : path;
  append_text(page,
              "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
              "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n<title>");
  html_text(page, base);
  append_text(page, "</title>\n<style>");
  append_text(page, style);
  append_text(page, "</style>\n</head>\n<body>\n<p class=\"soft\">Model card</p>\n<h1>");
  html_text(page, base);
  append_text(page, "</h1>\n");
  append_facts(page, &stats);
  append_provenance(page, path, sha256, model, &stats);
  append_interface(page, model);
  append_operators(page, model);
  struct survey survey;
  for (size_t i = 0; i < stats.ensembles; i++) {
    page->failed = page->failed || !survey_make(model, i, &survey);
    if (page->failed) return;
    append_ensemble(page, model, i, &survey);
    survey_free(&survey);
  }
  append_format(page, "<footer>Written by onnxtree %s.</footer>\n</body>\n</html>\n", onnxtree_version());
}
