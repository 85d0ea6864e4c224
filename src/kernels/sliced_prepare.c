/* Builds the bit-sliced layout: trees first (they decide whether the ensemble fits), then ranks, then masks, then programs. */
#include <math.h>
#include <string.h>

#include "base/sort.h"
#include "kernels/order_test.h"
#include "kernels/sliced.h"

#define NO_MASK UINT32_MAX

typedef struct preparation {
  const ot_ensemble *ensemble;
  ot_arena *arena, *scratch;
  ot_sliced_layout *layout;
  ot_sliced_tree *trees;
  ot_sliced_column *columns;
  uint32_t *column_of;    /* [feature_count] */
  uint32_t *ranks;        /* [branch_count] rank of the branch's threshold in its column */
  uint32_t *masks;        /* [branch_count] */
  double *thresholds;     /* [branch_count] */
  uint8_t *is_special;    /* [branch_count] 1: missing_first, 2: NaN threshold */
  uint32_t program_count, leaf_count, op_count, union_count;
} preparation;

/* ---- trees ---- */

/* Unfolds a tree level by level into refs[1 .. 2^(depth + 1) - 1]; leaves above the last level are repeated below. 0 if it is too deep. */
static uint32_t unfold(const ot_ensemble *e, ot_node_ref root, ot_node_ref *refs) {
  refs[1] = root;
  for (uint32_t depth = 0; depth <= OT_SLICED_MOST_DEPTH; depth++) {
    bool open = false;
    for (uint32_t i = 1u << depth; i < 2u << depth; i++) open |= !ot_is_leaf(refs[i]);
    if (!open && depth > 0) return depth;
    if (depth == OT_SLICED_MOST_DEPTH) return 0;
    for (uint32_t i = 1u << depth; i < 2u << depth; i++) {
      refs[2 * i] = ot_is_leaf(refs[i]) ? refs[i] : ot_order_test_of(e, refs[i]).first;
      refs[2 * i + 1] = ot_is_leaf(refs[i]) ? refs[i] : ot_order_test_of(e, refs[i]).second;
    }
  }
  return 0;
}

/* What a row costs, in vector operations of the block: a network loads and combines one mask per inner node of the perfect tree; a reach
 * program loads, splits and stores per branch, and reads again what it unites. */
static uint32_t network_cost(uint32_t depth) { return 2u << depth; }
static uint32_t reach_cost(uint32_t branches, uint32_t unions) { return 6 * branches + unions; }

static bool measure_tree(preparation *p, ot_node_ref root, ot_sliced_tree *tree) {
  ot_node_ref refs[4 * OT_SLICED_MOST_LEAVES];
  ot_unfolded_node nodes[OT_SLICED_MOST_SLOTS];
  uint32_t depth = unfold(p->ensemble, root, refs), count = ot_unfold_tree(p->ensemble, root, nodes), leaves = (count + 1) / 2, bits = 1;
  *tree = (ot_sliced_tree){.first_leaf = p->leaf_count, .first_program = p->program_count, .first_op = p->op_count, .first_union = p->union_count};
  if (depth == 0 && count == 0) return false;
  while (leaves > 1u << bits) bits++;
  uint32_t unions = count ? ot_reach_unions(nodes, count, bits, tree->union_counts, NULL) : 0;
  if (depth && (count < 3 || network_cost(depth) <= reach_cost(leaves - 1, unions))) {
    tree->network_depth = tree->index_bits = depth;
    p->program_count += (1u << depth) - 1;
  } else {
    tree->index_bits = bits;
    tree->op_count = leaves - 1;
    p->op_count += leaves - 1;
    p->union_count += unions;
    if (count > p->layout->most_slots) p->layout->most_slots = count;
  }
  p->leaf_count += 1u << tree->index_bits;
  return true;
}

static bool measure_trees(preparation *p) {
  for (uint32_t t = 0; t < p->ensemble->tree_count; t++)
    if (!measure_tree(p, p->ensemble->roots[t], &p->trees[t])) return false;
  return true;
}

/* ---- ranks ---- */

