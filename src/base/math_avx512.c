#include "base/cpu.h"

#define NAME(x) x##_avx512
#include "base/math_template.h"

const ot_math ot_math_avx512 = MATH_TABLE("avx512", ot_cpu_has_avx512);
