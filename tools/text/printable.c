#include "text/printable.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

size_t utf8_length(const char *text, size_t size) {
  const unsigned char *bytes = (const unsigned char *)text;
  if (size == 0) return 0;
  if (bytes[0] < 0x80) return 1;

  size_t length = bytes[0] >= 0xF0 ? 4 : bytes[0] >= 0xE0 ? 3 : 2;
  if (bytes[0] < 0xC2 || bytes[0] > 0xF4 || length > size) return 0;
  for (size_t i = 1; i < length; i++) {
    if ((bytes[i] & 0xC0) != 0x80) return 0;
  }
  bool is_overlong = (bytes[0] == 0xE0 && bytes[1] < 0xA0) || (bytes[0] == 0xF0 && bytes[1] < 0x90);
  bool is_outside = (bytes[0] == 0xED && bytes[1] > 0x9F) || (bytes[0] == 0xF4 && bytes[1] > 0x8F);
  return is_overlong || is_outside ? 0 : length;
}

static bool is_control(const char *text, size_t length) {
  const unsigned char *bytes = (const unsigned char *)text;
  if (length == 1) return bytes[0] < 0x20 || bytes[0] == 0x7F;
  return length == 2 && bytes[0] == 0xC2 && bytes[1] < 0xA0; /* U+0080 to U+009F, some of which start escape sequences */
}

/* The safe form of the first character: writes at most 8 bytes and their count, returns the bytes taken from the text. */
static size_t safe_character(const char *text, size_t size, bool keep_newline, char out[9], size_t *written) {
  size_t length = utf8_length(text, size);
  if (length > 0 && (!is_control(text, length) || (keep_newline && *text == '\n'))) {
    memcpy(out, text, length);
    *written = length;
    return length;
  }
  length = length == 0 ? 1 : length;
  *written = 0;
  for (size_t i = 0; i < length; i++) *written += (size_t)snprintf(out + *written, 5, "\\x%02x", (unsigned char)text[i]);
  return length;
}

static const char *write_safe(char *out, size_t capacity, const char *text, size_t size, bool keep_newlines) {
  size_t used = 0;
  while (size > 0) {
    char safe[9];
    size_t written;
    size_t taken = safe_character(text, size, keep_newlines, safe, &written);
    if (used + written + 4 > capacity) {
      memcpy(out + used, "...", 3);
      used += 3;
      break;
    }
    memcpy(out + used, safe, written);
    used += written;
    text += taken;
    size -= taken;
  }
  out[used] = '\0';
  return out;
}

const char *printable(char *out, size_t capacity, const char *text, size_t size) { return write_safe(out, capacity, text, size, false); }

const char *printable_lines(char *out, size_t capacity, const char *text) { return write_safe(out, capacity, text, strlen(text), true); }

void append_printable(struct buffer *buffer, const char *text, size_t size) {
  while (size > 0) {
    char safe[9];
    size_t written;
    size_t taken = safe_character(text, size, false, safe, &written);
    append_bytes(buffer, safe, written);
    text += taken;
    size -= taken;
  }
}
