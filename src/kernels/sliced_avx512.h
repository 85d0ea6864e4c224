/* What the AVX-512 kernels of all widths share (F, BW, DQ, VL, VBMI). Before: WIDTH, NAME(x), VECTOR and its operations, and
 * COPIES(v), 512 bits of them. */

#define PICK(word, mask) _pext_u64(word, mask)
#include "kernels/sliced_programs.h"

/* ---- ranks: up to eight levels of the search in sixteen registers, what is below by gathers ---- */

static inline __m512i step(__m512i at, __m512 thresholds, __m512 x) {
  __m512i next = _mm512_add_epi32(at, at);
  return _mm512_mask_add_epi32(next, _mm512_cmp_ps_mask(thresholds, x, _CMP_LT_OQ), next, _mm512_set1_epi32(1));
}

/* 2^k consecutive registers, indexed by the low 4 + k bits of `at`. */
static inline __m512 pick2(const __m512 *table, __m512i at) { return _mm512_permutex2var_ps(table[0], at, table[1]); }
static inline __m512 pick4(const __m512 *table, __m512i at) {
  return _mm512_mask_blend_ps(_mm512_test_epi32_mask(at, _mm512_set1_epi32(32)), pick2(table, at), pick2(table + 2, at));
}
static inline __m512 pick8(const __m512 *table, __m512i at) {
  return _mm512_mask_blend_ps(_mm512_test_epi32_mask(at, _mm512_set1_epi32(64)), pick4(table, at), pick4(table + 4, at));
}

static inline __attribute__((always_inline)) __m512i search(const float *tree, const __m512 *table, uint32_t levels, __m512 x) {
  __m512i at = _mm512_set1_epi32(1);
  for (uint32_t level = 0; level < 5 && level < levels; level++) at = step(at, pick2(table, at), x); /* nodes 1 to 31 */
  if (levels > 5) at = step(at, pick2(table + 2, at), x);                                              /* nodes 32 to 63 */
  if (levels > 6) at = step(at, pick4(table + 4, at), x);
  if (levels > 7) at = step(at, pick8(table + 8, at), x);
  for (uint32_t level = 8; level < levels; level++) at = step(at, _mm512_i32gather_ps(at, tree, 4), x);
  return _mm512_sub_epi32(at, _mm512_set1_epi32((int)(1u << levels)));
}

/* The loop for a number of levels known at compile time, so that the table stays in registers. */
static inline __attribute__((always_inline)) void rank_all(const float *tree, uint32_t levels, uint32_t missing_rank, const float *values,
                                                           uint32_t *ranks, size_t count, __mmask16 *missing) {
  __m512 table[16];
  uint32_t registers = levels < 5 ? 2 : levels < 8 ? (1u << levels) / 16 : 16;
  for (uint32_t i = 0; i < registers; i++) table[i] = _mm512_loadu_ps(tree + 16 * i);
  for (size_t r = 0; r < count; r += 16) {
    __m512 x = _mm512_load_ps(values + r);
    __mmask16 nan = _mm512_cmp_ps_mask(x, x, _CMP_UNORD_Q);
    _mm512_store_si512(ranks + r, _mm512_mask_mov_epi32(search(tree, table, levels, x), nan, _mm512_set1_epi32((int)missing_rank)));
    missing[r / 16] = nan;
  }
}

static void rank_floats(const ot_sliced_layout *layout, const ot_sliced_column *column, const float *values, size_t count, uint32_t *ranks,
                        uint64_t *missing) {
  const float *tree = (const float *)layout->search + column->first_node;
  __mmask16 nan[WIDTH / 16] = {0};
  switch (column->levels) {
    case 1: rank_all(tree, 1, column->missing_rank, values, ranks, count, nan); break;
    case 2: rank_all(tree, 2, column->missing_rank, values, ranks, count, nan); break;
    case 3: rank_all(tree, 3, column->missing_rank, values, ranks, count, nan); break;
    case 4: rank_all(tree, 4, column->missing_rank, values, ranks, count, nan); break;
    case 5: rank_all(tree, 5, column->missing_rank, values, ranks, count, nan); break;
    case 6: rank_all(tree, 6, column->missing_rank, values, ranks, count, nan); break;
    case 7: rank_all(tree, 7, column->missing_rank, values, ranks, count, nan); break;
    case 8: rank_all(tree, 8, column->missing_rank, values, ranks, count, nan); break;
    default: rank_all(tree, column->levels, column->missing_rank, values, ranks, count, nan); break;
  }
  memcpy(missing, nan, sizeof nan);
}

