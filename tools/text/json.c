#include "text/json.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "text/printable.h"

/* The last character tells whether a value precedes the next one on the same level. */
static void separate(struct buffer *buffer) {
  if (buffer->size > 0 && !strchr("{[:\n", buffer->data[buffer->size - 1])) append_char(buffer, ',');
}

void json_open(struct buffer *buffer, char bracket) {
  separate(buffer);
  append_char(buffer, bracket);
}

void json_close(struct buffer *buffer, char bracket) { append_char(buffer, bracket); }

static void append_escaped(struct buffer *buffer, char character) {
  static const char plain[] = "\"\\\b\f\n\r\t";
  static const char escapes[] = "\"\\bfnrt";
  const char *found = strchr(plain, character);
  if (found && character) {
    append_char(buffer, '\\');
    append_char(buffer, escapes[found - plain]);
  } else {
    char code[8];
    (void)snprintf(code, sizeof code, "\\u%04x", (unsigned char)character);
    append_text(buffer, code);
  }
}

static void append_quoted(struct buffer *buffer, const char *text, size_t size) {
  append_char(buffer, '"');
  while (size > 0) {
    size_t length = utf8_length(text, size);
    unsigned char first = (unsigned char)*text;
    if (length == 0)
      append_text(buffer, "\\ufffd");
    else if (first < 0x20 || first == 0x7F || first == '"' || first == '\\')
      append_escaped(buffer, *text);
    else
      append_bytes(buffer, text, length);
    length = length == 0 ? 1 : length;
    text += length;
    size -= length;
  }
  append_char(buffer, '"');
}

void json_key(struct buffer *buffer, const char *key, size_t size) {
  separate(buffer);
  append_quoted(buffer, key, size);
  append_char(buffer, ':');
}

void json_string(struct buffer *buffer, const char *text, size_t size) {
  separate(buffer);
  append_quoted(buffer, text, size);
}

void json_integer(struct buffer *buffer, int64_t value) {
  separate(buffer);
  append_integer(buffer, value);
}

void json_float(struct buffer *buffer, float value) {
  separate(buffer);
  if (isfinite(value))
    append_float(buffer, value);
  else
    append_text(buffer, "null");
}

void json_double(struct buffer *buffer, double value) {
  separate(buffer);
  if (isfinite(value))
    append_double(buffer, value);
  else
    append_text(buffer, "null");
}

void json_literal(struct buffer *buffer, const char *word) {
  separate(buffer);
  append_text(buffer, word);
}

void json_member(struct buffer *buffer, const char *name) { json_key(buffer, name, strlen(name)); }

void json_text_member(struct buffer *buffer, const char *name, const char *value) {
  json_member(buffer, name);
  json_string(buffer, value, strlen(value));
}

void json_integer_member(struct buffer *buffer, const char *name, int64_t value) {
  json_member(buffer, name);
  json_integer(buffer, value);
}

void json_double_member(struct buffer *buffer, const char *name, double value) {
  json_member(buffer, name);
  json_double(buffer, value);
}
