/* Bit-sliced evaluation with AVX2: 256 rows a vector. */
#include <immintrin.h>
#include <string.h>

#include "base/cpu.h"
#include "kernels/sliced_cost.h"
#include "kernels/sliced_rank.h"

#define NAME(x) x##_avx2
#define WIDTH 256u
#define NARROW_ROWS 0u

#define VECTOR __m256i
#define LOAD(p) _mm256_load_si256((const __m256i *)(const void *)(p))
#define STORE(p, v) _mm256_store_si256((__m256i *)(void *)(p), v)
#define MUX(m, a, b) _mm256_or_si256(_mm256_and_si256(m, b), _mm256_andnot_si256(m, a))
#define AND_NOT(a, b) _mm256_andnot_si256(b, a)
#define OR(a, b) _mm256_or_si256(a, b)
#define OR3(a, b, c) OR(OR(a, b), c)
#define XOR(a, b) _mm256_xor_si256(a, b)
#define XOR3(a, b, c) _mm256_xor_si256(_mm256_xor_si256(a, b), c)
#define AND(a, b) _mm256_and_si256(a, b)
#define ALL_ONES() _mm256_set1_epi32(-1)

/* ---- ranks: the first three levels of the search in one register, the next two in two and four, the rest by gathers ---- */

static inline __m256i step(__m256i at, __m256 thresholds, __m256 x) {
  /* A true comparison is -1: 2 * at - (-1). */
  return _mm256_sub_epi32(_mm256_add_epi32(at, at), _mm256_castps_si256(_mm256_cmp_ps(thresholds, x, _CMP_LT_OQ)));
}

static inline __m256i search(const float *tree, uint32_t levels, __m256 x) {
  __m256 top = _mm256_loadu_ps(tree), second = _mm256_loadu_ps(tree + 8), third = _mm256_loadu_ps(tree + 16), fourth = _mm256_loadu_ps(tree + 24);
  __m256i at = _mm256_set1_epi32(1);
  uint32_t level = 0;
  for (; level < levels && level < 3; level++) at = step(at, _mm256_permutevar8x32_ps(top, at), x);
  if (level < levels) {
    at = step(at, _mm256_permutevar8x32_ps(second, at), x); /* nodes 8 to 15: the low three bits choose */
    level++;
  }
  if (level < levels) {
    /* Nodes 16 to 31: bit 3 chooses the register. */
    __m256 low = _mm256_permutevar8x32_ps(third, at), high = _mm256_permutevar8x32_ps(fourth, at);
    __m256 choose = _mm256_castsi256_ps(_mm256_slli_epi32(at, 28));
    at = step(at, _mm256_blendv_ps(low, high, choose), x);
    level++;
  }
  for (; level < levels; level++) at = step(at, _mm256_i32gather_ps(tree, at, 4), x);
  return _mm256_sub_epi32(at, _mm256_set1_epi32((int)(1u << levels)));
}

static void rank_floats(const ot_sliced_layout *layout, const ot_sliced_column *column, const float *values, size_t count, uint32_t *ranks,
                        uint64_t *missing) {
  const float *tree = (const float *)layout->search + column->first_node;
  uint8_t bits[WIDTH / 8] = {0};
  __m256i missing_rank = _mm256_set1_epi32((int)column->missing_rank);
  for (size_t r = 0; r < count; r += 8) {
    __m256 x = _mm256_load_ps(values + r), nan = _mm256_cmp_ps(x, x, _CMP_UNORD_Q);
    __m256i rank = search(tree, column->levels, x);
    _mm256_store_si256((__m256i *)(void *)(ranks + r), _mm256_blendv_epi8(rank, missing_rank, _mm256_castps_si256(nan)));
    bits[r / 8] = (uint8_t)_mm256_movemask_ps(nan);
  }
  memcpy(missing, bits, sizeof bits);
}

