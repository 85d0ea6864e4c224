#include "inspect/node_text.h"

#include "text/printable.h"

enum { SHOWN_MEMBERS = 12, SHOWN_WEIGHTS = 12 };

struct node_style node_style_of(const onnxtree_model *model, size_t ensemble) {
  struct node_style style = {model, ensemble, ONNXTREE_ENSEMBLE_INFO_INIT, ONNXTREE_VALUE_INFO_INIT};
  (void)onnxtree_model_ensemble(model, ensemble, &style.info);
  int scores = onnxtree_model_score_output(model);
  bool found = scores >= 0 && onnxtree_model_output(model, (size_t)scores, &style.labels) == ONNXTREE_OK;
  if (!found || style.labels.label_count != style.info.targets) style.labels.label_count = 0;
  return style;
}

/* A threshold or weight. */
static void append_real(struct buffer *text, const struct node_style *style, double value) {
  if (style->info.type == ONNXTREE_FLOAT)
    append_float(text, (float)value);
  else
    append_double(text, value);
}

static void append_set(struct buffer *text, const struct node_style *style, size_t node, const onnxtree_tree_node *info) {
  append_text(text, " {");
  for (size_t i = 0; i < info->member_count && i < SHOWN_MEMBERS; i++) {
    double member = 0;
    (void)onnxtree_model_tree_member(style->model, style->ensemble, node, i, &member);
    append_text(text, i > 0 ? ", " : "");
    append_real(text, style, member);
  }
  if (info->member_count > SHOWN_MEMBERS) append_format(text, ", and %zu more", info->member_count - SHOWN_MEMBERS);
  append_text(text, "}");
}

void append_test(struct buffer *text, const struct node_style *style, size_t node, const onnxtree_tree_node *info) {
  append_format(text, "x[%zu] %s", info->feature, info->test);
  if (info->member_count > 0 || info->test[0] == 'i') {
    append_set(text, style, node, info);
  } else {
    append_char(text, ' ');
    append_real(text, style, info->threshold);
  }
  if (info->missing_is_true) append_text(text, ", missing too");
}

static void append_target(struct buffer *text, const struct node_style *style, size_t target) {
  const onnxtree_value_info *labels = &style->labels;
  if (labels->label_count == 0)
    append_format(text, "target %zu", target);
  else if (labels->label_type == ONNXTREE_STRING)
    append_printable(text, labels->string_labels[target].data, labels->string_labels[target].size);
  else
    append_format(text, "class %lld", (long long)labels->int64_labels[target]);
}

void append_weights(struct buffer *text, const struct node_style *style, size_t node, const onnxtree_tree_node *info) {
  if (info->weight_count == 0) append_text(text, "no weight");
  for (size_t i = 0; i < info->weight_count && i < SHOWN_WEIGHTS; i++) {
    size_t target = 0;
    double weight = 0;
    (void)onnxtree_model_tree_weight(style->model, style->ensemble, node, i, &target, &weight);
    append_text(text, i > 0 ? ", " : "");
    if (style->info.targets > 1) {
      append_target(text, style, target);
      append_char(text, ' ');
    }
    append_real(text, style, weight);
  }
  if (info->weight_count > SHOWN_WEIGHTS) append_format(text, ", and %zu more", info->weight_count - SHOWN_WEIGHTS);
}
