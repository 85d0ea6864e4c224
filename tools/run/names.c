#define _POSIX_C_SOURCE 200809L

#include "run/names.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool names_split(const char *list, struct names *names) {
  *names = (struct names){.text = strdup(list)};
  size_t count = 1;
  for (const char *next = list; *next; next++) count += *next == ',';
  names->items = calloc(count + 1, sizeof *names->items);
  if (!names->text || !names->items) {
    names_free(names);
    return false;
  }
  for (char *next = names->text; next;) {
    char *comma = strchr(next, ',');
    if (comma) *comma = '\0';
    names->items[names->count++] = next;
    next = comma ? comma + 1 : NULL;
  }
  return true;
}

void names_free(struct names *names) {
  free(names->text);
  free((void *)names->items);
  *names = (struct names){0};
}

struct column_name column_name_of(const onnxtree_value_info *info, size_t column) {
  struct column_name name = {.plain = info->columns == 1 ? info->name : NULL};
  if (!name.plain) (void)snprintf(name.made, sizeof name.made, "%.255s:%zu", info->name, column);
  return name;
}

const char *column_name_text(const struct column_name *name) { return name->plain ? name->plain : name->made; }

bool column_index_is(const char *text, size_t columns, size_t *index) {
  if (*text == '\0' || (*text == '0' && text[1] != '\0')) return false;
  size_t value = 0;
  for (; *text >= '0' && *text <= '9' && value < columns; text++) value = value * 10 + (size_t)(*text - '0');
  *index = value;
  return *text == '\0' && value < columns;
}
