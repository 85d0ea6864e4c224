/* Every kernel against the reference evaluator, bit for bit, on random ensembles made for the purpose. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "ensemble/validate.h"
#include "kernels/select.h"
#include "support/guarded_memory.h"
#include "support/unit_test.h"

#define MOST_ROWS 1100

/* SplitMix64: the same cases on every machine. */
static uint64_t random_state;
static uint64_t next_random(void) {
  uint64_t z = (random_state += UINT64_C(0x9E3779B97F4A7C15));
  z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
  z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
  return z ^ (z >> 31);
}
static uint32_t random_below(uint32_t bound) { return (uint32_t)(next_random() % bound); }

/* Few distinct values, so that inputs often equal thresholds; and the awkward ones. */
static uint32_t many_values; /* 0: few distinct numbers; else so many more */
static double random_number(void) {
  if (many_values && random_below(64)) return (double)random_below(many_values) - (double)many_values / 2;
  static const double special[] = {0.0, -0.0, 1e-45, -1e-45, INFINITY, -INFINITY, 3.4028234663852886e38, 1.17549435e-38, NAN};
  uint32_t kind = random_below(8);
  if (kind == 0) return special[random_below(sizeof special / sizeof *special)];
  if (kind == 1) return nextafterf((float)random_below(8), kind & 1 ? 100.0f : -100.0f);
  return (double)random_below(16) * 0.5 - 4.0;
}

typedef struct shape {
  bool is_double;
  uint32_t trees, branches, features; /* branches of each tree */
  unsigned modes;                     /* bit per ot_mode */
  bool missing, shared, chain;
  uint32_t targets; /* 0: 1 */
  bool vector_leaves, target_per_tree;
  bool nan_thresholds; /* some layouts take none */
  size_t most_rows;    /* 0: MOST_ROWS */
} shape;

static void store(const ot_ensemble *e, void *array, size_t index, double value) {
  if (e->is_double)
    ((double *)array)[index] = value;
  else
    ((float *)array)[index] = (float)value;
}

static unsigned random_mode(unsigned modes) {
  unsigned mode;
  do mode = random_below(6);
  while (!(modes >> mode & 1));
  return mode;
}

/* Grows each tree by turning a random open child (or the last one, for chains) into a branch; what stays open becomes a leaf. */
static void grow_tree(ot_ensemble *e, const shape *s, uint32_t tree, ot_node_ref **open) {
  uint32_t first = tree * s->branches, open_count = 1;
  open[0] = &e->roots[tree];
  for (uint32_t b = first; b < first + s->branches; b++) {
    uint32_t pick = s->chain ? open_count - 1 : random_below(open_count);
    *open[pick] = b;
    open[pick] = &e->true_child[b];
    open[open_count++] = &e->false_child[b];
    e->features[b] = random_below(s->features);
    e->modes[b] = (uint8_t)(random_mode(s->modes) | (s->missing && random_below(2) ? OT_MISSING_TRUE : 0));
    double threshold = random_number();
    while (threshold != threshold && !s->nan_thresholds) threshold = random_number();
    store(e, e->thresholds, b, threshold);
  }
  for (uint32_t i = 0; i < open_count; i++) *open[i] = e->leaf_count++ | OT_LEAF_BIT;
  /* Sharing: a branch takes the other child's subtree too. What becomes unreachable is attached nowhere, so only leaves are replaced. */
  for (uint32_t b = first; s->shared && b < first + s->branches; b++)
    if (ot_is_leaf(e->true_child[b]) && !ot_is_leaf(e->false_child[b]) && random_below(2)) e->true_child[b] = e->false_child[b];
}

static void *zeros(size_t count, size_t size) { return calloc(count ? count : 1, size); }

/* Weights for several targets: any one for each leaf, the same one for all leaves of a tree, or every leaf some for all targets. */
static void give_targets(ot_ensemble *e, const shape *s, size_t leaves) {
  size_t each = s->vector_leaves ? s->targets : 1;
  e->weight_targets = zeros(leaves * each, sizeof *e->weight_targets);
  for (size_t i = 0; i < leaves; i++)
    for (size_t k = 0; k < each; k++) {
      uint32_t per_tree = (uint32_t)(i / (s->branches + 1)) % s->targets;
      e->weight_targets[i * each + k] = s->vector_leaves ? (uint32_t)k : s->target_per_tree ? per_tree : random_below(s->targets);
    }
  if (!s->vector_leaves) return;
  e->weights = realloc(e->weights, leaves * each * sizeof(double));
  for (size_t i = 0; i < leaves * each; i++) store(e, e->weights, i, (double)random_below(1u << 24) / 4096.0 - 1000.0);
  e->leaf_weights = zeros(leaves + 1, sizeof *e->leaf_weights);
  for (size_t i = 0; i <= leaves; i++) e->leaf_weights[i] = (uint32_t)(i * each);
}

