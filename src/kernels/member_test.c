#include "kernels/member_test.h"

#include "ensemble/real.h"

#define LARGEST_INTEGER (1 << 24) /* floats hold every integer up to here */
#define MOST_BITS_A_MEMBER 64u    /* a bitmap takes no more memory than the members in double */

/* Bits from the lowest to the highest member; 0 if some member is no integer, or too few of the bits would be set. */
static uint32_t bitmap_size(const ot_ensemble *e, uint32_t first, uint32_t end, int32_t *lowest) {
  if (first == end) return 0;
  double low = ot_load_real(e, e->members, first), high = ot_load_real(e, e->members, end - 1);
  if (!(low >= -LARGEST_INTEGER && high <= LARGEST_INTEGER)) return 0;
  for (uint32_t i = first; i < end; i++) {
    double member = ot_load_real(e, e->members, i);
    if ((int32_t)member != member) return 0;
  }
  double bits = high - low + 1;
  *lowest = (int32_t)low;
  return bits <= (double)(end - first) * MOST_BITS_A_MEMBER ? (uint32_t)bits : 0;
}

bool ot_member_sets_prepare(ot_member_sets *result, const ot_ensemble *e, ot_arena *arena) {
  *result = (ot_member_sets){.members = e->members};
  ot_member_set *sets = ot_arena_zeros(arena, e->set_count, sizeof *sets);
  if (!sets) return false;
  size_t word_count = 0;
  for (uint32_t s = 0; s < e->set_count; s++) {
    sets[s].first = e->set_members[s];
    sets[s].end = e->set_members[s + 1];
    sets[s].bit_count = bitmap_size(e, sets[s].first, sets[s].end, &sets[s].lowest);
    sets[s].first_word = word_count;
    word_count += (sets[s].bit_count + 63) / 64;
  }
  uint64_t *words = ot_arena_zeros(arena, word_count, sizeof *words);
  if (!words) return false;
  for (uint32_t s = 0; s < e->set_count; s++) {
    for (uint32_t i = sets[s].first; sets[s].bit_count && i < sets[s].end; i++) {
      uint32_t bit = (uint32_t)((int32_t)ot_load_real(e, e->members, i) - sets[s].lowest);
      words[sets[s].first_word + bit / 64] |= UINT64_C(1) << bit % 64;
    }
  }
  result->sets = sets;
  result->words = words;
  return true;
}
