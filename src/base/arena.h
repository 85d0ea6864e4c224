/* Memory that is freed all at once: a list of chunks, each filled from front to back. Large requests get a chunk of their own. */
#ifndef OT_BASE_ARENA_H
#define OT_BASE_ARENA_H

#include <stdbool.h>
#include <stddef.h>

#include "base/memory.h"

typedef struct ot_arena_chunk ot_arena_chunk;

typedef struct ot_arena {
  ot_memory *memory;
  ot_arena_chunk *chunks; /* newest first; the first one is filled */
  size_t used;            /* of the first chunk */
  size_t given;           /* bytes of all allocations, as they were asked for */
  bool failed;            /* an allocation was refused since the caller last cleared this */
} ot_arena;

void ot_arena_init(ot_arena *arena, ot_memory *memory);
void ot_arena_free(ot_arena *arena);

/* `size` bytes aligned for any vector load (64), or NULL. Size 0 gives a valid pointer. Contents are undefined. */
void *ot_arena_allocate(ot_arena *arena, size_t size);
/* The same aligned like malloc's: for many small pieces, which cache-line alignment would blow up. */
void *ot_arena_allocate_small(ot_arena *arena, size_t size);
/* `count` elements; NULL also when the product does not fit. */
void *ot_arena_array(ot_arena *arena, size_t count, size_t element_size);
/* The same, filled with zero bytes. */
void *ot_arena_zeros(ot_arena *arena, size_t count, size_t element_size);
/* A NUL-terminated copy of `size` bytes. */
char *ot_arena_text(ot_arena *arena, const char *bytes, size_t size);

/* Where an arena stands, to come back to: what is allocated in between is then freed. */
typedef struct ot_arena_mark {
  ot_arena_chunk *first, *second;
  size_t used, given;
} ot_arena_mark;

ot_arena_mark ot_arena_save(const ot_arena *arena);
void ot_arena_restore(ot_arena *arena, const ot_arena_mark *mark);

#endif
