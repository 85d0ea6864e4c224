/* The programs of trees, included once per instruction set before the functions that use their slices. Before: VECTOR (a type of WIDTH bits),
 * LOAD(p), STORE(p, v), MUX(m, a, b) (per bit: b where m is set, else a), AND(a, b), OR(a, b), OR3(a, b, c), AND_NOT(a, b) (a and not b),
 * XOR(a, b), XOR3(a, b, c), ALL_ONES(), NAME(x). TWO(a, b): both in 256 bits, if that helps.
 * PICK(word, mask): the bits of a word where a mask has bits, if that is fast. */

#define WORDS (WIDTH / 64) /* 64-bit words of a mask */
#define SCALED(vectors, number) ((void *)((char *)(uintptr_t)(vectors) + (size_t)(number) * WORDS)) /* WORDS * 8 bytes a vector, / OT_SLICED_SCALE */

/* The i-th number of a program's word. */
static inline size_t number32(uint64_t word, uint32_t i) { return (uint32_t)(word >> (32 * i)); }
static inline __attribute__((always_inline)) size_t number16(uint64_t word, uint32_t i) {
#ifdef PICK
  if (i == 1 || i == 2) return PICK(word, UINT64_C(0xFFFF) << (16 * i)); /* the others take one instruction anyway */
#endif
  return (uint16_t)(word >> (16 * i));
}

/* ---- multiplexer networks ---- */

/* slices[0] is the top bit of the leaf index; `number` is the mask of the root, `program` has those of the children. */

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
static NAME(network) *const networks[] = {NULL, network_1_called, network_2_called, network_3_called, network_4_called,
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
static inline VECTOR mask_of(const ot_sliced_step *step, uint32_t i, const uint64_t *masks) {
  return LOAD(SCALED(masks, number32(step->masks[i / 2], i % 2)));
}

/* Two pairs of a step, from the i-th on. The lower branch of a pair is reached by what the upper one sends to it. */
static inline void split_two(const ot_sliced_step *step, uint32_t i, const uint64_t *masks, const VECTOR *reach, VECTOR *results) {
#ifdef TWO
  __m256i here = TWO(rows_at(step, i, reach), rows_at(step, i + 1, reach)), mask = TWO(mask_of(step, i, masks), mask_of(step, i + 1, masks));
  __m256i lower = TWO(mask_of(step, i + OT_SLICED_STEP, masks), mask_of(step, i + OT_SLICED_STEP + 1, masks));
  __m256i first = _mm256_andnot_si256(mask, here), second = _mm256_and_si256(mask, here), between = i < OT_SLICED_FIRST_SIDE ? first : second;
  _mm256_store_si256((void *)(results + i), i < OT_SLICED_FIRST_SIDE ? second : first);
  _mm256_store_si256((void *)(results + OT_SLICED_STEP + i), _mm256_andnot_si256(lower, between));
  _mm256_store_si256((void *)(results + 2 * (size_t)OT_SLICED_STEP + i), _mm256_and_si256(lower, between));
#else
  for (uint32_t end = i + 2; i < end; i++) {
    VECTOR here = rows_at(step, i, reach), mask = mask_of(step, i, masks), lower = mask_of(step, i + OT_SLICED_STEP, masks);
    VECTOR first = AND_NOT(here, mask), second = AND(here, mask), between = i < OT_SLICED_FIRST_SIDE ? first : second;
    STORE((void *)(results + i), i < OT_SLICED_FIRST_SIDE ? second : first);
    STORE((void *)(results + OT_SLICED_STEP + i), AND_NOT(between, lower));
    STORE((void *)(results + 2 * (size_t)OT_SLICED_STEP + i), AND(between, lower));
  }
#endif
}

/* Which rows reach which node, from the roots down. */
static inline void reach_nodes(const ot_sliced_step *step, const ot_sliced_step *end, const uint64_t *masks, VECTOR *reach) {
  reach[0] = ALL_ONES();
  reach[1] = AND_NOT(ALL_ONES(), ALL_ONES());
  for (VECTOR *results = reach + OT_SLICED_FIRST_RESULT; step < end; step++, results += OT_SLICED_RESULTS) {
    const ot_sliced_step now = *step; /* results might lie where it is, for all that the compiler knows: it would read numbers twice */
    split_two(&now, 0, masks, reach, results);
    split_two(&now, 2, masks, reach, results);
  }
}

static inline VECTOR flipped(ot_sliced_flip flip, const VECTOR *reach) {
  return XOR3(LOAD(SCALED(reach, number16(flip, 0))), LOAD(SCALED(reach, number16(flip, 1))), LOAD(SCALED(reach, number16(flip, 2))));
}

static void slice_by_reach(const NAME(block) *block, const ot_sliced_group *group, VECTOR *slices) {
  VECTOR *reach = block->reach;
  const ot_sliced_step *step = block->code->steps + group->first_step;
  reach_nodes(step, step + group->step_count, block->masks, reach);
  const ot_sliced_flip *flip = block->layout->flips + group->first_flip, *first_end = flip + group->slice_count, *end = flip + group->flip_count;
  for (; flip < first_end; flip++) STORE(SCALED(slices, number16(*flip, 3)), flipped(*flip, reach));
#ifdef PICK
#pragma GCC unroll 2 /* what it is about is instructions, where they are few for each number */
#endif
  for (; flip < end; flip++) {
    VECTOR *slice = SCALED(slices, number16(*flip, 3));
    STORE((void *)slice, XOR(LOAD(slice), flipped(*flip, reach)));
  }
}

static inline void slice_by_network(const NAME(block) *block, const ot_sliced_tree *tree, VECTOR *slices) {
  if (tree->network_depth == 0) return; /* sliced by reach: its program may be past the end */
  const uint64_t *program = block->code->programs + tree->first_program;
  networks[tree->network_depth](block->masks, program + 1, number32(program[0], 0), slices);
}

/* ---- the trees of a block ---- */

/* The slices of `count` trees from a place in the order of evaluation on, whole groups, OT_SLICED_MOST_DEPTH for each. Its loops
 * take a few percent more at the wrong place of the lines of the processor's code cache. */
__attribute__((aligned(64))) static void slice_trees(const NAME(block) *block, uint32_t place, uint32_t count, VECTOR *slices) {
  const ot_sliced_layout *layout = block->layout;
  for (uint32_t i = 0; i < count;) {
    const ot_sliced_group *group = &layout->groups[layout->places[place + i].group];
    VECTOR *first = slices + (size_t)i * OT_SLICED_MOST_DEPTH;
    if (group->step_count) slice_by_reach(block, group, first);
    for (uint32_t end = i + group->tree_count; i < end; i++)
      slice_by_network(block, &layout->trees[layout->places[place + i].tree], slices + (size_t)i * OT_SLICED_MOST_DEPTH);
  }
}

/* The slices of up to OT_SLICED_GROUP addends: made before (see keeps_slices), or now in `room`. */
static inline void slices_of(const NAME(block) *block, const VECTOR *all_slices, uint32_t first_addend, uint32_t count,
                             VECTOR room[OT_SLICED_GROUP * OT_SLICED_MOST_DEPTH], const VECTOR *slices[OT_SLICED_GROUP]) {
  if (!all_slices) slice_trees(block, first_addend, count, room);
  for (uint32_t i = 0; i < count; i++)
    slices[i] = all_slices ? all_slices + (size_t)block->layout->addends[first_addend + i].tree * OT_SLICED_MOST_DEPTH
                           : room + (size_t)i * OT_SLICED_MOST_DEPTH;
}