/* Doubles: the first four levels in two registers. */
static void rank_doubles(const ot_sliced_layout *layout, const ot_sliced_column *column, const double *values, size_t count,
                         uint32_t *ranks, uint64_t *missing) {
  const double *tree = (const double *)layout->search + column->first_node;
  __m512d top[2] = {_mm512_loadu_pd(tree), _mm512_loadu_pd(tree + 8)};
  __m512i one = _mm512_set1_epi64(1), base = _mm512_set1_epi64(1LL << column->levels), missing_rank = _mm512_set1_epi64(column->missing_rank);
  __mmask8 nan[WIDTH / 8] = {0};
  for (size_t r = 0; r < count; r += 8) {
    __m512d x = _mm512_loadu_pd(values + r);
    __m512i at = one;
    for (uint32_t level = 0; level < column->levels; level++) {
      __m512d threshold = level < 4 ? _mm512_permutex2var_pd(top[0], at, top[1]) : _mm512_i64gather_pd(at, tree, 8);
      at = _mm512_add_epi64(at, at);
      at = _mm512_mask_add_epi64(at, _mm512_cmp_pd_mask(threshold, x, _CMP_LT_OQ), at, one);
    }
    nan[r / 8] = _mm512_cmp_pd_mask(x, x, _CMP_UNORD_Q);
    at = _mm512_mask_mov_epi64(_mm512_sub_epi64(at, base), nan[r / 8], missing_rank);
    _mm256_storeu_si256((__m256i *)(void *)(ranks + r), _mm512_cvtepi64_epi32(at));
  }
  memcpy(missing, nan, sizeof nan);
}

/* ---- values: from rows to columns ---- */

/* Up to four adjacent features of sixteen rows, each of which becomes a vector of one feature; `present` says which can be read. */
static inline __attribute__((always_inline)) void transpose(const float *const *rows, size_t at, __mmask8 present, __m512 *columns) {
  __m512 v[4];
  for (int i = 0; i < 4; i++) {
    if (present == 15) {
      v[i] = _mm512_castps128_ps512(_mm_loadu_ps(rows[i] + at));
      v[i] = _mm512_mask_broadcast_f32x4(v[i], 0x00F0, _mm_loadu_ps(rows[i + 4] + at));
      v[i] = _mm512_mask_broadcast_f32x4(v[i], 0x0F00, _mm_loadu_ps(rows[i + 8] + at));
      v[i] = _mm512_mask_broadcast_f32x4(v[i], 0xF000, _mm_loadu_ps(rows[i + 12] + at));
    } else {
      v[i] = _mm512_castps128_ps512(_mm_maskz_loadu_ps(present, rows[i] + at));
      v[i] = _mm512_mask_broadcast_f32x4(v[i], 0x00F0, _mm_maskz_loadu_ps(present, rows[i + 4] + at));
      v[i] = _mm512_mask_broadcast_f32x4(v[i], 0x0F00, _mm_maskz_loadu_ps(present, rows[i + 8] + at));
      v[i] = _mm512_mask_broadcast_f32x4(v[i], 0xF000, _mm_maskz_loadu_ps(present, rows[i + 12] + at));
    }
  }
  __m512 low01 = _mm512_unpacklo_ps(v[0], v[1]), high01 = _mm512_unpackhi_ps(v[0], v[1]);
  __m512 low23 = _mm512_unpacklo_ps(v[2], v[3]), high23 = _mm512_unpackhi_ps(v[2], v[3]);
  columns[0] = _mm512_shuffle_ps(low01, low23, 0x44);
  columns[1] = _mm512_shuffle_ps(low01, low23, 0xEE);
  columns[2] = _mm512_shuffle_ps(high01, high23, 0x44);
  columns[3] = _mm512_shuffle_ps(high01, high23, 0xEE);
}

