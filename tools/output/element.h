/* One element of a tensor as text. */
#ifndef TOOLS_OUTPUT_ELEMENT_H
#define TOOLS_OUTPUT_ELEMENT_H

#include <onnxtree/onnxtree.h>

#include "text/buffer.h"

/* Numbers and truth values. False for a text, which is left to the caller: every format quotes it in its own way. */
bool append_element(struct buffer *text, onnxtree_type type, const void *element);

#endif
