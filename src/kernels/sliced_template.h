/* The bit-sliced evaluator, included once per instruction set, after sliced_programs.h and the functions
 *   load_floats(layout, first, count, rows, values)           values[count][WIDTH] of the columns from `first` on, of one window
 *   rank_floats(layout, column, values, count, ranks, missing) ranks[count] of a column, and bits of the rows whose value is NaN
 *   rank_doubles(layout, column, values, count, ranks, missing) the same for doubles
 *   make_masks(column, ranks, count, digits, masks) the plain masks of a column from the ranks; digits: DIGITS_BYTES(most levels) of memory
 *   make_twins(column, missing, masks)         its twins from those
 *   index_bytes(slices, bits, group, bytes)    leaf indices of the rows of a group of 64
 *   add_target(...)                            the fused path, for one target,
 *   add_vectors(...)                           for all targets, where leaves have weights for all; if ADDS_VECTORS,
 * and STORE(p, v). Few rows are left to the layout's kernel for few rows, up to about NARROW_ROWS (0: none) to its narrow kernel. */

#ifndef DIGITS_BYTES
#  define DIGITS_BYTES(levels) 0u
#endif

/* ---- masks ---- */

static VECTOR special_mask(const ot_sliced_layout *layout, const ot_sliced_special *special, const uint64_t *masks) {
  const uint64_t *from = masks + (size_t)special->from * WORDS;
  switch (special->kind) {
    case OT_SLICED_NOT: return AND_NOT(ALL_ONES(), LOAD(from));
    case OT_SLICED_BETWEEN: return AND_NOT(LOAD(from - WORDS), LOAD(from));
    case OT_SLICED_UNION: break;
    default: return ALL_ONES();
  }
  const uint32_t *part = layout->parts + special->from, *end = part + special->part_count;
  VECTOR mask = AND_NOT(ALL_ONES(), ALL_ONES());
  for (; end - part >= 2; part += 2) mask = OR3(mask, LOAD(masks + (size_t)part[0] * WORDS), LOAD(masks + (size_t)part[1] * WORDS));
  return part < end ? OR(mask, LOAD(masks + (size_t)part[0] * WORDS)) : mask;
}

static void make_special_masks(const ot_sliced_layout *layout, const ot_sliced_column *column, VECTOR missing, uint64_t *masks) {
  for (uint32_t s = 0; s < column->special_count; s++) {
    const ot_sliced_special *special = &layout->specials[column->first_special + s];
    VECTOR mask = special_mask(layout, special, masks);
    STORE(masks + (size_t)special->mask * WORDS, special->missing_first ? AND_NOT(mask, missing) : OR(mask, missing));
  }
}

/* Ranks of the columns' values, and bits of the rows where they are NaN. */
static void rank_column(const ot_ensemble *e, const ot_sliced_layout *layout, const ot_sliced_column *column, const void *values,
                        uint32_t i, size_t count, uint32_t *ranks, uint64_t *missing) {
  if (e->is_double)
    rank_doubles(layout, column, (const double *)values + (size_t)i * WIDTH, count, ranks, missing);
  else
    rank_floats(layout, column, (const float *)values + (size_t)i * WIDTH, count, ranks, missing);
}

static size_t missing_bytes(const ot_sliced_layout *layout) { return ((size_t)layout->column_count * (WIDTH / 8) + 63) & ~(size_t)63; }

/* False: some value is NaN that tests send to both sides, so twins are needed, and made. `missing` has room for a mask of each column, and
 * the digits. Where its loops lie in the lines of the processor's code cache decides over 15 % of the time of a model with sets. */
__attribute__((aligned(64))) static bool make_all_masks(const ot_ensemble *e, const ot_sliced_layout *layout, const ot_rows *rows, void *values,
                                                        uint64_t *missing, uint64_t *masks) {
  uint32_t ranks[WIDTH] __attribute__((aligned(64))) = {0};
  uint64_t seen = 0;
  uint32_t without = 0; /* columns before the first NaN */
  memset(missing, 0, (size_t)layout->column_count * (WIDTH / 8));
  for (uint32_t first = 0, count; first < layout->column_count; first += count) {
    count = ot_sliced_window(layout, first);
    if (e->is_double)
      ot_sliced_load_doubles(layout, first, count, rows, WIDTH, values);
    else
      load_floats(layout, first, count, rows, values);
    for (uint32_t i = 0; i < count; i++) {
      const ot_sliced_column *column = &layout->columns[first + i];
      uint64_t *nan = missing + (size_t)(first + i) * WORDS;
      rank_column(e, layout, column, values, i, rows->count, ranks, nan);
      make_masks(column, ranks, rows->count, (char *)missing + missing_bytes(layout), masks + (size_t)column->first_mask * WORDS);
      if (column->special_count) make_special_masks(layout, column, LOAD(nan), masks);
      for (size_t w = 0; w < WORDS && column->has_twins; w++) seen |= nan[w];
      if (!seen) without = first + i + 1;
      if (seen && column->has_twins) make_twins(column, nan, masks + (size_t)column->first_mask * WORDS);
    }
  }
  if (!seen) return true;
  for (uint32_t c = 0; c < without; c++) {
    const ot_sliced_column *column = &layout->columns[c];
    if (column->has_twins) make_twins(column, missing + (size_t)c * WORDS, masks + (size_t)column->first_mask * WORDS);
  }
  return false;
}

/* ---- evaluation of a block ---- */

