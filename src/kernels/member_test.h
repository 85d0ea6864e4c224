/* Membership in a set of an ensemble, fast: a bitmap where all members are integers that lie close together, else a binary search. */
#ifndef OT_KERNELS_MEMBER_TEST_H
#define OT_KERNELS_MEMBER_TEST_H

#include "base/arena.h"
#include "ensemble/ensemble.h"

/* A bitmap: bit i says whether lowest + i is a member. */
typedef struct ot_member_bits {
  int32_t lowest;
  uint32_t bit_count; /* 0: no bitmap, search */
  uint32_t first_word;
} ot_member_bits;

/* Sets are counted from 1 here; 0 is one without members, to be asked where there is no set to ask. */
typedef struct ot_member_sets {
  const ot_member_bits *bits; /* [set_count + 1] */
  const uint64_t *words;
  const uint32_t *set_members;
  const void *members; /* real */
} ot_member_sets;

/* False: out of memory. */
bool ot_member_sets_prepare(ot_member_sets *sets, const ot_ensemble *ensemble, ot_arena *arena);

#define OT_MEMBER_LIMIT (1 << 24) /* of the members in a bitmap: floats hold every integer up to here */

/* ot_is_among_bits: false where there is no bitmap; masks and limits in place of jumps, which would be wrong half of the time.
 * ot_is_member: any set. */
#define OT_MEMBER_TEST(REAL)                                                                           \
  static inline uint32_t ot_is_among_bits_##REAL(const ot_member_sets *sets, uint32_t number, REAL x) { \
    const ot_member_bits *bits = &sets->bits[number];                                                  \
    REAL limited = x > (REAL)(-2 * OT_MEMBER_LIMIT) ? x : (REAL)(-2 * OT_MEMBER_LIMIT);                \
    limited = limited < (REAL)(2 * OT_MEMBER_LIMIT) ? limited : (REAL)(2 * OT_MEMBER_LIMIT);           \
    int32_t integer = (int32_t)limited;                                                                \
    uint32_t bit = (uint32_t)(integer - bits->lowest), inside = bit < bits->bit_count;                 \
    uint64_t word = sets->words[bits->first_word + (bit & (0u - inside)) / 64];                        \
    return inside & (uint32_t)((REAL)integer == x) & (uint32_t)(word >> bit % 64);                     \
  }                                                                                                    \
  static inline bool ot_is_member_##REAL(const ot_member_sets *sets, uint32_t number, REAL x) {        \
    if (sets->bits[number].bit_count) return ot_is_among_bits_##REAL(sets, number, x);                 \
    const REAL *members = sets->members;                                                               \
    uint32_t low = sets->set_members[number - 1], end = sets->set_members[number], high = end;         \
    while (low < high) {                                                                               \
      uint32_t middle = low + (high - low) / 2;                                                        \
      if (members[middle] < x)                                                                         \
        low = middle + 1;                                                                              \
      else                                                                                             \
        high = middle;                                                                                 \
    }                                                                                                  \
    return low < end && members[low] == x;                                                             \
  }
OT_MEMBER_TEST(float)
OT_MEMBER_TEST(double)

#endif
