/* Bit-sliced evaluation with NEON on aarch64: 128 rows a vector. */
#include <arm_neon.h>
#include <string.h>

#include "kernels/sliced_cost.h"
#include "kernels/sliced_rank.h"

#define NAME(x) x##_neon
#define WIDTH 128u
#define NARROW_ROWS 0u

#define VECTOR uint64x2_t
#define LOAD(p) vld1q_u64((const uint64_t *)(const void *)(p))
#define STORE(p, v) vst1q_u64((uint64_t *)(void *)(p), v)
#define MUX(m, a, b) vbslq_u64(m, b, a)
#define AND_NOT(a, b) vbicq_u64(a, b)
#define OR(a, b) vorrq_u64(a, b)
#define OR3(a, b, c) OR(OR(a, b), c)
#define XOR(a, b) veorq_u64(a, b)
#define XOR3(a, b, c) veorq_u64(veorq_u64(a, b), c)
#define AND(a, b) vandq_u64(a, b)
#define ALL_ONES() vdupq_n_u64(UINT64_MAX)

/* ---- ranks: four levels of the search in four registers, what is below by loads ---- */

static inline uint32x4_t step(uint32x4_t at, float32x4_t thresholds, float32x4_t x) {
  return vsubq_u32(vaddq_u32(at, at), vcltq_f32(thresholds, x)); /* a true comparison is -1: 2 * at - (-1) */
}

static inline float32x4_t pick16(uint8x16x4_t table, uint32x4_t at) {
  uint32x4_t bytes = vmlaq_u32(vdupq_n_u32(0x03020100), at, vdupq_n_u32(0x04040404));
  return vreinterpretq_f32_u8(vqtbl4q_u8(table, vreinterpretq_u8_u32(bytes)));
}

static inline float32x4_t pick(const float *tree, uint32x4_t at) {
  float32x4_t picked = vdupq_n_f32(tree[vgetq_lane_u32(at, 0)]);
  picked = vsetq_lane_f32(tree[vgetq_lane_u32(at, 1)], picked, 1);
  picked = vsetq_lane_f32(tree[vgetq_lane_u32(at, 2)], picked, 2);
  return vsetq_lane_f32(tree[vgetq_lane_u32(at, 3)], picked, 3);
}

static void rank_floats(const ot_sliced_layout *layout, const ot_sliced_column *column, const float *values, size_t count, uint32_t *ranks,
                        uint64_t *missing) {
  const float *tree = (const float *)layout->search + column->first_node;
  const uint8_t *top = (const uint8_t *)(const void *)tree;
  uint8x16x4_t table = {{vld1q_u8(top), vld1q_u8(top + 16), vld1q_u8(top + 32), vld1q_u8(top + 48)}};
  memset(missing, 0, WIDTH / 8);
  for (size_t r = 0; r < count; r += 4) {
    static const uint32_t bits[4] = {1, 2, 4, 8};
    float32x4_t x = vld1q_f32(values + r);
    uint32x4_t at = vdupq_n_u32(1), is_number = vceqq_f32(x, x);
    uint32_t level = 0;
    for (; level < column->levels && level < 4; level++) at = step(at, pick16(table, at), x);
    for (; level < column->levels; level++) at = step(at, pick(tree, at), x);
    uint32x4_t rank = vsubq_u32(at, vdupq_n_u32(1u << column->levels));
    vst1q_u32(ranks + r, vbslq_u32(is_number, rank, vdupq_n_u32(column->missing_rank)));
    missing[r / 64] |= (uint64_t)vaddvq_u32(vbicq_u32(vld1q_u32(bits), is_number)) << (r % 64);
  }
}

static void load_floats(const ot_sliced_layout *layout, uint32_t first, uint32_t count, const ot_rows *rows, float *values) {
  ot_sliced_load_floats(layout, first, count, rows, WIDTH, values);
}

static void rank_doubles(const ot_sliced_layout *layout, const ot_sliced_column *column, const double *values, size_t count,
                         uint32_t *ranks, uint64_t *missing) {
  ot_sliced_rank_doubles(layout, column, values, count, ranks, missing);
}

#include "kernels/sliced_suffix.h"

/* ---- leaf indices ---- */

#include "kernels/sliced_programs.h"

/* Sixteen of them: those of rows 16 * part and on. */
static inline uint8x16_t indices(const VECTOR *slices, uint32_t depth, size_t part) {
  const uint8x16_t bit = vreinterpretq_u8_u64(vdupq_n_u64(UINT64_C(0x8040201008040201)));
  uint8x16_t which = vcombine_u8(vdup_n_u8((uint8_t)(2 * part)), vdup_n_u8((uint8_t)(2 * part + 1))), index = vdupq_n_u8(0);
  for (uint32_t i = 0; i < depth; i++) {
    uint8x16_t is_set = vtstq_u8(vqtbl1q_u8(vreinterpretq_u8_u64(slices[i]), which), bit); /* -1 or 0 */
    index = vsubq_u8(vaddq_u8(index, index), is_set);
  }
  return index;
}

