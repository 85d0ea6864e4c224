/* Numbers as text: the fewest digits that read back to the same value of the type.
 *
 * Plain notation for 0 and for 1e-5 <= |x| < 1e16 (5, 0.25, 0.00001), else one digit before the point and an exponent (1.5e-7, 1e16).
 * Also nan, inf, -inf and -0. */
#ifndef TOOLS_TEXT_FORMAT_NUMBER_H
#define TOOLS_TEXT_FORMAT_NUMBER_H

#include <stddef.h>
#include <stdint.h>

enum { NUMBER_TEXT_SIZE = 32 }; /* room for any number, the final '\0' included */

/* Each writes a NUL-terminated text and returns its length. */
size_t format_float(float value, char *text);
size_t format_double(double value, char *text);
size_t format_integer(int64_t value, char *text);

#endif
