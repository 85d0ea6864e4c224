/* Trees as parts of a page: every branch can be folded. */
#ifndef TOOLS_INSPECT_HTML_TREES_H
#define TOOLS_INSPECT_HTML_TREES_H

#include <onnxtree/onnxtree.h>

#include "text/buffer.h"

/* The trees of one ensemble, folded; as many as a browser copes with. */
void html_trees(struct buffer *page, const onnxtree_model *model, size_t ensemble);

#endif
