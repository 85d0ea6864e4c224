/* The walk over compact nodes with AVX-512: sixteen rows a vector and four vectors side by side, whose rows may be in different trees. A
 * row that arrives at a leaf makes room for the next one in the queue, so that all lanes are busy and a row's values stay in the
 * first-level cache until it has arrived. The last rows go down level by level. */
#include "base/cpu.h"
#include "kernels/walk_avx512.h"

#define VECTORS 4u
#define LANES (16u * VECTORS)
#define SEGMENT 512u                      /* the lanes are filled from a queue of so many rows or more */
#define QUEUE (2 * SEGMENT + LANES + 16u) /* whole vectors are stored */
#define FEWEST_ROWS 8u                    /* below, each row goes down all trees at once */
#define LISTS 5u
#define LIST_BYTES ((QUEUE * sizeof(uint32_t) + 63) & ~(size_t)63)

/* Rows in trees: the current node, where the row's values are, and where its leaf goes in the tile. */
typedef struct travellers {
  uint32_t *nodes, *cells, *slots;
  size_t count;
} travellers;

typedef struct lanes {
  __m512i node[VECTORS], cell[VECTORS], slot[VECTORS];
  bool filled;
} lanes;

typedef struct arrivals {
  uint32_t *slots, *leaves;
} arrivals;

typedef struct walk {
  const ot_compact_layout *layout;
  const float *data;
  size_t stride;
  bool missing; /* NaN does not always take the second child */
  uint32_t *tile;
  travellers queue;
  arrivals arrived;
} walk;

static inline __m512i count_up(uint32_t from, uint32_t by) {
  const __m512i numbers = _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
  return _mm512_add_epi32(_mm512_set1_epi32((int)from), _mm512_mullo_epi32(numbers, _mm512_set1_epi32((int)by)));
}

/* One level down. At a leaf, `open` is not set, and *leaf is what the tile wants to know. */
static inline __attribute__((always_inline)) __m512i step(const ot_compact_node *nodes, const float *data, bool missing, __m512i node, __m512i cell,
                                                          __mmask16 *open, __m512i *leaf) {
  __m512i threshold, word = ot_gather_nodes(nodes, node, &threshold);
  __m512i pair = _mm512_srli_epi32(word, 16), feature = _mm512_and_si512(word, _mm512_set1_epi32(OT_COMPACT_FEATURE_MASK));
  *leaf = threshold;
  *open = _mm512_test_epi32_mask(pair, pair);
  __m512 x = _mm512_mask_i32gather_ps(_mm512_setzero_ps(), *open, _mm512_add_epi32(cell, feature), data, 4);
  __mmask16 second = _mm512_cmp_ps_mask(x, _mm512_castsi512_ps(threshold), _CMP_NLE_UQ);
  if (missing) {
    __mmask16 missing_first = _mm512_test_epi32_mask(word, _mm512_set1_epi32(OT_COMPACT_MISSING_FIRST));
    second &= (__mmask16)~(missing_first & _mm512_cmp_ps_mask(x, x, _CMP_UNORD_Q));
  }
  return ot_below(node, pair, second);
}

/* ---- many rows: lanes that are filled again and again ---- */

/* For each lane that is freed, one traveller leaves the queue and a leaf is put on the list of arrivals: they have one count. */
static inline __attribute__((always_inline)) size_t pass_through(const walk *w, bool missing, lanes *l) {
  const travellers queue = w->queue;
  const arrivals arrived = w->arrived;
  const ot_compact_node *nodes = w->layout->nodes;
  const float *data = w->data;
  __m512i node[VECTORS], cell[VECTORS], slot[VECTORS]; /* in registers, as everything is that the loop needs */
  size_t count = 0;
#pragma GCC unroll 4
  for (unsigned v = 0; v < VECTORS; v++) node[v] = l->node[v], cell[v] = l->cell[v], slot[v] = l->slot[v];
  while (count + LANES <= queue.count) {
#pragma GCC unroll 4
    for (unsigned v = 0; v < VECTORS; v++) {
      __mmask16 open;
      __m512i leaf, below = step(nodes, data, missing, node[v], cell[v], &open, &leaf);
      __mmask16 done = (__mmask16)~open;
      _mm512_storeu_si512(arrived.slots + count, _mm512_maskz_compress_epi32(done, slot[v]));
      _mm512_storeu_si512(arrived.leaves + count, _mm512_maskz_compress_epi32(done, leaf));
      node[v] = _mm512_mask_expandloadu_epi32(below, done, queue.nodes + count);
      cell[v] = _mm512_mask_expandloadu_epi32(cell[v], done, queue.cells + count);
      slot[v] = _mm512_mask_expandloadu_epi32(slot[v], done, queue.slots + count);
      count += (size_t)_mm_popcnt_u32(done);
    }
  }
#pragma GCC unroll 4
  for (unsigned v = 0; v < VECTORS; v++) l->node[v] = node[v], l->cell[v] = cell[v], l->slot[v] = slot[v];
  return count;
}