static ot_ensemble make_ensemble(const shape *s) {
  size_t branches = (size_t)s->trees * s->branches, leaves = branches + s->trees;
  ot_ensemble e = {.is_double = s->is_double, .tree_count = s->trees, .branch_count = (uint32_t)branches, .target_count = 1};
  e.roots = zeros(s->trees, sizeof *e.roots);
  e.features = zeros(branches, sizeof *e.features);
  e.modes = zeros(branches, 1);
  e.thresholds = zeros(branches, sizeof(double));
  e.true_child = zeros(branches, sizeof *e.true_child);
  e.false_child = zeros(branches, sizeof *e.false_child);
  e.weights = zeros(leaves, sizeof(double));
  ot_node_ref **open = zeros((size_t)s->branches + 1, sizeof *open);
  for (uint32_t t = 0; t < s->trees; t++) grow_tree(&e, s, t, open);
  free(open);
  e.weight_count = e.leaf_count;
  for (size_t i = 0; i < leaves; i++) store(&e, e.weights, i, (double)random_below(1u << 24) / 4096.0 - 1000.0);
  if (s->targets > 1) {
    e.target_count = s->targets;
    give_targets(&e, s, leaves);
  }
  return e;
}

static void free_ensemble(ot_ensemble *e) {
  free(e->roots);
  free(e->features);
  free(e->modes);
  free(e->thresholds);
  free(e->true_child);
  free(e->false_child);
  free(e->weights);
  free(e->weight_targets);
  free(e->leaf_weights);
}

static ot_place no_name(const void *context, ot_node_ref ref) {
  (void)context;
  return ot_place_format("%u", ref);
}

/* Leaves that sharing cut off would be refused; number the reachable ones anew. */
static void renumber_leaves(ot_ensemble *e) {
  uint32_t count = 0, *number = zeros(e->leaf_count, sizeof *number);
  memset(number, 0xFF, e->leaf_count * sizeof *number);
  ot_node_ref *lists[] = {e->roots, e->true_child, e->false_child};
  size_t sizes[] = {e->tree_count, e->branch_count, e->branch_count};
  for (int l = 0; l < 3; l++)
    for (size_t i = 0; i < sizes[l]; i++) {
      if (!ot_is_leaf(lists[l][i])) continue;
      uint32_t leaf = ot_leaf_index(lists[l][i]);
      if (number[leaf] == UINT32_MAX) number[leaf] = count++;
      lists[l][i] = number[leaf] | OT_LEAF_BIT;
    }
  e->leaf_count = e->weight_count = count;
  if (e->leaf_weights) e->weight_count = e->leaf_weights[count];
  free(number);
}

static size_t sums_bytes(const ot_ensemble *e, size_t row_count) { return row_count * e->target_count * (e->is_double ? sizeof(double) : sizeof(float)); }

/* Sums of all rows. */
static guarded_memory evaluate(const ot_kernel *kernel, const ot_ensemble *e, const void *layout, const ot_rows *rows) {
  guarded_memory work = guarded_allocate(kernel->scratch_bytes(e, layout, rows->count), 64);
  guarded_memory sums = guarded_allocate(sums_bytes(e, rows->count), 4);
  kernel->evaluate(e, layout, rows, work.data, sums.data, NULL);
  guarded_free(&work);
  return sums;
}

