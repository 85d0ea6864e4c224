/* The programs of trees, included once per instruction set before the functions that use their slices. Before: VECTOR (a type of WIDTH bits), LOAD(p),
 * MUX(m, a, b) (per bit: b where m is set, else a), STORE(p, v), AND(a, b), OR(a, b), OR3(a, b, c), AND_NOT(a, b) (a and not b), XOR(a, b), XOR3(a, b, c),
 * XOR_AND(a, b, c) (a xor (b and c)), ALL_ONES(), NAME(x). FOUR(a, b, c, d): four of them in 512 bits, if that helps. */

#define WORDS (WIDTH / 64) /* 64-bit words of a mask */
#define SCALED(vectors, number) ((void *)((char *)(uintptr_t)(vectors) + (size_t)(number) * WORDS)) /* WORDS * 8 bytes a vector, / OT_SLICED_SCALE */

/* The i-th number of a program's word. */
static inline size_t number32(uint64_t word, uint32_t i) { return (uint32_t)(word >> (32 * i)); }
static inline size_t number16(uint64_t word, uint32_t i) { return (uint16_t)(word >> (16 * i)); }

/* ---- multiplexer networks: slices[0] is the top bit of the leaf index; `number` is the mask of the root, `program` has those of the children ---- */

#define NETWORK(depth, below)                                                                                                              \
  static inline __attribute__((always_inline)) void network_##depth(const uint64_t *masks, const uint64_t *program, size_t number,        \
                                                                    VECTOR *slices) {                                                      \
    VECTOR first[depth], second[depth], mask = LOAD(SCALED(masks, number));                                                               \
    uint64_t children = depth > 1 ? program[0] : 0;                                                                                        \
    network_##below(masks, program + (depth > 1), number32(children, 0), first);                                                          \
    network_##below(masks, program + (1u << depth) / 4, number32(children, 1), second);                                                    \
    slices[0] = mask;                                                                                                                      \
    for (int i = 0; i < depth - 1; i++) slices[i + 1] = MUX(mask, first[i], second[i]);                                                    \
  }
#define CALLED(depth)                                                                                                                      \
  static __attribute__((noinline)) void network_##depth##_called(const uint64_t *masks, const uint64_t *program, size_t number, VECTOR *slices) {   \
    network_##depth(masks, program, number, slices);                                                                                       \
  }

static inline __attribute__((always_inline)) void network_0(const uint64_t *masks, const uint64_t *program, size_t number, VECTOR *slices) {
  (void)masks;
  (void)program;
  (void)number;
  (void)slices;
}
NETWORK(1, 0)
NETWORK(2, 1)
NETWORK(3, 2)
NETWORK(4, 3)
NETWORK(5, 4)
NETWORK(6, 5)
CALLED(0)
CALLED(1)
CALLED(2)
CALLED(3)
CALLED(4)
CALLED(5)
CALLED(6)
/* Deeper networks call that of depth 6, two or four times: code for their 127 and 255 nodes would fill a third of the library. */
NETWORK(7, 6_called)
NETWORK(8, 7)
CALLED(7)
CALLED(8)
typedef void NAME(network)(const uint64_t *masks, const uint64_t *program, size_t number, VECTOR *slices);
static NAME(network) *const networks[] = {network_0_called, network_1_called, network_2_called, network_3_called, network_4_called,
                                          network_5_called, network_6_called, network_7_called, network_8_called};

/* ---- a block of rows ---- */

typedef struct NAME(block) {
  const ot_ensemble *ensemble;
  const ot_sliced_layout *layout;
  const ot_sliced_code *code;
  const uint64_t *masks;
  VECTOR *reach; /* layout->most_slots vectors */
} NAME(block);

/* ---- reach programs ---- */

static inline VECTOR rows_at(const ot_sliced_step *step, uint32_t i, const VECTOR *reach) { return LOAD(SCALED(reach, number16(step->from, i))); }
static inline VECTOR mask_of(const ot_sliced_step *step, uint32_t i, const uint64_t *masks) { return LOAD(SCALED(masks, number32(step->masks[i / 2], i % 2))); }

static inline void split(const ot_sliced_step *step, uint32_t i, const uint64_t *masks, const VECTOR *reach, VECTOR *children) {
  VECTOR here = rows_at(step, i, reach), mask = mask_of(step, i, masks);
  STORE((void *)(children + i), AND_NOT(here, mask));
  STORE((void *)(children + OT_SLICED_STEP + i), AND(here, mask));
}

