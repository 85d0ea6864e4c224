#include "text/html.h"

#include <string.h>

#include "text/printable.h"

void html_bytes(struct buffer *page, const char *text, size_t size) {
  struct buffer safe = {0};
  append_printable(&safe, text, size);
  for (size_t i = 0; i < safe.size; i++) {
    switch (safe.data[i]) {
      case '&':
        append_text(page, "&amp;");
        break;
      case '<':
        append_text(page, "&lt;");
        break;
      case '>':
        append_text(page, "&gt;");
        break;
      case '"':
        append_text(page, "&quot;");
        break;
      case '\'':
        append_text(page, "&#39;");
        break;
      default:
        append_char(page, safe.data[i]);
    }
  }
  page->failed = page->failed || safe.failed;
  buffer_free(&safe);
}

void html_text(struct buffer *page, const char *text) { html_bytes(page, text, strlen(text)); }
