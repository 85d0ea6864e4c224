/* Single rows with AVX-512: sixteen trees a vector, four vectors side by side. */
#include "base/cpu.h"
#include "ensemble/real.h"
#include "kernels/ranked.h"
#include "kernels/row_columns_avx512.h"
#include "kernels/row_weights_avx512.h"

#define INLINE static inline __attribute__((always_inline))

/* What the row has in each column. */
typedef struct row_ranks {
  __m512i parts[OT_RANKED_MOST_COLUMNS / 16];
  const uint32_t *set_bits;
  __m512i first_set_column; /* in all lanes */
} row_ranks;

/* values[i % 64] in lane i. */
INLINE __m512i look_up(const __m512i values[4], bool wide, __m512i i) {
  __m512i low = _mm512_permutex2var_epi32(values[0], i, values[1]);
  if (!wide) return low;
  return _mm512_mask_mov_epi32(low, _mm512_test_epi32_mask(i, _mm512_set1_epi32(32)), _mm512_permutex2var_epi32(values[2], i, values[3]));
}

static void rank_row(bool is_double, const ot_ranked_layout *layout, const void *row, row_ranks *ranks) {
  const ot_ranked_columns *tested = layout->tested;
  const __m512i nan = _mm512_set1_epi32(-1);
  uint32_t found[OT_RANKED_MOST_COLUMNS] __attribute__((aligned(64))) = {0};
  __m512i by_feature[OT_RANKED_MOST_COLUMNS / 16] = {0};
#define STORE(number, rank) found[number] = (rank)
  if (is_double)
    OT_ROW_RANKS(true, &layout->ranks, row, STORE);
  else
    OT_ROW_RANKS(false, &layout->ranks, row, STORE);
#undef STORE
  for (uint32_t c = 0; c < layout->ranks.count; c += 16)
    by_feature[c / 16] = _mm512_mask_mov_epi32(_mm512_load_si512(found + c), ot_row_missing(is_double, &layout->ranks, c, row), nan);
  for (uint32_t c = 0; c < layout->column_count; c += 16) {
    __m512i rank = look_up(by_feature, true, _mm512_load_si512(tested->sources + c));
    rank = _mm512_mask_mov_epi32(rank, _mm512_cmpeq_epi32_mask(rank, nan), _mm512_load_si512(tested->missing_ranks + c));
    ranks->parts[c / 16] = _mm512_add_epi32(_mm512_mullo_epi32(rank, _mm512_load_si512(tested->factors + c)), _mm512_load_si512(tested->addends + c));
  }
  ranks->set_bits = layout->set_bits;
  ranks->first_set_column = _mm512_set1_epi32((int)layout->first_set_column);
}

/* What the layout has, for the compiler: more than 32 columns; sets. */
typedef enum layout_kind { NARROW, WIDE, WITH_SETS } layout_kind;

/* Lanes whose row takes the second child; meaningless for leaves. */
INLINE __mmask16 takes_second(const row_ranks *ranks, layout_kind kind, __m512i node) {
  __m512i rank = look_up(ranks->parts, kind != NARROW, node);
  /* Below the rank, a node has other bits: for equal ranks it is not less. */
  __mmask16 second = _mm512_cmpgt_epu32_mask(rank, node);
  if (kind != WITH_SETS) return second;
  __mmask16 sets = _mm512_cmpge_epu32_mask(_mm512_and_si512(node, _mm512_set1_epi32(OT_RANKED_COLUMN_MASK)), ranks->first_set_column);
  __m512i bit = _mm512_add_epi32(rank, _mm512_srli_epi32(node, 16));
  __m512i word = _mm512_mask_i32gather_epi32(_mm512_setzero_si512(), sets, _mm512_srli_epi32(bit, 5), ranks->set_bits, 4);
  __mmask16 member = _mm512_test_epi32_mask(_mm512_rorv_epi32(word, bit), _mm512_set1_epi32(1)); /* rotations are modulo 32 */
  return (__mmask16)((second & ~sets) | member);
}

INLINE __m512i top_node(const uint32_t *top, uint32_t number) { return _mm512_loadu_si512(top + 16 * (size_t)(number - 1)); }

/* The nodes of level 3 that sixteen trees come to, or leaves above. */
INLINE __m512i descend_top(const row_ranks *ranks, layout_kind kind, const uint32_t *top, __mmask16 *second) {
  __mmask16 first_test = takes_second(ranks, kind, top_node(top, 1));
  __mmask16 second_test = takes_second(ranks, kind, _mm512_mask_mov_epi32(top_node(top, 2), first_test, top_node(top, 3)));
  __m512i left = _mm512_mask_mov_epi32(top_node(top, 4), second_test, top_node(top, 5));
  __m512i right = _mm512_mask_mov_epi32(top_node(top, 6), second_test, top_node(top, 7));
  __m512i node = _mm512_mask_mov_epi32(left, first_test, right);
  *second = takes_second(ranks, kind, node);
  return node;
}

/* Sixteen trees on their way. */
typedef struct descent {
  __m512i node, first;
  __mmask16 second, open;
} descent;

