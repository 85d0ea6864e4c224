/* What the fuzz targets share. Each target defines LLVMFuzzerTestOneInput(); linked with libFuzzer it searches (tools/fuzz.sh), linked with
 * replay.c it runs the committed inputs as an ordinary test. */
#ifndef TESTS_FUZZ_FUZZ_H
#define TESTS_FUZZ_FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A broken promise ends the process, in release builds too. */
#define FUZZ_CHECK(condition)                                                               \
  do {                                                                                      \
    if (!(condition)) {                                                                     \
      fprintf(stderr, "%s:%d: broken promise: %s\n", __FILE__, __LINE__, #condition);       \
      abort();                                                                              \
    }                                                                                       \
  } while (0)

/* Numbers taken from the input, front to back; 0 when it is used up. */
typedef struct fuzz_input {
  const uint8_t *data;
  size_t size;
} fuzz_input;

static inline uint32_t fuzz_byte(fuzz_input *input) {
  if (input->size == 0) return 0;
  input->size--;
  return *input->data++;
}

/* One of 0 .. bound - 1; bound is at most 256. */
static inline uint32_t fuzz_below(fuzz_input *input, uint32_t bound) { return bound > 1 ? fuzz_byte(input) % bound : 0; }

/* SplitMix64, for what need not be searched. */
static inline uint64_t fuzz_random(uint64_t *state) {
  uint64_t z = (*state += UINT64_C(0x9E3779B97F4A7C15));
  z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
  z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
  return z ^ (z >> 31);
}

/* A seed that depends on every byte. */
static inline uint64_t fuzz_hash(const uint8_t *data, size_t size) {
  uint64_t hash = UINT64_C(14695981039346656037);
  for (size_t i = 0; i < size; i++) hash = (hash ^ data[i]) * UINT64_C(1099511628211);
  return hash;
}

/* Seconds of processor time, for the bound of each execution. */
double fuzz_cpu_seconds(void);
#define FUZZ_MOST_SECONDS 2.0

/* One of the numbers that find mistakes: around zero, around powers of two, not numbers. */
double fuzz_awkward_number(uint64_t random);

#endif
