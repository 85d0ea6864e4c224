/* Single rows with AVX-512: the row's bytes are in one or two registers, and 64 trees test a node each by byte permutes. Level by level,
 * the nodes that the trees come to are picked out of all of the level's: that of each decision made so far halves them, so only the last
 * choice waits for the last test. */
#include "base/cpu.h"
#include "kernels/row.h"
#include "kernels/row_columns_avx512.h"
#include "kernels/row_weights_avx512.h"

#define INLINE static inline __attribute__((always_inline))

typedef struct row_bytes {
  __m512i low, high; /* 0 to 63 and 64 to 127 */
  __mmask64 missing_low, missing_high; /* NaN */
  bool wide;    /* there are more than 64 */
  bool missing; /* some value is */
} row_bytes;

/* Ranks by column, of as many as there are: others are never looked at. */
typedef struct row_ranks {
  uint16_t by_column[OT_ROW_MOST_BYTES] __attribute__((aligned(64)));
  bool missing;
} row_ranks;

#define MISSING (-1) /* above every threshold: those are at most 255 * 128 */

static void rank_row(const ot_row_layout *layout, const float *row, row_ranks *ranks) {
#define STORE(number, rank) ranks->by_column[number] = (uint16_t)(rank)
  OT_ROW_RANKS(false, &layout->columns, row, STORE);
#undef STORE
  ranks->missing = false;
  for (uint32_t c = 0; c < layout->columns.count; c += 16) {
    __mmask16 missing = ot_row_missing(false, &layout->columns, c, row);
    if (missing) _mm256_mask_storeu_epi16(ranks->by_column + c, missing, _mm256_set1_epi16(MISSING));
    ranks->missing |= missing != 0;
  }
}

/* 32 bytes of the row, and which of them are NaN. */
INLINE __m256i spread(const ot_row_layout *layout, const row_ranks *ranks, uint32_t first, __mmask64 *missing) {
  const uint16_t *by_column = ranks->by_column;
  __m512i columns = _mm512_load_si512(layout->bytes->columns + first);
  __m512i rank = _mm512_permutex2var_epi16(_mm512_load_si512(by_column), columns, _mm512_load_si512(by_column + 32));
  if (layout->columns.count > 64) {
    __m512i high = _mm512_permutex2var_epi16(_mm512_load_si512(by_column + 64), columns, _mm512_load_si512(by_column + 96));
    rank = _mm512_mask_mov_epi16(rank, _mm512_test_epi16_mask(columns, _mm512_set1_epi16(64)), high);
  }
  *missing |= (__mmask64)_mm512_cmpeq_epi16_mask(rank, _mm512_set1_epi16(MISSING)) << first % 64;
  return _mm512_cvtusepi16_epi8(_mm512_subs_epu16(rank, _mm512_load_si512(layout->bytes->thresholds_before + first)));
}

static row_bytes bytes_of_row(const ot_row_layout *layout, const float *row) {
  row_ranks ranks;
  rank_row(layout, row, &ranks);
  row_bytes b = {.wide = layout->byte_count > 64, .missing = ranks.missing};
  b.low = _mm512_inserti64x4(_mm512_castsi256_si512(spread(layout, &ranks, 0, &b.missing_low)), spread(layout, &ranks, 32, &b.missing_low), 1);
  if (b.wide) {
    b.high = _mm512_castsi256_si512(spread(layout, &ranks, 64, &b.missing_high));
    b.high = _mm512_inserti64x4(b.high, spread(layout, &ranks, 96, &b.missing_high), 1);
  }
  return b;
}

/* ---- nodes in registers ---- */

/* One node of each tree. The top bit of its byte's number says that NaN takes the first child: permutes do not look at it. */
typedef struct nodes {
  __m512i bytes, ranks;
} nodes;

INLINE nodes load_nodes(const ot_row_position *positions, const __mmask64 *path, uint32_t step) {
  (void)path, (void)step;
  return (nodes){_mm512_load_si512(positions->bytes), _mm512_load_si512(positions->ranks)};
}

