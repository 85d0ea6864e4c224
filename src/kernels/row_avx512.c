/* Single rows with AVX-512: the row's ranks are bytes in one or two registers, and 64 trees test 64 nodes at a time by byte permutes. */
#include "base/cpu.h"
#include "ensemble/accumulate.h"
#include "kernels/row.h"
#include "kernels/row_columns_avx512.h"

typedef struct row_ranks {
  __m512i low, high; /* ranks of columns 0 to 63 and 64 to 127 */
  __m512i missing_low, missing_high; /* 255 where the value is NaN */
  bool any_missing;
} row_ranks;

static void rank_row(const ot_row_layout *layout, const float *row, row_ranks *ranks) {
  uint8_t bytes[OT_ROW_MOST_COLUMNS] __attribute__((aligned(64))), missing[OT_ROW_MOST_COLUMNS] __attribute__((aligned(64)));
  __mmask16 any = 0;
  for (uint32_t c = 0; c < layout->sliced->column_count; c += 16) {
    __m512 x = _mm512_i32gather_ps(_mm512_loadu_si512(layout->row_columns.features + c), row, 4);
    __mmask16 nan = _mm512_cmp_ps_mask(x, x, _CMP_UNORD_Q);
    /* NaN ranks above every threshold; 255 is what thresholds never exceed. */
    __m512i rank = _mm512_mask_mov_epi32(ot_row_search(&layout->row_columns, c, x), nan, _mm512_set1_epi32(255));
    _mm_store_si128((__m128i *)(void *)(bytes + c), _mm512_cvtepi32_epi8(rank));
    _mm_store_si128((__m128i *)(void *)(missing + c), _mm_movm_epi8(nan));
    any |= nan;
  }
  ranks->low = _mm512_load_si512(bytes);
  ranks->high = _mm512_load_si512(bytes + 64);
  ranks->missing_low = _mm512_load_si512(missing);
  ranks->missing_high = _mm512_load_si512(missing + 64);
  ranks->any_missing = any != 0;
}

/* For every node position, the trees that take the second child there. */
static inline __attribute__((always_inline)) void test_nodes(const ot_row_layout *layout, const ot_row_group *group, const row_ranks *ranks, bool wide,
                                                             uint32_t depth, uint64_t *decisions) {
  const uint8_t *columns = layout->columns + group->first_position * OT_ROW_TREES, *bounds = layout->ranks + group->first_position * OT_ROW_TREES;
  uint32_t positions = (1u << depth) - 1;
  for (uint32_t i = 0; i < positions; i++) {
    __m512i column = _mm512_load_si512(columns + 64 * i), bound = _mm512_load_si512(bounds + 64 * i);
    __m512i rank = wide ? _mm512_permutex2var_epi8(ranks->low, column, ranks->high) : _mm512_permutexvar_epi8(column, ranks->low);
    decisions[i + 1] = _mm512_cmpgt_epu8_mask(rank, bound);
  }
  if (!ranks->any_missing || !layout->missing_first) return;
  for (uint32_t i = 0; i < positions; i++) {
    __m512i missing = _mm512_permutex2var_epi8(ranks->missing_low, _mm512_load_si512(columns + 64 * i), ranks->missing_high);
    decisions[i + 1] &= ~(layout->missing_first[group->first_position + i] & _mm512_movepi8_mask(missing));
  }
}

static inline uint64_t choose(uint64_t second, uint64_t a, uint64_t b) { return a ^ (second & (a ^ b)); }

/* The decision of every tree at each level, given those above: of the level's nodes, halves fall away decision by decision. */
static inline __attribute__((always_inline)) void follow_paths(uint64_t *decisions, uint32_t depth, uint64_t *path) {
  path[0] = decisions[1];
  for (uint32_t level = 1; level < depth; level++) {
    uint64_t *nodes = decisions + (1u << level);
    uint32_t above = 0;
    for (uint32_t half = (1u << level) / 2; half >= 8; half /= 2, above++) {
      __m512i second = _mm512_set1_epi64((int64_t)path[above]);
      for (uint32_t i = 0; i < half; i += 8) {
        __m512i a = _mm512_loadu_si512(nodes + i), b = _mm512_loadu_si512(nodes + half + i);
        _mm512_storeu_si512(nodes + i, _mm512_ternarylogic_epi64(second, b, a, 0xCA));
      }
    }
    for (uint32_t half = (1u << level) / 2 < 4 ? (1u << level) / 2 : 4; half >= 1; half /= 2, above++)
      for (uint32_t i = 0; i < half; i++) nodes[i] = choose(path[above], nodes[i], nodes[half + i]);
    path[level] = nodes[0];
  }
}

