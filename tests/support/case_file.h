/* Files of tests/conformance: "case NAME SIZE" or "refused NAME SIZE CODE", the model, and so on. */
#ifndef TESTS_SUPPORT_CASE_FILE_H
#define TESTS_SUPPORT_CASE_FILE_H

#include <stdbool.h>
#include <stddef.h>

typedef struct test_case {
  char name[128];
  bool is_refused;
  char code[64]; /* with which it is refused */
  const char *bytes;
  size_t size;
} test_case;

/* Visits the cases of a file, in order, until a visit returns false. What cannot be read fails the test. */
void case_file_visit(const char *path, bool (*visit)(const test_case *found));

#endif
