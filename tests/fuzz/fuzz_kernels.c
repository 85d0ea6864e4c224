/* Random ensembles of a searched shape: every kernel gives the reference's sums, bit for bit, for a few counts of rows. */
#include <math.h>
#include <string.h>

#include "base/arena.h"
#include "ensemble/validate.h"
#include "fuzz/fuzz.h"
#include "kernels/groups.h"
#include "kernels/select.h"
#include "support/random_ensemble.h"

#define MOST_ROWS 40

static ot_place no_name(const void *context, ot_node_ref ref) {
  (void)context;
  return ot_place_format("%u", ref);
}

static ensemble_shape read_shape(fuzz_input *input) {
  uint32_t flags = fuzz_byte(input), modes = fuzz_byte(input) & 0x7F;
  ensemble_shape shape = {.is_double = flags & 1,      .missing = flags & 2,        .shared = flags & 4,         .chain = flags & 8, .vector_leaves = flags & 16,
                          .target_per_tree = flags & 32, .nan_thresholds = flags & 64, .modes = modes ? modes : 1};
  random_many_values = flags & 128 ? 1 + fuzz_byte(input) * 16 : 0;
  shape.trees = 1 + fuzz_below(input, fuzz_byte(input) % 16 ? 5 : 40);
  shape.branches = fuzz_below(input, fuzz_byte(input) % 8 ? 10 : 80);
  shape.features = 1 + fuzz_below(input, fuzz_byte(input) % 8 ? 6 : 140);
  shape.targets = 1 + fuzz_below(input, 5);
  if (shape.targets == 1) shape.vector_leaves = false;
  return shape;
}

/* Bytes of the input replace thresholds, modes and features, so that the search can also work on single nodes. */
static void touch(ot_ensemble *e, const ensemble_shape *shape, fuzz_input *input) {
  while (input->size >= 3 && e->branch_count > 0) {
    uint32_t branch = (fuzz_byte(input) * 256 + fuzz_byte(input)) % e->branch_count, what = fuzz_byte(input);
    double value = fuzz_awkward_number(what >> 2);
    if (what % 4 == 0)
      e->features[branch] = (what >> 2) % shape->features;
    else if (what % 4 == 1)
      e->modes[branch] = (uint8_t)((what >> 2) % 6 | (what & 0x80 && shape->missing ? OT_MISSING_TRUE : 0));
    else if (!isnan(value) || shape->nan_thresholds)
      random_store(e, e->thresholds, branch, value);
  }
}

typedef struct cases {
  const ot_ensemble *ensemble;
  ot_rows rows;
  const void *expected;
  size_t real; /* bytes of an element */
} cases;

static void *sums_of(const ot_kernel *kernel, const ot_ensemble *e, const void *layout, const ot_rows *rows) {
  size_t scratch = kernel->scratch_bytes(e, layout, rows->count);
  void *work = aligned_alloc(64, (scratch + 64) & ~(size_t)63);
  void *sums = malloc(rows->count * e->target_count * sizeof(double));
  kernel->evaluate(e, layout, rows, work, sums, NULL);
  free(work);
  return sums;
}

static void compare(const ot_kernel *kernel, const cases *c, uint64_t *state) {
  ot_memory memory;
  ot_arena arena, scratch;
  ot_memory_init(&memory, NULL, UINT64_MAX);
  ot_arena_init(&arena, &memory);
  ot_arena_init(&scratch, &memory);
  const void *layout;
  FUZZ_CHECK(kernel->prepare(c->ensemble, &arena, &scratch, &layout));
  ot_arena_free(&scratch);
  size_t width = c->ensemble->target_count * c->real;
  for (int i = 0; i < 2 && layout; i++) {
    size_t count = i == 0 ? c->rows.count : (size_t)(1 + fuzz_random(state) % c->rows.count), skipped = c->rows.count - count;
    ot_rows rows = {(const char *)c->rows.data + skipped * c->rows.stride * c->real, c->rows.stride, count};
    void *found = sums_of(kernel, c->ensemble, layout, &rows);
    FUZZ_CHECK(memcmp(found, (const char *)c->expected + skipped * width, count * width) == 0);
    free(found);
  }
  ot_arena_free(&arena);
  FUZZ_CHECK(memory.in_use == 0);
}

/* The planner's choice, perhaps of several. */
static void compare_groups(const cases *c) {
  ot_memory memory;
  ot_arena arena;
  ot_memory_init(&memory, NULL, UINT64_MAX);
  ot_arena_init(&arena, &memory);
  ot_tree_groups groups;
  FUZZ_CHECK(ot_groups_prepare(c->ensemble, NULL, &arena, &groups));
  size_t size = c->rows.count * c->ensemble->target_count * c->real;
  void *work = aligned_alloc(64, (ot_groups_scratch_bytes(&groups, c->rows.count) + 127) / 64 * 64), *found = malloc(size);
  ot_groups_evaluate(&groups, &c->rows, work, found, NULL);
  FUZZ_CHECK(memcmp(found, c->expected, size) == 0);
  free(work);
  free(found);
  ot_arena_free(&arena);
  FUZZ_CHECK(memory.in_use == 0);
}

static void run(ot_ensemble *e, uint32_t features) {
  ot_memory memory;
  ot_arena scratch;
  ot_memory_init(&memory, NULL, UINT64_MAX);
  ot_arena_init(&scratch, &memory);
  ot_problems problems = {0};
  ot_node_names names = {no_name, NULL};
  FUZZ_CHECK(ot_ensemble_validate(e, features, 1000000, &names, "", &scratch, &problems));
  ot_arena_free(&scratch);
  cases c = {e, {NULL, features + random_below(3), 1 + random_below(MOST_ROWS)}, NULL, e->is_double ? sizeof(double) : sizeof(float)};
  size_t cells = (c.rows.count - 1) * c.rows.stride + features; /* the last row ends with the memory */
  void *rows = malloc(cells * c.real);
  for (size_t i = 0; i < cells; i++) random_store(e, rows, i, random_below(4) ? random_number() : fuzz_awkward_number(random_next()));
  c.rows.data = rows;
  void *expected = sums_of(&ot_kernel_reference, e, NULL, &c.rows);
  c.expected = expected;
  for (size_t k = 0; ot_kernel_at(k); k++) compare(ot_kernel_at(k), &c, &random_state);
  compare_groups(&c);
  free(expected);
  free(rows);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  fuzz_input input = {data, size};
  random_state = fuzz_hash(data, size < 9 ? size : 9); /* later bytes change single nodes, not everything */
  ensemble_shape shape = read_shape(&input);
  ot_ensemble e = random_ensemble(&shape);
  touch(&e, &shape, &input);
  run(&e, shape.features);
  random_ensemble_free(&e);
  return 0;
}
