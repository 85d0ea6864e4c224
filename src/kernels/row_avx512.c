/* Single rows with AVX-512: the row's ranks are bytes in one or two registers, and 64 trees test 64 nodes at a time by byte permutes. */
#include "kernels/row_avx512.h"

#include <immintrin.h>

#include "ensemble/accumulate.h"

typedef struct row_ranks {
  __m512i low, high; /* ranks of columns 0 to 63 and 64 to 127 */
  __m512i missing_low, missing_high; /* 255 where the value is NaN */
  bool any_missing;
} row_ranks;

/* Ranks of 16 columns: each lane searches its own column's tree. */
static inline __m512i search(const ot_row_layout *layout, uint32_t column, __m512 x) {
  __m512i levels = _mm512_loadu_si512(layout->search_levels + column), first = _mm512_loadu_si512(layout->search_first + column);
  const __m512i one = _mm512_set1_epi32(1);
  __m512i at = one;
  uint32_t most = (uint32_t)_mm512_reduce_max_epu32(levels);
  for (uint32_t level = 0; level < most; level++) {
    __mmask16 open = _mm512_cmpgt_epu32_mask(levels, _mm512_set1_epi32((int)level));
    __m512 threshold = _mm512_mask_i32gather_ps(x, open, _mm512_add_epi32(first, at), layout->sliced->search, 4);
    __m512i next = _mm512_add_epi32(at, at);
    next = _mm512_mask_add_epi32(next, _mm512_mask_cmp_ps_mask(open, threshold, x, _CMP_LT_OQ), next, one);
    at = _mm512_mask_mov_epi32(at, open, next);
  }
  return _mm512_sub_epi32(at, _mm512_sllv_epi32(one, levels));
}

static void rank_row(const ot_row_layout *layout, const float *row, row_ranks *ranks) {
  uint8_t bytes[OT_ROW_MOST_COLUMNS] __attribute__((aligned(64))), missing[OT_ROW_MOST_COLUMNS] __attribute__((aligned(64)));
  __mmask16 any = 0;
  for (uint32_t c = 0; c < layout->sliced->column_count; c += 16) {
    __m512 x = _mm512_i32gather_ps(_mm512_loadu_si512(layout->features + c), row, 4);
    __mmask16 nan = _mm512_cmp_ps_mask(x, x, _CMP_UNORD_Q);
    /* NaN ranks above every threshold; 255 is what thresholds never exceed. */
    __m512i rank = _mm512_mask_mov_epi32(search(layout, c, x), nan, _mm512_set1_epi32(255));
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
                                                             uint64_t *decisions) {
  const uint8_t *columns = layout->columns + group->first_position * OT_ROW_TREES, *bounds = layout->ranks + group->first_position * OT_ROW_TREES;
  uint32_t positions = (1u << group->depth) - 1;
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

static __m512i locate_group(const ot_row_layout *layout, const ot_row_group *group, const row_ranks *ranks) {
  uint64_t decisions[OT_SLICED_MOST_LEAVES] __attribute__((aligned(64))), path[OT_SLICED_MOST_DEPTH];
  if (layout->sliced->column_count > 64)
    test_nodes(layout, group, ranks, true, decisions);
  else
    test_nodes(layout, group, ranks, false, decisions);
  switch (group->depth) {
    case 4: follow_paths(decisions, 4, path); break;
    case 5: follow_paths(decisions, 5, path); break;
    case 6: follow_paths(decisions, 6, path); break;
    case 7: follow_paths(decisions, 7, path); break;
    case 8: follow_paths(decisions, 8, path); break;
    default: follow_paths(decisions, group->depth, path); break;
  }
  return leaf_indices(path, group->depth);
}

void ot_row_evaluate_avx512(const ot_ensemble *e, const ot_row_layout *layout, const ot_rows *rows, void *scratch, void *sums, uint8_t *presence) {
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