/* Leaf numbers for ot_accumulate(). */
static void locate_block(const ot_ensemble *e, const void *context, const ot_rows *rows, uint32_t first_tree, uint32_t tree_count, void *scratch,
                         uint32_t *leaves) {
  const NAME(block) *block = context;
  VECTOR slices[OT_SLICED_GROUP * OT_SLICED_MOST_DEPTH];
  (void)e;
  (void)scratch;
  for (uint32_t t = 0; t < tree_count; t++) {
    const ot_sliced_tree *tree = &block->layout->trees[first_tree + t];
    const uint32_t *numbers = block->layout->leaves + tree->first_leaf;
    uint32_t batch = tree_count - t < OT_SLICED_GROUP ? tree_count - t : OT_SLICED_GROUP;
    if (t % OT_SLICED_GROUP == 0) slice_trees(block, first_tree + t, batch, slices);
    for (size_t group = 0; group * 64 < rows->count; group++) {
      uint8_t bytes[64] __attribute__((aligned(64)));
      index_bytes(slices + (size_t)(t % OT_SLICED_GROUP) * OT_SLICED_MOST_DEPTH, tree->index_bits, group, bytes);
      size_t end = rows->count - group * 64 < 64 ? rows->count - group * 64 : 64;
      uint32_t *out = leaves + t * rows->count + group * 64;
      for (size_t r = 0; r < end; r++) out[r] = numbers[bytes[r]];
    }
  }
}

static size_t masks_bytes(const ot_sliced_layout *layout) { return ((size_t)layout->mask_count * (WIDTH / 8) + 63) & ~(size_t)63; }

static size_t values_bytes(const ot_ensemble *e, const ot_sliced_layout *layout) {
  uint32_t columns = layout->column_count < OT_SLICED_WINDOW ? layout->column_count : OT_SLICED_WINDOW;
  return (size_t)columns * WIDTH * (e->is_double ? sizeof(double) : sizeof(float));
}

static size_t reach_bytes(const ot_sliced_layout *layout) { return ((size_t)layout->most_slots * (WIDTH / 8) + 63) & ~(size_t)63; }

static size_t slices_bytes(const ot_ensemble *e, const ot_sliced_layout *layout) {
  if (layout->vectors) return WIDTH * OT_SLICED_VECTOR * sizeof(float);
  return layout->keeps_slices ? (size_t)e->tree_count * OT_SLICED_MOST_DEPTH * (WIDTH / 8) : 0;
}

/* The fused path: target by target, with each tree's slices made when they are needed, or once for all targets. */
static void add_block(const ot_ensemble *e, const NAME(block) *block, VECTOR *all_slices, size_t count, float *sums) {
  const ot_sliced_layout *layout = block->layout;
#ifdef ADDS_VECTORS
  if (layout->vectors) {
    add_vectors(e, block, (void *)all_slices, count, sums);
    return;
  }
#endif
  if (layout->keeps_slices) slice_trees(block, 0, e->tree_count, all_slices);
  for (uint32_t k = 0; k < e->target_count; k++) add_target(e, block, layout->keeps_slices ? all_slices : NULL, k, count, sums + k);
}

static size_t scratch_bytes(const ot_ensemble *e, const void *context, size_t row_count) {
  const ot_sliced_layout *layout = context;
  if (row_count <= layout->few_rows) return layout->few_kernel->scratch_bytes(e, layout->few_layout, row_count);
  size_t rows = row_count < WIDTH ? row_count : WIDTH, tile = layout->addends ? slices_bytes(e, layout) : ot_tile_bytes(e, rows);
  size_t values = values_bytes(e, layout) + missing_bytes(layout) + DIGITS_BYTES(layout->most_levels);
  size_t sliced = masks_bytes(layout) + reach_bytes(layout) + (tile > values ? tile : values);
  size_t few = layout->few_kernel->scratch_bytes(e, layout->few_layout, layout->few_rows);
  return sliced > few ? sliced : few;
}

static void evaluate(const ot_ensemble *e, const void *context, const ot_rows *rows, void *scratch, void *sums, uint8_t *presence) {
  const ot_sliced_layout *layout = context;
  size_t real = e->is_double ? sizeof(double) : sizeof(float);
  for (size_t first = 0; first < rows->count; first += WIDTH) {
    size_t count = rows->count - first < WIDTH ? rows->count - first : WIDTH;
    ot_rows part = {(const char *)rows->data + first * rows->stride * real, rows->stride, count};
    void *part_sums = (char *)sums + first * e->target_count * real;
    uint8_t *part_presence = presence ? presence + first * e->target_count : NULL;
    if (count <= layout->few_rows) {
      layout->few_kernel->evaluate(e, layout->few_layout, &part, scratch, part_sums, part_presence);
      continue;
    }
    /* Rows past the narrow vector are few again: a wide one costs about half as much more. */
    if (NARROW_ROWS && count <= NARROW_ROWS + layout->few_rows / 3) {
      layout->narrow_kernel->evaluate(e, layout, &part, scratch, part_sums, part_presence);
      continue;
    }
    uint64_t *masks = scratch;
    VECTOR *reach = (VECTOR *)(void *)((char *)scratch + masks_bytes(layout));
    void *rest = (char *)reach + reach_bytes(layout); /* of one use after the other */
    bool no_twins = make_all_masks(e, layout, &part, rest, (void *)((char *)rest + values_bytes(e, layout)), masks);
    NAME(block) block = {e, layout, no_twins ? &layout->code_without_twins : &layout->code, masks, reach};
    if (layout->addends)
      add_block(e, &block, rest, count, part_sums);
    else
      ot_tile_evaluate(e, &(ot_locator){locate_block, &block, NULL, false}, &part, rest, part_sums, part_presence);
  }
}
