/* Whether to print in colour: if the stream is a terminal, unless NO_COLOR is set or TERM is "dumb"; or as --color says. */
#ifndef TOOLS_CLI_COLOR_H
#define TOOLS_CLI_COLOR_H

#include <stdio.h>

enum color_mode { COLOR_AUTO, COLOR_ALWAYS, COLOR_NEVER };

void color_set_mode(enum color_mode mode);

enum color { COLOR_HEADING, COLOR_ERROR, COLOR_WARNING, COLOR_NONE };

/* The escape sequence that starts (or with COLOR_NONE ends) the colour on this stream; "" without colours. */
const char *color_on(FILE *stream, enum color color);

#endif
