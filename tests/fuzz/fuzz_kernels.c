/* Random ensembles of a searched shape: every kernel gives the reference's sums and presence, bit for bit, for one row, for all of them and
 * for some in between. Most inputs are small, for their number; a few have hundreds of trees, branches, features or rows, so that every
 * block width is met. */
#include <math.h>
#include <string.h>

#include "base/arena.h"
#include "ensemble/validate.h"
#include "fuzz/fuzz.h"
#include "kernels/planner.h"
#include "kernels/select.h"
#include "support/random_ensemble.h"

#define SHAPE_BYTES 12u    /* what the random numbers of an input depend on; later bytes change single nodes */
#define MOST_BRANCHES 1000u /* in all trees */

static ot_place no_name(const void *context, ot_node_ref ref) {
  (void)context;
  return ot_place_format("%u", ref);
}

/* 1 .. usual, or one time in `odds` up to `most`. */
static uint32_t read_size(fuzz_input *input, uint32_t usual, uint32_t odds, uint32_t most) {
  uint32_t kind = fuzz_byte(input), number = fuzz_byte(input);
  return 1 + (kind % odds ? number % usual : (number * 256 + kind) % most);
}

static ensemble_shape read_shape(fuzz_input *input) {
  uint32_t flags = fuzz_byte(input), modes = fuzz_byte(input) & 0x7F, more = fuzz_byte(input);
  ensemble_shape shape = {.is_double = flags & 1,      .missing = flags & 2,          .shared = flags & 4,
                          .chain = flags & 8,          .vector_leaves = flags & 16,   .target_per_tree = flags & 32,
                          .nan_thresholds = flags & 64, .modes = modes ? modes : 1,   .needs_presence = more & 1};
  random_many_values = flags & 128 ? 1 + (more >> 5) * 600 : 0;
  shape.aggregate = more >> 1 & 8 ? more >> 1 & 3 : OT_AGGREGATE_SUM;
  shape.targets = more >> 1 & 8 ? 1 + (more >> 5) % 5 : 1;
  shape.trees = read_size(input, 4, 32, 300);
  shape.branches = read_size(input, 8, 32, 300);
  shape.features = read_size(input, 5, 16, 140);
  shape.most_rows = read_size(input, 18, 16, 600);
  while (shape.trees * shape.branches > MOST_BRANCHES && shape.trees > shape.branches) shape.trees /= 2;
  while (shape.trees * shape.branches > MOST_BRANCHES) shape.branches /= 2;
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

typedef struct results {
  unsigned char *sums, *presence; /* [rows x targets] */
} results;

typedef struct cases {
  const ot_ensemble *ensemble;
  ot_rows rows;
  results expected;
  size_t real; /* bytes of an element */
} cases;

/* All memory ends where it must, so that AddressSanitizer sees what is beyond. */
static results evaluate(const cases *c, const ot_kernel *kernel, const void *layout, const ot_rows *rows) {
  const ot_ensemble *e = c->ensemble;
  size_t scratch = kernel->scratch_bytes(e, layout, rows->count), values = rows->count * e->target_count;
  void *work = NULL;
  results r = {malloc(values * c->real), malloc(values)};
  FUZZ_CHECK(posix_memalign(&work, 64, scratch) == 0 && r.sums && r.presence);
  memset(r.presence, 2, values);
  kernel->evaluate(e, layout, rows, work, r.sums, e->needs_presence ? r.presence : NULL);
  free(work);
  return r;
}

static void free_results(results *r) {
  free(r->sums);
  free(r->presence);
}

static void compare(const ot_kernel *kernel, const cases *c, size_t some) {
  ot_memory memory;
  ot_arena arena, scratch;
  ot_memory_init(&memory, NULL, UINT64_MAX);
  ot_arena_init(&arena, &memory);
  ot_arena_init(&scratch, &memory);
  const void *layout;
  FUZZ_CHECK(kernel->prepare(c->ensemble, &arena, &scratch, &layout));
  ot_arena_free(&scratch);
  const size_t counts[] = {1, some, c->rows.count};
  for (size_t i = c->rows.count == 1 ? 2 : 0; i < 3 && layout; i++) {
    size_t skipped = c->rows.count - counts[i], at = skipped * c->ensemble->target_count, values = counts[i] * c->ensemble->target_count;
    ot_rows rows = {(const char *)c->rows.data + skipped * c->rows.stride * c->real, c->rows.stride, counts[i]};
    results found = evaluate(c, kernel, layout, &rows);
    FUZZ_CHECK(memcmp(found.sums, c->expected.sums + at * c->real, values * c->real) == 0);
    FUZZ_CHECK(memcmp(found.presence, c->expected.presence + at, values) == 0);
    free_results(&found);
  }
  ot_arena_free(&arena);
  FUZZ_CHECK(memory.in_use == 0);
}

/* The planner's choice, perhaps of several. */
static void compare_groups(const cases *c) {
  const ot_ensemble *e = c->ensemble;
  ot_memory memory;
  ot_arena arena;
  ot_memory_init(&memory, NULL, UINT64_MAX);
  ot_arena_init(&arena, &memory);
  ot_tree_groups groups;
  FUZZ_CHECK(ot_groups_prepare(e, NULL, &arena, &groups));
  size_t values = c->rows.count * e->target_count;
  void *work = NULL;
  unsigned char *sums = malloc(values * c->real), *presence = malloc(values);
  FUZZ_CHECK(posix_memalign(&work, 64, ot_groups_scratch_bytes(&groups, c->rows.count)) == 0 && sums && presence);
  memset(presence, 2, values);
  ot_groups_evaluate(&groups, &c->rows, work, sums, e->needs_presence ? presence : NULL);
  FUZZ_CHECK(memcmp(sums, c->expected.sums, values * c->real) == 0 && memcmp(presence, c->expected.presence, values) == 0);
  free(work);
  free(sums);
  free(presence);
  ot_arena_free(&arena);
  FUZZ_CHECK(memory.in_use == 0);
}

static void validate(ot_ensemble *e, uint32_t features) {
  ot_memory memory;
  ot_arena scratch;
  ot_memory_init(&memory, NULL, UINT64_MAX);
  ot_arena_init(&scratch, &memory);
  ot_problems problems = {0};
  ot_node_names names = {no_name, NULL};
  FUZZ_CHECK(ot_ensemble_validate(e, features, 1000000, &names, "", &scratch, &problems));
  ot_arena_free(&scratch);
}

static void run(const ot_ensemble *e, const ensemble_shape *shape) {
  cases c = {e, {NULL, shape->features + random_below(3), shape->most_rows}, {NULL, NULL}, e->is_double ? sizeof(double) : sizeof(float)};
  size_t cells = (c.rows.count - 1) * c.rows.stride + shape->features; /* the last row ends with the memory */
  void *rows = malloc(cells * c.real);
  for (size_t i = 0; i < cells; i++) random_store(e, rows, i, random_below(4) ? random_number() : fuzz_awkward_number(random_next()));
  c.rows.data = rows;
  c.expected = evaluate(&c, &ot_kernel_reference, NULL, &c.rows);
  size_t some = 1 + random_below((uint32_t)c.rows.count);
  for (size_t k = 0; ot_kernel_at(k); k++)
    if (ot_kernel_at(k) != &ot_kernel_reference) compare(ot_kernel_at(k), &c, some);
  compare_groups(&c);
  free_results(&c.expected);
  free(rows);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  fuzz_input input = {data, size};
  random_state = fuzz_hash(data, size < SHAPE_BYTES ? size : SHAPE_BYTES);
  ensemble_shape shape = read_shape(&input);
  ot_ensemble e = random_ensemble(&shape);
  touch(&e, &shape, &input);
  validate(&e, shape.features);
  run(&e, &shape);
  random_ensemble_free(&e);
  return 0;
}
