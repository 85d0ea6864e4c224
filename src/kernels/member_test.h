/* Membership in a set of an ensemble, fast: a bitmap where all members are integers that lie close together, else a binary search. */
#ifndef OT_KERNELS_MEMBER_TEST_H
#define OT_KERNELS_MEMBER_TEST_H

#include "base/arena.h"
#include "ensemble/ensemble.h"

typedef struct ot_member_set {
  int32_t lowest;       /* of the members */
  uint32_t bit_count;   /* of the bitmap; 0: none, search */
  size_t first_word;    /* of the bitmap, bit i is lowest + i */
  uint32_t first, end;  /* members */
} ot_member_set;

typedef struct ot_member_sets {
  const ot_member_set *sets; /* [set_count] */
  const uint64_t *words;
  const void *members;       /* real */
} ot_member_sets;

/* False: out of memory. */
bool ot_member_sets_prepare(ot_member_sets *sets, const ot_ensemble *ensemble, ot_arena *arena);

#define OT_MEMBER_TEST(REAL, suffix)                                                                                 \
  static inline bool ot_is_member_##suffix(const ot_member_sets *sets, uint32_t number, REAL x) {                    \
    const ot_member_set *set = &sets->sets[number];                                                                  \
    if (set->bit_count) {                                                                                            \
      if (!(x >= (REAL)set->lowest && x < (REAL)(set->lowest + (int32_t)set->bit_count))) return false;              \
      int32_t integer = (int32_t)x;                                                                                  \
      uint32_t bit = (uint32_t)(integer - set->lowest);                                                              \
      return (REAL)integer == x && (sets->words[set->first_word + bit / 64] >> bit % 64 & 1);                        \
    }                                                                                                                \
    const REAL *members = sets->members;                                                                             \
    uint32_t low = set->first, high = set->end;                                                                      \
    while (low < high) {                                                                                             \
      uint32_t middle = low + (high - low) / 2;                                                                      \
      if (members[middle] < x)                                                                                       \
        low = middle + 1;                                                                                            \
      else                                                                                                           \
        high = middle;                                                                                               \
    }                                                                                                                \
    return low < set->end && members[low] == x;                                                                      \
  }
OT_MEMBER_TEST(float, float)
OT_MEMBER_TEST(double, double)

#endif
