#define _POSIX_C_SOURCE 200809L

#include "run/feature_names.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* ---- JSON ----------------------------------------------------------------------------------------------------------------------------- */

static char *skip_blanks(char *text) { return text + strspn(text, " \t\r\n"); }

/* Four hexadecimal digits; false if they are not there. */
static bool take_hexadecimal(const char *text, uint32_t *value) {
  static const char digits[] = "0123456789abcdefABCDEF";
  if (strspn(text, digits) < 4) return false;
  char four[5] = {text[0], text[1], text[2], text[3], '\0'};
  *value = (uint32_t)strtoul(four, NULL, 16);
  return true;
}

static char *append_utf8(char *to, uint32_t code) {
  unsigned lead = code < 0x80 ? 0 : code < 0x800 ? 1 : code < 0x10000 ? 2 : 3; /* bytes that follow the first one */
  static const unsigned char marks[] = {0, 0xC0, 0xE0, 0xF0};
  *to++ = (char)(marks[lead] | (code >> (6 * lead)));
  while (lead-- > 0) *to++ = (char)(0x80 | ((code >> (6 * lead)) & 0x3F));
  return to;
}

/* Decodes what stands behind "\u"; returns what follows, or NULL. Half a pair of surrogates is no character. */
static char *take_code(char *from, char **to) {
  uint32_t code, low;
  if (!take_hexadecimal(from, &code) || code == 0) return NULL;
  from += 4;
  if (code >= 0xD800 && code < 0xE000) {
    if (code >= 0xDC00 || from[0] != '\\' || from[1] != 'u' || !take_hexadecimal(from + 2, &low) || low < 0xDC00 || low >= 0xE000) return NULL;
    code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
    from += 6;
  }
  *to = append_utf8(*to, code);
  return from;
}

/* Decodes in place the text that begins behind a quote; returns what follows its closing quote, or NULL. */
static char *take_text(char *from) {
  static const char escapes[] = "\"\\/bfnrt", meanings[] = "\"\\/\b\f\n\r\t";
  char *to = from;
  while (*from != '"') {
    if (*from == '\0') return NULL;
    if (*from != '\\') {
      *to++ = *from++;
      continue;
    }
    const char *escape = from[1] ? strchr(escapes, from[1]) : NULL;
    if (escape) {
      *to++ = meanings[escape - escapes];
      from += 2;
    } else {
      from = from[1] == 'u' ? take_code(from + 2, &to) : NULL;
      if (!from) return NULL;
    }
  }
  *to = '\0';
  return from + 1;
}

/* Without blanks at its ends, as headings are read. */
static const char *trim(char *text) {
  text += strspn(text, " \t");
  size_t size = strlen(text);
  while (size > 0 && (text[size - 1] == ' ' || text[size - 1] == '\t')) size--;
  text[size] = '\0';
  return text;
}

/* Whether text is an array of count texts; names[] gets them. */
static bool take_array(char *text, size_t count, const char **names) {
  text = skip_blanks(text);
  for (size_t i = 0; i < count; i++) {
    if (*text != (i == 0 ? '[' : ',')) return false;
    text = skip_blanks(text + 1);
    if (*text != '"') return false;
    char *name = text + 1;
    text = take_text(name);
    if (!text) return false;
    names[i] = trim(name);
    text = skip_blanks(text);
  }
  return *text == ']' && *skip_blanks(text + 1) == '\0';
}

/* ---- names ---------------------------------------------------------------------------------------------------------------------------- */

static int compare(const void *a, const void *b) { return strcmp(((const struct feature *)a)->name, ((const struct feature *)b)->name); }

static bool sort_names(struct feature_names *features, size_t count) {
  for (size_t i = 0; i < count; i++) features->sorted[i] = (struct feature){features->names[i], i};
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
  if (!value || columns == 0 || strlen(value) / 3 < columns) return true; /* a name takes three bytes at least */
  features->text = strdup(value);
  features->names = calloc(columns, sizeof *features->names);
  features->sorted = calloc(columns, sizeof *features->sorted);
  if (!features->text || !features->names || !features->sorted) return false;
  if (take_array(features->text, columns, features->names) && sort_names(features, columns)) features->count = columns;
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
  free((void *)features->names);
  free(features->sorted);
  *features = (struct feature_names){0};
}
