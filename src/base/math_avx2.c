#include "base/cpu.h"

#define NAME(x) x##_avx2
#include "base/math_template.h"

const ot_math ot_math_avx2 = MATH_TABLE("avx2", ot_cpu_has_avx2);
