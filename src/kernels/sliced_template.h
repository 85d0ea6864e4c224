/* The bit-sliced evaluator, included once per instruction set. Before: VECTOR (a type of WIDTH bits), LOAD(p), STORE(p, v), MUX(m, a, b) (per bit: b
 * where m is set, else a), AND(a, b), OR(a, b), AND_NOT(a, b) (a and not b), ALL_ONES(), and the functions
 *   rank_floats(layout, column, rows, ranks)   ranks[WIDTH] of a column
 *   index_bytes(slices, bits, group, bytes)    leaf indices of the rows of a group of 64
 *   make_masks(column, ranks, masks)           the plain masks of a column from the ranks
 *   add_trees(...)                             the fused path
 *   evaluate_few(...)                          for less than FEWEST_ROWS rows, with FEW_BYTES of scratch. */

#define WORDS (WIDTH / 64) /* 64-bit words of a mask */

/* ---- multiplexer networks: slices[0] is the top bit of the leaf index ---- */

#define NETWORK(depth, below)                                                                                                \
  static inline __attribute__((always_inline)) void network_##depth(const uint64_t *masks, const uint32_t *program, uint32_t node, VECTOR *slices) { \
    VECTOR first[depth], second[depth], mask = LOAD(masks + (size_t)program[node - 1] * WORDS);                              \
    network_##below(masks, program, 2 * node, first);                                                                        \
    network_##below(masks, program, 2 * node + 1, second);                                                                   \
    slices[0] = mask;                                                                                                        \
    for (int i = 0; i < depth - 1; i++) slices[i + 1] = MUX(mask, first[i], second[i]);                                       \
  }

static inline __attribute__((always_inline)) void network_0(const uint64_t *masks, const uint32_t *program, uint32_t node, VECTOR *slices) {
  (void)masks;
  (void)program;
  (void)node;
  (void)slices;
}
NETWORK(1, 0)
NETWORK(2, 1)
NETWORK(3, 2)
NETWORK(4, 3)
NETWORK(5, 4)
NETWORK(6, 5)
NETWORK(7, 6)
NETWORK(8, 7)

/* ---- reach programs ---- */

static void slice_by_reach(const ot_sliced_layout *layout, const ot_sliced_tree *tree, const uint64_t *masks, VECTOR *reach, VECTOR *slices) {
  const ot_sliced_op *op = layout->ops + tree->first_op;
  reach[0] = ALL_ONES();
  for (uint32_t i = 0; i < tree->op_count; i++) {
    VECTOR here = reach[op[i].from], mask = LOAD(masks + (size_t)op[i].mask * WORDS);
    reach[op[i].first] = AND_NOT(here, mask);
    reach[op[i].second] = AND(here, mask);
  }
  const uint16_t *slot = layout->unions + tree->first_union;
  for (uint32_t bit = 0; bit < tree->index_bits; bit++) {
    uint32_t count = tree->union_counts[bit];
    VECTOR slice = reach[slot[0]];
    for (uint32_t i = 1; i < count; i++) slice = OR(slice, reach[slot[i]]);
    slices[bit] = slice;
    slot += count;
  }
}

/* `reach` has room for layout->most_slots vectors. */
static void slice_tree(const ot_sliced_layout *layout, const ot_sliced_tree *tree, const uint64_t *masks, VECTOR *reach, VECTOR *slices) {
  const uint32_t *program = layout->programs + tree->first_program;
  switch (tree->network_depth) {
    case 0: slice_by_reach(layout, tree, masks, reach, slices); break;
    case 1: network_1(masks, program, 1, slices); break;
    case 2: network_2(masks, program, 1, slices); break;
    case 3: network_3(masks, program, 1, slices); break;
    case 4: network_4(masks, program, 1, slices); break;
    case 5: network_5(masks, program, 1, slices); break;
    case 6: network_6(masks, program, 1, slices); break;
    case 7: network_7(masks, program, 1, slices); break;
    default: network_8(masks, program, 1, slices); break;
  }
}

/* ---- masks ---- */

/* Bits of the rows whose value is NaN. */
static VECTOR missing_mask(const ot_ensemble *e, const ot_rows *rows, uint32_t feature) {
  uint64_t words[WORDS] __attribute__((aligned(64))) = {0};
  for (size_t r = 0; r < rows->count; r++) {
    size_t at = r * rows->stride + feature;
    bool missing = e->is_double ? ((const double *)rows->data)[at] != ((const double *)rows->data)[at]
                                : ((const float *)rows->data)[at] != ((const float *)rows->data)[at];
    words[r / 64] |= (uint64_t)missing << (r % 64);
  }
  return LOAD(words);
}

