#include "kernels/member_test.h"

#include "ensemble/real.h"

#define MOST_BITS_A_MEMBER 64u /* a bitmap takes no more memory than the members in double */

/* Bits from the lowest to the highest member; 0 if some member is no integer, or too few of the bits would be set. */
static uint32_t bitmap_size(const ot_ensemble *e, uint32_t first, uint32_t end, int32_t *lowest) {
  if (first == end) return 0;
  double low = ot_load_real(e, e->members, first), high = ot_load_real(e, e->members, end - 1);
  if (!(low >= -OT_MEMBER_LIMIT && high <= OT_MEMBER_LIMIT)) return 0;
  for (uint32_t i = first; i < end; i++) {
    double member = ot_load_real(e, e->members, i);
    if ((int32_t)member != member) return 0;
  }
  double bits = high - low + 1;
  *lowest = (int32_t)low;
  return bits <= (double)(end - first) * MOST_BITS_A_MEMBER ? (uint32_t)bits : 0;
}

bool ot_member_sets_prepare(ot_member_sets *result, const ot_ensemble *e, ot_arena *arena) {
  ot_member_bits *bits = ot_arena_zeros(arena, e->set_count + (size_t)1, sizeof *bits);
  if (!bits) return false;
  uint32_t word_count = 1;
  bits[0].bit_count = 64;
  for (uint32_t s = 1; s <= e->set_count; s++) {
    bits[s].bit_count = bitmap_size(e, e->set_members[s - 1], e->set_members[s], &bits[s].lowest);
    bits[s].first_word = word_count;
    word_count += (bits[s].bit_count + 63) / 64;
  }
  uint64_t *words = ot_arena_zeros(arena, word_count, sizeof *words);
  if (!words) return false;
  for (uint32_t s = 1; s <= e->set_count; s++) {
    for (uint32_t i = e->set_members[s - 1]; bits[s].bit_count && i < e->set_members[s]; i++) {
      uint32_t bit = (uint32_t)((int32_t)ot_load_real(e, e->members, i) - bits[s].lowest);
      words[bits[s].first_word + bit / 64] |= UINT64_C(1) << bit % 64;
    }
    if (bits[s].bit_count == 0) bits[s].first_word = 0;
  }
  *result = (ot_member_sets){bits, words, e->set_members, e->members};
  return true;
}
