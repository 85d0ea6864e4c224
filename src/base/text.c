#include "base/text.h"

#include <string.h>

/* Length of the UTF-8 sequence at `bytes`, 0 if it is none. Table 3-7 of the Unicode standard. */
static size_t sequence_length(const unsigned char *bytes, size_t size) {
  unsigned char first = bytes[0];
  if (first < 0x80) return 1;
  size_t length = first >= 0xC2 && first <= 0xDF ? 2 : (first & 0xF0) == 0xE0 ? 3 : first >= 0xF0 && first <= 0xF4 ? 4 : 0;
  if (length == 0 || length > size) return 0;
  unsigned char low = first == 0xE0 ? 0xA0 : first == 0xF0 ? 0x90 : 0x80;
  unsigned char high = first == 0xED ? 0x9F : first == 0xF4 ? 0x8F : 0xBF;
  if (bytes[1] < low || bytes[1] > high) return 0;
  for (size_t i = 2; i < length; i++)
    if ((bytes[i] & 0xC0) != 0x80) return 0;
  return length;
}

bool ot_text_is_valid(const unsigned char *bytes, size_t size) {
  for (size_t at = 0; at < size;) {
    size_t length = bytes[at] ? sequence_length(bytes + at, size - at) : 0;
    if (!length) return false;
    at += length;
  }
  return true;
}

bool ot_text_equals(onnxtree_string text, const char *literal) {
  return text.size == strlen(literal) && memcmp(text.data, literal, text.size) == 0;
}

bool ot_text_same(onnxtree_string a, onnxtree_string b) { return a.size == b.size && (a.size == 0 || memcmp(a.data, b.data, a.size) == 0); }

ot_excerpt ot_text_excerpt(onnxtree_string text) {
  ot_excerpt excerpt;
  const unsigned char *bytes = (const unsigned char *)text.data;
  size_t out = 0, at = 0;
  while (at < text.size) {
    size_t length = sequence_length(bytes + at, text.size - at);
    bool printable = length > 1 ? !(bytes[at] == 0xC2 && bytes[at + 1] < 0xA0) : length == 1 && bytes[at] >= 0x20 && bytes[at] != 0x7F;
    if (out + (length ? length : 1) > 64) {
      memcpy(excerpt.text + out, "...", 3);
      out += 3;
      break;
    }
    if (printable) {
      memcpy(excerpt.text + out, bytes + at, length);
      out += length;
    } else {
      excerpt.text[out++] = '?';
    }
    at += length ? length : 1;
  }
  excerpt.text[out] = '\0';
  return excerpt;
}

ot_excerpt ot_text_excerpt_of(const char *text) { return ot_text_excerpt((onnxtree_string){text, text ? strlen(text) : 0}); }