/* Sixteen rows: columns of one window go where `to` says, by feature; NULL: not wanted. Rows are read up to `features`. */
static void load_sixteen(const float *const *rows, size_t base, size_t features, float *const *to) {
  for (size_t at = 0; at < OT_SLICED_WINDOW; at += 4) {
    __m512 found[4];
    if (!to[at] && !to[at + 1] && !to[at + 2] && !to[at + 3]) continue;
    if (base + at + 4 <= features)
      transpose(rows, base + at, 15, found);
    else
      transpose(rows, base + at, (__mmask8)((1u << (features - base - at)) - 1), found);
    for (size_t i = 0; i < 4; i++)
      if (to[at + i]) _mm512_store_ps(to[at + i], found[i]);
  }
}

static void load_floats(const ot_sliced_layout *layout, uint32_t first, uint32_t count, const ot_rows *rows, float *values) {
  const ot_sliced_column *columns = layout->columns + first;
  size_t base = columns->feature, features = (size_t)columns[count - 1].feature + 1;
  const float *data = rows->data;
  for (size_t r = 0; r < rows->count; r += 16) {
    float *to[OT_SLICED_WINDOW] = {0};
    const float *of[16];
    for (uint32_t i = 0; i < count; i++) to[columns[i].feature - base] = values + i * WIDTH + r;
    /* Past the last row, it is repeated: nobody looks at the results. */
    for (size_t k = 0; k < 16; k++) of[k] = data + (r + k < rows->count ? r + k : rows->count - 1) * rows->stride;
    load_sixteen(of, base, features, to);
  }
}

/* ---- masks: rank = high * 2^shift + low. With the masks "high > h" and "low > l", about twice the square root of the number of thresholds,
 * every "rank > k" is one operation: high > h, or high >= h and low > l. ---- */

static inline void greater(const uint8_t *digits, uint32_t than, uint64_t *words) {
  __m512i bound = _mm512_set1_epi8((char)than);
  for (size_t i = 0; i < WIDTH / 64; i++) words[i] = _mm512_cmpgt_epu8_mask(_mm512_load_si512(digits + 64 * i), bound);
}

static void split_digits(const uint32_t *ranks, uint32_t shift, uint8_t *high, uint8_t *low) {
  __m512i mask = _mm512_set1_epi32((int)((1u << shift) - 1));
  for (size_t r = 0; r < WIDTH; r += 16) {
    __m512i rank = _mm512_load_si512(ranks + r);
    _mm_store_si128((__m128i *)(void *)(high + r), _mm512_cvtepi32_epi8(_mm512_srlv_epi32(rank, _mm512_set1_epi32((int)shift))));
    _mm_store_si128((__m128i *)(void *)(low + r), _mm512_cvtepi32_epi8(_mm512_and_si512(rank, mask)));
  }
}

#define MASKS_AT_ONCE (512u / WIDTH)
/* Room for the masks of both digits. Not of the stack: what lies deep there, threads would get anew each time. */
#define DIGITS_BYTES(levels) ((((size_t)2 << ((levels) > 4 ? ((levels) + 1) / 2 : 2)) + 1) * (WIDTH / 8))

static __attribute__((noinline)) void make_masks(const ot_sliced_column *column, const uint32_t *ranks, size_t rows, void *digits, uint64_t *masks) {
  uint8_t high[WIDTH] __attribute__((aligned(64))), low[WIDTH] __attribute__((aligned(64)));
  /* Made first and read later: words are not read as vectors before they have left the processor's store buffer. */
  uint32_t count = column->rank_count, shift = 2;
  while ((count >> shift) > (1u << shift)) shift++;
  uint32_t base = 1u << shift;
  VECTOR *low_greater = digits, *high_greater = low_greater + base;
  (void)rows;
  split_digits(ranks, shift, high, low);
  for (uint32_t l = 0; l < base && l < count; l++) greater(low, l, (uint64_t *)(void *)&low_greater[l]);
  for (uint32_t h = 0; h * base < count; h++) greater(high, h, (uint64_t *)(void *)&high_greater[h]);
  __m512i at_least = _mm512_set1_epi32(-1);
  for (uint32_t h = 0; h * base < count; h++) {
    __m512i above = COPIES(high_greater[h]);
    uint32_t end = count - h * base < base ? count - h * base : base;
    for (uint32_t l = 0; l < end; l += MASKS_AT_ONCE) {
      __m512i here = _mm512_ternarylogic_epi64(above, at_least, _mm512_loadu_si512(&low_greater[l]), 0xF8); /* above or (at least and low) */
      __mmask8 room = (__mmask8)(end - l < MASKS_AT_ONCE ? (1u << (end - l) * (WIDTH / 64)) - 1 : 255);
      _mm512_mask_storeu_epi64(masks + (size_t)(h * base + l) * (WIDTH / 64), room, here);
    }
    at_least = above;
  }
}

