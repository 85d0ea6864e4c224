/* Bit-sliced evaluation with AVX-512, 128 rows a vector: for batches that would leave most of a wide vector empty. */
#include <immintrin.h>
#include <string.h>

#include "base/cpu.h"
#include "kernels/sliced_rank.h"

#define NAME(x) x##_avx512_narrow
#define WIDTH 128u
#define NARROW_ROWS 0u

#define VECTOR __m128i
#define LOAD(p) _mm_load_si128((const __m128i *)(const void *)(p))
#define STORE(p, v) _mm_store_si128((__m128i *)(void *)(p), v)
#define MUX(m, a, b) _mm_ternarylogic_epi64(m, b, a, 0xCA) /* m ? b : a */
#define AND_NOT(a, b) _mm_andnot_si128(b, a)
#define OR(a, b) _mm_or_si128(a, b)
#define OR3(a, b, c) _mm_ternarylogic_epi64(a, b, c, 0xFE)
#define XOR(a, b) _mm_xor_si128(a, b)
#define XOR3(a, b, c) _mm_ternarylogic_epi64(a, b, c, 0x96)
#define COPIES(v) _mm512_broadcast_i32x4(v)
#define ALL_ONES() _mm_set1_epi32(-1)

#define TWO(a, b) _mm256_inserti128_si256(_mm256_castsi128_si256(a), b, 1)

#include "kernels/sliced_avx512.h"

const ot_kernel ot_kernel_sliced_avx512_narrow = {"sliced-avx512", ot_cpu_has_avx512, NULL, scratch_bytes, evaluate, NULL, NULL, NULL, true};
