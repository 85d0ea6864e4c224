#include "plan/names.h"

#include <string.h>

#include "base/sort.h"

static bool text_is_after(const void *entries, size_t a, size_t b) {
  const ot_name *names = entries;
  return strcmp(names[a].text, names[b].text) > 0;
}

bool ot_names_sort(ot_names *names, ot_arena *scratch) {
  size_t count = names->count;
  uint32_t *order = ot_arena_array(scratch, count, sizeof *order), *other = ot_arena_array(scratch, count, sizeof *other);
  ot_name *unsorted = ot_arena_array(scratch, count, sizeof *unsorted);
  if (!order || !other || !unsorted) return false;
  for (size_t i = 0; i < count; i++) unsorted[i] = names->entries[i];
  ot_sort_positions(count, order, other, text_is_after, unsorted);
  for (size_t i = 0; i < count; i++) names->entries[i] = unsorted[order[i]];
  return true;
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
