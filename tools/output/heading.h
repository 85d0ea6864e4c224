/* What a column of the results is called in a table. */
#ifndef TOOLS_OUTPUT_HEADING_H
#define TOOLS_OUTPUT_HEADING_H

#include "output/writer.h"

/* "NAME" for a result of one column, "NAME:LABEL" for one column per class, else "NAME:0", "NAME:1", ... */
void append_result_heading(struct buffer *text, const struct result *result, size_t column);

#endif
