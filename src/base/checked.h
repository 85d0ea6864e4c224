/* Size arithmetic on numbers that come from a file: every result is checked, nothing wraps. */
#ifndef OT_BASE_CHECKED_H
#define OT_BASE_CHECKED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* *result = a * b; false if it does not fit. */
static inline bool ot_multiply(size_t a, size_t b, size_t *result) {
  bool halves = ((a | b) >> (sizeof a * 4)) == 0; /* then it fits, and nothing need be divided */
  if (!halves && b != 0 && a > SIZE_MAX / b) return false;
  *result = a * b;
  return true;
}

/* *result = a + b; false if it does not fit. */
static inline bool ot_add(size_t a, size_t b, size_t *result) {
  if (a > SIZE_MAX - b) return false;
  *result = a + b;
  return true;
}

/* Next multiple of `alignment` (a power of two), or false if it does not fit. */
static inline bool ot_align_up(size_t size, size_t alignment, size_t *result) {
  size_t padded;
  if (!ot_add(size, alignment - 1, &padded)) return false;
  *result = padded & ~(alignment - 1);
  return true;
}

#endif
