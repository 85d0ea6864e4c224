/* The walk over compact nodes with AVX-512: a list of rows that are still on their way down a tree is advanced one level at a time, sixteen rows a
 * vector, all independent of each other; rows that arrive at a leaf leave the list. Made for deep trees, which most rows leave early. */
#include "base/cpu.h"
#include "kernels/walk_avx512.h"

#define FEWEST_ROWS 16u /* below, each row goes down all trees at once */

/* Rows on their way: node of the tree, and row number. */
typedef struct travellers {
  uint32_t *nodes, *rows;
  size_t count;
} travellers;

static void start(travellers *t, size_t row_count) {
  const __m512i lanes = _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
  for (size_t r = 0; r < row_count; r += 16) {
    _mm512_storeu_si512(t->nodes + r, _mm512_setzero_si512());
    _mm512_storeu_si512(t->rows + r, _mm512_add_epi32(lanes, _mm512_set1_epi32((int)r)));
  }
  t->count = row_count;
}

/* One level for the travellers from `at` on; those that go on are written back from `kept` on. Returns the new `kept`. */
static inline __attribute__((always_inline)) size_t advance(const ot_compact_node *nodes, const ot_rows *rows, bool missing, travellers *t, size_t at,
                                                            size_t kept, uint32_t *leaves) {
  __mmask16 present = ot_first_lanes(t->count - at);
  const __m512i zero = _mm512_setzero_si512();
  __m512i node = _mm512_maskz_loadu_epi32(present, t->nodes + at), row = _mm512_maskz_loadu_epi32(present, t->rows + at);
  __m512i threshold = _mm512_mask_i32gather_epi32(zero, present, node, nodes, 8);
  __m512i word = _mm512_mask_i32gather_epi32(zero, present, node, (const char *)nodes + 4, 8); /* feature, and the pair above it */
  __m512i pair = _mm512_srli_epi32(word, 16), feature = _mm512_and_si512(word, _mm512_set1_epi32(OT_COMPACT_FEATURE_MASK));
  __mmask16 open = _mm512_mask_test_epi32_mask(present, pair, pair);
  _mm512_mask_i32scatter_epi32(leaves, present & (__mmask16)~open, row, threshold, 4);
  __m512i cell = _mm512_add_epi32(_mm512_mullo_epi32(row, _mm512_set1_epi32((int)rows->stride)), feature);
  __m512 x = _mm512_mask_i32gather_ps(_mm512_setzero_ps(), open, cell, rows->data, 4);
  __mmask16 second = _mm512_mask_cmp_ps_mask(open, x, _mm512_castsi512_ps(threshold), _CMP_NLE_UQ);
  if (missing) {
    __mmask16 missing_first = _mm512_test_epi32_mask(word, _mm512_set1_epi32(OT_COMPACT_MISSING_FIRST));
    second &= (__mmask16)~(missing_first & _mm512_cmp_ps_mask(x, x, _CMP_UNORD_Q));
  }
  __m512i next = _mm512_mask_add_epi32(_mm512_add_epi32(pair, pair), second, _mm512_add_epi32(pair, pair), _mm512_set1_epi32(1));
  /* Whole vectors are stored: what lies behind `kept` has been read already. */
  _mm512_storeu_si512(t->nodes + kept, _mm512_maskz_compress_epi32(open, next));
  _mm512_storeu_si512(t->rows + kept, _mm512_maskz_compress_epi32(open, row));
  return kept + (size_t)_mm_popcnt_u32(open);
}

static void locate_tree(const ot_compact_node *nodes, const ot_rows *rows, bool missing, travellers *t, uint32_t *leaves) {
  start(t, rows->count);
  while (t->count) {
    size_t kept = 0;
    if (missing)
      for (size_t at = 0; at < t->count; at += 16) kept = advance(nodes, rows, true, t, at, kept, leaves);
    else
      for (size_t at = 0; at < t->count; at += 16) kept = advance(nodes, rows, false, t, at, kept, leaves);
    t->count = kept;
  }
}

static bool offsets_fit(const ot_rows *rows) { return rows->stride == 0 || rows->count <= (size_t)INT32_MAX / rows->stride; }

static size_t list_bytes(size_t row_count) { return ((row_count + 16) * sizeof(uint32_t) + 63) & ~(size_t)63; }

typedef struct walk_context {
  const ot_compact_layout *compact;
  char *lists;
} walk_context;

static void locate(const ot_ensemble *e, const void *context, const ot_rows *rows, uint32_t first_tree, uint32_t tree_count, uint32_t *leaves) {
  const walk_context *walk = context;
  if (!offsets_fit(rows)) {
    ot_compact_locate(e, walk->compact, rows, first_tree, tree_count, leaves);
    return;
  }
  travellers t = {(uint32_t *)(void *)walk->lists, (uint32_t *)(void *)(walk->lists + list_bytes(rows->count)), 0};
  bool missing = e->has_missing_true || e->has_swapped_tests;
  for (uint32_t i = 0; i < tree_count; i++)
    locate_tree(walk->compact->nodes + walk->compact->trees[first_tree + i].first, rows, missing, &t, leaves + i * rows->count);
}

static bool prepare(const ot_ensemble *e, ot_arena *arena, ot_arena *scratch, const void **layout) {
  const ot_compact_layout *compact;
  if (!ot_compact_prepare(e, arena, scratch, &compact)) return false;
  *layout = compact;
  return true;
}

static size_t scratch_bytes(const ot_ensemble *e, const void *layout, size_t row_count) {
  (void)layout;
  size_t many = 2 * list_bytes(row_count) + ot_tile_bytes(e, row_count), few = ot_walk_rows_bytes(e);
  return many > few ? many : few;
}

static void evaluate(const ot_ensemble *e, const void *layout, const ot_rows *rows, void *scratch, void *sums, uint8_t *presence) {
  if (rows->count < FEWEST_ROWS) {
    ot_walk_rows_avx512(e, layout, rows, scratch, sums, presence);
    return;
  }
  walk_context context = {layout, scratch};
  ot_tile_evaluate(e, &context, rows, locate, (char *)scratch + 2 * list_bytes(rows->count), sums, presence);
}

static double row_cost(const ot_ensemble *e) { return e->tree_count * (1.5 + 0.6 * ot_typical_depth(e)); }

const ot_kernel ot_kernel_walk_avx512 = {"walk-avx512", ot_cpu_has_avx512, prepare, scratch_bytes, evaluate, row_cost};