static inline void index_bytes(const VECTOR *slices, uint32_t depth, size_t group, uint8_t *bytes) {
  for (size_t part = 0; part < 4; part++) vst1q_u8(bytes + 16 * part, indices(slices, depth, 4 * group + part));
}

/* ---- the fused path: weights are looked up in registers, by their bytes, where a tree has up to 64 ---- */

/* tables[b] holds byte b of each weight. */
static inline void load_tables(const float *values, uint32_t depth, uint8x16x4_t tables[4]) {
  float padded[64];
  if (depth < 6) {
    memset(padded, 0, sizeof padded);
    memcpy(padded, values, sizeof *values << depth);
    values = padded;
  }
  for (int quarter = 0; quarter < 4; quarter++) {
    uint8x16x4_t planes = vld4q_u8((const uint8_t *)(const void *)(values + 16 * quarter));
    for (int b = 0; b < 4; b++) tables[b].val[quarter] = planes.val[b];
  }
}

static inline void add_floats(uint16x8_t bits, float *out) { vst1q_f32(out, vaddq_f32(vld1q_f32(out), vreinterpretq_f32_u16(bits))); }

/* Adds the weights of sixteen rows. */
static inline void add_part(const uint8x16x4_t tables[4], uint8x16_t index, float *out) {
  uint8x16x2_t low = vzipq_u8(vqtbl4q_u8(tables[0], index), vqtbl4q_u8(tables[1], index));
  uint8x16x2_t high = vzipq_u8(vqtbl4q_u8(tables[2], index), vqtbl4q_u8(tables[3], index));
  for (int half = 0; half < 2; half++) {
    uint16x8x2_t bits = vzipq_u16(vreinterpretq_u16_u8(low.val[half]), vreinterpretq_u16_u8(high.val[half]));
    add_floats(bits.val[0], out + 8 * half);
    add_floats(bits.val[1], out + 8 * half + 4);
  }
}

static void add_small(const VECTOR *slices, uint32_t depth, const float *values, float *totals) {
  uint8x16x4_t tables[4];
  load_tables(values, depth, tables);
  for (size_t part = 0; part < WIDTH / 16; part++) add_part(tables, indices(slices, depth, part), totals + 16 * part);
}

static void add_large(const VECTOR *slices, uint32_t depth, const float *values, float *totals) {
  for (size_t part = 0; part < WIDTH / 16; part++) {
    uint8_t bytes[16];
    vst1q_u8(bytes, indices(slices, depth, part));
    for (size_t r = 0; r < 16; r++) totals[16 * part + r] += values[bytes[r]];
  }
}

static void add_target(const ot_ensemble *e, const NAME(block) *block, const VECTOR *all_slices, uint32_t target, size_t count, float *sums) {
  const ot_sliced_layout *layout = block->layout;
  float totals[WIDTH] = {0};
  for (size_t r = 0; e->continues && r < count; r++) totals[r] = sums[r * e->target_count];
  VECTOR room[OT_SLICED_GROUP * OT_SLICED_MOST_DEPTH];
  const VECTOR *slices[OT_SLICED_GROUP];
  for (uint32_t first = layout->target_addends[target], end = layout->target_addends[target + 1], a = first; a < end; a++) {
    const ot_sliced_addend *addend = &layout->addends[a];
    uint32_t depth = layout->trees[addend->tree].index_bits, place = (a - first) % OT_SLICED_GROUP;
    if (place == 0) slices_of(block, all_slices, a, end - a < OT_SLICED_GROUP ? end - a : OT_SLICED_GROUP, room, slices);
    if (depth <= 6)
      add_small(slices[place], depth, layout->values + addend->first_value, totals);
    else
      add_large(slices[place], depth, layout->values + addend->first_value, totals);
  }
  for (size_t r = 0; r < count; r++) sums[r * e->target_count] = totals[r];
}

#include "kernels/sliced_template.h"

/* Not measured, for want of a machine: those of AVX2, for vectors half as wide. */
static const ot_block_costs costs = {100, 1.4, 0.46, 1.1, 20, 23};

static bool prepare(const ot_ensemble *e, ot_arena *arena, ot_arena *scratch, const void **layout) {
  return ot_sliced_prepare_plain(e, arena, scratch, &costs, layout);
}

const ot_kernel ot_kernel_sliced_neon = {"sliced-neon", NULL, prepare, scratch_bytes, evaluate, NULL, ot_sliced_for_few, NULL, true};
