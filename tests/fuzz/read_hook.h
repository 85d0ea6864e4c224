/* read() and poll() of the command's readers, from memory and in pieces. Targets that use it are linked with -Wl,--wrap=read,--wrap=poll. */
#ifndef TESTS_FUZZ_READ_HOOK_H
#define TESTS_FUZZ_READ_HOOK_H

#include "fuzz/fuzz.h"
#include "input/source.h"

/* A source over bytes in memory that standard input seems to deliver: in pieces of 1 to `most` bytes, with interruptions. It fails with EIO
 * at byte `fail_at` (SIZE_MAX: never). */
void hooked_source(struct source *source, const uint8_t *data, size_t size, size_t most, size_t fail_at);

/* The same bytes in one piece, without a call of read(). */
void whole_source(struct source *source, const uint8_t *data, size_t size);

#endif
