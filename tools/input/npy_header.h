/* The header of a NumPy .npy file: a Python dictionary literal, read here without evaluating anything. */
#ifndef TOOLS_INPUT_NPY_HEADER_H
#define TOOLS_INPUT_NPY_HEADER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define NPY_MAGIC "\x93NUMPY"
enum { NPY_MAGIC_SIZE = 6, NPY_MOST_DIMENSIONS = 32 };

struct npy_header {
  char descr[16];     /* "<f4"; cut if it is longer */
  bool is_structured; /* descr is a list of fields */
  bool is_fortran_order;
  size_t rank;
  uint64_t shape[NPY_MOST_DIMENSIONS];
};

/* Read text[size]: what follows the length in the file. Returns NULL, or what is wrong as a sentence. */
const char *npy_header_parse(const char *text, size_t size, struct npy_header *header);

#endif
