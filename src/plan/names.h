/* Which value a name means. Sorted, not hashed: a hostile file cannot make it slow. */
#ifndef OT_PLAN_NAMES_H
#define OT_PLAN_NAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

#define OT_NO_VALUE UINT32_MAX

typedef struct ot_name {
  const char *text;
  uint32_t value;
} ot_name;

typedef struct ot_names {
  ot_name *entries;
  size_t count;
} ot_names;

/* Sort the entries by text (stable). False without memory. */
bool ot_names_sort(ot_names *names, ot_arena *scratch);

/* After sorting: the value of that name, or OT_NO_VALUE. */
uint32_t ot_names_find(const ot_names *names, const char *text);

#endif
