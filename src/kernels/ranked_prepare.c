#include <string.h>

#include "kernels/branch.h"
#include "kernels/ranked.h"

#define NO_COLUMN UINT32_MAX
#define USED 0u /* until it is numbered */
#define RANK_ABOVE_ALL 0xFFFFu
#define MOST_QUEUED (2 * OT_RANKED_MOST_PAIRS + 2)
#define MOST_SETS 65535u          /* a column */
#define MOST_SET_WORDS_A_BRANCH 16u /* more memory than that, sets are not worth */

/* The columns that a feature may have: for order tests, by whether NaN takes the first child, and for sets. */
enum { SETS = 2, KINDS };

/* The sets of a feature: bit first_bit + rank * stride + number says whether a set has the rank's value. One more rank is that of NaN. */
typedef struct column_sets {
  uint32_t count, used;
  uint32_t first_bit, stride;
} column_sets;

typedef struct ranked_preparation {
  const ot_ensemble *ensemble;
  const ot_sliced_layout *sliced;
  ot_ranked_layout *layout;
  uint32_t *sliced_column_of;  /* [feature_count] */
  uint32_t *columns_of;        /* [KINDS * sliced columns] */
  column_sets *sets;           /* [sliced columns] */
  uint32_t *set_bits, set_words;
  uint32_t *top, *nodes, *first_nodes, *first_leaves, *leaves;
  size_t node_count, leaf_count;
} ranked_preparation;

static bool fits(const ot_ensemble *e, const ot_sliced_layout *sliced) {
  if (e->has_shared_nodes || sliced->column_count > OT_RANKED_MOST_COLUMNS) return false;
  for (uint32_t c = 0; c < sliced->column_count; c++)
    if (sliced->columns[c].rank_count > OT_RANKED_MOST_THRESHOLDS) return false;
  return !ot_row_has_nan_threshold(e);
}

static uint32_t sliced_column(const ranked_preparation *p, uint32_t branch) { return p->sliced_column_of[p->ensemble->features[branch]]; }

static uint32_t kind_of(ot_branch branch) { return branch.is_set ? SETS : branch.missing_first; }

/* Numbers the columns that are needed, those of sets last, and never 0: leaves have that. False if they are too many. */
static bool number_columns(ranked_preparation *p) {
  const ot_ensemble *e = p->ensemble;
  uint32_t count = 0, slots = KINDS * p->sliced->column_count;
  memset(p->columns_of, 0xFF, slots * sizeof *p->columns_of);
  for (uint32_t b = 0; b < e->branch_count; b++) {
    uint32_t c = sliced_column(p, b), kind = kind_of(ot_branch_of(e, b));
    p->columns_of[KINDS * c + kind] = USED;
    p->sets[c].count += kind == SETS;
  }
  for (uint32_t i = 0; i < slots; i++)
    if (i % KINDS != SETS && p->columns_of[i] == USED) p->columns_of[i] = count++;
  p->layout->first_set_column = count = count ? count : 1;
  for (uint32_t i = SETS; i < slots; i += KINDS)
    if (p->columns_of[i] == USED) p->columns_of[i] = count++;
  p->layout->column_count = count;
  return count <= OT_RANKED_MOST_COLUMNS;
}

/* Where the bits of sets lie; false if there are too many. */
static bool measure_sets(ranked_preparation *p) {
  uint64_t words = 0, most = (uint64_t)p->ensemble->branch_count * MOST_SET_WORDS_A_BRANCH;
  if (most > UINT32_MAX / 32) most = UINT32_MAX / 32;
  for (uint32_t c = 0; c < p->sliced->column_count; c++) {
    column_sets *sets = &p->sets[c];
    if (sets->count > MOST_SETS) return false;
    sets->first_bit = (uint32_t)words * 32;
    sets->stride = (sets->count + 31) / 32 * 32;
    words += (p->sliced->columns[c].rank_count + UINT64_C(2)) * (sets->stride / 32);
    if (words > most) return false;
  }
  p->set_words = (uint32_t)words;
  return true;
}

