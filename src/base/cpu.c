#include "base/cpu.h"

#if defined(__x86_64__) || defined(__i386__)

/* The builtins also ask whether the operating system saves the registers. */
bool ot_cpu_has_avx2(void) {
  __builtin_cpu_init();
  return __builtin_cpu_supports("avx2") != 0;
}

bool ot_cpu_has_avx512(void) {
  __builtin_cpu_init();
  return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq") &&
         __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512vbmi") && __builtin_cpu_supports("gfni") &&
         __builtin_cpu_supports("bmi2");
}

#else

bool ot_cpu_has_avx2(void) { return false; }
bool ot_cpu_has_avx512(void) { return false; }

#endif
