#include "inspect/html_trees.h"

#include "inspect/node_text.h"
#include "text/html.h"

enum {
  MOST_NODES = 30000, /* on one page: a few megabytes, drawn within a second or two */
  DEEPEST = 200       /* nested elements; browsers give up at some depth */
};

static void append_content(struct buffer *page, const struct node_style *style, const struct visit *visit) {
  struct buffer words = {0};
  if (visit->info.is_leaf)
    append_weights(&words, style, visit->node, &visit->info);
  else
    append_test(&words, style, visit->node, &visit->info);
  html_bytes(page, words.data, words.size);
  page->failed = page->failed || words.failed;
  buffer_free(&words);
}

static void append_visit(struct buffer *page, const struct node_style *style, const struct visit *visit, size_t *open) {
  static const char *const edges[] = {"", "<i>yes</i> ", "<i>no</i> "};
  if (visit->info.is_leaf || visit->is_repeat) {
    append_format(page, "<p>%s<span>", edges[visit->edge]);
    append_content(page, style, visit);
    append_text(page, "</span>");
    if (visit->info.is_leaf)
      append_format(page, " <i>leaf %zu</i>", visit->node - style->info.branches);
    else
      append_format(page, " <i>node %zu, shown above</i>", visit->node);
    append_text(page, "</p>\n");
    return;
  }
  append_format(page, "<details open><summary>%s", edges[visit->edge]);
  append_content(page, style, visit);
  append_format(page, " <i>node %zu</i></summary>\n", visit->node);
  ++*open;
}

/* Nodes come in preorder: before a node of some depth, the branches of that depth and below are complete. */
static void close_to(struct buffer *page, size_t depth, size_t *open) {
  for (; *open > depth; --*open) append_text(page, "</details>\n");
}

static void append_tree(struct buffer *page, const struct node_style *style, struct walk *walk, size_t tree) {
  size_t open = 0;
  size_t hidden = 0;
  append_format(page, "<details class=\"tree\" id=\"tree-%zu-%zu\"><summary>Tree %zu</summary>\n<div class=\"nodes\">\n", style->ensemble, tree,
                tree);
  walk_tree(walk, tree);
  for (struct visit visit; walk_next(walk, &visit);) {
    if (visit.depth > DEEPEST) {
      hidden++;
      continue;
    }
    close_to(page, visit.depth, &open);
    append_visit(page, style, &visit, &open);
  }
  close_to(page, 0, &open);
  if (hidden > 0) append_format(page, "<p class=\"soft\">%zu nodes below depth %d are not shown.</p>\n", hidden, DEEPEST);
  append_text(page, "</div>\n</details>\n");
}

/* Nodes of a tree, counted up to the limit. */
static size_t count_nodes(struct walk *walk, size_t tree, size_t most) {
  size_t count = 0;
  walk_tree(walk, tree);
  for (struct visit visit; count <= most && walk_next(walk, &visit);) count++;
  return count;
}

void html_trees(struct buffer *page, const onnxtree_model *model, size_t ensemble) {
  struct walk measure;
  struct walk walk;
  bool measures = walk_start(&measure, model, ensemble);
  bool walks = walk_start(&walk, model, ensemble);
  struct node_style style = node_style_of(model, ensemble);
  size_t left = MOST_NODES;
  size_t shown = 0;
  append_text(page, "<h3>Trees</h3>\n<p class=\"soft\">x is the operator's input; a row takes <i>yes</i> where the test holds.</p>\n");
  for (; measures && walks && shown < style.info.trees; shown++) {
    size_t nodes = count_nodes(&measure, shown, left);
    if (nodes > left) break;
    left -= nodes;
    append_tree(page, &style, &walk, shown);
  }
  if (shown < style.info.trees)
    append_format(
        page,
        "<p class=\"soft\">%zu more trees are left out, to keep the page small. <code>onnxtree inspect --tree N</code> prints any of them.</p>\n",
        style.info.trees - shown);
  page->failed = page->failed || !measures || !walks || walk.failed;
  walk_free(&measure);
  walk_free(&walk);
}
