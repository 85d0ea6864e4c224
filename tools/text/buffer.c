#include "text/buffer.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "text/format_number.h"

static bool reserve(struct buffer *buffer, size_t size) {
  if (size <= buffer->capacity - buffer->size) return true;
  if (buffer->failed || size > SIZE_MAX / 2 - buffer->size) return !(buffer->failed = true);

  size_t capacity = (buffer->size + size) * 2;
  char *data = realloc(buffer->data, capacity);
  if (!data) return !(buffer->failed = true);
  buffer->data = data;
  buffer->capacity = capacity;
  return true;
}

void append_bytes(struct buffer *buffer, const char *bytes, size_t size) {
  if (size == 0 || !reserve(buffer, size)) return;
  memcpy(buffer->data + buffer->size, bytes, size);
  buffer->size += size;
}

void append_text(struct buffer *buffer, const char *text) { append_bytes(buffer, text, strlen(text)); }

void append_char(struct buffer *buffer, char character) { append_bytes(buffer, &character, 1); }

void append_integer(struct buffer *buffer, int64_t value) {
  if (reserve(buffer, NUMBER_TEXT_SIZE)) buffer->size += format_integer(value, buffer->data + buffer->size);
}

void append_float(struct buffer *buffer, float value) {
  if (reserve(buffer, NUMBER_TEXT_SIZE)) buffer->size += format_float(value, buffer->data + buffer->size);
}

void append_double(struct buffer *buffer, double value) {
  if (reserve(buffer, NUMBER_TEXT_SIZE)) buffer->size += format_double(value, buffer->data + buffer->size);
}

void append_format(struct buffer *buffer, const char *format, ...) {
  char line[256];
  va_list arguments;
  va_start(arguments, format);
  (void)vsnprintf(line, sizeof line, format, arguments);
  va_end(arguments);
  append_text(buffer, line);
}

void buffer_free(struct buffer *buffer) {
  free(buffer->data);
  *buffer = (struct buffer){0};
}
