/* Bit-sliced evaluation in plain C: 64 rows a word. */
#include <string.h>

#include "kernels/sliced_cost.h"
#include "kernels/sliced_rank.h"

#define NAME(x) x##_portable
#define WIDTH 256u
#define NARROW_ROWS 0u

/* Compilers split these vectors into what the target has, down to single words. */
typedef uint64_t vector __attribute__((vector_size(WIDTH / 8)));

#define VECTOR vector
#define LOAD(p) (*(const vector *)(const void *)(p))
#define STORE(p, v) (void)(*(vector *)(void *)(p) = (v))
#define MUX(m, a, b) ((a) ^ ((m) & ((a) ^ (b))))
#define AND_NOT(a, b) ((a) & ~(b))
#define OR(a, b) ((a) | (b))
#define OR3(a, b, c) ((a) | (b) | (c))
#define XOR(a, b) ((a) ^ (b))
#define XOR3(a, b, c) ((a) ^ (b) ^ (c))
#define AND(a, b) ((a) & (b))
#define ALL_ONES() (~(vector){0})

#include "kernels/sliced_plain_ranks.h"
#include "kernels/sliced_suffix.h"

/* Bit i of a byte becomes byte i: eight multiplications by shifts. */
static inline uint64_t spread(uint64_t byte) {
  /* Copies of the byte, one bit kept in each, moved to the bottom of its byte. */
  uint64_t bits = (byte * UINT64_C(0x0101010101010101)) & UINT64_C(0x8040201008040201);
  return ((bits + UINT64_C(0x7F7F7F7F7F7F7F7F)) >> 7) & UINT64_C(0x0101010101010101);
}

#include "kernels/sliced_programs.h"

static inline void index_bytes(const vector *slices, uint32_t depth, size_t group, uint8_t *bytes) {
  for (unsigned part = 0; part < 8; part++) {
    uint64_t indices = 0;
    for (uint32_t i = 0; i < depth; i++) indices = indices << 1 | spread(slices[i][group] >> (8 * part) & 0xFF);
    for (unsigned r = 0; r < 8; r++) bytes[8 * part + r] = (uint8_t)(indices >> (8 * r));
  }
}

#include "kernels/sliced_plain_sums.h"
#include "kernels/sliced_template.h"

static const ot_block_costs costs = {130, 3.5, 0.89, 2.6, 46, 40};

static bool prepare(const ot_ensemble *e, ot_arena *arena, ot_arena *scratch, const void **layout) {
  return ot_sliced_prepare_plain(e, arena, scratch, &costs, layout);
}

const ot_kernel ot_kernel_sliced_portable = {"sliced-portable", NULL, prepare, scratch_bytes, evaluate, NULL, ot_sliced_for_few, NULL, true};
