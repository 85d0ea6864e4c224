#include "fuzz/fuzz.h"

#include <math.h>
#include <time.h>

double fuzz_cpu_seconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

double fuzz_awkward_number(uint64_t random) {
  static const double numbers[] = {0.0,   -0.0,   1.0,  -1.0,  0.5,       2.0,      3.0,
                                   1e-45, -1e-45, 1.17549435e-38, 3.4028234663852886e38, INFINITY,
                                   1e30,  -1e30,  -INFINITY, 16777217, 9007199254740993.0,
                                   4.0,   5.0,    7.0,  -3.0,  2.5};
  size_t count = sizeof numbers / sizeof *numbers;
  return random % (count + 1) == count ? (double)NAN : numbers[random % (count + 1)];
}