static void fill_column(ranked_preparation *p, uint32_t c, uint32_t kind, uint32_t number) {
  ot_ranked_columns *tested = p->layout->tested;
  tested->sources[number] = c;
  tested->missing_ranks[number] = kind == SETS ? p->sliced->columns[c].rank_count + 1 : kind ? 0 : RANK_ABOVE_ALL;
  tested->factors[number] = kind == SETS ? p->sets[c].stride : 1u << 16;
  tested->addends[number] = kind == SETS ? p->sets[c].first_bit : 0;
}

static bool fill_columns(ranked_preparation *p, ot_arena *arena) {
  p->layout->tested = ot_arena_zeros(arena, 1, sizeof *p->layout->tested);
  if (!p->layout->tested) return false;
  for (uint32_t i = 0; i < KINDS * p->sliced->column_count; i++)
    if (p->columns_of[i] != NO_COLUMN) fill_column(p, i / KINDS, i % KINDS, p->columns_of[i]);
  return ot_row_columns_prepare(&p->layout->ranks, p->ensemble, p->sliced, arena);
}

/* Adds the set of a branch to those of its column; returns its number. */
static uint32_t add_set(const ranked_preparation *p, uint32_t branch, bool missing_second) {
  const ot_ensemble *e = p->ensemble;
  uint32_t c = sliced_column(p, branch), number = p->sets[c].used++, first = p->sets[c].first_bit + number;
  const ot_sliced_column *column = &p->sliced->columns[c];
  for (uint32_t i = 0; i < ot_branch_value_count(e, branch) + missing_second; i++) {
    double value = i < ot_branch_value_count(e, branch) ? ot_branch_value(e, branch, i) : 0;
    uint32_t rank = i < ot_branch_value_count(e, branch) ? ot_row_threshold_rank(e, p->sliced, column, value) : column->rank_count + 1;
    uint32_t bit = first + rank * p->sets[c].stride;
    if (value == value) p->set_bits[bit / 32] |= 1u << bit % 32; /* nothing equals NaN */
  }
  return number;
}

static uint32_t make_branch(const ranked_preparation *p, uint32_t branch, uint32_t pair, ot_node_ref children[2]) {
  const ot_ensemble *e = p->ensemble;
  ot_branch test = ot_branch_of(e, branch);
  uint32_t c = sliced_column(p, branch);
  uint32_t rank = test.is_set ? add_set(p, branch, !test.missing_first)
                              : ot_row_threshold_rank(e, p->sliced, &p->sliced->columns[c], ot_branch_value(e, branch, 0));
  children[0] = test.first;
  children[1] = test.second;
  return rank << 16 | pair << 6 | p->columns_of[KINDS * c + kind_of(test)];
}

static uint32_t add_leaf(ranked_preparation *p, uint32_t tree, ot_node_ref ref) {
  uint32_t number = (uint32_t)(p->leaf_count - p->first_leaves[tree]);
  p->leaves[p->leaf_count++] = ot_row_weights_entry(&p->layout->weights, p->ensemble, ot_leaf_index(ref));
  return number << 16;
}

/* Lays out one tree level by level. */
static void build_tree(ranked_preparation *p, uint32_t tree) {
  ot_node_ref queue[MOST_QUEUED];
  uint32_t head = 0, tail = 2, *nodes = p->nodes + p->node_count;
  p->first_nodes[tree] = (uint32_t)p->node_count;
  p->first_leaves[tree] = (uint32_t)p->leaf_count;
  queue[0] = queue[1] = p->ensemble->roots[tree]; /* the second node of pair 0 is not used */
  for (; head < tail; head += head == 0 ? 2 : 1) {
    if (ot_is_leaf(queue[head])) {
      nodes[head] = add_leaf(p, tree, queue[head]);
      continue;
    }
    nodes[head] = make_branch(p, queue[head], tail / 2, queue + tail);
    tail += 2;
  }
  nodes[1] = nodes[0];
  p->node_count += tail;
}

