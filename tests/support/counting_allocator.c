#include "support/counting_allocator.h"

#include <stdlib.h>

static void *allocate(void *context, size_t size) {
  counting_allocator *state = context;
  state->calls++;
  bool fails = state->fail_at && (state->calls == state->fail_at || (state->fail_from_then && state->calls > state->fail_at));
  void *pointer = fails ? NULL : malloc(size);
  if (pointer) state->in_use += size;
  if (state->in_use > state->peak) state->peak = state->in_use;
  return pointer;
}

static void release(void *context, void *pointer, size_t size) {
  counting_allocator *state = context;
  state->in_use -= size;
  free(pointer);
}

onnxtree_allocator counting_allocator_hook(counting_allocator *state) { return (onnxtree_allocator){state, allocate, release}; }
