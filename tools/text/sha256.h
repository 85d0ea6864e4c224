/* SHA-256 (FIPS 180-4), to name files by their content. */
#ifndef TOOLS_TEXT_SHA256_H
#define TOOLS_TEXT_SHA256_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { SHA256_TEXT_SIZE = 65 }; /* 64 hexadecimal digits and the final '\0' */

struct sha256 {
  uint32_t state[8];
  uint64_t size; /* bytes so far */
  unsigned char block[64];
};

void sha256_start(struct sha256 *hash);
void sha256_add(struct sha256 *hash, const void *bytes, size_t size);
void sha256_finish(struct sha256 *hash, char text[SHA256_TEXT_SIZE]);

/* Of a file's bytes; "" if it is no regular file. False, with errno: it cannot be read. */
bool sha256_of_file(const char *path, char text[SHA256_TEXT_SIZE]);

#endif
