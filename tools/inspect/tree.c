/* One tree as indented text, or as a graph in the DOT language. */

#include <string.h>

#include "inspect/inspect.h"
#include "inspect/node_text.h"
#include "inspect/survey.h"

enum { DEEPEST_INDENT = 40 }; /* deeper nodes stand below each other: a chain of a million nodes must not fill the disk with blanks */

struct counts {
  size_t branches, leaves, depth;
};

static bool count_tree(const onnxtree_model *model, size_t ensemble, size_t tree, struct counts *counts) {
  struct walk walk;
  *counts = (struct counts){0};
  bool ok = walk_start(&walk, model, ensemble);
  if (ok) walk_tree(&walk, tree);
  for (struct visit visit; ok && walk_next(&walk, &visit);) {
    if (visit.depth > counts->depth) counts->depth = visit.depth;
    if (!visit.is_repeat) ++*(visit.info.is_leaf ? &counts->leaves : &counts->branches);
  }
  ok = ok && !walk.failed;
  walk_free(&walk);
  return ok;
}

static void append_node_line(struct buffer *text, const struct node_style *style, const struct visit *visit) {
  static const char *const edges[] = {"", "yes ", "no  "};
  for (size_t i = 0; i < visit->depth && i < DEEPEST_INDENT; i++) append_text(text, "  ");
  append_text(text, edges[visit->edge]);
  if (visit->info.is_leaf) {
    append_format(text, "leaf %zu: ", visit->node - style->info.branches);
    append_weights(text, style, visit->node, &visit->info);
  } else {
    append_format(text, "node %zu: ", visit->node);
    append_test(text, style, visit->node, &visit->info);
    if (visit->is_repeat) append_text(text, " (shared, see above)");
  }
  append_char(text, '\n');
}

static void append_text_tree(struct buffer *text, const struct node_style *style, struct walk *walk) {
  for (struct visit visit; walk_next(walk, &visit);) append_node_line(text, style, &visit);
}

/* ---- DOT -------------------------------------------------------------------------------------------------------------------------- */

static void append_dot_string(struct buffer *text, const struct buffer *content) {
  append_char(text, '"');
  for (size_t i = 0; i < content->size; i++) {
    if (content->data[i] == '"' || content->data[i] == '\\') append_char(text, '\\');
    append_char(text, content->data[i]);
  }
  append_char(text, '"');
}

static void append_dot_node(struct buffer *text, const struct node_style *style, const struct visit *visit) {
  struct buffer label = {0};
  if (visit->info.is_leaf)
    append_weights(&label, style, visit->node, &visit->info);
  else
    append_test(&label, style, visit->node, &visit->info);
  append_format(text, "  n%zu [label=", visit->node);
  append_dot_string(text, &label);
  append_text(text, visit->info.is_leaf ? ", style=\"rounded,filled\", fillcolor=\"#e8f3e8\"];\n" : "];\n");
  text->failed = text->failed || label.failed;
  buffer_free(&label);
  if (visit->info.is_leaf) return;
  append_format(text, "  n%zu -> n%zu [label=yes];\n", visit->node, visit->info.true_child);
  append_format(text, "  n%zu -> n%zu [label=no];\n", visit->node, visit->info.false_child);
}

static void append_dot_tree(struct buffer *text, const struct node_style *style, struct walk *walk, size_t tree) {
  append_format(text, "digraph tree_%zu {\n  node [shape=box, fontname=\"sans-serif\"];\n", tree);
  for (struct visit visit; walk_next(walk, &visit);) {
    if (!visit.is_repeat) append_dot_node(text, style, &visit);
  }
  append_text(text, "}\n");
}

/* ---- both ------------------------------------------------------------------------------------------------------------------------- */

enum exit_code inspect_tree(struct buffer *text, const onnxtree_model *model, size_t tree, bool as_dot, struct failure *failure) {
  onnxtree_model_stats stats = ONNXTREE_MODEL_STATS_INIT;
  (void)onnxtree_model_get_stats(model, &stats);
  size_t ensemble;
  size_t inner;
  if (!find_tree(model, tree, &ensemble, &inner))
    return fail(failure, USAGE, "--tree %zu: the model has %llu trees, counted from 0", tree, (unsigned long long)stats.trees);

  struct counts counts;
  struct walk walk;
  if (!count_tree(model, ensemble, inner, &counts) || !walk_start(&walk, model, ensemble)) return fail_memory(failure);
  struct node_style style = node_style_of(model, ensemble);
  walk_tree(&walk, inner);
  if (as_dot) {
    append_dot_tree(text, &style, &walk, tree);
  } else {
    append_format(text, "tree %zu of %llu: %zu branches, %zu leaves, depth %zu; x is the input of the operator\n", tree,
                  (unsigned long long)stats.trees, counts.branches, counts.leaves, counts.depth);
    append_text_tree(text, &style, &walk);
  }
  text->failed = text->failed || walk.failed;
  walk_free(&walk);
  return OK;
}
