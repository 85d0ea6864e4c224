/* Where the planner's constants come from: times each bit-sliced kernel and each kernel for few rows on random ensembles, alone, and prints
 *   the costs of a block (ot_block_costs, sliced_cost.h) that fit the times best, as they stand in the kernel's file, and
 *   how the times of single rows compare with what row_cost() of their kernel says.
 * Usage: onnxtree_costs [MILLISECONDS for each measurement, default 20]. docs/performance.md says what to do with what it prints. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "ensemble/validate.h"
#include "kernels/select.h"
#include "kernels/sliced_cost.h"
#include "support/random_ensemble.h"

#define BLOCK_ROWS 32u /* about where the choice is made */
#define RING 64u       /* blocks of different rows */
#define TERMS OT_BLOCK_TERMS
#define MOST_SHAPES 64u

static double now_ns(void) {
  struct timespec time;
  (void)clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

/* ---- ensembles ---- */

static ot_place no_name(const void *context, ot_node_ref ref) {
  (void)context;
  return ot_place_format("%u", ref);
}

static size_t make_shapes(ensemble_shape *shapes) {
  static const uint32_t branches[] = {7, 15, 30, 63, 100, 200}, trees[] = {20, 100, 300}, features[] = {4, 28};
  size_t count = 0;
  for (size_t b = 0; b < 6; b++)
    for (size_t t = 0; t < 3; t++)
      for (size_t f = 0; f < 2; f++) {
        bool perfect = (b + t + f) % 2 == 0;
        shapes[count++] = (ensemble_shape){.trees = trees[t], .branches = branches[b], .features = features[f], .modes = 0x01, .perfect = perfect};
      }
  return count;
}

static ot_ensemble make_ensemble(const ensemble_shape *shape, ot_memory *memory) {
  ot_arena scratch;
  ot_arena_init(&scratch, memory);
  ot_problems problems = {0};
  ot_ensemble e = random_ensemble(shape);
  if (!ot_ensemble_validate(&e, shape->features, shape->features, &(ot_node_names){no_name, NULL}, "", &scratch, &problems)) exit(EXIT_FAILURE);
  ot_arena_free(&scratch);
  return e;
}

/* ---- times ---- */

/* Median nanoseconds of a call with so many rows, the next ones of the ring each time. */
static double measure(const ot_kernel *kernel, const ot_ensemble *e, const void *layout, const float *ring, size_t rows, double ns) {
  enum { SAMPLES = 15 };
  double samples[SAMPLES];
  size_t stride = e->feature_count, next = 0;
  void *scratch = aligned_alloc(64, (kernel->scratch_bytes(e, layout, rows) + 127) / 64 * 64);
  float *sums = malloc(rows * e->target_count * sizeof *sums);
  if (!scratch || !sums) exit(EXIT_FAILURE);
  for (int s = 0; s < SAMPLES; s++) {
    size_t calls = 0;
    double start = now_ns(), elapsed = 0;
    do {
      for (int i = 0; i < 8; i++, calls++, next = (next + rows) % ((RING - 1) * BLOCK_ROWS))
        kernel->evaluate(e, layout, &(ot_rows){ring + next * stride, stride, rows}, scratch, sums, NULL);
      elapsed = now_ns() - start;
    } while (elapsed < ns / SAMPLES);
    samples[s] = elapsed / (double)calls;
    for (int i = s; i > 0 && samples[i] < samples[i - 1]; i--) {
      double swap = samples[i];
      samples[i] = samples[i - 1];
      samples[i - 1] = swap;
    }
  }
  free(scratch);
  free(sums);
  return samples[SAMPLES / 2];
}

/* ---- fitting ---- */

typedef struct fit {
  double matrix[TERMS][TERMS + 1]; /* normal equations; each measurement counts by its relative error */
} fit;

static void add_measurement(fit *f, const double *terms, double ns) {
  for (size_t i = 0; i < TERMS; i++) {
    for (size_t j = 0; j < TERMS; j++) f->matrix[i][j] += terms[i] * terms[j] / (ns * ns);
    f->matrix[i][TERMS] += terms[i] / ns;
  }
}

/* Gauss-Jordan, without the terms that are left out. */
static void solve(const fit *f, const bool *left_out, double *costs) {
  fit copy = *f;
  for (size_t p = 0; p < TERMS; p++)
    for (size_t i = 0; i < TERMS && !left_out[p]; i++) {
      double factor = i == p || left_out[i] ? 0 : copy.matrix[i][p] / copy.matrix[p][p];
      for (size_t j = 0; j <= TERMS; j++) copy.matrix[i][j] -= factor * copy.matrix[p][j];
    }
  for (size_t i = 0; i < TERMS; i++) costs[i] = left_out[i] ? 0 : copy.matrix[i][TERMS] / copy.matrix[i][i];
}

/* No part of the work takes less than no time: the most negative term is left out, and the others are fitted again. */
static void solve_positive(const fit *f, double *costs) {
  bool left_out[TERMS] = {false};
  for (;;) {
    size_t worst = TERMS;
    solve(f, left_out, costs);
    for (size_t i = 0; i < TERMS; i++)
      if (costs[i] < 0 && (worst == TERMS || costs[i] < costs[worst])) worst = i;
    if (worst == TERMS) return;
    left_out[worst] = true;
  }
}

/* ---- the whole ---- */

typedef struct ratios {
  const ot_kernel *kernel;
  double values[MOST_SHAPES]; /* time over estimate, ascending */
  size_t count;
} ratios;

static void note_ratio(ratios *all, const ot_kernel *kernel, double ratio) {
  while (all->kernel && all->kernel != kernel) all++;
  all->kernel = kernel;
  size_t i = all->count++;
  for (; i > 0 && all->values[i - 1] > ratio; i--) all->values[i] = all->values[i - 1];
  all->values[i] = ratio;
}

static void measure_ensemble(const ot_kernel *kernel, const ot_ensemble *e, double ns, fit *f, ratios *single_rows, ot_memory *memory) {
  ot_arena arena, scratch;
  ot_arena_init(&arena, memory);
  ot_arena_init(&scratch, memory);
  const void *prepared;
  if (!kernel->prepare(e, &arena, &scratch, &prepared)) exit(EXIT_FAILURE);
  float *ring = malloc(RING * BLOCK_ROWS * e->feature_count * sizeof *ring);
  if (!ring) exit(EXIT_FAILURE);
  for (size_t i = 0; i < RING * BLOCK_ROWS * e->feature_count; i++) ring[i] = (float)random_number();
  if (prepared) {
    ot_sliced_layout layout = *(const ot_sliced_layout *)prepared;
    double row = measure(layout.few_kernel, e, layout.few_layout, ring, 1, ns);
    note_ratio(single_rows, layout.few_kernel, row / layout.few_kernel->row_cost(e));
    layout.few_rows = 0;
    double terms[TERMS];
    ot_sliced_block_terms(e, &layout, terms);
    add_measurement(f, terms, measure(kernel, e, &layout, ring, BLOCK_ROWS, ns));
  }
  free(ring);
  ot_arena_free(&scratch);
  ot_arena_free(&arena);
}

int main(int argc, char **argv) {
  double ns = (argc > 1 ? strtod(argv[1], NULL) : 20) * 1e6;
  ensemble_shape shapes[MOST_SHAPES];
  size_t count = make_shapes(shapes);
  ot_memory memory;
  ot_memory_init(&memory, NULL, UINT64_MAX);
  for (size_t k = 0; ot_kernel_at(k); k++) {
    const ot_kernel *kernel = ot_kernel_at(k);
    if (!kernel->for_few) continue;
    fit f = {{{0}}};
    ratios single_rows[8] = {{NULL, {0}, 0}};
    for (size_t s = 0; s < count; s++) {
      random_many_values = s / 2 % 2 ? 1u << 20 : 0; /* each test has a mask of its own, or tests share masks */
      ot_ensemble e = make_ensemble(&shapes[s], &memory);
      measure_ensemble(kernel, &e, ns, &f, single_rows, &memory);
      random_ensemble_free(&e);
    }
    double costs[TERMS];
    solve_positive(&f, costs);
    printf("%s: costs = {%.3g, %.3g, %.3g, %.3g, %.3g, %.3g};\n", kernel->name, costs[0], costs[1], costs[2], costs[3], costs[4], costs[5]);
    for (const ratios *r = single_rows; r->kernel; r++)
      printf("  one row, %s: %.2f times row_cost() (%.2f to %.2f, %zu ensembles)\n", r->kernel->name, r->values[r->count / 2], r->values[0],
             r->values[r->count - 1], r->count);
  }
  return EXIT_SUCCESS;
}
