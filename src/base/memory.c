#define _GNU_SOURCE /* madvise() */
#include "base/memory.h"

#include <stdlib.h>
#include <sys/mman.h>

#define PAGE 4096u /* the least that systems have; where pages are larger, madvise() refuses, and they come one by one */

static void *default_allocate(void *context, size_t size) {
  (void)context;
  return malloc(size);
}

static void default_release(void *context, void *pointer, size_t size) {
  (void)context;
  (void)size;
  free(pointer);
}

void ot_memory_init(ot_memory *memory, const onnxtree_allocator *allocator, uint64_t limit) {
  static const onnxtree_allocator standard = {NULL, default_allocate, default_release};
  *memory = (ot_memory){.allocator = allocator ? *allocator : standard, .limit = limit};
}

static bool charge(ot_memory *memory, uint64_t size) {
  if (size > memory->limit || memory->in_use > memory->limit - size) {
    memory->refused_by_limit = true;
    return false;
  }
  memory->in_use += size;
  if (memory->in_use > memory->peak) memory->peak = memory->in_use;
  return true;
}

void *ot_memory_allocate(ot_memory *memory, size_t size) {
  if (!charge(memory, size)) return NULL;
  void *pointer = memory->allocator.allocate(memory->allocator.context, size);
  if (!pointer) {
    memory->refused_by_limit = false;
    memory->in_use -= size;
  }
  return pointer;
}

void ot_memory_release(ot_memory *memory, void *pointer, size_t size) {
  if (!pointer) return;
  memory->in_use -= size;
  memory->allocator.release(memory->allocator.context, pointer, size);
}

void ot_memory_expect(void *pointer, size_t size) {
#ifdef MADV_POPULATE_WRITE
  size_t before = (uintptr_t)pointer % PAGE;
  (void)madvise((char *)pointer - before, size + before, MADV_POPULATE_WRITE); /* older systems refuse, too */
#else
  (void)pointer;
  (void)size;
#endif
}