static void fill_top(ranked_preparation *p, uint32_t tree) {
  const uint32_t *nodes = p->nodes + p->first_nodes[tree];
  uint32_t *top = p->top + (size_t)(tree / 16) * OT_RANKED_TOP_NODES * 16 + tree % 16, heap[2 * OT_RANKED_TOP_NODES + 2] = {0, nodes[0]};
  for (uint32_t i = 1; i <= OT_RANKED_TOP_NODES; i++) {
    uint32_t pair = (heap[i] & OT_RANKED_PAIR_MASK) >> 6;
    heap[2 * i] = pair ? nodes[2 * pair] : heap[i];
    heap[2 * i + 1] = pair ? nodes[2 * pair + 1] : heap[i];
    top[16 * (size_t)(i - 1)] = heap[i];
  }
}

/* Copies of leaves are counted too: without shared nodes, a tree of b branches has b + 1. */
static bool allocate(ranked_preparation *p, ot_arena *arena) {
  const ot_ensemble *e = p->ensemble;
  size_t trees = ((size_t)e->tree_count + OT_ROW_TREES - 1) / OT_ROW_TREES * OT_ROW_TREES, leaves = (size_t)e->branch_count + e->tree_count;
  p->top = ot_arena_zeros(arena, trees * OT_RANKED_TOP_NODES, sizeof *p->top);
  p->nodes = ot_arena_array(arena, 2 * leaves, sizeof *p->nodes);
  p->first_nodes = ot_arena_zeros(arena, trees, sizeof *p->first_nodes);
  p->first_leaves = ot_arena_zeros(arena, trees, sizeof *p->first_leaves);
  p->leaves = ot_arena_array(arena, leaves, sizeof *p->leaves);
  p->layout->set_bits = p->set_bits = p->set_words ? ot_arena_zeros(arena, p->set_words, sizeof *p->set_bits) : NULL;
  return p->top && p->nodes && p->first_nodes && p->first_leaves && p->leaves && (p->set_bits || !p->set_words);
}

/* Whether no tree is too large: checked before anything is allocated in the model's arena. */
static bool trees_fit(const ot_ensemble *e, ot_node_ref *queue) {
  for (uint32_t t = 0; t < e->tree_count; t++) {
    uint32_t head = 0, tail = 1;
    queue[0] = e->roots[t];
    for (; head < tail; head++) {
      if (ot_is_leaf(queue[head])) continue;
      if (tail + 2 > 2 * OT_RANKED_MOST_PAIRS) return false;
      queue[tail++] = e->true_child[queue[head]];
      queue[tail++] = e->false_child[queue[head]];
    }
  }
  return true;
}

bool ot_ranked_prepare(const ot_ensemble *e, ot_sliced_layout *sliced, ot_arena *arena, ot_arena *scratch) {
  ot_node_ref queue[MOST_QUEUED];
  if (!fits(e, sliced) || !trees_fit(e, queue)) return true;
  ranked_preparation p = {.ensemble = e, .sliced = sliced};
  p.sliced_column_of = ot_arena_zeros(scratch, e->feature_count, sizeof *p.sliced_column_of);
  p.columns_of = ot_arena_array(scratch, KINDS * (size_t)sliced->column_count, sizeof *p.columns_of);
  p.sets = ot_arena_zeros(scratch, sliced->column_count, sizeof *p.sets);
  p.layout = ot_arena_zeros(arena, 1, sizeof *p.layout);
  if (!p.sliced_column_of || !p.columns_of || !p.sets || !p.layout) return false;
  for (uint32_t c = 0; c < sliced->column_count; c++) p.sliced_column_of[sliced->columns[c].feature] = c;
  if (!number_columns(&p) || !measure_sets(&p)) return true;
  if (!ot_row_weights_prepare(&p.layout->weights, e, sliced, arena)) return false;
  if (!fill_columns(&p, arena) || !allocate(&p, arena)) return false;
  for (uint32_t t = 0; t < e->tree_count; t++) {
    build_tree(&p, t);
    fill_top(&p, t);
  }
  p.layout->top = p.top;
  p.layout->nodes = p.nodes;
  p.layout->first_nodes = p.first_nodes;
  p.layout->first_leaves = p.first_leaves;
  p.layout->leaves = p.leaves;
  sliced->few_kernel = &ot_kernel_ranked_avx512;
  sliced->few_layout = p.layout;
  return true;
}
