/* A failing assertion must fail the process; CTest expects this program to fail. */
#include "support/unit_test.h"

static void test_that_fails(void) { CU_ASSERT(1 + 1 == 3); }

UNIT_TEST_MAIN(failing, {"a test that fails", test_that_fails})
