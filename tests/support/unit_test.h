/* CUnit, so that a failure fails the process: CUnit's own exit code does not tell. */
#ifndef TESTS_SUPPORT_UNIT_TEST_H
#define TESTS_SUPPORT_UNIT_TEST_H

#include <stdbool.h>

#include <CUnit/CUnit.h>

/* Runs the tests, prints the failures; 0 if there were none and at least one test ran. */
int unit_test_run(const char *suite, CU_TestInfo *tests);

/* UNIT_TEST_MAIN(suite, {"what is tested", function}, ...) */
#define UNIT_TEST_MAIN(suite, ...)                                \
  int main(void) {                                                \
    static CU_TestInfo tests[] = {__VA_ARGS__, CU_TEST_INFO_NULL}; \
    return unit_test_run(#suite, tests);                          \
  }

#endif
