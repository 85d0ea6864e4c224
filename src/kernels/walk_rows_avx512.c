/* One row down all trees at once: what walk_avx512.c does with many rows and one tree, with the parts exchanged. The row's values are looked up in
 * registers where they fit. */
#include "ensemble/accumulate.h"
#include "kernels/walk_avx512.h"

#define MOST_REGISTER_FEATURES 64u

/* Trees that the row is still in: the current node, and the tree's number. */
typedef struct tree_list {
  uint32_t *nodes, *trees;
  size_t count;
} tree_list;

typedef struct row_values {
  __m512 parts[MOST_REGISTER_FEATURES / 16];
  const float *row;
} row_values;

static size_t list_bytes(const ot_ensemble *e) { return (((size_t)e->tree_count + 16) * sizeof(uint32_t) + 63) & ~(size_t)63; }

size_t ot_walk_rows_bytes(const ot_ensemble *e) { return 3 * list_bytes(e); }

static void load_row(const ot_ensemble *e, const float *row, row_values *values) {
  values->row = row;
  for (uint32_t i = 0; i < MOST_REGISTER_FEATURES / 16; i++) {
    uint32_t first = 16 * i, count = e->feature_count > first ? e->feature_count - first : 0;
    __mmask16 present = ot_first_lanes(count);
    values->parts[i] = _mm512_maskz_loadu_ps(present, row + (present ? first : 0));
  }
}

/* `registers`: how many hold the row, 2 or 4; 0: it is gathered from memory. */
static inline __attribute__((always_inline)) __m512 pick(const row_values *values, uint32_t registers, __mmask16 open, __m512i feature) {
  if (registers == 0) return _mm512_mask_i32gather_ps(_mm512_setzero_ps(), open, feature, values->row, 4);
  __m512 low = _mm512_permutex2var_ps(values->parts[0], feature, values->parts[1]);
  if (registers == 2) return low;
  __m512 high = _mm512_permutex2var_ps(values->parts[2], feature, values->parts[3]);
  return _mm512_mask_blend_ps(_mm512_test_epi32_mask(feature, _mm512_set1_epi32(32)), low, high);
}

static inline __attribute__((always_inline)) size_t advance(const ot_compact_node *nodes, const row_values *values, uint32_t registers,
                                                            tree_list *list, size_t at, size_t kept, uint32_t *leaves) {
  __mmask16 present = ot_first_lanes(list->count - at);
  __m512i node = _mm512_maskz_loadu_epi32(present, list->nodes + at), tree = _mm512_loadu_si512(list->trees + at), threshold;
  __m512i word = ot_gather_nodes(nodes, node, &threshold);
  __m512i pair = _mm512_srli_epi32(word, 16), feature = _mm512_and_si512(word, _mm512_set1_epi32(OT_COMPACT_FEATURE_MASK));
  __mmask16 open = _mm512_mask_test_epi32_mask(present, pair, pair);
  _mm512_mask_i32scatter_epi32(leaves, present & (__mmask16)~open, tree, threshold, 4);
  __m512 x = pick(values, registers, open, feature);
  __mmask16 second = _mm512_mask_cmp_ps_mask(open, x, _mm512_castsi512_ps(threshold), _CMP_NLE_UQ);
  __mmask16 missing_first = _mm512_test_epi32_mask(word, _mm512_set1_epi32(OT_COMPACT_MISSING_FIRST));
  second &= (__mmask16)~(missing_first & _mm512_cmp_ps_mask(x, x, _CMP_UNORD_Q));
  __m512i next = ot_below(node, pair, second);
  /* Whole vectors are stored: what lies behind `kept` has been read already. */
  _mm512_storeu_si512(list->nodes + kept, _mm512_maskz_compress_epi32(open, next));
  _mm512_storeu_si512(list->trees + kept, _mm512_maskz_compress_epi32(open, tree));
  return kept + (size_t)_mm_popcnt_u32(open);
}

static inline __attribute__((always_inline)) void descend(const ot_compact_node *nodes, const row_values *values, uint32_t registers, tree_list *list,
                                                          uint32_t *leaves) {
  while (list->count) {
    size_t kept = 0;
    for (size_t at = 0; at < list->count; at += 16) kept = advance(nodes, values, registers, list, at, kept, leaves);
    list->count = kept;
  }
}

static void start(const ot_ensemble *e, const ot_compact_layout *layout, tree_list *list) {
  for (uint32_t t = 0; t < e->tree_count; t++) {
    list->nodes[t] = layout->roots[t];
    list->trees[t] = t;
  }
  list->count = e->tree_count;
}

void ot_walk_rows_avx512(const ot_ensemble *e, const ot_compact_layout *layout, const ot_rows *rows, void *scratch, void *sums, uint8_t *presence) {
  size_t bytes = list_bytes(e);
  char *memory = scratch;
  uint32_t *leaves = (uint32_t *)(void *)(memory + 2 * bytes);
  for (size_t r = 0; r < rows->count; r++) {
    tree_list list = {(uint32_t *)(void *)memory, (uint32_t *)(void *)(memory + bytes), 0};
    row_values values;
    load_row(e, (const float *)rows->data + r * rows->stride, &values);
    start(e, layout, &list);
    if (e->feature_count <= 32)
      descend(layout->nodes, &values, 2, &list, leaves);
    else if (e->feature_count <= MOST_REGISTER_FEATURES)
      descend(layout->nodes, &values, 4, &list, leaves);
    else
      descend(layout->nodes, &values, 0, &list, leaves);
    float *row_sums = (float *)sums + r * e->target_count;
    uint8_t *row_presence = presence ? presence + r * e->target_count : NULL;
    ot_accumulate_begin(e, row_sums, row_presence, 1);
    ot_tile_add(e, layout->holds_weights, leaves, e->tree_count, 1, row_sums, row_presence);
  }
}
