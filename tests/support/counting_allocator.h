/* An allocator that counts, and fails on demand. */
#ifndef TESTS_SUPPORT_COUNTING_ALLOCATOR_H
#define TESTS_SUPPORT_COUNTING_ALLOCATOR_H

#include <stdbool.h>

#include <onnxtree/model.h>

typedef struct counting_allocator {
  size_t calls, in_use, peak;
  size_t fail_at;     /* the call that fails, counted from 1; 0: none */
  bool fail_from_then; /* all later calls fail too */
} counting_allocator;

onnxtree_allocator counting_allocator_hook(counting_allocator *state);

#endif
