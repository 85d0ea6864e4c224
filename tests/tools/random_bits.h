/* Reproducible random bits for tests (SplitMix64). */
#ifndef TESTS_TOOLS_RANDOM_BITS_H
#define TESTS_TOOLS_RANDOM_BITS_H

#include <stdint.h>
#include <string.h>

static inline uint64_t random_bits(uint64_t *state) {
  uint64_t bits = *state += UINT64_C(0x9E3779B97F4A7C15);
  bits = (bits ^ (bits >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
  bits = (bits ^ (bits >> 27)) * UINT64_C(0x94D049BB133111EB);
  return bits ^ (bits >> 31);
}

static inline float float_of_bits(uint32_t bits) {
  float value;
  memcpy(&value, &bits, sizeof value);
  return value;
}

static inline double double_of_bits(uint64_t bits) {
  double value;
  memcpy(&value, &bits, sizeof value);
  return value;
}

#endif
