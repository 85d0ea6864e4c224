/* Columns of the bit-sliced layout: the tested features, the rank of every threshold among those of its feature, and search trees to rank
 * values by. */
#include <math.h>
#include <string.h>

#include "base/sort.h"
#include "kernels/order_test.h"
#include "kernels/sliced_prepare.h"

/* What is to be ranked: the values of all branches, and after them, as a test for equality is the difference of two order tests, the numbers below
 * the members of sets. */
typedef struct value_list {
  double *values;
  uint32_t *columns;
  uint32_t *order; /* entries by ascending value, NaN last */
  size_t count;
} value_list;

static bool find_columns(ot_sliced_preparation *p) {
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
  p->layout->columns = p->columns;
  return true;
}

static uint32_t column_of(const ot_sliced_preparation *p, uint32_t branch) { return p->column_of[p->ensemble->features[branch]]; }

bool ot_sliced_count_values(ot_sliced_preparation *p) {
  size_t count = 0;
  for (uint32_t b = 0; b < p->ensemble->branch_count; b++) {
    p->first_value[b] = count;
    count += ot_branch_value_count(p->ensemble, b);
    if (count > OT_SLICED_MOST_VALUES) return false;
  }
  p->first_value[p->ensemble->branch_count] = count;
  return true;
}

static void add(value_list *list, double value, uint32_t column) {
  list->values[list->count] = value;
  list->columns[list->count++] = column;
}

static bool list_values(const ot_sliced_preparation *p, value_list *list) {
  const ot_ensemble *e = p->ensemble;
  size_t room = p->first_value[e->branch_count];
  for (uint32_t b = 0; b < e->branch_count; b++) room += p->branches[b].is_set ? ot_branch_value_count(e, b) : 0;
  list->values = ot_arena_array(p->scratch, room, sizeof *list->values);
  list->columns = ot_arena_array(p->scratch, room, sizeof *list->columns);
  if (!list->values || !list->columns) return false;
  for (uint32_t b = 0; b < e->branch_count; b++)
    for (uint32_t i = 0; i < ot_branch_value_count(e, b); i++) add(list, ot_branch_value(e, b, i), column_of(p, b));
  for (uint32_t b = 0; b < e->branch_count; b++) {
    if (!p->branches[b].is_set) continue;
    for (uint32_t i = 0; i < ot_branch_value_count(e, b); i++) add(list, ot_number_below(e, ot_branch_value(e, b, i)), column_of(p, b));
  }
  return true;
}

static bool sort_values(const ot_sliced_preparation *p, value_list *list) {
  int64_t *keys = ot_arena_array(p->scratch, list->count, sizeof *keys);
  uint32_t *scratch = ot_arena_array(p->scratch, list->count, sizeof *scratch);
  list->order = ot_arena_array(p->scratch, list->count, sizeof *list->order);
  if (!keys || !scratch || !list->order) return false;
  for (size_t i = 0; i < list->count; i++) keys[i] = list->values[i] == list->values[i] ? ot_sort_key(list->values[i]) : INT64_MAX;
  ot_sort_order(keys, list->count, list->order, scratch);
  return true;
}

/* Going through all values in order, each column counts its distinct ones: its thresholds. `sorted` receives them, column after column. */
static bool rank_values(ot_sliced_preparation *p, const value_list *list, double *sorted) {
  uint32_t columns = p->layout->column_count;
  size_t ranked = p->first_value[p->ensemble->branch_count], *firsts = ot_arena_zeros(p->scratch, (size_t)columns + 1, sizeof *firsts);
  p->ranks = ot_arena_array(p->scratch, ranked, sizeof *p->ranks);
  if (!firsts || !p->ranks) return false;
  for (size_t i = 0; i < list->count; i++) firsts[list->columns[i] + 1]++;
  for (uint32_t c = 0; c < columns; c++) firsts[c + 1] += firsts[c];
  for (size_t i = 0; i < list->count; i++) {
    uint32_t entry = list->order[i], c = list->columns[entry], *count = &p->columns[c].rank_count;
    double *thresholds = sorted + firsts[c], value = list->values[entry];
    bool is_number = value == value;
    if (is_number && (*count == 0 || thresholds[*count - 1] != value)) thresholds[(*count)++] = value;
    if (entry < ranked) p->ranks[entry] = is_number ? *count - 1 : OT_NO_RANK;
  }
  /* Close the gaps: afterwards column c starts where the columns before it end. */
  size_t to = 0;
  for (uint32_t c = 0; c < columns; c++) {
    memmove(sorted + to, sorted + firsts[c], p->columns[c].rank_count * sizeof *sorted);
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

static bool build_search(ot_sliced_preparation *p, const double *sorted) {
  const ot_ensemble *e = p->ensemble;
  size_t nodes = 0;
  for (uint32_t c = 0; c < p->layout->column_count; c++) {
    ot_sliced_column *column = &p->columns[c];
    while (1u << column->levels <= column->rank_count) column->levels++;
    if (column->levels == 0) column->levels = 1;
    if (column->levels > p->layout->most_levels) p->layout->most_levels = column->levels;
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

bool ot_sliced_prepare_columns(ot_sliced_preparation *p) {
  value_list list = {0};
  if (!find_columns(p) || !list_values(p, &list) || !sort_values(p, &list)) return false;
  double *sorted = ot_arena_array(p->scratch, list.count, sizeof *sorted);
  return sorted && rank_values(p, &list, sorted) && build_search(p, sorted);
}