static bool find_columns(preparation *p) {
  const ot_ensemble *e = p->ensemble;
  p->column_of = ot_arena_array(p->scratch, e->feature_count, sizeof *p->column_of);
  p->columns = ot_arena_zeros(p->arena, e->features_used, sizeof *p->columns);
  if (!p->column_of || !p->columns) return false;
  memset(p->column_of, 0xFF, e->feature_count * sizeof *p->column_of);
  for (uint32_t b = 0; b < e->branch_count; b++) p->column_of[e->features[b]] = 0;
  for (uint32_t f = 0; f < e->feature_count; f++) {
    if (p->column_of[f] == UINT32_MAX) continue;
    p->columns[p->layout->column_count].feature = f;
    p->column_of[f] = p->layout->column_count++;
  }
  return true;
}

/* Branches by ascending threshold; NaN thresholds come last. */
static uint32_t *sort_branches(preparation *p) {
  uint32_t count = p->ensemble->branch_count;
  int64_t *keys = ot_arena_array(p->scratch, count, sizeof *keys);
  uint32_t *order = ot_arena_array(p->scratch, count, sizeof *order), *scratch = ot_arena_array(p->scratch, count, sizeof *scratch);
  if (!keys || !order || !scratch) return NULL;
  for (uint32_t b = 0; b < count; b++) keys[b] = p->thresholds[b] == p->thresholds[b] ? ot_sort_key(p->thresholds[b]) : INT64_MAX;
  ot_sort_order(keys, count, order, scratch);
  return order;
}

/* Going through all branches in order of threshold, each column counts its distinct ones. `sorted` receives them, column after column. */
static bool rank_thresholds(preparation *p, double **sorted) {
  const ot_ensemble *e = p->ensemble;
  const uint32_t *order = sort_branches(p);
  uint32_t columns = p->layout->column_count, *sizes = ot_arena_zeros(p->scratch, (size_t)columns + 1, sizeof *sizes);
  *sorted = ot_arena_array(p->scratch, e->branch_count, sizeof **sorted);
  if (!order || !sizes || !*sorted) return false;
  for (uint32_t b = 0; b < e->branch_count; b++) sizes[p->column_of[e->features[b]] + 1]++;
  for (uint32_t c = 0; c < columns; c++) sizes[c + 1] += sizes[c];
  for (uint32_t i = 0; i < e->branch_count; i++) {
    uint32_t b = order[i], c = p->column_of[e->features[b]];
    if (p->is_special[b] & 2) continue;
    double *values = *sorted + sizes[c], t = p->thresholds[b];
    uint32_t *count = &p->columns[c].rank_count;
    if (*count == 0 || values[*count - 1] != t) values[(*count)++] = t;
    p->ranks[b] = *count - 1;
  }
  /* Close the gaps: afterwards column c starts where the columns before it end. */
  size_t to = 0;
  for (uint32_t c = 0; c < columns; c++) {
    memmove(*sorted + to, *sorted + sizes[c], p->columns[c].rank_count * sizeof **sorted);
    to += p->columns[c].rank_count;
  }
  return true;
}

/* In-order filling of a perfect tree gives the breadth-first search layout. */
static void fill_search(const ot_ensemble *e, void *search, size_t first, uint32_t levels, const double *sorted, uint32_t count) {
  uint32_t nodes = 1u << levels;
  for (uint32_t p = 1; p < nodes; p++) {
    uint32_t level = 0;
    while (2u << level <= p) level++;
    /* The node's place in sorted order: its subtree spans 2^(levels - level) - 1 nodes. */
    uint32_t span = 1u << (levels - level), place = (p - (1u << level)) * span + span / 2 - 1;
    double value = place < count ? sorted[place] : (double)INFINITY;
    if (e->is_double)
      ((double *)search)[first + p] = value;
    else
      ((float *)search)[first + p] = (float)value;
  }
}

static bool build_search(preparation *p, const double *sorted) {
  const ot_ensemble *e = p->ensemble;
  size_t nodes = 0;
  for (uint32_t c = 0; c < p->layout->column_count; c++) {
    ot_sliced_column *column = &p->columns[c];
    while (1u << column->levels <= column->rank_count) column->levels++;
    if (column->levels == 0) column->levels = 1;
    column->first_node = nodes;
    /* Vector code loads whole registers from the start of a tree. */
    nodes += (size_t)1 << (column->levels < 5 ? 5 : column->levels);
  }
  size_t real = e->is_double ? sizeof(double) : sizeof(float);
  void *search = ot_arena_zeros(p->arena, nodes, real);
  if (!search) return false;
  for (uint32_t c = 0; c < p->layout->column_count; c++) {
    fill_search(e, search, p->columns[c].first_node, p->columns[c].levels, sorted, p->columns[c].rank_count);
    sorted += p->columns[c].rank_count;
  }
  p->layout->search = search;
  return true;
}