/* Of the positions from this one on, `step` apart, those that the first decisions of the paths lead to. */
#define CHOOSE(decisions, choose_before, decisions_before)                                                                    \
  INLINE nodes choose_##decisions(const ot_row_position *positions, const __mmask64 *path, uint32_t step) {                   \
    nodes first = choose_before(positions, path, 2 * step), second = choose_before(positions + step, path, 2 * step);         \
    return (nodes){_mm512_mask_mov_epi8(first.bytes, path[decisions_before], second.bytes),                                   \
                   _mm512_mask_mov_epi8(first.ranks, path[decisions_before], second.ranks)};                                  \
  }
CHOOSE(1, load_nodes, 0)
CHOOSE(2, choose_1, 1)
CHOOSE(3, choose_2, 2)
CHOOSE(4, choose_3, 3)
CHOOSE(5, choose_4, 4)

/* Trees that take the second child. */
INLINE __mmask64 test(const row_bytes *row, nodes n) {
  __m512i rank = row->wide ? _mm512_permutex2var_epi8(row->low, n.bytes, row->high) : _mm512_permutexvar_epi8(n.bytes, row->low);
  __mmask64 second = _mm512_cmpgt_epu8_mask(rank, n.ranks);
  if (row->missing) {
    __m512i missing = _mm512_permutex2var_epi8(_mm512_movm_epi8(row->missing_low), n.bytes, _mm512_movm_epi8(row->missing_high));
    second &= ~(_mm512_movepi8_mask(n.bytes) & _mm512_movepi8_mask(missing));
  }
  return second;
}

INLINE __m512i append(__m512i index, __mmask64 second) {
  index = _mm512_add_epi8(index, index);
  return _mm512_mask_add_epi8(index, second, index, _mm512_set1_epi8(1));
}

/* Where the paths through the top levels end. */
INLINE __m512i descend_top(const row_bytes *row, const ot_row_position *positions, uint32_t depth, ot_row_sums *sums) {
  __mmask64 path[OT_ROW_TOP_DEPTH];
  __m512i index = _mm512_setzero_si512();
#define LEVEL(level, choose)                                               \
  path[level] = test(row, choose(positions + (1u << level) - 1, path, 1)); \
  index = append(index, path[level]);                                      \
  ot_row_sums_add_some(sums);                                              \
  if (depth == level + 1) return index;
  LEVEL(0, load_nodes)
  LEVEL(1, choose_1)
  LEVEL(2, choose_2)
  LEVEL(3, choose_3)
  LEVEL(4, choose_4)
  LEVEL(5, choose_5)
#undef LEVEL
  return index;
}

/* ---- nodes in memory ---- */

/* Eight trees: each byte of the result is the number of a record's leaf. All three nodes are tested at once, so that no gather waits for another. */
INLINE uint64_t descend_low(const row_bytes *row, const uint32_t *records, __m256i at) {
  __m512i record = _mm512_i32gather_epi64(at, records, 4);
  uint64_t upper = test(row, (nodes){record, _mm512_srli_epi64(record, 8)}); /* bits 0 of bytes; bits 2 and 4 are those of its children */
  uint64_t lower = upper >> 2 ^ ((upper >> 2 ^ upper >> 4) & upper);
  const uint64_t lowest_bits = UINT64_C(0x0101010101010101);
  return (upper & lowest_bits) * 2 + (lower & lowest_bits);
}

