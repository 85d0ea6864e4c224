/* Single rows with AVX-512: the row's ranks are bytes in one or two registers, and 64 trees test a node each by byte permutes. Level by level, the nodes that
 * the trees come to are picked out of all of the level's: that of each decision made so far halves them, so only the last choice waits for the last test. */
#include "base/cpu.h"
#include "kernels/row.h"
#include "kernels/row_columns_avx512.h"
#include "kernels/row_weights_avx512.h"

#define INLINE static inline __attribute__((always_inline))

typedef struct row_ranks {
  __m512i low, high; /* ranks of columns 0 to 63 and 64 to 127 */
  __mmask64 missing_low, missing_high; /* NaN */
  bool wide;    /* there are more than 64 columns */
  bool missing; /* some value is */
} row_ranks;

/* NaN ranks above every threshold; 255 is what thresholds never exceed. */
static row_ranks rank_row(const ot_row_layout *layout, const float *row) {
  uint8_t bytes[OT_ROW_MOST_COLUMNS] __attribute__((aligned(64))) = {0};
  __mmask64 missing[2] = {0};
  uint32_t count = layout->columns.count;
#define STORE(number, rank) bytes[number] = (uint8_t)(rank)
  OT_ROW_RANKS(false, &layout->columns, row, STORE);
#undef STORE
  for (uint32_t c = 0; c < count; c += 16) missing[c / 64] |= (__mmask64)ot_row_missing(false, &layout->columns, c, row) << c % 64;
  const __m512i above = _mm512_set1_epi8(-1);
  return (row_ranks){_mm512_mask_mov_epi8(_mm512_load_si512(bytes), missing[0], above), _mm512_mask_mov_epi8(_mm512_load_si512(bytes + 64), missing[1], above),
                     missing[0], missing[1], count > 64, (missing[0] | missing[1]) != 0};
}

/* ---- nodes in registers ---- */

/* One node of each tree. The top bit of its column says that NaN takes the first child: permutes do not look at it. */
typedef struct nodes {
  __m512i columns, ranks;
} nodes;

INLINE nodes load_nodes(const ot_row_position *positions, const __mmask64 *path, uint32_t step) {
  (void)path, (void)step;
  return (nodes){_mm512_load_si512(positions->columns), _mm512_load_si512(positions->ranks)};
}

/* Of the positions from this one on, `step` apart, those that the first decisions of the paths lead to. */
#define CHOOSE(decisions, choose_before, decisions_before)                                                                                \
  INLINE nodes choose_##decisions(const ot_row_position *positions, const __mmask64 *path, uint32_t step) {                               \
    nodes first = choose_before(positions, path, 2 * step), second = choose_before(positions + step, path, 2 * step);                     \
    return (nodes){_mm512_mask_mov_epi8(first.columns, path[decisions_before], second.columns),                                           \
                   _mm512_mask_mov_epi8(first.ranks, path[decisions_before], second.ranks)};                                              \
  }
CHOOSE(1, load_nodes, 0)
CHOOSE(2, choose_1, 1)
CHOOSE(3, choose_2, 2)
CHOOSE(4, choose_3, 3)
CHOOSE(5, choose_4, 4)

/* Trees that take the second child. */
INLINE __mmask64 test(const row_ranks *ranks, nodes n) {
  __m512i rank = ranks->wide ? _mm512_permutex2var_epi8(ranks->low, n.columns, ranks->high) : _mm512_permutexvar_epi8(n.columns, ranks->low);
  __mmask64 second = _mm512_cmpgt_epu8_mask(rank, n.ranks);
  if (ranks->missing) {
    __m512i missing = _mm512_permutex2var_epi8(_mm512_movm_epi8(ranks->missing_low), n.columns, _mm512_movm_epi8(ranks->missing_high));
    second &= ~(_mm512_movepi8_mask(n.columns) & _mm512_movepi8_mask(missing));
  }
  return second;
}

INLINE __m512i append(__m512i index, __mmask64 second) {
  index = _mm512_add_epi8(index, index);
  return _mm512_mask_add_epi8(index, second, index, _mm512_set1_epi8(1));
}

