/* A description of a model. */
#ifndef TOOLS_INSPECT_H
#define TOOLS_INSPECT_H

#include <onnxtree/onnxtree.h>

#include "text/buffer.h"

void inspect_as_text(struct buffer *text, const char *path, const onnxtree_model *model);
void inspect_as_json(struct buffer *text, const char *path, const onnxtree_model *model);

#endif