/* Four adjacent features of eight rows, each of which becomes a vector of one feature. */
static inline __attribute__((always_inline)) void transpose(const float *const *rows, size_t at, __m256 *columns) {
  __m256 v[4];
  for (int i = 0; i < 4; i++) v[i] = _mm256_insertf128_ps(_mm256_castps128_ps256(_mm_loadu_ps(rows[i] + at)), _mm_loadu_ps(rows[i + 4] + at), 1);
  __m256 low01 = _mm256_unpacklo_ps(v[0], v[1]), high01 = _mm256_unpackhi_ps(v[0], v[1]);
  __m256 low23 = _mm256_unpacklo_ps(v[2], v[3]), high23 = _mm256_unpackhi_ps(v[2], v[3]);
  columns[0] = _mm256_shuffle_ps(low01, low23, 0x44);
  columns[1] = _mm256_shuffle_ps(low01, low23, 0xEE);
  columns[2] = _mm256_shuffle_ps(high01, high23, 0x44);
  columns[3] = _mm256_shuffle_ps(high01, high23, 0xEE);
}

static void load_floats(const ot_sliced_layout *layout, uint32_t first, uint32_t count, const ot_rows *rows, float *values) {
  /* Rows are read up to the last feature that is tested: there may be no more. */
  size_t whole = rows->count & ~(size_t)7, i = 0, features = (size_t)layout->columns[layout->column_count - 1].feature + 1;
  const ot_sliced_column *columns = layout->columns + first;
  while (i < count) {
    size_t base = columns[i].feature, end = i;
    while (end < count && columns[end].feature - base < 4) end++;
    bool inside = base + 4 <= features;
    for (size_t r = 0; r < whole && inside; r += 8) {
      const float *of[8];
      __m256 found[4];
      for (size_t k = 0; k < 8; k++) of[k] = (const float *)rows->data + (r + k) * rows->stride;
      transpose(of, base, found);
      for (size_t c = i; c < end; c++) _mm256_store_ps(values + c * WIDTH + r, found[columns[c].feature - base]);
    }
    for (size_t c = i; c < end; c++)
      for (size_t r = inside ? whole : 0; r < WIDTH; r++)
        values[c * WIDTH + r] = r < rows->count ? ((const float *)rows->data)[r * rows->stride + columns[c].feature] : 0;
    i = end;
  }
}

static void rank_doubles(const ot_sliced_layout *layout, const ot_sliced_column *column, const double *values, size_t count,
                         uint32_t *ranks, uint64_t *missing) {
  ot_sliced_rank_doubles(layout, column, values, count, ranks, missing);
}

#include "kernels/sliced_suffix.h"

/* ---- leaf indices ---- */

/* 32 bits become 32 bytes of `weight` or 0. */
static inline __m256i spread(uint32_t bits, __m256i weight) {
  const __m256i which = _mm256_setr_epi64x(0x0000000000000000, 0x0101010101010101, 0x0202020202020202, 0x0303030303030303);
  const __m256i bit = _mm256_set1_epi64x((int64_t)UINT64_C(0x8040201008040201));
  __m256i bytes = _mm256_and_si256(_mm256_shuffle_epi8(_mm256_set1_epi32((int)bits), which), bit);
  return _mm256_and_si256(_mm256_cmpeq_epi8(bytes, bit), weight);
}

#include "kernels/sliced_programs.h"

static inline void index_bytes(const __m256i *slices, uint32_t depth, size_t group, uint8_t *bytes) {
  __m256i low = _mm256_setzero_si256(), high = _mm256_setzero_si256();
  for (uint32_t i = 0; i < depth; i++) {
    uint64_t words[4] __attribute__((aligned(32)));
    _mm256_store_si256((__m256i *)(void *)words, slices[i]);
    __m256i weight = _mm256_set1_epi8((char)(1u << (depth - 1 - i)));
    low = _mm256_or_si256(low, spread((uint32_t)words[group], weight));
    high = _mm256_or_si256(high, spread((uint32_t)(words[group] >> 32), weight));
  }
  _mm256_store_si256((__m256i *)(void *)bytes, low);
  _mm256_store_si256((__m256i *)(void *)(bytes + 32), high);
}

#include "kernels/sliced_plain_sums.h"
#include "kernels/sliced_template.h"

static const ot_block_costs costs = {120, 1.25, 0.5, 1.24, 27, 23};

static bool prepare(const ot_ensemble *e, ot_arena *arena, ot_arena *scratch, const void **layout) {
  return ot_sliced_prepare_plain(e, arena, scratch, &costs, layout);
}

const ot_kernel ot_kernel_sliced_avx2 = {"sliced-avx2", ot_cpu_has_avx2, prepare, scratch_bytes, evaluate, NULL, ot_sliced_for_few, NULL, true};