/* ---- masks ---- */

static uint32_t number_plain_masks(preparation *p) {
  uint64_t next = 0;
  for (uint32_t c = 0; c < p->layout->column_count; c++) {
    p->columns[c].first_mask = (uint32_t)next;
    next += (uint64_t)p->columns[c].rank_count + 1;
    if (next > OT_SLICED_MOST_MASKS) return NO_MASK;
  }
  return (uint32_t)next;
}

/* Each pair of (threshold, missing_first) of a column is one mask, as is each kind of NaN threshold. Specials of a column lie together. */
static bool number_special_masks(preparation *p) {
  const ot_ensemble *e = p->ensemble;
  uint32_t plain = p->layout->mask_count, columns = p->layout->column_count;
  uint32_t *first_branch = ot_arena_array(p->scratch, plain, sizeof *first_branch); /* by plain mask: any branch that needs its special */
  uint32_t *nan_branch = ot_arena_array(p->scratch, 2 * (size_t)columns, sizeof *nan_branch);
  ot_sliced_special *specials = ot_arena_array(p->arena, (size_t)plain + 2 * (size_t)columns, sizeof *specials);
  if (!first_branch || !nan_branch || !specials) return false;
  memset(first_branch, 0xFF, plain * sizeof *first_branch);
  memset(nan_branch, 0xFF, 2 * (size_t)columns * sizeof *nan_branch);
  for (uint32_t b = 0; b < e->branch_count; b++) {
    uint32_t c = p->column_of[e->features[b]];
    if (p->is_special[b] & 2) nan_branch[2 * c + (p->is_special[b] & 1)] = b;
    else if (p->is_special[b]) first_branch[p->columns[c].first_mask + p->ranks[b]] = b;
  }
  uint32_t count = 0;
  for (uint32_t c = 0; c < columns; c++) {
    ot_sliced_column *column = &p->columns[c];
    column->first_special = count;
    for (uint32_t k = 0; k < column->rank_count; k++)
      if (first_branch[column->first_mask + k] != NO_MASK) {
        first_branch[column->first_mask + k] = p->layout->mask_count;
        specials[count++] = (ot_sliced_special){p->layout->mask_count++, k, true};
      }
    for (uint32_t m = 0; m < 2; m++)
      if (nan_branch[2 * c + m] != NO_MASK) {
        nan_branch[2 * c + m] = p->layout->mask_count;
        specials[count++] = (ot_sliced_special){p->layout->mask_count++, -1, m == 1};
      }
    column->special_count = count - column->first_special;
  }
  for (uint32_t b = 0; b < e->branch_count; b++) {
    uint32_t c = p->column_of[e->features[b]], mask = p->columns[c].first_mask + p->ranks[b];
    p->masks[b] = p->is_special[b] & 2 ? nan_branch[2 * c + (p->is_special[b] & 1)] : p->is_special[b] ? first_branch[mask] : mask;
  }
  p->layout->specials = specials;
  return true;
}

/* ---- programs ---- */

typedef struct program_arrays {
  uint32_t *programs, *leaves;
  ot_sliced_op *ops;
  uint16_t *unions;
} program_arrays;

static void build_network(const preparation *p, uint32_t t, const program_arrays *a) {
  const ot_sliced_tree *tree = &p->trees[t];
  ot_node_ref refs[4 * OT_SLICED_MOST_LEAVES];
  uint32_t size = 1u << unfold(p->ensemble, p->ensemble->roots[t], refs);
  for (uint32_t i = 1; i < size; i++) a->programs[tree->first_program + i - 1] = ot_is_leaf(refs[i]) ? 0 : p->masks[refs[i]] * OT_SLICED_SCALE;
  for (uint32_t i = 0; i < size; i++) a->leaves[tree->first_leaf + i] = ot_leaf_index(refs[size + i]);
}

static uint16_t scaled(uint32_t slot) { return (uint16_t)(slot * OT_SLICED_SCALE); }

