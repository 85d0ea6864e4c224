/* Large arrays are read from front to back, which not every processor notices by itself: ask for the bytes that come soon. Any address will do. */
#ifndef OT_BASE_PREFETCH_H
#define OT_BASE_PREFETCH_H

#include <stdint.h>

#define OT_AHEAD 2048u

static inline void ot_prefetch(const void *at) { __builtin_prefetch((const void *)((uintptr_t)at + OT_AHEAD)); }

#endif