INLINE descent begin_descent(const ot_ranked_layout *layout, const row_ranks *ranks, layout_kind kind, uint32_t first_tree) {
  descent d;
  d.node = descend_top(ranks, kind, layout->top + (size_t)(first_tree / 16) * OT_RANKED_TOP_NODES * 16, &d.second);
  d.first = _mm512_loadu_si512(layout->first_nodes + first_tree);
  d.open = _mm512_test_epi32_mask(d.node, _mm512_set1_epi32(OT_RANKED_PAIR_MASK));
  return d;
}

INLINE void descend(const ot_ranked_layout *layout, const row_ranks *ranks, layout_kind kind, descent *d) {
  const __m512i pair_mask = _mm512_set1_epi32(OT_RANKED_PAIR_MASK), one = _mm512_set1_epi32(1);
  __m512i at = _mm512_add_epi32(d->first, _mm512_srli_epi32(_mm512_and_si512(d->node, pair_mask), 5));
  at = _mm512_mask_add_epi32(at, d->second, at, one);
  d->node = _mm512_mask_i32gather_epi32(d->node, d->open, at, layout->nodes, 4);
  d->second = takes_second(ranks, kind, d->node);
  d->open = _mm512_test_epi32_mask(d->node, pair_mask);
}

/* What the table has for the leaves. */
INLINE void find_leaves(const ot_ranked_layout *layout, uint32_t first_tree, __m512i node, uint32_t *found) {
  __m512i at = _mm512_add_epi32(_mm512_loadu_si512(layout->first_leaves + first_tree), _mm512_srli_epi32(node, 16));
  _mm512_store_si512(found + first_tree, _mm512_i32gather_epi32(at, layout->leaves, 4));
}

/* found[tree] of 64 trees. Four vectors by name, not an array: compilers would keep that in memory. */
INLINE void locate(const ot_ranked_layout *layout, const row_ranks *ranks, layout_kind kind, uint32_t first_tree, uint32_t *found) {
  descent a = begin_descent(layout, ranks, kind, first_tree), b = begin_descent(layout, ranks, kind, first_tree + 16);
  descent c = begin_descent(layout, ranks, kind, first_tree + 32), d = begin_descent(layout, ranks, kind, first_tree + 48);
  while (a.open | b.open | c.open | d.open) {
    descend(layout, ranks, kind, &a);
    descend(layout, ranks, kind, &b);
    descend(layout, ranks, kind, &c);
    descend(layout, ranks, kind, &d);
  }
  find_leaves(layout, first_tree, a.node, found);
  find_leaves(layout, first_tree + 16, b.node, found);
  find_leaves(layout, first_tree + 32, c.node, found);
  find_leaves(layout, first_tree + 48, d.node, found);
}

typedef void locate_function(const ot_ranked_layout *layout, const row_ranks *ranks, uint32_t first_tree, uint32_t *found);

#define LOCATE(name, kind)                                                                                                   \
  static void locate_##name(const ot_ranked_layout *layout, const row_ranks *ranks, uint32_t first_tree, uint32_t *found) {  \
    const row_ranks in_registers = *ranks;                                                                                   \
    locate(layout, &in_registers, kind, first_tree, found);                                                                  \
  }
LOCATE(narrow, NARROW)
LOCATE(wide, WIDE)
LOCATE(sets, WITH_SETS)

static size_t scratch_bytes(const ot_ensemble *e, const void *layout, size_t row_count) {
  (void)layout, (void)row_count;
  return ot_row_weights_bytes(e);
}

static void evaluate(const ot_ensemble *e, const void *context, const ot_rows *rows, void *scratch, void *sums, uint8_t *presence) {
  const ot_ranked_layout *layout = context;
  uint32_t *found = scratch;
  for (size_t r = 0; r < rows->count; r++) {
    row_ranks ranks = {0};
    rank_row(e->is_double, layout, (const char *)rows->data + r * rows->stride * ot_real_size(e), &ranks);
    size_t first_sum = r * e->target_count;
    locate_function *locate_trees = layout->set_bits ? locate_sets : layout->column_count > 32 ? locate_wide : locate_narrow;
    ot_row_sums s = ot_row_sums_begin(e, &layout->weights, (char *)sums + first_sum * ot_real_size(e), presence ? presence + first_sum : NULL, found);
    for (uint32_t t = 0; t < e->tree_count; t += OT_ROW_TREES) {
      locate_trees(layout, &ranks, t, found);
      ot_row_sums_add(e, &layout->weights, &s, e->tree_count - t < OT_ROW_TREES ? e->tree_count : t + OT_ROW_TREES);
    }
    ot_row_sums_end(&layout->weights, &s, e->tree_count);
  }
  _mm256_zeroupper(); /* compilers leave it out where they optimise for size, and plain code is slow after that */
}

static double row_cost(const ot_ensemble *e) {
  double levels = ot_typical_depth(e) - 3;
  uint32_t groups = (e->tree_count + OT_ROW_TREES - 1) / OT_ROW_TREES;
  return 60 + 1.5 * e->tree_count + 26 * groups * (levels < 1 ? 1 : levels);
}

const ot_kernel ot_kernel_ranked_avx512 = {"ranked-avx512", ot_cpu_has_avx512, NULL, scratch_bytes, evaluate, row_cost, NULL, NULL, false};