/* All row counts that are listed, against the reference's sums of the last rows. */
static void compare_kernel(const ot_kernel *kernel, const ot_ensemble *e, const ot_rows *all, const void *expected, size_t skip, ot_memory *memory) {
  static const size_t counts[] = {1, 2, 15, 16, 17, 31, 32, 33, 63, 64, 65, 130, 256, 257, 511, 512, 513, MOST_ROWS};
  ot_arena arena, scratch;
  ot_arena_init(&arena, memory);
  ot_arena_init(&scratch, memory);
  const void *layout;
  CU_ASSERT_FATAL(kernel->prepare(e, &arena, &scratch, &layout));
  ot_arena_free(&scratch);
  for (size_t c = 0; layout && c < sizeof counts / sizeof *counts && counts[c] <= all->count; c++) {
    if (counts[c] >= 64 && c % 4 != skip % 4) continue;
    /* The last row ends at the end of the memory. */
    size_t real = e->is_double ? sizeof(double) : sizeof(float), skipped = (all->count - counts[c]) * all->stride * real;
    guarded_memory found = evaluate(kernel, e, layout, &(ot_rows){(const char *)all->data + skipped, all->stride, counts[c]});
    const char *last = (const char *)expected + sums_bytes(e, all->count - counts[c]);
    CU_ASSERT(memcmp(last, found.data, sums_bytes(e, counts[c])) == 0);
    guarded_free(&found);
  }
  ot_arena_free(&arena);
}

static void check_shape(const shape *s) {
  ot_memory memory;
  ot_memory_init(&memory, NULL, UINT64_MAX);
  ot_arena scratch;
  ot_arena_init(&scratch, &memory);
  ot_problems problems = {0};
  ot_node_names names = {no_name, NULL};
  ot_ensemble e = make_ensemble(s);
  renumber_leaves(&e);
  CU_ASSERT_FATAL(ot_ensemble_validate(&e, s->features, 1000000, &names, "", &scratch, &problems));
  ot_arena_free(&scratch);
  size_t stride = s->features + random_below(3), real = e.is_double ? sizeof(double) : sizeof(float);
  ot_rows all = {NULL, stride, s->most_rows ? s->most_rows : MOST_ROWS};
  size_t cells = (all.count - 1) * stride + s->features;
  guarded_memory rows = guarded_allocate(cells * real, real);
  for (size_t i = 0; i < cells; i++) store(&e, rows.data, i, random_number());
  all.data = rows.data;
  guarded_memory expected = evaluate(&ot_kernel_reference, &e, NULL, &all);
  for (size_t k = 0; ot_kernel_at(k); k++) compare_kernel(ot_kernel_at(k), &e, &all, expected.data, s->branches, &memory);
  guarded_free(&expected);
  guarded_free(&rows);
  free_ensemble(&e);
  CU_ASSERT_EQUAL(memory.in_use, 0);
}

static void test_each_mode(void) {
  for (unsigned mode = 0; mode < 6; mode++)
    for (unsigned missing = 0; missing < 2; missing++)
      for (unsigned is_double = 0; is_double < 2; is_double++)
        check_shape(&(shape){.is_double = is_double, .trees = 9, .branches = 40, .features = 5, .modes = 1u << mode, .missing = missing});
}

static void test_mixed_modes(void) {
  for (uint32_t branches = 0; branches < 70; branches += 3) {
    check_shape(&(shape){.trees = 7, .branches = branches, .features = 3, .modes = 0x03, .targets = 1 + branches % 4});
    check_shape(&(shape){.trees = 7, .branches = branches, .features = 3, .modes = 0x0F, .missing = true});
    check_shape(&(shape){.trees = 7, .branches = branches, .features = 3, .modes = 0x3F, .missing = true});
    check_shape(&(shape){.trees = 7, .branches = branches, .features = 3, .modes = 0x3F, .missing = true, .shared = true, .is_double = true});
  }
}

/* From a handful of thresholds to tens of thousands a feature: every depth of the search for ranks. */
static void test_many_thresholds(void) {
  for (many_values = 8; many_values < 300000; many_values *= 3) {
    check_shape(&(shape){.trees = 300, .branches = 60, .features = 3, .modes = 0x03, .missing = true});
    check_shape(&(shape){.trees = 300, .branches = 30, .features = 3, .modes = 0x01});
    check_shape(&(shape){.trees = 100, .branches = 30, .features = 1, .modes = 0x0F, .missing = true, .is_double = true, .targets = 3});
  }
  check_shape(&(shape){.trees = 1000, .branches = 40, .features = 1, .modes = 0x01});
  many_values = 0;
}