static void make_special_masks(const ot_sliced_layout *layout, const ot_sliced_column *column, VECTOR missing, uint64_t *masks) {
  for (uint32_t s = 0; s < column->special_count; s++) {
    const ot_sliced_special *special = &layout->specials[column->first_special + s];
    VECTOR mask = special->rank < 0 ? ALL_ONES() : LOAD(masks + (column->first_mask + (size_t)special->rank) * WORDS);
    if (special->missing_first) mask = AND_NOT(mask, missing);
    STORE(masks + (size_t)special->mask * WORDS, mask);
  }
}

static void make_all_masks(const ot_ensemble *e, const ot_sliced_layout *layout, const ot_rows *rows, uint64_t *masks) {
  uint32_t ranks[WIDTH] __attribute__((aligned(64)));
  for (uint32_t c = 0; c < layout->column_count; c++) {
    const ot_sliced_column *column = &layout->columns[c];
    if (e->is_double)
      ot_sliced_rank_doubles(layout, column, rows, WIDTH, ranks);
    else
      rank_floats(layout, column, rows, ranks);
    make_masks(column, ranks, masks + (size_t)column->first_mask * WORDS);
    if (column->special_count) make_special_masks(layout, column, missing_mask(e, rows, column->feature), masks);
  }
}

/* ---- evaluation of a block ---- */

typedef struct NAME(block) {
  const ot_ensemble *ensemble;
  const ot_sliced_layout *layout;
  const uint64_t *masks;
  VECTOR *reach;
} NAME(block);

/* Leaf numbers for ot_accumulate(). */
static void locate_block(const ot_ensemble *e, const void *context, const ot_rows *rows, uint32_t first_tree, uint32_t tree_count, uint32_t *leaves) {
  const NAME(block) *block = context;
  (void)e;
  for (uint32_t t = 0; t < tree_count; t++) {
    const ot_sliced_tree *tree = &block->layout->trees[first_tree + t];
    const uint32_t *numbers = block->layout->leaves + tree->first_leaf;
    VECTOR slices[OT_SLICED_MOST_DEPTH];
    slice_tree(block->layout, tree, block->masks, block->reach, slices);
    for (size_t group = 0; group * 64 < rows->count; group++) {
      uint8_t bytes[64] __attribute__((aligned(64)));
      index_bytes(slices, tree->index_bits, group, bytes);
      size_t end = rows->count - group * 64 < 64 ? rows->count - group * 64 : 64;
      uint32_t *out = leaves + t * rows->count + group * 64;
      for (size_t r = 0; r < end; r++) out[r] = numbers[bytes[r]];
    }
  }
}

static size_t masks_bytes(const ot_sliced_layout *layout) { return ((size_t)layout->mask_count * (WIDTH / 8) + 63) & ~(size_t)63; }

static size_t reach_bytes(const ot_sliced_layout *layout) { return ((size_t)layout->most_slots * (WIDTH / 8) + 63) & ~(size_t)63; }

static size_t scratch_bytes(const ot_ensemble *e, const void *context, size_t row_count) {
  const ot_sliced_layout *layout = context;
  size_t rows = row_count < WIDTH ? row_count : WIDTH, sliced = masks_bytes(layout) + reach_bytes(layout) + ot_tile_bytes(e, rows);
  size_t few = row_count < FEWEST_ROWS ? row_count : FEWEST_ROWS, walk = ot_kernel_walk.scratch_bytes(e, layout->walk, few);
  size_t most = sliced > walk ? sliced : walk;
  return most > FEW_BYTES ? most : FEW_BYTES;
}

static void evaluate(const ot_ensemble *e, const void *context, const ot_rows *rows, void *scratch, void *sums, uint8_t *presence) {
  const ot_sliced_layout *layout = context;
  size_t real = e->is_double ? sizeof(double) : sizeof(float);
  for (size_t first = 0; first < rows->count; first += WIDTH) {
    size_t count = rows->count - first < WIDTH ? rows->count - first : WIDTH;
    ot_rows part = {(const char *)rows->data + first * rows->stride * real, rows->stride, count};
    void *part_sums = (char *)sums + first * e->target_count * real;
    uint8_t *part_presence = presence ? presence + first * e->target_count : NULL;
    if (count < FEWEST_ROWS) {
      evaluate_few(e, layout, &part, scratch, part_sums, part_presence);
      continue;
    }
    uint64_t *masks = scratch;
    VECTOR *reach = (VECTOR *)(void *)((char *)scratch + masks_bytes(layout));
    make_all_masks(e, layout, &part, masks);
    if (layout->values) {
      add_trees(e, layout, masks, reach, count, part_sums);
    } else {
      NAME(block) block = {e, layout, masks, reach};
      ot_tile_evaluate(e, &block, &part, locate_block, (char *)reach + reach_bytes(layout), part_sums, part_presence);
    }
  }
}
