/* The files of models/: a model, inputs, and what others predict for them. */
#ifndef TESTS_SUPPORT_FIXTURE_H
#define TESTS_SUPPORT_FIXTURE_H

#include <stdint.h>

#include "support/npy.h"

/* models/MODEL/PREFIXwhat_INDEX.EXTENSION, or without _INDEX when it is SIZE_MAX; valid until the next call. */
const char *fixture_path(const char *model, const char *prefix, const char *what, size_t index, const char *extension);

/* An array of numbers (.npy) or of strings (.txt); false if there is neither. */
bool fixture_read(const char *model, const char *prefix, const char *what, size_t index, npy_array *array);

/* Reads "input", or "input_0" and on; returns how many, at most `most`. */
size_t fixture_read_inputs(const char *model, const char *prefix, npy_array *inputs, size_t most);

#endif
