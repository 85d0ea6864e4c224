/* Masks of the bit-sliced layout: plain ones, "rank > k" for every threshold of a column, and special ones that are made of those. */
#include <string.h>

#include "kernels/sliced_prepare.h"

#define NO_MASK UINT32_MAX
#define MOST_PARTS ((size_t)1 << 20) /* of all sets together */

typedef struct mask_list {
  ot_sliced_special *specials; /* in the order in which they are numbered */
  uint32_t *columns;           /* of each */
  uint32_t count, plain_count;
  uint32_t *equal;             /* [plain_count] mask for "rank == k" */
  uint32_t *all;               /* [2 * columns] mask that every number passes, by missing_first */
  uint8_t *missing_first;      /* [columns] of the plain masks */
  uint32_t *parts;
  size_t part_count;
} mask_list;

static uint32_t column_of(const ot_sliced_preparation *p, uint32_t branch) { return p->column_of[p->ensemble->features[branch]]; }

/* NaN ranks as most tests of a column want it. */
static bool choose_missing_ranks(const ot_sliced_preparation *p, mask_list *m) {
  const ot_ensemble *e = p->ensemble;
  uint32_t columns = p->layout->column_count;
  uint32_t *tests = ot_arena_zeros(p->scratch, 2 * (size_t)columns, sizeof *tests);
  m->missing_first = ot_arena_array(p->scratch, columns, sizeof *m->missing_first);
  if (!tests || !m->missing_first) return false;
  for (uint32_t b = 0; b < e->branch_count; b++)
    if (!p->branches[b].is_set && p->ranks[p->first_value[b]] != OT_NO_RANK) tests[2 * column_of(p, b) + p->branches[b].missing_first]++;
  for (uint32_t c = 0; c < columns; c++) {
    m->missing_first[c] = tests[2 * c + 1] > tests[2 * c];
    p->columns[c].missing_rank = m->missing_first[c] ? 0 : p->columns[c].rank_count;
    p->columns[c].has_twins = tests[2 * c] && tests[2 * c + 1];
  }
  return true;
}

static bool number_plain(const ot_sliced_preparation *p, mask_list *m) {
  uint64_t next = 0;
  for (uint32_t c = 0; c < p->layout->column_count; c++) {
    p->columns[c].first_mask = (uint32_t)next;
    next += ((uint64_t)p->columns[c].rank_count << p->columns[c].has_twins) + 1;
    if (next > OT_SLICED_MOST_MASKS) return false;
  }
  m->plain_count = (uint32_t)next;
  return true;
}

static uint32_t *no_masks(const ot_sliced_preparation *p, size_t count) {
  uint32_t *masks = ot_arena_array(p->scratch, count, sizeof *masks);
  if (masks) memset(masks, 0xFF, count * sizeof *masks);
  return masks;
}

static bool allocate(const ot_sliced_preparation *p, mask_list *m) {
  size_t columns = p->layout->column_count, sets = 0, parts = 0;
  for (uint32_t b = 0; b < p->ensemble->branch_count; b++) {
    if (!p->branches[b].is_set) continue;
    sets++;
    parts += ot_branch_value_count(p->ensemble, b);
  }
  size_t most = (size_t)m->plain_count + 2 * columns + sets;
  m->specials = ot_arena_array(p->scratch, most, sizeof *m->specials);
  m->columns = ot_arena_array(p->scratch, most, sizeof *m->columns);
  m->equal = no_masks(p, m->plain_count);
  m->all = no_masks(p, 2 * columns);
  m->parts = ot_arena_array(p->arena, parts < MOST_PARTS ? parts : MOST_PARTS, sizeof *m->parts);
  return m->specials && m->columns && m->equal && m->all && m->parts;
}

static uint32_t add(mask_list *m, uint32_t column, ot_sliced_special special) {
  special.mask = m->plain_count + m->count;
  m->columns[m->count] = column;
  m->specials[m->count++] = special;
  return special.mask;
}

