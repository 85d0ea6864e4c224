/* Writing JSON. The caller opens and closes objects and arrays in order; commas are set here. */
#ifndef TOOLS_TEXT_JSON_H
#define TOOLS_TEXT_JSON_H

#include <stddef.h>
#include <stdint.h>

#include "text/buffer.h"

void json_open(struct buffer *buffer, char bracket);  /* '{' or '[' */
void json_close(struct buffer *buffer, char bracket); /* '}' or ']' */
void json_key(struct buffer *buffer, const char *key, size_t size);
void json_string(struct buffer *buffer, const char *text, size_t size); /* bytes that are no UTF-8 become U+FFFD */
void json_integer(struct buffer *buffer, int64_t value);
void json_float(struct buffer *buffer, float value); /* nan and infinities, which JSON does not have, become null */
void json_double(struct buffer *buffer, double value);
void json_literal(struct buffer *buffer, const char *word); /* true, false, null */

/* A member with a NUL-terminated name. */
void json_member(struct buffer *buffer, const char *name); /* its value follows */
void json_text_member(struct buffer *buffer, const char *name, const char *value);
void json_integer_member(struct buffer *buffer, const char *name, int64_t value);
void json_double_member(struct buffer *buffer, const char *name, double value);

#endif