static void advance_lanes(walk *w, lanes *l) {
  travellers *queue = &w->queue;
  size_t passed = w->missing ? pass_through(w, true, l) : pass_through(w, false, l);
  for (size_t i = 0; i < passed; i++) w->tile[w->arrived.slots[i]] = w->arrived.leaves[i];
  queue->count -= passed;
  for (size_t i = 0; i < queue->count; i += 16) {
    _mm512_storeu_si512(queue->nodes + i, _mm512_loadu_si512(queue->nodes + passed + i));
    _mm512_storeu_si512(queue->cells + i, _mm512_loadu_si512(queue->cells + passed + i));
    _mm512_storeu_si512(queue->slots + i, _mm512_loadu_si512(queue->slots + passed + i));
  }
}

static void fill_lanes(walk *w, lanes *l) {
  travellers *queue = &w->queue;
  for (unsigned v = 0; v < VECTORS; v++) {
    size_t at = queue->count -= 16;
    l->node[v] = _mm512_loadu_si512(queue->nodes + at);
    l->cell[v] = _mm512_loadu_si512(queue->cells + at);
    l->slot[v] = _mm512_loadu_si512(queue->slots + at);
  }
  l->filled = true;
}

static void empty_lanes(walk *w, lanes *l) {
  travellers *queue = &w->queue;
  for (unsigned v = 0; v < VECTORS; v++, queue->count += 16) {
    _mm512_storeu_si512(queue->nodes + queue->count, l->node[v]);
    _mm512_storeu_si512(queue->cells + queue->count, l->cell[v]);
    _mm512_storeu_si512(queue->slots + queue->count, l->slot[v]);
  }
  l->filled = false;
}

/* ---- few rows, and the last ones: all of them one level down, and again ---- */

static void advance_queue(walk *w) {
  travellers *t = &w->queue;
  while (t->count) {
    size_t kept = 0;
    for (size_t at = 0; at < t->count; at += 16) {
      __mmask16 present = ot_first_lanes(t->count - at), open;
      __m512i node = _mm512_maskz_loadu_epi32(present, t->nodes + at), cell = _mm512_maskz_loadu_epi32(present, t->cells + at);
      __m512i slot = _mm512_loadu_si512(t->slots + at), leaf, below = step(w->layout->nodes, w->data, w->missing, node, cell, &open, &leaf);
      open &= present;
      _mm512_mask_i32scatter_epi32(w->tile, present & (__mmask16)~open, slot, leaf, 4);
      /* Whole vectors are stored: what lies behind `kept` has been read already. */
      _mm512_storeu_si512(t->nodes + kept, _mm512_maskz_compress_epi32(open, below));
      _mm512_storeu_si512(t->cells + kept, _mm512_maskz_compress_epi32(open, cell));
      _mm512_storeu_si512(t->slots + kept, _mm512_maskz_compress_epi32(open, slot));
      kept += (size_t)_mm_popcnt_u32(open);
    }
    t->count = kept;
  }
}

/* ---- a tile ---- */

static void enqueue(travellers *queue, uint32_t node, uint32_t cell, uint32_t stride, uint32_t slot, size_t count) {
  for (size_t i = 0; i < count; i += 16) {
    _mm512_storeu_si512(queue->nodes + queue->count + i, _mm512_set1_epi32((int)node));
    _mm512_storeu_si512(queue->cells + queue->count + i, count_up(cell + (uint32_t)i * stride, stride));
    _mm512_storeu_si512(queue->slots + queue->count + i, count_up(slot + (uint32_t)i, 1));
  }
  queue->count += count;
}

