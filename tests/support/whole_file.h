/* A file in memory. */
#ifndef TESTS_SUPPORT_WHOLE_FILE_H
#define TESTS_SUPPORT_WHOLE_FILE_H

#include <stddef.h>

/* Its bytes and a NUL, for free(); NULL if it cannot be opened. What fails later fails the test. */
char *whole_file_read(const char *path, size_t *size);

#endif
