#include "ensemble/members.h"

#include "base/sort.h"
#include "ensemble/real.h"

typedef struct sorting {
  double *values;
  int64_t *keys;
  uint32_t *order, *scratch;
} sorting;

/* Moves a set down to `to`, canonical; returns where it ends. */
static uint32_t move_set(ot_ensemble *e, const sorting *s, uint32_t first, uint32_t count, uint32_t to) {
  for (uint32_t i = 0; i < count; i++) {
    double value = ot_load_real(e, e->members, first + i);
    s->values[i] = value == 0.0 ? 0.0 : value;
    s->keys[i] = ot_sort_key(value);
  }
  ot_sort_order(s->keys, count, s->order, s->scratch);
  uint32_t begin = to;
  for (uint32_t i = 0; i < count; i++) {
    double value = s->values[s->order[i]];
    if (to > begin && ot_load_real(e, e->members, to - 1) == value) continue;
    ot_store_real(e, e->members, to++, value);
  }
  return to;
}

bool ot_members_normalise(ot_ensemble *e, ot_arena *scratch) {
  uint32_t largest = 0;
  for (uint32_t s = 0; s < e->set_count; s++) {
    uint32_t count = e->set_members[s + 1] - e->set_members[s];
    if (count > largest) largest = count;
  }
  sorting s = {ot_arena_array(scratch, largest, sizeof *s.values), ot_arena_array(scratch, largest, sizeof *s.keys),
               ot_arena_array(scratch, largest, sizeof *s.order), ot_arena_array(scratch, largest, sizeof *s.scratch)};
  if (!s.values || !s.keys || !s.order || !s.scratch) return false;
  uint32_t first = 0, to = 0;
  for (uint32_t set = 0; set < e->set_count; set++) {
    uint32_t end = e->set_members[set + 1];
    e->set_members[set] = to;
    to = move_set(e, &s, first, end - first, to);
    first = end;
  }
  e->set_members[e->set_count] = to;
  return true;
}
