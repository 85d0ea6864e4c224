#include "kernels/sliced_rank.h"

#include <string.h>

#define LANES 8u

#define REAL float
#define NAME(x) x##_floats
#include "kernels/sliced_rank_template.h"
#undef REAL
#undef NAME
#define REAL double
#define NAME(x) x##_doubles
#include "kernels/sliced_rank_template.h"
#undef REAL
#undef NAME
