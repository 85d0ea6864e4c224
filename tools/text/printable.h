/* Text from files made safe for a terminal: control characters (escape sequences, newlines) and invalid UTF-8 appear as \x1b. */
#ifndef TOOLS_TEXT_PRINTABLE_H
#define TOOLS_TEXT_PRINTABLE_H

#include <stddef.h>

#include "text/buffer.h"

enum { PRINTABLE_SIZE = 320 }; /* for names in messages; longer ones end in "..." */

/* Write text[size] to `out`, NUL-terminated and cut to fit; returns `out`. */
const char *printable(char *out, size_t capacity, const char *text, size_t size);

/* The same for a NUL-terminated text that may have several lines: newlines stay. */
const char *printable_lines(char *out, size_t capacity, const char *text);

/* Append all of text[size]. */
void append_printable(struct buffer *buffer, const char *text, size_t size);

/* Bytes of the UTF-8 character that text[size] starts with; 0 if it starts with none. */
size_t utf8_length(const char *text, size_t size);

#endif
