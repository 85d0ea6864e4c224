/* Nodes of trees in words. */
#ifndef TOOLS_INSPECT_NODE_TEXT_H
#define TOOLS_INSPECT_NODE_TEXT_H

#include "inspect/walk.h"
#include "text/buffer.h"

/* How the nodes of one ensemble are written. */
struct node_style {
  const onnxtree_model *model;
  size_t ensemble;
  onnxtree_ensemble_info info;
  onnxtree_value_info labels; /* of the classes, if there is one for each target; else label_count is 0 */
};

struct node_style node_style_of(const onnxtree_model *model, size_t ensemble);

/* "x[3] <= 0.5, missing too" */
void append_test(struct buffer *text, const struct node_style *style, size_t node, const onnxtree_tree_node *info);
/* "0.25" for one target, else "Barolo 0.25, target 3 -1". Texts from the file are made printable. */
void append_weights(struct buffer *text, const struct node_style *style, size_t node, const onnxtree_tree_node *info);

#endif