static uint32_t order_mask(const ot_sliced_preparation *p, mask_list *m, uint32_t branch) {
  uint32_t c = column_of(p, branch), rank = p->ranks[p->first_value[branch]], *all = &m->all[2 * c];
  bool missing_first = p->branches[branch].missing_first;
  if (rank != OT_NO_RANK) return rank + (missing_first == m->missing_first[c] ? p->columns[c].first_mask : ot_sliced_first_twin(&p->columns[c]));
  if (all[missing_first] == NO_MASK) all[missing_first] = add(m, c, (ot_sliced_special){.kind = OT_SLICED_ALL, .missing_first = missing_first});
  return all[missing_first];
}

/* The masks of the single values of a set. False: too many parts. */
static bool add_values(const ot_sliced_preparation *p, mask_list *m, uint32_t branch) {
  uint32_t c = column_of(p, branch);
  if (m->part_count + ot_branch_value_count(p->ensemble, branch) > MOST_PARTS) return false;
  for (size_t v = p->first_value[branch]; v < p->first_value[branch + 1]; v++) {
    if (p->ranks[v] == OT_NO_RANK) continue;
    uint32_t plain = p->columns[c].first_mask + p->ranks[v];
    uint8_t kind = p->ranks[v] == 0 ? OT_SLICED_NOT : OT_SLICED_BETWEEN;
    if (m->equal[plain] == NO_MASK) m->equal[plain] = add(m, c, (ot_sliced_special){.from = plain, .kind = kind, .missing_first = true});
    m->parts[m->part_count++] = m->equal[plain];
  }
  return true;
}

static uint32_t set_mask(const ot_sliced_preparation *p, mask_list *m, uint32_t branch, uint32_t first_part, uint32_t part_count) {
  bool missing_first = p->branches[branch].missing_first;
  if (part_count == 1 && missing_first) return m->parts[first_part];
  return add(m, column_of(p, branch),
             (ot_sliced_special){.from = first_part, .part_count = part_count, .kind = OT_SLICED_UNION, .missing_first = missing_first});
}

static bool number_special(const ot_sliced_preparation *p, mask_list *m) {
  for (uint32_t b = 0; b < p->ensemble->branch_count; b++) {
    size_t first = m->part_count;
    bool is_set = p->branches[b].is_set;
    if (is_set && !add_values(p, m, b)) return false;
    p->masks[b] = is_set ? set_mask(p, m, b, (uint32_t)first, (uint32_t)(m->part_count - first)) : order_mask(p, m, b);
    if (m->plain_count + (size_t)m->count > OT_SLICED_MOST_MASKS) return false;
  }
  return true;
}

/* The specials of each column together; among them, parts stay before what is made of them. */
static bool group_by_column(const ot_sliced_preparation *p, const mask_list *m) {
  uint32_t columns = p->layout->column_count, *next = ot_arena_zeros(p->scratch, (size_t)columns + 1, sizeof *next);
  ot_sliced_special *specials = ot_arena_array(p->arena, m->count, sizeof *specials);
  if (!next || !specials) return false;
  for (uint32_t i = 0; i < m->count; i++) p->columns[m->columns[i]].special_count++;
  for (uint32_t c = 0; c < columns; c++) {
    p->columns[c].first_special = next[c];
    next[c + 1] = next[c] + p->columns[c].special_count;
  }
  for (uint32_t i = 0; i < m->count; i++) specials[next[m->columns[i]]++] = m->specials[i];
  p->layout->specials = specials;
  p->layout->parts = m->parts;
  p->layout->part_count = (uint32_t)m->part_count;
  return true;
}

bool ot_sliced_prepare_masks(ot_sliced_preparation *p) {
  mask_list m = {0};
  p->masks = ot_arena_zeros(p->scratch, p->ensemble->branch_count, sizeof *p->masks);
  if (!p->masks || !choose_missing_ranks(p, &m)) return false;
  if (!number_plain(p, &m)) return true;
  if (!allocate(p, &m)) return false;
  if (!number_special(p, &m)) return true;
  p->layout->mask_count = m.plain_count + m.count;
  return group_by_column(p, &m);
}
