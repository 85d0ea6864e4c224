/* Numbers from text, independent of the locale and rounded once, to the type asked for.
 *
 * Accepted: spaces and tabs around, a sign, decimal digits with a point, an exponent; and inf, infinity, nan in any case.
 * Refused: everything else, such as 0x1p3, 1_000, "1,5" and nan(1). A value too small for the type becomes 0. */
#ifndef TOOLS_TEXT_PARSE_NUMBER_H
#define TOOLS_TEXT_PARSE_NUMBER_H

#include <stdbool.h>
#include <stdint.h>

enum number_result { NUMBER_OK, NUMBER_INVALID, NUMBER_OUT_OF_RANGE };

enum number_result parse_float(const char *text, float *value);
enum number_result parse_double(const char *text, double *value);
enum number_result parse_int64(const char *text, int64_t *value); /* whole numbers without point or exponent */
enum number_result parse_bool(const char *text, bool *value);     /* 0, 1, true, false */

/* The number nearest to digits x 10^exponent, or false when this quick way cannot tell. */
bool float_from_decimal(uint64_t digits, int exponent, float *value);
bool double_from_decimal(uint64_t digits, int exponent, double *value);

#endif
