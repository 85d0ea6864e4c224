/* Text that grows at its end. When memory runs out the buffer stays as it is and `failed` is set; look at it once, when the text is used. */
#ifndef TOOLS_TEXT_BUFFER_H
#define TOOLS_TEXT_BUFFER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "text/formatted.h"

struct buffer {
  char *data;
  size_t size;
  size_t capacity;
  bool failed;
};

void append_bytes(struct buffer *buffer, const char *bytes, size_t size);
void append_text(struct buffer *buffer, const char *text);
void append_char(struct buffer *buffer, char character);
void append_integer(struct buffer *buffer, int64_t value);
void append_float(struct buffer *buffer, float value);
void append_double(struct buffer *buffer, double value);

/* Short texts only, such as numbers and fixed words; longer ones are cut. */
void append_format(struct buffer *buffer, const char *format, ...) FORMATTED(2, 3);

void buffer_free(struct buffer *buffer);

#endif
