/* Single rows with AVX-512: sixteen trees a vector, four vectors side by side. */
#include "base/cpu.h"
#include "kernels/ranked.h"
#include "kernels/row_columns_avx512.h"
#include "kernels/row_weights_avx512.h"

#define VECTORS (OT_ROW_TREES / 16)

/* Ranks of the row, in the upper half of each lane as in the nodes. */
typedef struct row_ranks {
  __m512i parts[OT_RANKED_MOST_COLUMNS / 16];
} row_ranks;

static void rank_row(const ot_ranked_layout *layout, const float *row, row_ranks *ranks) {
  uint32_t columns[OT_RANKED_MOST_COLUMNS] __attribute__((aligned(64))) = {0};
#define STORE(number, rank) columns[number] = (rank) << 16
  OT_ROW_RANKS(&layout->columns, row, STORE);
#undef STORE
  for (uint32_t c = 0; c < layout->columns.count; c += 16) {
    __mmask16 missing = ot_row_missing(&layout->columns, c, row);
    ranks->parts[c / 16] = _mm512_mask_mov_epi32(_mm512_load_si512(columns + c), missing, _mm512_load_si512(layout->missing_ranks + c));
  }
}

/* Lanes whose row takes the second child; meaningless for leaves. */
static inline __attribute__((always_inline)) __mmask16 takes_second(const row_ranks *ranks, bool wide, __m512i node) {
  __m512i rank = _mm512_permutex2var_epi32(ranks->parts[0], node, ranks->parts[1]);
  if (wide) {
    __m512i high = _mm512_permutex2var_epi32(ranks->parts[2], node, ranks->parts[3]);
    rank = _mm512_mask_mov_epi32(rank, _mm512_test_epi32_mask(node, _mm512_set1_epi32(32)), high);
  }
  /* Below the rank, a node has other bits: for equal ranks it is not less. */
  return _mm512_cmpgt_epu32_mask(rank, node);
}

static inline __attribute__((always_inline)) __m512i top_node(const uint32_t *top, uint32_t number) { return _mm512_loadu_si512(top + 16 * (size_t)(number - 1)); }

/* The nodes of level 3 that sixteen trees come to, or leaves above. */
static inline __attribute__((always_inline)) __m512i descend_top(const row_ranks *ranks, bool wide, const uint32_t *top, __mmask16 *second) {
  __mmask16 first_test = takes_second(ranks, wide, top_node(top, 1));
  __mmask16 second_test = takes_second(ranks, wide, _mm512_mask_mov_epi32(top_node(top, 2), first_test, top_node(top, 3)));
  __m512i left = _mm512_mask_mov_epi32(top_node(top, 4), second_test, top_node(top, 5));
  __m512i right = _mm512_mask_mov_epi32(top_node(top, 6), second_test, top_node(top, 7));
  __m512i node = _mm512_mask_mov_epi32(left, first_test, right);
  *second = takes_second(ranks, wide, node);
  return node;
}

/* The leaves of 64 trees, as indices into the layout's leaf arrays. */
static inline __attribute__((always_inline)) void locate(const ot_ranked_layout *layout, const row_ranks *ranks, bool wide, uint32_t first_tree,
                                                         __m512i *leaves) {
  const __m512i pair_mask = _mm512_set1_epi32(OT_RANKED_PAIR_MASK), one = _mm512_set1_epi32(1);
  __m512i node[VECTORS], first[VECTORS];
  __mmask16 second[VECTORS], open[VECTORS];
  for (uint32_t k = 0; k < VECTORS; k++) {
    node[k] = descend_top(ranks, wide, layout->top + (size_t)(first_tree / 16 + k) * OT_RANKED_TOP_NODES * 16, &second[k]);
    first[k] = _mm512_loadu_si512(layout->first_nodes + first_tree + 16 * k);
    open[k] = _mm512_test_epi32_mask(node[k], pair_mask);
  }
  while (open[0] | open[1] | open[2] | open[3]) {
    for (uint32_t k = 0; k < VECTORS; k++) {
      __m512i at = _mm512_add_epi32(first[k], _mm512_srli_epi32(_mm512_and_si512(node[k], pair_mask), 5));
      at = _mm512_mask_add_epi32(at, second[k], at, one);
      node[k] = _mm512_mask_i32gather_epi32(node[k], open[k], at, layout->nodes, 4);
      second[k] = takes_second(ranks, wide, node[k]);
      open[k] = _mm512_test_epi32_mask(node[k], pair_mask);
    }
  }
  for (uint32_t k = 0; k < VECTORS; k++)
    leaves[k] = _mm512_add_epi32(_mm512_loadu_si512(layout->first_leaves + first_tree + 16 * k), _mm512_srli_epi32(node[k], 16));
}

static size_t scratch_bytes(const ot_ensemble *e, const void *layout, size_t row_count) {
  (void)layout, (void)row_count;
  return ot_row_weights_bytes(e);
}

static void evaluate(const ot_ensemble *e, const void *context, const ot_rows *rows, void *scratch, void *sums, uint8_t *presence) {
  const ot_ranked_layout *layout = context;
  uint32_t *found = scratch;
  for (size_t r = 0; r < rows->count; r++) {
    row_ranks ranks = {0};
    rank_row(layout, (const float *)rows->data + r * rows->stride, &ranks);
    size_t first_sum = r * e->target_count;
    ot_row_sums s = ot_row_sums_begin(e, &layout->weights, (float *)sums + first_sum, presence ? presence + first_sum : NULL, found);
    for (uint32_t t = 0; t < e->tree_count; t += OT_ROW_TREES) {
      __m512i leaves[VECTORS];
      if (layout->columns.count > 32)
        locate(layout, &ranks, true, t, leaves);
      else
        locate(layout, &ranks, false, t, leaves);
      for (uint32_t k = 0; k < VECTORS; k++) _mm512_store_si512(found + t + 16 * k, _mm512_i32gather_epi32(leaves[k], layout->leaves, 4));
      ot_row_sums_add(e, &layout->weights, &s, e->tree_count - t < OT_ROW_TREES ? e->tree_count : t + OT_ROW_TREES);
    }
    ot_row_sums_end(&layout->weights, &s, e->tree_count);
  }
}

static double row_cost(const ot_ensemble *e) {
  double levels = ot_typical_depth(e) - 3;
  uint32_t groups = (e->tree_count + OT_ROW_TREES - 1) / OT_ROW_TREES;
  return 60 + 1.5 * e->tree_count + 26 * groups * (levels < 1 ? 1 : levels);
}

const ot_kernel ot_kernel_ranked_avx512 = {"ranked-avx512", ot_cpu_has_avx512, NULL, scratch_bytes, evaluate, row_cost, NULL, NULL};
