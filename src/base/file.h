/* Reading a whole file with a bound. Plain reads, no mapping: a file that is cut while it is mapped would kill the process. */
#ifndef OT_BASE_FILE_H
#define OT_BASE_FILE_H

#include <stddef.h>
#include <stdint.h>

#include "base/memory.h"
#include "base/problems.h"

typedef struct ot_file {
  unsigned char *bytes;
  size_t size;
  size_t capacity;
} ot_file;

/* Read at most max_bytes from `path`, which must be a regular file or a stream that ends. Problems are reported; true on success. */
bool ot_file_read(ot_file *file, const char *path, uint64_t max_bytes, ot_memory *memory, ot_problems *problems);
void ot_file_free(ot_file *file, ot_memory *memory);

#endif
