#include "base/arena.h"

#include <string.h>

#include "base/checked.h"
#include "base/poison.h"

#define ALIGNMENT 64u
#define SMALL_ALIGNMENT 16u
/* A test makes each request a chunk of its own (tests/unit/test_allocation.c). */
#ifndef OT_ARENA_LARGEST_CHUNK
#define OT_ARENA_LARGEST_CHUNK 65536u
#endif
#define FIRST_CHUNK 2048u
#define LARGEST_CHUNK OT_ARENA_LARGEST_CHUNK
#define EXPECTED 262144u /* arrays of so many bytes are filled */
#define GAP (OT_HAS_POISON ? SMALL_ALIGNMENT : 0) /* behind each piece of a shared chunk */

struct ot_arena_chunk {
  ot_arena_chunk *next;
  size_t size;   /* of the whole allocation */
  size_t offset; /* of the first aligned byte */
};

void ot_arena_init(ot_arena *arena, ot_memory *memory) { *arena = (ot_arena){.memory = memory}; }

static void release(ot_arena *arena, ot_arena_chunk *chunk, const ot_arena_chunk *end) {
  while (chunk != end) {
    ot_arena_chunk *next = chunk->next;
    ASAN_UNPOISON_MEMORY_REGION(chunk, chunk->size);
    ot_memory_release(arena->memory, chunk, chunk->size);
    chunk = next;
  }
}

void ot_arena_free(ot_arena *arena) {
  release(arena, arena->chunks, NULL);
  ot_arena_init(arena, arena->memory);
}

static ot_arena_chunk *new_chunk(ot_arena *arena, size_t payload) {
  size_t size;
  if (!ot_add(payload, sizeof(ot_arena_chunk) + ALIGNMENT, &size)) return NULL;
  ot_arena_chunk *chunk = ot_memory_allocate(arena->memory, size);
  if (!chunk) {
    arena->failed = true;
    return NULL;
  }
  size_t misaligned = ((uintptr_t)chunk + sizeof(ot_arena_chunk)) % ALIGNMENT;
  *chunk = (ot_arena_chunk){NULL, size, sizeof(ot_arena_chunk) + (misaligned ? ALIGNMENT - misaligned : 0)};
  ASAN_POISON_MEMORY_REGION(chunk + 1, size - sizeof *chunk);
  return chunk;
}

static void *piece(ot_arena_chunk *chunk, size_t start, size_t size) {
  char *first = (char *)chunk + chunk->offset + start;
  ASAN_UNPOISON_MEMORY_REGION(first, size);
  return first;
}

/* A request that would waste much of a shared chunk goes into its own, behind the one being filled. */
static void *allocate_alone(ot_arena *arena, size_t size) {
  ot_arena_chunk *chunk = new_chunk(arena, size);
  if (!chunk) return NULL;
  if (size >= EXPECTED) ot_memory_expect(chunk, size);
  if (arena->chunks) {
    chunk->next = arena->chunks->next;
    arena->chunks->next = chunk;
  } else {
    arena->chunks = chunk;
    arena->used = chunk->size;
  }
  return piece(chunk, 0, size);
}

static void *allocate(ot_arena *arena, size_t size, size_t alignment) {
  if (size == 0) size = 1;
  arena->given += size;
  if (size > LARGEST_CHUNK / 4) return allocate_alone(arena, size);
  size_t start = (arena->used + alignment - 1) & ~(size_t)(alignment - 1);
  if (arena->chunks) {
    /* Offsets are aligned relative to the chunk's aligned first byte. */
    size_t capacity = arena->chunks->size - arena->chunks->offset;
    if (arena->used <= capacity && start <= capacity && size <= capacity - start) {
      arena->used = start + size + GAP;
      return piece(arena->chunks, start, size);
    }
  }
  size_t payload = arena->chunks && arena->chunks->size < LARGEST_CHUNK ? arena->chunks->size * 2 : FIRST_CHUNK;
  if (payload > LARGEST_CHUNK) payload = LARGEST_CHUNK;
  if (payload < size) payload = size;
  ot_arena_chunk *chunk = new_chunk(arena, payload);
  if (!chunk) return NULL;
  chunk->next = arena->chunks;
  arena->chunks = chunk;
  arena->used = size + GAP;
  return piece(chunk, 0, size);
}

ot_arena_mark ot_arena_save(const ot_arena *arena) {
  return (ot_arena_mark){arena->chunks, arena->chunks ? arena->chunks->next : NULL, arena->used, arena->given};
}

/* New chunks stand in front of the first one of then, or directly behind it. */
void ot_arena_restore(ot_arena *arena, const ot_arena_mark *mark) {
  release(arena, arena->chunks, mark->first);
  arena->chunks = mark->first;
  arena->used = mark->used;
  arena->given = mark->given;
  arena->failed = false;
  if (!mark->first) return;
  release(arena, mark->first->next, mark->second);
  mark->first->next = mark->second;
  size_t kept = mark->first->offset + mark->used;
  if (kept < mark->first->size) ASAN_POISON_MEMORY_REGION((char *)mark->first + kept, mark->first->size - kept);
}

void *ot_arena_allocate(ot_arena *arena, size_t size) { return allocate(arena, size, ALIGNMENT); }
void *ot_arena_allocate_small(ot_arena *arena, size_t size) { return allocate(arena, size, SMALL_ALIGNMENT); }

void *ot_arena_array(ot_arena *arena, size_t count, size_t element_size) {
  size_t size;
  return ot_multiply(count, element_size, &size) ? ot_arena_allocate(arena, size) : NULL;
}

void *ot_arena_zeros(ot_arena *arena, size_t count, size_t element_size) {
  void *memory = ot_arena_array(arena, count, element_size);
  if (memory) memset(memory, 0, count * element_size);
  return memory;
}

char *ot_arena_text(ot_arena *arena, const char *bytes, size_t size) {
  size_t with_nul;
  if (!ot_add(size, 1, &with_nul)) return NULL;
  char *text = ot_arena_allocate_small(arena, with_nul);
  if (!text) return NULL;
  if (size) memcpy(text, bytes, size);
  text[size] = '\0';
  return text;
}
