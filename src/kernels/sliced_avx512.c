/* Bit-sliced evaluation with AVX-512 (F, BW, DQ, VL, VBMI): 512 rows a vector. */
#include <immintrin.h>
#include <string.h>

#include "base/cpu.h"
#include "kernels/ranked.h"
#include "kernels/row.h"
#include "kernels/sliced_cost.h"
#include "kernels/sliced_rank.h"

#define NAME(x) x##_avx512
#define WIDTH 512u
#define NARROW_ROWS 128u

#define VECTOR __m512i
#define LOAD(p) _mm512_load_si512((const void *)(p))
#define STORE(p, v) _mm512_store_si512((void *)(p), v)
#define MUX(m, a, b) _mm512_ternarylogic_epi64(m, b, a, 0xCA) /* m ? b : a */
#define AND_NOT(a, b) _mm512_andnot_si512(b, a)
#define AND(a, b) _mm512_and_si512(a, b)
#define OR(a, b) _mm512_or_si512(a, b)
#define OR3(a, b, c) _mm512_ternarylogic_epi64(a, b, c, 0xFE)
#define XOR(a, b) _mm512_xor_si512(a, b)
#define XOR3(a, b, c) _mm512_ternarylogic_epi64(a, b, c, 0x96)
#define COPIES(v) (v)
#define ALL_ONES() _mm512_set1_epi32(-1)

#include "kernels/sliced_avx512.h"

/* ---- layout ---- */

static void fill_planes(const float *values, uint32_t bits, uint8_t *planes) {
  size_t size = ot_sliced_plane_size(bits);
  for (size_t i = 0; i < (size_t)1 << bits; i++) {
    uint32_t word;
    memcpy(&word, values + i, sizeof word);
    for (size_t k = 0; k < 4; k++) planes[k * size + i] = (uint8_t)(word >> (8 * k));
  }
}

static bool add_planes(const ot_ensemble *e, ot_arena *arena, ot_sliced_layout *layout) {
  uint32_t count = layout->target_addends[e->target_count];
  size_t total = 0, *starts = ot_arena_zeros(arena, e->target_count, sizeof *starts);
  if (!starts) return false;
  for (uint32_t k = 0; k < e->target_count; k++) {
    starts[k] = total;
    for (uint32_t a = layout->target_addends[k]; a < layout->target_addends[k + 1]; a++)
      total += 4 * ot_sliced_plane_size(layout->trees[layout->addends[a].tree].index_bits);
  }
  uint8_t *planes = ot_arena_zeros(arena, total, 1), *out = planes;
  if (!planes) return false;
  for (uint32_t a = 0; a < count; a++) {
    uint32_t bits = layout->trees[layout->addends[a].tree].index_bits;
    fill_planes(layout->values + layout->addends[a].first_value, bits, out);
    out += 4 * ot_sliced_plane_size(bits);
  }
  layout->planes = planes;
  layout->target_planes = starts;
  return true;
}

/* Adding a tree's vectors takes as long as about four targets with planes of 256 bytes, or six with planes of 64. */
static bool vectors_pay(const ot_ensemble *e, const ot_sliced_layout *layout) {
  size_t by_planes = 0;
  if (!e->has_vector_leaves || e->target_count > OT_SLICED_VECTOR) return false;
  for (uint32_t t = 0; t < e->tree_count; t++) by_planes += e->target_count * (6 + ot_sliced_plane_size(layout->trees[t].index_bits) / 64);
  return by_planes >= (size_t)40 * e->tree_count;
}

static bool add_vectors_of_leaves(const ot_ensemble *e, ot_arena *arena, ot_sliced_layout *layout) {
  float *vectors = ot_arena_zeros(arena, (size_t)e->leaf_count * OT_SLICED_VECTOR, sizeof *vectors);
  for (size_t l = 0; vectors && l < e->leaf_count; l++)
    memcpy(vectors + l * OT_SLICED_VECTOR, (const float *)e->weights + l * e->target_count, e->target_count * sizeof *vectors);
  layout->vectors = vectors;
  return vectors != NULL;
}

/* For few rows: perfect trees if they are shallow, nodes with ranks for other shapes, else a walk that takes more. */
static bool prepare_few(const ot_ensemble *e, ot_sliced_layout *layout, ot_arena *arena, ot_arena *scratch) {
  if (!ot_row_prepare(e, layout, arena, scratch)) return false;
  if (!layout->few_kernel && !ot_ranked_prepare(e, layout, arena, scratch)) return false;
  if (!layout->few_kernel && !ot_sliced_prepare_few(e, layout, &ot_kernel_walk_avx512, arena, scratch)) return false;
  return layout->few_kernel || ot_sliced_prepare_few(e, layout, &ot_kernel_walk, arena, scratch);
}

static const ot_block_costs costs = {40, 0.62, 0.33, 0.75, 8, 8}; /* of the narrow kernel */

static bool prepare(const ot_ensemble *e, ot_arena *arena, ot_arena *scratch, const void **layout) {
  ot_sliced_layout *sliced;
  if (!ot_sliced_prepare(e, arena, scratch, &sliced)) return false;
  *layout = sliced;
  if (!sliced) return true;
  sliced->narrow_kernel = &ot_kernel_sliced_avx512_narrow;
  if (!prepare_few(e, sliced, arena, scratch)) return false;
  if (sliced->addends && !(vectors_pay(e, sliced) ? add_vectors_of_leaves : add_planes)(e, arena, sliced)) return false;
  ot_sliced_choose_few_rows(e, sliced, &costs);
  return true;
}

const ot_kernel ot_kernel_sliced_avx512 = {"sliced-avx512", ot_cpu_has_avx512, prepare, scratch_bytes, evaluate, NULL, ot_sliced_for_few, NULL, true};
