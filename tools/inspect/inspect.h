/* Descriptions of a model. What is written to the buffer may be incomplete when its `failed` is set. `sha256` is the file's, or "". */
#ifndef TOOLS_INSPECT_H
#define TOOLS_INSPECT_H

#include <onnxtree/onnxtree.h>

#include "cli/message.h"
#include "text/buffer.h"

void inspect_as_text(struct buffer *text, const char *path, const char *sha256, const onnxtree_model *model);
void inspect_as_json(struct buffer *text, const char *path, const char *sha256, const onnxtree_model *model);

/* A page of HTML that needs nothing but itself. */
void inspect_as_html(struct buffer *text, const char *path, const char *sha256, const onnxtree_model *model);

/* The tree with this number, counted over all ensembles; USAGE if there is none. */
enum exit_code inspect_tree(struct buffer *text, const onnxtree_model *model, size_t tree, bool as_dot, struct failure *failure);

/* "1.5 MiB" */
void append_byte_count(struct buffer *text, uint64_t bytes);

#endif
