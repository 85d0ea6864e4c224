#include "base/math.h"

#define NAME(x) x##_portable
#include "base/math_template.h"

float ot_expf(float x) { return exp_of(x); }
float ot_logf(float x) { return log_of(x); }
float ot_logistic(float x) { return logistic_of(x); }
float ot_probit(float x) { return probit_of(x); }

const ot_math ot_math_portable = MATH_TABLE("portable", NULL);

static const ot_math *const tables[] = {
#ifdef ONNXTREE_X86_KERNELS
    &ot_math_avx512, &ot_math_avx2,
#endif
    &ot_math_portable};

const ot_math *ot_math_at(size_t index) {
  for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
    if (tables[i]->is_supported && !tables[i]->is_supported()) continue;
    if (index-- == 0) return tables[i];
  }
  return NULL;
}
