/* Results against expected ones: numbers within tolerances, everything else equal. */
#ifndef TOOLS_VERIFY_COMPARE_H
#define TOOLS_VERIFY_COMPARE_H

#include "output/writer.h"

/* A number passes if it is within atol + rtol x |expected|, or within `ulp` representable numbers of the expected one. */
struct tolerance {
  double atol;
  double rtol;
  uint64_t ulp;
};

struct tally {
  uint64_t rows;
  uint64_t values; /* numbers that were compared */
  uint64_t wrong_values;
  uint64_t labels; /* texts, whole numbers and truth values that were compared */
  uint64_t wrong_labels;
  double largest_difference; /* of two finite numbers */
  uint64_t largest_ulp;
  size_t shown; /* mismatches that were printed */
};

struct comparison {
  struct tolerance tolerance;
  size_t most_shown;
  bool is_quiet; /* print no mismatches */
  struct tally tally;
};

/* Compare rows [found_row ..) of `found` with rows [expected_row ..) of `expected`, which has the same results; those that were not
 * expected have no data. Rows are counted from 1 over all calls. Prints the first mismatches. */
void compare_rows(struct comparison *comparison, const struct results *found, size_t found_row, const struct results *expected, size_t expected_row,
                  size_t rows);

#endif