static void make_twins(const ot_sliced_column *column, const uint64_t *missing, uint64_t *masks) {
  __m512i nan = COPIES(LOAD(missing)), second = _mm512_set1_epi32(column->missing_rank ? 0 : -1);
  size_t words = (size_t)column->rank_count * (WIDTH / 64);
  uint64_t *twins = masks + words + WIDTH / 64;
  for (size_t w = 0; w < words; w += 8) {
    __mmask8 room = (__mmask8)(words - w < 8 ? (1u << (words - w)) - 1 : 255);
    __m512i plain = _mm512_maskz_loadu_epi64(room, masks + w);
    _mm512_mask_storeu_epi64(twins + w, room, _mm512_ternarylogic_epi64(nan, second, plain, 0xCA)); /* nan ? second : plain */
  }
}

/* ---- leaf indices ---- */

/* Of the rows of a group of 64. */
static inline __attribute__((always_inline)) __m512i indices(const VECTOR *slices, size_t group, uint32_t depth) {
#if WIDTH == 128
  /* A matrix of 8 x 8 bits for eight rows each: a byte of all slices, those that are missing before them. It is transposed. */
  const __m512i first = _mm512_set_epi64(0x7767574737271707, 0x7666564636261606, 0x7565554535251505, 0x7464544434241404, 0x7363534333231303,
                                         0x7262524232221202, 0x7161514131211101, 0x7060504030201000);
  uint32_t missing = OT_SLICED_MOST_DEPTH - depth;
  __m512i from = _mm512_add_epi8(first, _mm512_set1_epi8((char)(8 * group - 16 * missing)));
  __mmask64 there = _cvtu64_mask64((0xFFu << missing & 0xFF) * UINT64_C(0x0101010101010101));
  __m512i matrices = _mm512_maskz_permutex2var_epi8(there, _mm512_loadu_si512(slices), from, _mm512_loadu_si512(slices + 4));
  return _mm512_gf2p8affine_epi64_epi8(_mm512_set1_epi64((long long)0x8040201008040201), matrices, 0);
#else
  const uint64_t *words = (const uint64_t *)(const void *)slices + group;
  __m512i result = _mm512_setzero_si512();
  for (uint32_t i = 0; i < depth; i++)
    result = _mm512_mask_add_epi8(result, _cvtu64_mask64(words[i * (WIDTH / 64)]), result, _mm512_set1_epi8((char)(1u << (depth - 1 - i))));
  return result;
#endif
}

static __attribute__((noinline)) void index_bytes(const VECTOR *slices, uint32_t depth, size_t group, uint8_t *bytes) {
  _mm512_store_si512(bytes, indices(slices, group, depth));
}

/* ---- the fused path: weights as four byte planes, looked up by byte permutes; sums stay in a fixed order of rows until the block ends ---- */

/* Byte `index` of a plane of 64, 128 or 256 bytes. */
static inline __attribute__((always_inline)) __m512i look_up(const uint8_t *plane, uint32_t depth, __m512i index) {
  if (depth <= 6) return _mm512_permutexvar_epi8(index, _mm512_load_si512(plane));
  __m512i low = _mm512_permutex2var_epi8(_mm512_load_si512(plane), index, _mm512_load_si512(plane + 64));
  if (depth == 7) return low;
  __m512i high = _mm512_permutex2var_epi8(_mm512_load_si512(plane + 128), index, _mm512_load_si512(plane + 192));
  return _mm512_mask_blend_epi8(_mm512_movepi8_mask(index), low, high);
}