static void build_reach(const preparation *p, uint32_t t, const program_arrays *a) {
  ot_sliced_tree *tree = &p->trees[t];
  ot_unfolded_node nodes[OT_SLICED_MOST_SLOTS];
  uint32_t count = ot_unfold_tree(p->ensemble, p->ensemble->roots[t], nodes), op = tree->first_op;
  for (uint32_t i = 0; i < count; i++) {
    if (ot_is_leaf(nodes[i].ref))
      a->leaves[tree->first_leaf + nodes[i].low] = ot_leaf_index(nodes[i].ref);
    else
      a->ops[op++] = (ot_sliced_op){p->masks[nodes[i].ref] * OT_SLICED_SCALE, scaled(i), scaled(nodes[i].children[0]), scaled(nodes[i].children[1])};
  }
  /* Indices that no leaf has are never looked up, but must name some leaf. */
  for (uint32_t i = (count + 1) / 2; i < 1u << tree->index_bits; i++) a->leaves[tree->first_leaf + i] = a->leaves[tree->first_leaf];
  ot_reach_unions(nodes, count, tree->index_bits, tree->union_counts, a->unions + tree->first_union);
}

static bool build_programs(preparation *p) {
  const ot_ensemble *e = p->ensemble;
  program_arrays a = {ot_arena_array(p->arena, p->program_count, sizeof *a.programs), ot_arena_array(p->arena, p->leaf_count, sizeof *a.leaves),
                      ot_arena_array(p->arena, p->op_count, sizeof *a.ops), ot_arena_array(p->arena, p->union_count, sizeof *a.unions)};
  if (!a.programs || !a.leaves || !a.ops || !a.unions) return false;
  for (uint32_t t = 0; t < e->tree_count; t++) {
    if (p->trees[t].network_depth)
      build_network(p, t, &a);
    else
      build_reach(p, t, &a);
  }
  p->layout->programs = a.programs;
  p->layout->ops = a.ops;
  p->layout->unions = a.unions;
  p->layout->leaves = a.leaves;
  return true;
}

/* ---- the whole ---- */

static bool read_tests(preparation *p) {
  const ot_ensemble *e = p->ensemble;
  p->thresholds = ot_arena_array(p->scratch, e->branch_count, sizeof *p->thresholds);
  p->is_special = ot_arena_array(p->scratch, e->branch_count, sizeof *p->is_special);
  p->ranks = ot_arena_zeros(p->scratch, e->branch_count, sizeof *p->ranks);
  p->masks = ot_arena_array(p->scratch, e->branch_count, sizeof *p->masks);
  if (!p->thresholds || !p->is_special || !p->ranks || !p->masks) return false;
  for (uint32_t b = 0; b < e->branch_count; b++) {
    ot_order_test test = ot_order_test_of(e, b);
    p->thresholds[b] = test.threshold;
    p->is_special[b] = (uint8_t)((test.missing_first ? 1 : 0) | (test.threshold != test.threshold ? 2 : 0));
  }
  return true;
}

bool ot_sliced_prepare(const ot_ensemble *e, ot_arena *arena, ot_arena *scratch, ot_sliced_layout **result) {
  *result = NULL;
  if (e->has_equality || e->branch_count == 0) return true;
  preparation p = {.ensemble = e, .arena = arena, .scratch = scratch};
  p.layout = ot_arena_zeros(arena, 1, sizeof *p.layout);
  p.trees = ot_arena_array(scratch, e->tree_count, sizeof *p.trees);
  if (!p.layout || !p.trees) return false;
  if (!measure_trees(&p)) return true;
  double *sorted;
  if (!read_tests(&p) || !find_columns(&p) || !rank_thresholds(&p, &sorted)) return false;
  p.layout->mask_count = number_plain_masks(&p);
  if (p.layout->mask_count == NO_MASK) return true;
  if (!number_special_masks(&p) || !build_search(&p, sorted) || !build_programs(&p)) return false;
  ot_sliced_tree *trees = ot_arena_array(arena, e->tree_count, sizeof *trees);
  if (!trees) return false;
  memcpy(trees, p.trees, e->tree_count * sizeof *trees);
  p.layout->trees = trees;
  p.layout->columns = p.columns;
  if (!ot_sliced_prepare_addends(e, p.layout, arena, scratch)) return false;
  *result = p.layout;
  return true;
}

bool ot_sliced_prepare_few(const ot_ensemble *e, ot_sliced_layout *layout, const ot_kernel *kernel, ot_arena *arena, ot_arena *scratch) {
  if (!kernel->prepare(e, arena, scratch, &layout->few_layout)) return false;
  layout->few_kernel = layout->few_layout ? kernel : NULL;
  return true;
}
