#include "support/npy.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void stop(const char *path, const char *why) {
  fprintf(stderr, "%s: %s\n", path, why);
  exit(1);
}

void npy_reorder(void *elements, size_t count, size_t size) {
  if (*(const unsigned char *)&(uint16_t){1} == 1) return;
  unsigned char *bytes = elements;
  for (size_t i = 0; i < count; i++, bytes += size)
    for (size_t b = 0; b < size / 2; b++) {
      unsigned char byte = bytes[b];
      bytes[b] = bytes[size - 1 - b];
      bytes[size - 1 - b] = byte;
    }
}

static char *read_file(const char *path, size_t *size) {
  FILE *file = fopen(path, "rb");
  if (!file) return NULL;
  size_t capacity = 1 << 16;
  char *bytes = malloc(capacity + 1);
  *size = 0;
  for (size_t got; (got = fread(bytes + *size, 1, capacity - *size, file)) > 0;) {
    *size += got;
    if (*size == capacity) bytes = realloc(bytes, (capacity *= 2) + 1);
  }
  fclose(file);
  bytes[*size] = '\0';
  return bytes;
}

static onnxtree_type type_of(const char *header) {
  static const struct {
    const char *text;
    onnxtree_type type;
  } types[] = {{"'<f4'", ONNXTREE_FLOAT}, {"'<f8'", ONNXTREE_DOUBLE}, {"'<i8'", ONNXTREE_INT64}, {"'<i4'", ONNXTREE_INT32}, {"'|b1'", ONNXTREE_BOOL}};
  for (size_t i = 0; i < sizeof types / sizeof *types; i++)
    if (strstr(header, types[i].text)) return types[i].type;
  return ONNXTREE_UNDEFINED;
}

bool npy_read(const char *path, npy_array *array) {
  size_t size;
  char *bytes = read_file(path, &size);
  if (!bytes) return false;
  if (size < 10 || memcmp(bytes, "\x93NUMPY\x01", 7) != 0) stop(path, "not a version 1 .npy file");
  size_t header_size = (size_t)(unsigned char)bytes[8] | (size_t)(unsigned char)bytes[9] << 8, start = 10 + header_size;
  char header[512] = "";
  if (start > size || header_size >= sizeof header) stop(path, "the header is too long");
  memcpy(header, bytes + 10, header_size);
  *array = (npy_array){.type = type_of(header), .columns = 1};
  const char *shape = strstr(header, "'shape': (");
  if (!shape || !array->type || strstr(header, "'fortran_order': True")) stop(path, "an array of another kind");
  char *rest;
  array->rows = (size_t)strtoull(shape + 10, &rest, 10);
  if (rest[0] == ',' && rest[1] == ' ') array->columns = (size_t)strtoull(rest + 2, NULL, 10);
  size_t bytes_needed = array->rows * array->columns * onnxtree_type_size(array->type);
  if (bytes_needed != size - start) stop(path, "the size is wrong");
  array->data = malloc(bytes_needed ? bytes_needed : 1);
  memcpy(array->data, bytes + start, bytes_needed);
  npy_reorder(array->data, array->rows * array->columns, onnxtree_type_size(array->type));
  free(bytes);
  return true;
}

bool npy_read_lines(const char *path, npy_array *array) {
  size_t size;
  char *bytes = read_file(path, &size);
  if (!bytes) return false;
  *array = (npy_array){.type = ONNXTREE_STRING, .columns = 1, .text = bytes};
  for (const char *tab = strpbrk(bytes, "\t\n"); tab && *tab == '\t'; tab = strpbrk(tab + 1, "\t\n")) array->columns++;
  onnxtree_string *cells = malloc((size + 1) * sizeof *cells);
  size_t count = 0;
  for (char *cell = bytes, *end; (end = strpbrk(cell, "\t\n")) != NULL; cell = end + 1)
    cells[count++] = (onnxtree_string){cell, (size_t)(end - cell)};
  array->rows = count / array->columns;
  array->data = cells;
  return true;
}

void npy_free(npy_array *array) {
  free(array->data);
  free(array->text);
  *array = (npy_array){.type = ONNXTREE_UNDEFINED};
}

double npy_element(const npy_array *array, size_t row, size_t column) {
  size_t at = row * array->columns + column;
  switch (array->type) {
    case ONNXTREE_FLOAT: return (double)((const float *)array->data)[at];
    case ONNXTREE_DOUBLE: return ((const double *)array->data)[at];
    case ONNXTREE_INT64: return (double)((const int64_t *)array->data)[at];
    case ONNXTREE_INT32: return (double)((const int32_t *)array->data)[at];
    default: return (double)((const uint8_t *)array->data)[at];
  }
}
