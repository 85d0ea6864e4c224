/* SHA-256 (FIPS 180-4), to name files by their content. */
#ifndef TOOLS_TEXT_SHA256_H
#define TOOLS_TEXT_SHA256_H

#include <stdbool.h>

enum { SHA256_TEXT_SIZE = 65 }; /* 64 hexadecimal digits and the final '\0' */

/* Of a file's bytes; "" if it is no regular file. False, with errno: it cannot be read. */
bool sha256_of_file(const char *path, char text[SHA256_TEXT_SIZE]);

#endif