/* Divides the rows at four slots by four masks. */
static inline void split_four(const ot_sliced_step *step, const uint64_t *masks, const VECTOR *reach, VECTOR *children) {
#ifdef FOUR
  __m512i here = FOUR(rows_at(step, 0, reach), rows_at(step, 1, reach), rows_at(step, 2, reach), rows_at(step, 3, reach));
  __m512i mask = FOUR(mask_of(step, 0, masks), mask_of(step, 1, masks), mask_of(step, 2, masks), mask_of(step, 3, masks));
  _mm512_store_si512(children, _mm512_andnot_si512(mask, here));
  _mm512_store_si512(children + OT_SLICED_STEP, _mm512_and_si512(mask, here));
#else
  split(step, 0, masks, reach, children);
  split(step, 1, masks, reach, children);
  split(step, 2, masks, reach, children);
  split(step, 3, masks, reach, children);
#endif
}

/* Which rows reach which node, from the roots down. */
static inline void reach_nodes(const ot_sliced_step *step, const ot_sliced_step *end, const uint64_t *masks, VECTOR *reach) {
  reach[0] = ALL_ONES();
  reach[1] = AND_NOT(ALL_ONES(), ALL_ONES());
  for (VECTOR *children = reach + OT_SLICED_FIRST_CHILD; step < end; step++, children += 2 * (size_t)OT_SLICED_STEP) split_four(step, masks, reach, children);
}

static void slice_by_reach(const NAME(block) *block, const ot_sliced_group *group, VECTOR *slices) {
  const uint64_t *masks = block->masks;
  VECTOR *reach = block->reach;
  const ot_sliced_step *step = block->code->steps + group->first_step;
  reach_nodes(step, step + group->step_count, masks, reach);
  for (const ot_sliced_last *last = block->code->lasts + group->first_last, *end = last + group->last_count; last < end; last++) {
    uint64_t word = *last;
    VECTOR *slice = SCALED(slices, number16(word, 3));
    STORE((void *)slice, XOR_AND(LOAD(slice), LOAD(SCALED(reach, number16(word, 2))), LOAD(SCALED(masks, number32(word, 0)))));
  }
  for (const ot_sliced_flip *flip = block->layout->flips + group->first_flip, *end = flip + group->flip_count; flip < end; flip++) {
    uint64_t word = *flip;
    VECTOR *slice = SCALED(slices, number16(word, 3)), a = LOAD(SCALED(reach, number16(word, 0))), b = LOAD(SCALED(reach, number16(word, 1)));
    STORE((void *)slice, XOR(XOR3(LOAD(slice), a, b), LOAD(SCALED(reach, number16(word, 2)))));
  }
}

static inline void slice_by_network(const NAME(block) *block, const ot_sliced_tree *tree, VECTOR *slices) {
  if (tree->network_depth == 0) return; /* sliced by reach: its program may be past the end */
  const uint64_t *program = block->code->programs + tree->first_program;
  networks[tree->network_depth](block->masks, program + 1, number32(program[0], 0), slices);
}

/* ---- the trees of a block ---- */

/* The slices of `count` trees from a place in the order of evaluation on, whole groups, OT_SLICED_MOST_DEPTH for each. */
static void slice_trees(const NAME(block) *block, uint32_t place, uint32_t count, VECTOR *slices) {
  const ot_sliced_layout *layout = block->layout;
  for (uint32_t i = 0; i < count;) {
    const ot_sliced_group *group = &layout->groups[layout->places[place + i].group];
    VECTOR *first = slices + (size_t)i * OT_SLICED_MOST_DEPTH;
    if (group->step_count + group->last_count) {
      memset((void *)first, 0, (size_t)group->tree_count * OT_SLICED_MOST_DEPTH * sizeof *first);
      slice_by_reach(block, group, first);
    }
    for (uint32_t end = i + group->tree_count; i < end; i++)
      slice_by_network(block, &layout->trees[layout->places[place + i].tree], slices + (size_t)i * OT_SLICED_MOST_DEPTH);
  }
}

/* The slices of up to OT_SLICED_GROUP addends: made before (see keeps_slices), or now in `room`. */
static inline void slices_of(const NAME(block) *block, const VECTOR *all_slices, uint32_t first_addend, uint32_t count,
                             VECTOR room[OT_SLICED_GROUP * OT_SLICED_MOST_DEPTH], const VECTOR *slices[OT_SLICED_GROUP]) {
  if (!all_slices) slice_trees(block, first_addend, count, room);
  for (uint32_t i = 0; i < count; i++)
    slices[i] = all_slices ? all_slices + (size_t)block->layout->addends[first_addend + i].tree * OT_SLICED_MOST_DEPTH : room + (size_t)i * OT_SLICED_MOST_DEPTH;
}
