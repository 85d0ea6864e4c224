#include "support/kernel_check.h"

#include <math.h>
#include <string.h>

#include <CUnit/CUnit.h>

#include "base/arena.h"
#include "ensemble/validate.h"
#include "kernels/select.h"
#include "kernels/sliced.h"
#include "support/guarded_memory.h"

#define MOST_FEW_ROWS 64u

static ot_place no_name(const void *context, ot_node_ref ref) {
  (void)context;
  return ot_place_format("%u", ref);
}

static size_t real_size(const ot_ensemble *e) { return e->is_double ? sizeof(double) : sizeof(float); }

typedef struct results {
  guarded_memory sums, presence; /* [rows x targets] */
} results;

/* Sums of trees before, which an ensemble that continues them adds to. `at`: the number of the first sum among those of all rows. */
static void fill(const ot_ensemble *e, const results *r, size_t at, size_t count) {
  for (size_t i = 0; i < count; i++) {
    random_store(e, r->sums.data, i, (double)((at + i) * 37 % 101) / 8 - 3);
    if (e->needs_presence) ((uint8_t *)r->presence.data)[i] = (at + i) % 3 == 0;
  }
}

static results evaluate(const ot_kernel *kernel, const ot_ensemble *e, const void *layout, const ot_rows *rows, size_t skipped) {
  guarded_memory work = guarded_allocate(kernel->scratch_bytes(e, layout, rows->count), 64);
  results r = {guarded_allocate(rows->count * e->target_count * real_size(e), real_size(e)), guarded_allocate(rows->count * e->target_count, 1)};
  memset(r.presence.data, 2, rows->count * e->target_count);
  if (e->continues) fill(e, &r, skipped * e->target_count, rows->count * e->target_count);
  kernel->evaluate(e, layout, rows, work.data, r.sums.data, e->needs_presence ? r.presence.data : NULL);
  guarded_free(&work);
  return r;
}

static void free_results(results *r) {
  guarded_free(&r->sums);
  guarded_free(&r->presence);
}

typedef struct comparison {
  const ot_ensemble *ensemble;
  const ot_rows *all;
  const results *expected; /* of all rows */
} comparison;

static void compare_last_rows(const comparison *c, const ot_kernel *kernel, const void *layout, size_t count) {
  const ot_ensemble *e = c->ensemble;
  size_t skipped = c->all->count - count, values = count * e->target_count, at = skipped * e->target_count;
  ot_rows rows = {(const char *)c->all->data + skipped * c->all->stride * real_size(e), c->all->stride, count};
  results found = evaluate(kernel, e, layout, &rows, skipped);
  CU_ASSERT(memcmp((const char *)c->expected->sums.data + at * real_size(e), found.sums.data, values * real_size(e)) == 0);
  CU_ASSERT(memcmp((const char *)c->expected->presence.data + at, found.presence.data, values) == 0);
  free_results(&found);
}

/* The kernel for few rows, however many it is thought to be good for. */
static void compare_few_rows(const comparison *c, const ot_sliced_layout *layout, const size_t *counts, size_t count) {
  for (size_t i = 0; i < count; i++)
    if (counts[i] <= MOST_FEW_ROWS) compare_last_rows(c, layout->few_kernel, layout->few_layout, counts[i]);
}

static void compare(const comparison *c, const ot_kernel *kernel, const size_t *counts, size_t count, ot_memory *memory) {
  ot_arena arena, scratch;
  ot_arena_init(&arena, memory);
  ot_arena_init(&scratch, memory);
  const void *layout;
  CU_ASSERT_FATAL(kernel->prepare(c->ensemble, &arena, &scratch, &layout));
  ot_arena_free(&scratch);
  for (size_t i = 0; layout && i < count; i++) compare_last_rows(c, kernel, layout, counts[i]);
  if (layout && strncmp(kernel->name, "sliced", strlen("sliced")) == 0) compare_few_rows(c, layout, counts, count);
  ot_arena_free(&arena);
}

static ot_ensemble make_ensemble(const ensemble_shape *s, ot_memory *memory) {
  ot_arena scratch;
  ot_arena_init(&scratch, memory);
  ot_problems problems = {0};
  ot_node_names names = {no_name, NULL};
  ot_ensemble e = random_ensemble(s);
  CU_ASSERT_FATAL(ot_ensemble_validate(&e, s->features, 1000000, &names, "", &scratch, &problems));
  ot_arena_free(&scratch);
  return e;
}

static double random_value(const ensemble_shape *s, bool is_last) {
  double value = random_number();
  if (s->many_missing && random_below(3) == 0) value = (double)NAN;
  if (s->no_missing && value != value) value = 1;
  return s->last_missing && is_last ? (double)NAN : value;
}

void kernel_check(const ensemble_shape *s, const size_t *row_counts, size_t count) {
  ot_memory memory;
  ot_memory_init(&memory, NULL, UINT64_MAX);
  ot_ensemble e = make_ensemble(s, &memory);
  e.continues = random_below(3) == 0;
  ot_rows all = {NULL, s->features + s->gap, 0};
  for (size_t c = 0; c < count; c++) all.count = row_counts[c] > all.count ? row_counts[c] : all.count;
  size_t cells = (all.count - 1) * all.stride + s->features;
  guarded_memory rows = guarded_allocate(cells * real_size(&e), real_size(&e));
  for (size_t i = 0; i < cells; i++) random_store(&e, rows.data, i, random_value(s, i + 1 == cells));
  all.data = rows.data;
  results expected = evaluate(&ot_kernel_reference, &e, NULL, &all, 0);
  for (size_t k = 0; ot_kernel_at(k); k++) compare(&(comparison){&e, &all, &expected}, ot_kernel_at(k), row_counts, count, &memory);
  free_results(&expected);
  guarded_free(&rows);
  random_ensemble_free(&e);
  CU_ASSERT_EQUAL(memory.in_use, 0);
}
