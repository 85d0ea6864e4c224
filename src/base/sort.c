#include "base/sort.h"

#include <string.h>

static void merge(const int64_t *keys, const uint32_t *from, size_t left, size_t middle, size_t right, uint32_t *to) {
  size_t a = left, b = middle;
  for (size_t out = left; out < right; out++) {
    if (a < middle && (b >= right || keys[from[a]] <= keys[from[b]]))
      to[out] = from[a++];
    else
      to[out] = from[b++];
  }
}

/* Bottom-up merge sort: no recursion. */
void ot_sort_order(const int64_t *keys, size_t count, uint32_t *order, uint32_t *scratch) {
  for (size_t i = 0; i < count; i++) order[i] = (uint32_t)i;
  uint32_t *from = order, *to = scratch;
  for (size_t width = 1; width < count; width *= 2) {
    for (size_t left = 0; left < count; left += 2 * width) {
      size_t middle = left + width < count ? left + width : count;
      size_t right = left + 2 * width < count ? left + 2 * width : count;
      merge(keys, from, left, middle, right, to);
    }
    uint32_t *swap = from;
    from = to;
    to = swap;
  }
  if (from != order && count) memcpy(order, from, count * sizeof *order);
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