/* Small trees, which the bit-sliced kernels take. */
static void test_depths(void) {
  for (uint32_t branches = 1; branches < 40; branches++) {
    check_shape(&(shape){.trees = 30, .branches = branches, .features = 6, .modes = 0x0F, .missing = true, .targets = branches % 3});
    check_shape(&(shape){.trees = 30, .branches = branches, .features = 6, .modes = 0x01});
    check_shape(&(shape){.trees = 11, .branches = branches, .features = 2, .modes = 0x0F, .missing = true, .is_double = true});
  }
  /* Leaf-wise shapes up to and past the 256 leaves of a reach program. */
  for (uint32_t branches = 9; branches < 300; branches += 7) {
    check_shape(&(shape){.trees = 9, .branches = branches, .features = 6, .modes = 0x0F, .missing = true, .chain = branches % 2});
    check_shape(&(shape){.trees = 9, .branches = branches, .features = 6, .modes = 0x0F, .missing = true, .shared = true, .targets = 2});
  }
  for (uint32_t branches = 253; branches < 258; branches++) check_shape(&(shape){.trees = 4, .branches = branches, .features = 6, .modes = 0x03, .chain = true});
  for (uint32_t branches = 1; branches <= 8; branches++) check_shape(&(shape){.trees = 5, .branches = branches, .features = 9, .modes = 0x0D, .chain = true});
}

static void test_targets(void) {
  for (uint32_t targets = 1; targets < 12; targets++) {
    check_shape(&(shape){.trees = 25, .branches = 12, .features = 6, .modes = 0x01, .targets = targets, .target_per_tree = true});
    check_shape(&(shape){.trees = 25, .branches = 12, .features = 6, .modes = 0x01, .targets = targets, .vector_leaves = true});
    check_shape(&(shape){.trees = 25, .branches = 120, .features = 6, .modes = 0x0F, .targets = targets, .vector_leaves = true, .missing = true});
    check_shape(&(shape){.trees = 25, .branches = 12, .features = 6, .modes = 0x11, .targets = targets, .vector_leaves = true});
  }
}

/* Every layout for few rows: perfect trees of up to 128 columns, nodes with ranks of up to 64, compact nodes of any number. */
static void test_few_rows(void) {
  for (uint32_t features = 1; features < 140; features += 1 + features / 4)
    for (uint32_t branches = 1; branches < 140; branches += 2 + branches / 2) {
      bool missing = branches % 2;
      uint32_t trees = 1 + random_below(200);
      check_shape(&(shape){.trees = trees, .branches = branches, .features = features, .modes = 0x01, .missing = missing, .most_rows = 17});
      check_shape(&(shape){.trees = trees, .branches = branches, .features = features, .modes = 0x0F, .missing = missing, .targets = 1 + branches % 3, .most_rows = 17});
    }
}

static void test_nan_thresholds(void) {
  for (uint32_t branches = 1; branches < 100; branches += 6)
    for (unsigned missing = 0; missing < 2; missing++)
      check_shape(&(shape){.trees = 20, .branches = branches, .features = 4, .modes = 0x0F, .missing = missing, .nan_thresholds = true, .is_double = branches % 4 == 3});
}

static void test_shared_children(void) {
  for (int i = 0; i < 20; i++) check_shape(&(shape){.trees = 5, .branches = 60, .features = 4, .modes = 0x11, .missing = i % 2, .shared = true});
}

static void test_chains_and_sizes(void) {
  check_shape(&(shape){.trees = 2, .branches = 5000, .features = 2, .modes = 0x01, .chain = true});
  check_shape(&(shape){.trees = 2, .branches = 70000, .features = 7, .modes = 0x03, .missing = true});  /* too large for 16-bit pairs */
  check_shape(&(shape){.trees = 2, .branches = 65535, .features = 7, .modes = 0x0C});
  check_shape(&(shape){.trees = 2, .branches = 65534, .features = 7, .modes = 0x0C});
  check_shape(&(shape){.trees = 3, .branches = 300, .features = 40000, .modes = 0x0F, .missing = true}); /* too wide for 15-bit features */
  check_shape(&(shape){.trees = 3, .branches = 300, .features = 3000, .modes = 0x0F, .missing = true});
  check_shape(&(shape){.trees = 3, .branches = 300, .features = 1, .modes = 0x0F});
  check_shape(&(shape){.trees = 500, .branches = 1, .features = 1, .modes = 0x3F, .missing = true});
}

UNIT_TEST_MAIN(kernels, {"each mode, with and without missing values", test_each_mode}, {"mixed modes", test_mixed_modes}, {"depths", test_depths}, {"many thresholds", test_many_thresholds},
               {"few rows", test_few_rows}, {"NaN thresholds", test_nan_thresholds}, {"targets", test_targets}, {"shared children", test_shared_children}, {"chains, sizes and widths", test_chains_and_sizes})
