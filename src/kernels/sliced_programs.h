/* The programs of trees, included once per instruction set before the functions that use their slices. Before: VECTOR (a type of WIDTH bits), LOAD(p),
 * MUX(m, a, b) (per bit: b where m is set, else a), STORE(p, v), AND(a, b), OR(a, b), OR3(a, b, c), AND_NOT(a, b) (a and not b), ALL_ONES(), NAME(x). */

#define WORDS (WIDTH / 64) /* 64-bit words of a mask */
#define SCALED(vectors, number) ((void *)((char *)(uintptr_t)(vectors) + (size_t)(number) * WORDS)) /* WORDS * 8 bytes a vector, / OT_SLICED_SCALE */

/* ---- multiplexer networks: slices[0] is the top bit of the leaf index ---- */

#define NETWORK(depth, below)                                                                                                \
  static inline __attribute__((always_inline)) void network_##depth(const uint64_t *masks, const uint32_t *program, uint32_t node, VECTOR *slices) { \
    VECTOR first[depth], second[depth], mask = LOAD(SCALED(masks, program[node - 1]));                                       \
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
/* Deeper networks call this one, two or four times: code for their 127 and 255 nodes would fill a third of the library. */
static __attribute__((noinline)) void network_6_called(const uint64_t *masks, const uint32_t *program, uint32_t node, VECTOR *slices) {
  network_6(masks, program, node, slices);
}
NETWORK(7, 6_called)
NETWORK(8, 7)

/* ---- reach programs ---- */

/* Which rows reach which node, from the root down. */
static inline void reach_nodes(const ot_sliced_op *op, const ot_sliced_op *end, const uint64_t *masks, VECTOR *reach) {
  reach[0] = ALL_ONES();
  for (VECTOR *children = reach + 1; op < end; op++, children += 2) {
    VECTOR here = LOAD(SCALED(reach, op->from)), mask = LOAD(SCALED(masks, op->mask));
    STORE((void *)children, AND_NOT(here, mask));
    STORE((void *)(children + 1), AND(here, mask));
  }
}

static void slice_by_reach(const ot_sliced_layout *layout, const ot_sliced_tree *tree, const uint64_t *masks, VECTOR *reach, VECTOR *slices) {
  const ot_sliced_op *op = layout->ops + tree->first_op;
  reach_nodes(op, op + tree->op_count, masks, reach);
  const uint16_t *slot = layout->unions + tree->first_union;
  for (uint32_t bit = 0; bit < tree->index_bits; bit++) {
    const uint16_t *end = slot + tree->union_counts[bit];
    VECTOR slice = LOAD(SCALED(reach, *slot++));
    for (; slot < end; slot += 2) slice = OR3(slice, LOAD(SCALED(reach, slot[0])), LOAD(SCALED(reach, slot[1])));
    slices[bit] = slice;
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

/* ---- a block of rows ---- */

typedef struct NAME(block) {
  const ot_ensemble *ensemble;
  const ot_sliced_layout *layout;
  const uint64_t *masks;
  VECTOR *reach;
} NAME(block);

/* The slices of a tree: made before (see keeps_slices), or now in `room`. */
static inline const VECTOR *slices_of(const NAME(block) *block, const VECTOR *all_slices, uint32_t tree, VECTOR *room) {
  if (all_slices) return all_slices + (size_t)tree * OT_SLICED_MOST_DEPTH;
  slice_tree(block->layout, &block->layout->trees[tree], block->masks, block->reach, room);
  return room;
}
