#define _POSIX_C_SOURCE 200809L

#include "run/feature_names.h"

#include <stdlib.h>
#include <string.h>

static int compare(const void *a, const void *b) { return strcmp(((const struct feature *)a)->name, ((const struct feature *)b)->name); }

static bool sort_names(struct feature_names *features, size_t count) {
  for (size_t i = 0; i < count; i++) features->sorted[i] = (struct feature){features->names.texts[i], i};
  qsort(features->sorted, count, sizeof *features->sorted, compare);
  for (size_t i = 1; i < count; i++)
    if (compare(&features->sorted[i - 1], &features->sorted[i]) == 0) return false;
  return true;
}

static const char *find_property(const onnxtree_model *model, const char *wanted) {
  const char *key, *value;
  for (size_t i = 0; onnxtree_model_property(model, i, &key, &value) == ONNXTREE_OK; i++)
    if (strcmp(key, wanted) == 0) return value;
  return NULL;
}

bool feature_names_read(const onnxtree_model *model, size_t columns, struct feature_names *features) {
  *features = (struct feature_names){0};
  const char *value = find_property(model, "feature_names");
  if (!value) return true;
  features->text = strdup(value);
  if (!features->text) return false;
  const char *problem = csv_split(features->text, strlen(features->text), ',', &features->names);
  if (problem == csv_no_memory) return false;
  if (problem || features->names.count != columns) return true;
  features->sorted = calloc(columns, sizeof *features->sorted);
  if (!features->sorted) return false;
  for (size_t i = 0; i < columns; i++) features->names.texts[i] = csv_trim(features->names.texts[i]);
  if (sort_names(features, columns)) features->count = columns;
  return true;
}

bool feature_names_find(const struct feature_names *features, const char *name, size_t *column) {
  const struct feature wanted = {name, 0};
  const struct feature *found = features->count ? bsearch(&wanted, features->sorted, features->count, sizeof wanted, compare) : NULL;
  if (found) *column = found->column;
  return found != NULL;
}

void feature_names_free(struct feature_names *features) {
  free(features->text);
  free(features->names.texts);
  free(features->sorted);
  *features = (struct feature_names){0};
}
