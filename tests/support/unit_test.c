#include "support/unit_test.h"

#include <CUnit/Basic.h>

int unit_test_run(const char *suite, CU_TestInfo *tests) {
  /* CUnit wants names that it may write to. */
  static char name[64];
  for (size_t i = 0; suite[i] && i + 1 < sizeof name; i++) name[i] = suite[i];
  CU_SuiteInfo suites[] = {{name, NULL, NULL, NULL, NULL, tests}, CU_SUITE_INFO_NULL};
  if (CU_initialize_registry() != CUE_SUCCESS || CU_register_suites(suites) != CUE_SUCCESS) return 1;
  CU_basic_set_mode(CU_BRM_VERBOSE);
  CU_ErrorCode result = CU_basic_run_tests();
  bool good = result == CUE_SUCCESS && CU_get_number_of_failures() == 0 && CU_get_number_of_tests_run() > 0;
  CU_cleanup_registry();
  return good ? 0 : 1;
}