/* Where the paths through the top levels end. */
INLINE __m512i descend_top(const row_ranks *ranks, const ot_row_position *positions, uint32_t depth, ot_row_sums *sums) {
  __mmask64 path[OT_ROW_TOP_DEPTH];
  __m512i index = _mm512_setzero_si512();
#define LEVEL(level, choose)                                                 \
  path[level] = test(ranks, choose(positions + (1u << level) - 1, path, 1)); \
  index = append(index, path[level]);                                        \
  ot_row_sums_add_some(sums);                                                \
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

/* Of sixteen trees, the lanes that take the second child; nodes are the lower halves of lanes. */
INLINE __mmask16 test_low(const row_ranks *ranks, __m512i node) {
  const __mmask64 lowest_bytes = UINT64_C(0x1111111111111111);
  __m512i rank = ranks->wide ? _mm512_maskz_permutex2var_epi8(lowest_bytes, ranks->low, node, ranks->high)
                             : _mm512_maskz_permutexvar_epi8(lowest_bytes, node, ranks->low);
  __mmask16 second = _mm512_cmpgt_epu32_mask(rank, _mm512_and_si512(_mm512_srli_epi32(node, 8), _mm512_set1_epi32(0xFF)));
  if (ranks->missing) {
    __m512i missing = _mm512_permutex2var_epi8(_mm512_movm_epi8(ranks->missing_low), node, _mm512_movm_epi8(ranks->missing_high));
    second &= (__mmask16)~_mm512_test_epi32_mask(_mm512_and_si512(missing, node), _mm512_set1_epi32(OT_ROW_MISSING_FIRST));
  }
  return second;
}

/* From the records that the paths through the top levels lead to, to leaves. */
INLINE __m512i descend_low(const row_ranks *ranks, const uint32_t *records, uint32_t depth, __m512i record) {
  __m512i at = _mm512_slli_epi32(record, depth - OT_ROW_TOP_DEPTH + 1);
  __m512i leaf = _mm512_add_epi32(at, _mm512_set1_epi32(1 << (depth - OT_ROW_TOP_DEPTH)));
  __m512i node = _mm512_i32gather_epi32(at, records, 4);
  __mmask16 second = test_low(ranks, node);
  if (depth == OT_ROW_TOP_DEPTH + 1) return _mm512_mask_add_epi32(leaf, second, leaf, _mm512_set1_epi32(1));
  node = _mm512_mask_i32gather_epi32(_mm512_srli_epi32(node, 16), second, at, records + 1, 4);
  leaf = _mm512_mask_add_epi32(leaf, second, leaf, _mm512_set1_epi32(2));
  return _mm512_mask_add_epi32(leaf, test_low(ranks, node), leaf, _mm512_set1_epi32(1));
}

/* found[tree] = what the table has for the leaf that the tree comes to. */
static void locate_group(const ot_row_layout *layout, const ot_row_group *group, const row_ranks *ranks, ot_row_sums *sums, uint32_t *found) {
  uint8_t bytes[OT_ROW_TREES] __attribute__((aligned(64)));
  uint32_t depth = group->depth, top_depth = depth < OT_ROW_TOP_DEPTH ? depth : OT_ROW_TOP_DEPTH;
  const uint32_t *leaves = layout->leaves + group->first_leaf;
  _mm512_store_si512(bytes, descend_top(ranks, layout->positions + group->first_position, top_depth, sums));
  const __m512i lanes = _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
  for (uint32_t i = 0; i < OT_ROW_TREES; i += 16) {
    __m512i tree = _mm512_add_epi32(lanes, _mm512_set1_epi32((int)i)), index = _mm512_cvtepu8_epi32(_mm_load_si128((const __m128i *)(const void *)(bytes + i)));
    __m512i at = _mm512_add_epi32(_mm512_sllv_epi32(tree, _mm512_set1_epi32((int)top_depth)), index);
    if (depth > OT_ROW_TOP_DEPTH) at = descend_low(ranks, leaves, depth, at);
    _mm512_storeu_si512(found + i, _mm512_i32gather_epi32(at, leaves, 4));
  }
}

static size_t scratch_bytes(const ot_ensemble *e, const void *layout, size_t row_count) {
  (void)layout, (void)row_count;
  return ot_row_weights_bytes(e);
}

static void evaluate(const ot_ensemble *e, const void *context, const ot_rows *rows, void *scratch, void *sums, uint8_t *presence) {
  const ot_row_layout *layout = context;
  for (size_t r = 0; r < rows->count; r++) {
    row_ranks ranks = rank_row(layout, (const float *)rows->data + r * rows->stride);
    size_t first_sum = r * e->target_count;
    ot_row_sums s = ot_row_sums_begin(e, &layout->weights, (float *)sums + first_sum, presence ? presence + first_sum : NULL, scratch);
    for (uint32_t g = 0; g < layout->group_count; g++) {
      locate_group(layout, &layout->groups[g], &ranks, &s, (uint32_t *)scratch + (size_t)g * OT_ROW_TREES);
      ot_row_sums_next(e, &layout->weights, &s, g * OT_ROW_TREES, (g + 1) * OT_ROW_TREES);
    }
    ot_row_sums_add(e, &layout->weights, &s, e->tree_count);
    ot_row_sums_end(&layout->weights, &s, e->tree_count);
  }
  _mm256_zeroupper(); /* compilers leave it out where they optimise for size, and plain code is slow after that */
}

static double row_cost(const ot_ensemble *e) {
  uint32_t depth = e->max_depth < OT_ROW_MOST_DEPTH ? e->max_depth : OT_ROW_MOST_DEPTH;
  return 40 + e->tree_count * (1.3 + 0.0038 * (1u << depth));
}

const ot_kernel ot_kernel_row_avx512 = {"row-avx512", ot_cpu_has_avx512, NULL, scratch_bytes, evaluate, row_cost, NULL, NULL, false};