static inline __m512i leaf_indices(const uint64_t *path, uint32_t depth) {
  __m512i index = _mm512_setzero_si512();
  for (uint32_t i = 0; i < depth; i++)
    index = _mm512_mask_add_epi8(index, _cvtu64_mask64(path[i]), index, _mm512_set1_epi8((char)(1u << (depth - 1 - i))));
  return index;
}

/* table[tree << depth | index] for 64 trees, four bytes each. */
static inline void look_up(const void *table, uint32_t depth, __m512i index, void *out) {
  uint8_t bytes[64] __attribute__((aligned(64)));
  _mm512_store_si512(bytes, index);
  const __m512i lanes = _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
  for (uint32_t i = 0; i < 64; i += 16) {
    __m512i tree = _mm512_sllv_epi32(_mm512_add_epi32(lanes, _mm512_set1_epi32((int)i)), _mm512_set1_epi32((int)depth));
    __m512i at = _mm512_add_epi32(tree, _mm512_cvtepu8_epi32(_mm_load_si128((const __m128i *)(const void *)(bytes + i))));
    _mm512_storeu_si512((char *)out + 4 * i, _mm512_i32gather_epi32(at, table, 4));
  }
}

static inline __attribute__((always_inline)) __m512i locate_at_depth(const ot_row_layout *layout, const ot_row_group *group, const row_ranks *ranks,
                                                                     uint32_t depth) {
  uint64_t decisions[1u << OT_ROW_MOST_DEPTH] __attribute__((aligned(64))), path[OT_ROW_MOST_DEPTH];
  if (layout->sliced->column_count > 64)
    test_nodes(layout, group, ranks, true, depth, decisions);
  else
    test_nodes(layout, group, ranks, false, depth, decisions);
  follow_paths(decisions, depth, path);
  return leaf_indices(path, depth);
}

static __m512i locate_group(const ot_row_layout *layout, const ot_row_group *group, const row_ranks *ranks) {
  switch (group->depth) {
    case 1: return locate_at_depth(layout, group, ranks, 1);
    case 2: return locate_at_depth(layout, group, ranks, 2);
    case 3: return locate_at_depth(layout, group, ranks, 3);
    case 4: return locate_at_depth(layout, group, ranks, 4);
    case 5: return locate_at_depth(layout, group, ranks, 5);
    default: return locate_at_depth(layout, group, ranks, OT_ROW_MOST_DEPTH);
  }
}

static size_t scratch_bytes(const ot_ensemble *e, const void *layout, size_t row_count) {
  (void)e, (void)layout, (void)row_count;
  return OT_ROW_TREES * sizeof(uint32_t);
}

static void evaluate(const ot_ensemble *e, const void *context, const ot_rows *rows, void *scratch, void *sums, uint8_t *presence) {
  const ot_row_layout *layout = context;
  for (size_t r = 0; r < rows->count; r++) {
    row_ranks ranks;
    rank_row(layout, (const float *)rows->data + r * rows->stride, &ranks);
    float *row_sums = (float *)sums + r * e->target_count, sum = 0;
    uint8_t *row_presence = presence ? presence + r * e->target_count : NULL;
    if (!layout->values) ot_accumulate_begin(e, row_sums, row_presence, 1);
    for (uint32_t g = 0; g < layout->group_count; g++) {
      const ot_row_group *group = &layout->groups[g];
      __m512i index = locate_group(layout, group, &ranks);
      if (layout->values) {
        float *weights = scratch;
        look_up(layout->values + group->first_leaf, group->depth, index, weights);
        for (uint32_t t = 0; t < group->tree_count; t++) sum += weights[t];
      } else {
        look_up(layout->leaves + group->first_leaf, group->depth, index, scratch);
        ot_accumulate(e, scratch, group->tree_count, 1, row_sums, row_presence);
      }
    }
    if (layout->values) row_sums[0] = sum;
  }
}

static double row_cost(const ot_ensemble *e) {
  uint32_t depth = e->max_depth < OT_ROW_MOST_DEPTH ? e->max_depth : OT_ROW_MOST_DEPTH;
  return 60 + e->tree_count * (1.3 + 0.017 * (1u << depth));
}

const ot_kernel ot_kernel_row_avx512 = {"row-avx512", ot_cpu_has_avx512, NULL, scratch_bytes, evaluate, row_cost};
