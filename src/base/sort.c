#include "base/sort.h"

#include <string.h>

/* Bottom-up merge sort: no recursion. Written once for all comparisons, which compilers expand in place. */
static inline void sort(size_t count, uint32_t *order, uint32_t *scratch, ot_sort_after *is_after, const void *context) {
  for (size_t i = 0; i < count; i++) order[i] = (uint32_t)i;
  uint32_t *from = order, *to = scratch;
  for (size_t width = 1; width < count; width *= 2) {
    for (size_t left = 0; left < count; left += 2 * width) {
      size_t middle = left + width < count ? left + width : count, right = left + 2 * width < count ? left + 2 * width : count;
      for (size_t a = left, b = middle, out = left; out < right; out++) {
        bool second = a == middle || (b < right && is_after(context, from[a], from[b]));
        to[out] = second ? from[b++] : from[a++];
      }
    }
    uint32_t *swap = from;
    from = to;
    to = swap;
  }
  if (from != order && count) memcpy(order, from, count * sizeof *order);
}

static bool key_is_after(const void *keys, size_t a, size_t b) { return ((const int64_t *)keys)[a] > ((const int64_t *)keys)[b]; }

/* By one byte of the keys after the other, lowest first; bytes in which no keys differ are passed over. */
static void sort_by_bytes(const int64_t *keys, size_t count, uint32_t *order, uint32_t *scratch) {
  uint64_t differing = 0;
  for (size_t i = 0; i < count; i++) {
    order[i] = (uint32_t)i;
    differing |= (uint64_t)keys[i] ^ (uint64_t)keys[0];
  }
  uint32_t *from = order, *to = scratch;
  for (unsigned shift = 0; shift < 64; shift += 8) {
    if (!(differing >> shift & 0xFF)) continue;
    const unsigned sign = shift == 56 ? 0x80 : 0; /* negative keys come first */
    size_t starts[257] = {0};
    for (size_t i = 0; i < count; i++) starts[(((uint64_t)keys[i] >> shift & 0xFF) ^ sign) + 1]++;
    for (unsigned b = 0; b < 256; b++) starts[b + 1] += starts[b];
    for (size_t i = 0; i < count; i++) to[starts[((uint64_t)keys[from[i]] >> shift & 0xFF) ^ sign]++] = from[i];
    uint32_t *swap = from;
    from = to;
    to = swap;
  }
  if (from != order) memcpy(order, from, count * sizeof *order);
}

#define FEWEST_FOR_BYTES 256u

void ot_sort_order(const int64_t *keys, size_t count, uint32_t *order, uint32_t *scratch) {
  if (count < FEWEST_FOR_BYTES)
    sort(count, order, scratch, key_is_after, keys);
  else
    sort_by_bytes(keys, count, order, scratch);
}

void ot_sort_positions(size_t count, uint32_t *order, uint32_t *scratch, ot_sort_after *is_after, const void *context) {
  sort(count, order, scratch, is_after, context);
}

int64_t ot_sort_key(double number) {
  if (number == 0.0) number = 0.0;
  int64_t bits;
  memcpy(&bits, &number, sizeof bits);
  return bits < 0 ? INT64_MIN - bits : bits;
}

size_t ot_sort_find(const int64_t *keys, const uint32_t *order, size_t count, int64_t key) {
  size_t low = 0, high = count;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    if (keys[order[middle]] < key)
      low = middle + 1;
    else
      high = middle;
  }
  return low < count && keys[order[low]] == key ? low : count;
}
