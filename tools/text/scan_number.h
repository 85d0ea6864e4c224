/* Numbers at the start of a longer text, quickly: the common spellings only. Everything else is left to parse_number.h.
 *
 * Each returns the end of the number, or NULL when it does not start with a common spelling or cannot be rounded quickly. The text must go on
 * for SCAN_PADDING readable bytes after the number. Blanks are not skipped; what follows the number is for the caller to check. */
#ifndef TOOLS_TEXT_SCAN_NUMBER_H
#define TOOLS_TEXT_SCAN_NUMBER_H

#include <stdint.h>

enum { SCAN_PADDING = 16 };

const char *scan_float(const char *text, float *value);
const char *scan_double(const char *text, double *value);
const char *scan_int64(const char *text, int64_t *value); /* up to 18 digits */

#endif
