#include "plan/names.h"

#include <string.h>

static void merge(const ot_name *from, size_t left, size_t middle, size_t right, ot_name *to) {
  size_t a = left, b = middle;
  for (size_t out = left; out < right; out++) {
    if (a < middle && (b >= right || strcmp(from[a].text, from[b].text) <= 0))
      to[out] = from[a++];
    else
      to[out] = from[b++];
  }
}

void ot_names_sort(ot_names *names, ot_name *scratch) {
  ot_name *from = names->entries, *to = scratch;
  for (size_t width = 1; width < names->count; width *= 2) {
    for (size_t left = 0; left < names->count; left += 2 * width) {
      size_t middle = left + width < names->count ? left + width : names->count;
      size_t right = left + 2 * width < names->count ? left + 2 * width : names->count;
      merge(from, left, middle, right, to);
    }
    ot_name *swap = from;
    from = to;
    to = swap;
  }
  if (from != names->entries && names->count) memcpy(names->entries, from, names->count * sizeof *from);
}

uint32_t ot_names_find(const ot_names *names, const char *text) {
  size_t low = 0, high = names->count;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    if (strcmp(names->entries[middle].text, text) < 0)
      low = middle + 1;
    else
      high = middle;
  }
  return low < names->count && strcmp(names->entries[low].text, text) == 0 ? names->entries[low].value : OT_NO_VALUE;
}
