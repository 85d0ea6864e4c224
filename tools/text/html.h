/* Text in HTML pages. */
#ifndef TOOLS_TEXT_HTML_H
#define TOOLS_TEXT_HTML_H

#include "text/buffer.h"

/* Text with everything escaped that means something in HTML, in attributes too. Control characters and invalid UTF-8 become visible. */
void html_bytes(struct buffer *page, const char *text, size_t size);
void html_text(struct buffer *page, const char *text);

#endif