/* Adds the weights of 64 rows to four vectors; vector k holds rows 16 j + 4 k + i at position 4 j + i. */
static inline __attribute__((always_inline)) void add_group(const uint8_t *planes, uint32_t depth, const VECTOR *slices, size_t group, __m512 *sums) {
  __m512i index = indices(slices, group, depth);
  size_t size = ot_sliced_plane_size(depth);
  __m512i b0 = look_up(planes, depth, index), b1 = look_up(planes + size, depth, index);
  __m512i b2 = look_up(planes + 2 * size, depth, index), b3 = look_up(planes + 3 * size, depth, index);
  __m512i low01 = _mm512_unpacklo_epi8(b0, b1), high01 = _mm512_unpackhi_epi8(b0, b1);
  __m512i low23 = _mm512_unpacklo_epi8(b2, b3), high23 = _mm512_unpackhi_epi8(b2, b3);
  sums[0] = _mm512_add_ps(sums[0], _mm512_castsi512_ps(_mm512_unpacklo_epi16(low01, low23)));
  sums[1] = _mm512_add_ps(sums[1], _mm512_castsi512_ps(_mm512_unpackhi_epi16(low01, low23)));
  sums[2] = _mm512_add_ps(sums[2], _mm512_castsi512_ps(_mm512_unpacklo_epi16(high01, high23)));
  sums[3] = _mm512_add_ps(sums[3], _mm512_castsi512_ps(_mm512_unpackhi_epi16(high01, high23)));
}

static inline void add_group_of_depth(const uint8_t *planes, uint32_t depth, const VECTOR *slices, size_t group, __m512 *sums) {
#if WIDTH == 128
  if (depth <= 6)
    add_group(planes, depth, slices, group, sums);
  else if (depth == 7)
    add_group(planes, 7, slices, group, sums);
  else
    add_group(planes, 8, slices, group, sums);
#else
  switch (depth) {
    case 1: add_group(planes, 1, slices, group, sums); break;
    case 2: add_group(planes, 2, slices, group, sums); break;
    case 3: add_group(planes, 3, slices, group, sums); break;
    case 4: add_group(planes, 4, slices, group, sums); break;
    case 5: add_group(planes, 5, slices, group, sums); break;
    case 6: add_group(planes, 6, slices, group, sums); break;
    case 7: add_group(planes, 7, slices, group, sums); break;
    default: add_group(planes, 8, slices, group, sums); break;
  }
#endif
}

static void restore_order(const __m512 *sums, float *rows) {
  for (int j = 0; j < 4; j++)
    for (int k = 0; k < 4; k++) {
      __m512 v = sums[k];
      __m128 part = j == 0   ? _mm512_castps512_ps128(v)
                    : j == 1 ? _mm512_extractf32x4_ps(v, 1)
                    : j == 2 ? _mm512_extractf32x4_ps(v, 2)
                             : _mm512_extractf32x4_ps(v, 3);
      _mm_store_ps(rows + 16 * j + 4 * k, part);
    }
}

/* Up to OT_SLICED_GROUP addends and the slices of their trees. */
typedef struct addend_batch {
  VECTOR room[OT_SLICED_GROUP * OT_SLICED_MOST_DEPTH] __attribute__((aligned(64)));
  const VECTOR *slices[OT_SLICED_GROUP];
  const ot_sliced_addend *addends;
  uint32_t count;
} addend_batch;

/* Adds to the sums of all groups, which pass through registers once for the batch; returns where the next planes are. */
static const uint8_t *add_batch(const ot_sliced_layout *layout, const addend_batch *batch, const uint8_t *planes, size_t count, __m512 *totals) {
  const uint8_t *plane = planes;
  for (size_t group = 0; group * 64 < count; group++) {
    __m512 *total = totals + 4 * group, part[4] = {total[0], total[1], total[2], total[3]};
    plane = planes;
    for (uint32_t i = 0; i < batch->count; i++) {
      uint32_t bits = layout->trees[batch->addends[i].tree].index_bits;
      add_group_of_depth(plane, bits, batch->slices[i], group, part);
      plane += 4 * ot_sliced_plane_size(bits);
    }
    for (int k = 0; k < 4; k++) total[k] = part[k];
  }
  return plane;
}

static void write_totals(const __m512 *totals, size_t count, size_t stride, float *sums) {
  float rows[64] __attribute__((aligned(64)));
  for (size_t group = 0; group * 64 < count; group++) {
    restore_order(totals + 4 * group, rows);
    size_t end = count - group * 64 < 64 ? count - group * 64 : 64;
    for (size_t r = 0; r < end; r++) sums[(group * 64 + r) * stride] = rows[r];
  }
}

