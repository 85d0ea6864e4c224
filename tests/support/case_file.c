#include "support/case_file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/unit_test.h"
#include "support/whole_file.h"

void case_file_visit(const char *path, bool (*visit)(const test_case *found)) {
  size_t size;
  char *bytes = whole_file_read(path, &size);
  CU_ASSERT_PTR_NOT_NULL_FATAL(bytes);
  bool goes_on = true;
  for (size_t at = 0; goes_on && at < size;) {
    test_case found = {.code = ""};
    found.is_refused = sscanf(bytes + at, "refused %127s %zu %63s", found.name, &found.size, found.code) == 3;
    CU_ASSERT_FATAL(found.is_refused || sscanf(bytes + at, "case %127s %zu", found.name, &found.size) == 2);
    at = (size_t)(strchr(bytes + at, '\n') + 1 - bytes);
    CU_ASSERT_FATAL(found.size < size - at);
    found.bytes = bytes + at;
    goes_on = visit(&found);
    at += found.size + 1;
  }
  free(bytes);
}
