/* Instruction sets of the processor that is running. */
#ifndef OT_BASE_CPU_H
#define OT_BASE_CPU_H

#include <stdbool.h>

bool ot_cpu_has_avx2(void);
/* F, BW, DQ, VL, VBMI and GFNI, and BMI2: what our AVX-512 code uses (Ice Lake, Zen 4 and later). */
bool ot_cpu_has_avx512(void);

#endif