/* The reverse, to add to what is there. */
static void read_totals(__m512 *totals, size_t count, size_t stride, const float *sums) {
  float rows[64] __attribute__((aligned(64))) = {0};
  for (size_t group = 0; group * 64 < count; group++) {
    size_t end = count - group * 64 < 64 ? count - group * 64 : 64;
    for (size_t r = 0; r < end; r++) rows[r] = sums[(group * 64 + r) * stride];
    float *lanes = (float *)(totals + 4 * group);
    for (size_t r = 0; r < 64; r++) lanes[16 * (r / 4 % 4) + 4 * (r / 16) + r % 4] = rows[r];
  }
}

/* A batch's slices are made before those of the last batch are looked at: what was stored in parts just now cannot be read as a whole at once. */
static void add_target(const ot_ensemble *e, const NAME(block) *block, const VECTOR *all_slices, uint32_t target, size_t count, float *sums) {
  const ot_sliced_layout *layout = block->layout;
  addend_batch batches[2];
  __m512 totals[WIDTH / 16];
  memset(totals, 0, sizeof totals);
  if (e->continues) read_totals(totals, count, e->target_count, sums);
  uint32_t first = layout->target_addends[target], end = layout->target_addends[target + 1];
  const uint8_t *planes = layout->planes + layout->target_planes[target];
  batches[1].count = 0;
  for (uint32_t turn = 0; first < end || batches[1 - turn].count; turn = 1 - turn) {
    addend_batch *batch = &batches[turn];
    batch->count = end - first < OT_SLICED_GROUP ? end - first : OT_SLICED_GROUP;
    batch->addends = layout->addends + first;
    slices_of(block, all_slices, first, batch->count, batch->room, batch->slices);
    planes = add_batch(layout, &batches[1 - turn], planes, count, totals);
    first += batch->count;
  }
  write_totals(totals, count, e->target_count, sums);
}

/* ---- the same for leaves with weights for all of a few targets: leaf by leaf, as one vector ---- */

#define ADDS_VECTORS

/* Adds what some rows reach in `batch` trees; the leaf of row r in the i-th tree has number leaves[i][bytes[i][r]]. */
static void add_leaves(const float *vectors, const uint32_t *const *leaves, const uint8_t bytes[][64], uint32_t batch, size_t rows,
                                                             __m512 *totals) {
  for (size_t r = 0; r < rows; r++) {
    __m512 total = totals[r];
    for (uint32_t i = 0; i < batch; i++) total = _mm512_add_ps(total, _mm512_load_ps(vectors + (size_t)leaves[i][bytes[i][r]] * OT_SLICED_VECTOR));
    totals[r] = total;
  }
}

static void add_trees(const NAME(block) *block, uint32_t first, uint32_t batch, size_t count, __m512 *totals) {
  const ot_sliced_layout *layout = block->layout;
  VECTOR slices[OT_SLICED_GROUP * OT_SLICED_MOST_DEPTH];
  const uint32_t *leaves[OT_SLICED_GROUP];
  slice_trees(block, first, batch, slices);
  for (uint32_t i = 0; i < batch; i++) leaves[i] = layout->leaves + layout->trees[first + i].first_leaf;
  for (size_t row = 0; row < count; row += 64) {
    uint8_t bytes[OT_SLICED_GROUP][64] __attribute__((aligned(64)));
    for (uint32_t i = 0; i < batch; i++)
      index_bytes(slices + (size_t)i * OT_SLICED_MOST_DEPTH, layout->trees[first + i].index_bits, row / 64, bytes[i]);
    size_t rows = count - row < 64 ? count - row : 64;
    add_leaves(layout->vectors, leaves, (const uint8_t(*)[64])bytes, batch, rows, totals + row);
  }
}

/* `totals`: room for WIDTH vectors. */
static void add_vectors(const ot_ensemble *e, const NAME(block) *block, __m512 *totals, size_t count, float *sums) {
  __mmask16 targets = (__mmask16)((1u << e->target_count) - 1);
  for (size_t r = 0; r < count; r++) totals[r] = e->continues ? _mm512_maskz_loadu_ps(targets, sums + r * e->target_count) : _mm512_setzero_ps();
  for (uint32_t first = 0; first < e->tree_count; first += OT_SLICED_GROUP)
    add_trees(block, first, e->tree_count - first < OT_SLICED_GROUP ? e->tree_count - first : OT_SLICED_GROUP, count, totals);
  for (size_t r = 0; r < count; r++) _mm512_mask_storeu_ps(sums + r * e->target_count, targets, totals[r]);
}

#include "kernels/sliced_template.h"
