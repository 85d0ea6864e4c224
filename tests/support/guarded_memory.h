/* Memory between two pages that may not be touched: one byte too much, even by a vector or a masked load, ends the test. */
#ifndef GUARDED_MEMORY_H
#define GUARDED_MEMORY_H

#include <stddef.h>

typedef struct guarded_memory {
  void *data; /* ends at a page that may not be touched, but for up to alignment - 1 bytes */
  void *pages;
  size_t page_bytes;
} guarded_memory;

/* Exits when there is no memory. `alignment`: of the data, a power of two. */
guarded_memory guarded_allocate(size_t bytes, size_t alignment);
/* Rows of `bytes` each, every one of which ends at a page that may not be touched; returns the bytes from one row to the next. */
size_t guarded_rows(guarded_memory *memory, size_t rows, size_t bytes);
void guarded_free(guarded_memory *memory);

#endif
