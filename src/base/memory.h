/* The caller's allocator with a running account: bytes in use, their peak, and a bound. All memory of the library comes from here. */
#ifndef OT_BASE_MEMORY_H
#define OT_BASE_MEMORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <onnxtree/model.h>

typedef struct ot_memory {
  onnxtree_allocator allocator;
  uint64_t in_use;
  uint64_t peak;
  uint64_t limit;
  bool refused_by_limit; /* the last NULL was the bound's, not the allocator's */
} ot_memory;

void ot_memory_init(ot_memory *memory, const onnxtree_allocator *allocator, uint64_t limit);

/* NULL if the bound or the allocator refuses. Sizes must be > 0. */
void *ot_memory_allocate(ot_memory *memory, size_t size);
void ot_memory_release(ot_memory *memory, void *pointer, size_t size);

/* Asks the system for pages that will all be written, at once instead of one by one. */
void ot_memory_expect(void *pointer, size_t size);

#endif
