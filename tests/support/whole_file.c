#include "support/whole_file.h"

#include <stdio.h>
#include <stdlib.h>

#include "support/unit_test.h"

char *whole_file_read(const char *path, size_t *size) {
  FILE *file = fopen(path, "rb");
  if (!file) return NULL;
  CU_ASSERT_EQUAL_FATAL(fseek(file, 0, SEEK_END), 0);
  *size = (size_t)ftell(file);
  rewind(file);
  char *bytes = calloc(1, *size + 1);
  CU_ASSERT_PTR_NOT_NULL_FATAL(bytes);
  CU_ASSERT_EQUAL_FATAL(fread(bytes, 1, *size, file), *size);
  fclose(file);
  return bytes;
}