/* Fetch a tree that most lines of will be needed: in order that is several times as fast as in the order of the rows. */
static void touch_tree(const ot_compact_layout *layout, uint32_t tree, size_t row_count) {
  const char *at = (const char *)(layout->nodes + layout->roots[tree]), *end = (const char *)(layout->nodes + layout->roots[tree + 1]);
  if (row_count < (size_t)(end - at) / 1024) return;
  for (; at < end; at += 64) (void)*(const volatile char *)at;
}

static void locate_trees(walk *w, uint32_t first_tree, uint32_t tree_count, size_t row_count) {
  lanes l = {.filled = false};
  uint32_t stride = (uint32_t)w->stride, slot = 0;
  for (uint32_t tree = first_tree; tree < first_tree + tree_count; tree++) {
    touch_tree(w->layout, tree, row_count);
    for (size_t row = 0; row < row_count; row += SEGMENT) {
      size_t count = row_count - row < SEGMENT ? row_count - row : SEGMENT;
      enqueue(&w->queue, w->layout->roots[tree], (uint32_t)row * stride, stride, slot, count);
      slot += (uint32_t)count;
      if (w->queue.count < SEGMENT) continue;
      if (!l.filled) fill_lanes(w, &l);
      advance_lanes(w, &l);
    }
  }
  if (l.filled) advance_lanes(w, &l);
  if (l.filled) empty_lanes(w, &l);
  advance_queue(w);
}

static bool offsets_fit(const ot_rows *rows) { return rows->stride == 0 || rows->count <= (size_t)INT32_MAX / rows->stride; }

static void locate(const ot_ensemble *e, const void *layout, const ot_rows *rows, uint32_t first_tree, uint32_t tree_count, void *scratch,
                   uint32_t *leaves) {
  if (!offsets_fit(rows)) {
    ot_compact_locate(e, layout, rows, first_tree, tree_count, leaves);
    return;
  }
  uint32_t *lists[LISTS];
  for (unsigned i = 0; i < LISTS; i++) lists[i] = (uint32_t *)(void *)((char *)scratch + i * LIST_BYTES);
  bool missing = e->has_missing_true || e->has_swapped_tests;
  walk w = {layout, rows->data, rows->stride, missing, leaves, {lists[0], lists[1], lists[2], 0}, {lists[3], lists[4]}};
  locate_trees(&w, first_tree, tree_count, rows->count);
}

static bool prepare(const ot_ensemble *e, ot_arena *arena, ot_arena *scratch, const void **layout) {
  const ot_compact_layout *compact;
  if (!ot_compact_prepare(e, arena, scratch, &compact)) return false;
  *layout = compact;
  return true;
}

static size_t scratch_bytes(const ot_ensemble *e, const void *layout, size_t row_count) {
  (void)layout;
  size_t many = LISTS * LIST_BYTES + ot_tile_bytes(e, row_count), few = ot_walk_rows_bytes(e);
  return many > few ? many : few;
}

static ot_locator locator(const void *layout, void *scratch) {
  const ot_compact_layout *compact = layout;
  return (ot_locator){locate, layout, scratch, compact->holds_weights};
}

static void evaluate(const ot_ensemble *e, const void *layout, const ot_rows *rows, void *scratch, void *sums, uint8_t *presence) {
  if (rows->count < FEWEST_ROWS) {
    ot_walk_rows_avx512(e, layout, rows, scratch, sums, presence);
    return;
  }
  ot_locator l = locator(layout, scratch);
  ot_tile_evaluate(e, &l, rows, (char *)scratch + LISTS * LIST_BYTES, sums, presence);
}

static double row_cost(const ot_ensemble *e) { return e->tree_count * (1.5 + 0.6 * ot_typical_depth(e)); }

const ot_kernel ot_kernel_walk_avx512 = {"walk-avx512", ot_cpu_has_avx512, prepare, scratch_bytes, evaluate, row_cost, NULL, locator, false};
