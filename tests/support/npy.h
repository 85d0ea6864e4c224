/* Reads the .npy and .txt fixtures of models/. For trusted files only: anything odd ends the test program with a message. */
#ifndef TESTS_SUPPORT_NPY_H
#define TESTS_SUPPORT_NPY_H

#include <stdbool.h>

#include <onnxtree/model.h>

typedef struct npy_array {
  onnxtree_type type;
  size_t rows, columns; /* a vector has one column */
  void *data;           /* onnxtree_string elements for text files */
  char *text;           /* what those point into */
} npy_array;

/* False if there is no such file. */
bool npy_read(const char *path, npy_array *array);
/* Strings: one row a line, tabs between columns. */
bool npy_read_lines(const char *path, npy_array *array);
void npy_free(npy_array *array);

/* `count` elements of `size` bytes from little-endian, the order of the files, to this machine's order, or back. */
void npy_reorder(void *elements, size_t count, size_t size);

/* The element as a double; not for strings. */
double npy_element(const npy_array *array, size_t row, size_t column);

#endif