/* found[tree] = what the table has for the leaf that the tree comes to, of sixteen trees. */
INLINE void find_leaves(const uint32_t *trees, uint32_t depth, const row_bytes *row, const uint8_t *index, uint32_t *found) {
  const __m512i lanes = _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
  __m512i at = _mm512_cvtepu8_epi32(_mm_load_si128((const __m128i *)(const void *)index));
  if (depth > OT_ROW_TOP_DEPTH) {
    at = _mm512_mullo_epi32(_mm512_add_epi32(_mm512_slli_epi32(lanes, OT_ROW_TOP_DEPTH), at), _mm512_set1_epi32(OT_ROW_RECORD));
    uint64_t leaves[2] = {descend_low(row, trees, _mm512_castsi512_si256(at)), descend_low(row, trees, _mm512_extracti64x4_epi64(at, 1))};
    at = _mm512_add_epi32(at, _mm512_cvtepu8_epi32(_mm_set_epi64x((long long)leaves[1], (long long)leaves[0])));
    trees += 2;
  } else {
    at = _mm512_add_epi32(_mm512_sllv_epi32(lanes, _mm512_set1_epi32((int)depth)), at);
  }
  _mm512_storeu_si512(found, _mm512_i32gather_epi32(at, trees, 4));
}

static size_t scratch_bytes(const ot_ensemble *e, const void *layout, size_t row_count) {
  (void)layout, (void)row_count;
  return ot_row_weights_bytes(e);
}

#define MOST_AT_ONCE 2u /* groups: the processor overlaps what the one and the other wait for */

/* The sums of the last groups are added while their leaves are found, which takes long enough where they are deep; those of others while
 * the next groups' nodes are chosen. */
static void evaluate_row(const ot_ensemble *e, const ot_row_layout *layout, const row_bytes *row, ot_row_sums *sums, uint32_t *found) {
  uint8_t index[MOST_AT_ONCE * OT_ROW_TREES] __attribute__((aligned(64)));
  for (uint32_t g = 0, count; g < layout->group_count; g += count) {
    const ot_row_group *groups = layout->groups + g;
    count = layout->group_count - g > (groups->depth > OT_ROW_TOP_DEPTH ? 1u : 2u) ? MOST_AT_ONCE : 1;
    uint32_t first = g * OT_ROW_TREES, left = e->tree_count - first, trees = left < count * OT_ROW_TREES ? left : count * OT_ROW_TREES;
    for (uint32_t i = 0; i < count; i++) {
      uint32_t depth = groups[i].depth < OT_ROW_TOP_DEPTH ? groups[i].depth : OT_ROW_TOP_DEPTH;
      _mm512_store_si512(index + i * OT_ROW_TREES, descend_top(row, layout->positions + groups[i].first_position, depth, sums));
    }
    for (uint32_t t = 0; t < trees; t += 16) {
      const ot_row_group *group = groups + t / OT_ROW_TREES;
      const uint32_t *leaves = layout->leaves + group->first_leaf + t % OT_ROW_TREES * ot_row_tree_size(group->depth);
      find_leaves(leaves, group->depth, row, index + t, found + first + t);
      if (trees < left) continue;
      ot_row_sums_locate(&layout->weights, sums, first + t);
      ot_row_sums_add_some(sums);
    }
    ot_row_sums_next(e, &layout->weights, sums, trees < left ? first : e->tree_count, first + trees);
  }
}

static void evaluate(const ot_ensemble *e, const void *context, const ot_rows *rows, void *scratch, void *sums, uint8_t *presence) {
  const ot_row_layout *layout = context;
  for (size_t r = 0; r < rows->count; r++) {
    row_bytes row = bytes_of_row(layout, (const float *)rows->data + r * rows->stride);
    size_t first_sum = r * e->target_count;
    ot_row_sums s = ot_row_sums_begin(e, &layout->weights, (float *)sums + first_sum, presence ? presence + first_sum : NULL, scratch);
    evaluate_row(e, layout, &row, &s, scratch);
    ot_row_sums_end(&layout->weights, &s, e->tree_count);
  }
  _mm256_zeroupper(); /* compilers leave it out where they optimise for size, and plain code is slow after that */
}

static double row_cost(const ot_ensemble *e) {
  uint32_t depth = e->max_depth < OT_ROW_MOST_DEPTH ? e->max_depth : OT_ROW_MOST_DEPTH;
  return 40 + e->tree_count * (1.3 + 0.0038 * (1u << depth));
}

const ot_kernel ot_kernel_row_avx512 = {"row-avx512", ot_cpu_has_avx512, NULL, scratch_bytes, evaluate, row_cost, NULL, NULL, false};
