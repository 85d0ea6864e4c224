/* Text from a model: views, UTF-8, and safe excerpts for messages. */
#ifndef OT_BASE_TEXT_H
#define OT_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#include <onnxtree/model.h>

/* Whether the bytes are well-formed UTF-8 (RFC 3629: no overlong forms, no surrogates) without NUL. */
bool ot_text_is_valid(const unsigned char *bytes, size_t size);

bool ot_text_equals(onnxtree_string text, const char *literal);
bool ot_text_same(onnxtree_string a, onnxtree_string b);

#define OT_EXCERPT_SIZE 72
typedef struct ot_excerpt {
  char text[OT_EXCERPT_SIZE];
} ot_excerpt;

/* At most 64 bytes of `text`, printable: control characters and bytes that are not UTF-8 become '?', a cut is marked by "...". */
ot_excerpt ot_text_excerpt(onnxtree_string text);
ot_excerpt ot_text_excerpt_of(const char *text); /* NULL is empty */

#endif
