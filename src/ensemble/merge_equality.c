#include "ensemble/merge_equality.h"

#include <string.h>

#include "ensemble/members.h"
#include "ensemble/real.h"
#include "ensemble/validate.h"

typedef struct merging {
  ot_ensemble *ensemble;
  uint8_t *is_merged; /* [branch_count] part of the chain of the branch above */
  uint32_t *numbers;  /* [branch_count] new number of a branch that stays */
  /* The new sets. */
  uint32_t set_count, member_count;
  uint32_t *branch_sets, *set_members;
  void *members;
} merging;

static unsigned mode_of(const ot_ensemble *e, uint32_t branch) { return e->modes[branch] & OT_MODE_MASK; }
static bool is_set_test(const ot_ensemble *e, uint32_t branch) { return mode_of(e, branch) == OT_MODE_EQ || mode_of(e, branch) == OT_MODE_MEMBER; }

/* Whether the false child only goes on asking the same question. */
static bool continues(const ot_ensemble *e, uint32_t branch, const uint8_t *parents) {
  ot_node_ref next = e->false_child[branch];
  if (ot_is_leaf(next) || parents[next] != 1) return false;
  return is_set_test(e, branch) && is_set_test(e, next) && e->features[next] == e->features[branch] && e->true_child[next] == e->true_child[branch];
}

/* parents[b]: 0, 1, or 2 for more. Being a root counts as a parent. */
static void note_parent(uint8_t *parents, ot_node_ref ref) {
  if (!ot_is_leaf(ref) && parents[ref] < 2) parents[ref]++;
}

static bool find_chains(merging *m, uint8_t *parents) {
  const ot_ensemble *e = m->ensemble;
  bool any = false;
  for (uint32_t t = 0; t < e->tree_count; t++) note_parent(parents, e->roots[t]);
  for (uint32_t b = 0; b < e->branch_count; b++) {
    note_parent(parents, e->true_child[b]);
    note_parent(parents, e->false_child[b]);
  }
  for (uint32_t b = 0; b < e->branch_count; b++) {
    if (!continues(e, b, parents)) continue;
    m->is_merged[e->false_child[b]] = 1;
    any = true;
  }
  return any;
}

/* ---- the new sets ---- */

/* A test's numbers, at most; tests may share a set. */
static size_t member_count(const ot_ensemble *e, uint32_t branch) {
  if (mode_of(e, branch) == OT_MODE_EQ) return 1;
  return e->set_members[e->branch_sets[branch] + 1] - e->set_members[e->branch_sets[branch]];
}

static bool allocate_sets(merging *m, ot_arena *arena) {
  const ot_ensemble *e = m->ensemble;
  size_t members = 0, sets = 0;
  for (uint32_t b = 0; b < e->branch_count; b++) {
    if (!is_set_test(e, b)) continue;
    members += member_count(e, b);
    sets++;
  }
  m->branch_sets = ot_arena_zeros(arena, e->branch_count, sizeof *m->branch_sets);
  m->set_members = ot_arena_array(arena, sets + 1, sizeof *m->set_members);
  m->members = ot_arena_array(arena, members, ot_real_size(e));
  return m->branch_sets && m->set_members && m->members;
}

static void add_members(merging *m, uint32_t branch) {
  const ot_ensemble *e = m->ensemble;
  size_t real = ot_real_size(e);
  if (mode_of(e, branch) == OT_MODE_EQ) {
    double value = ot_load_real(e, e->thresholds, branch);
    if (value == value) ot_store_real(e, m->members, m->member_count++, value); /* nothing equals NaN */
    return;
  }
  size_t first = e->set_members[e->branch_sets[branch]], count = member_count(e, branch);
  memcpy((char *)m->members + m->member_count * real, (const char *)e->members + first * real, count * real);
  m->member_count += (uint32_t)count;
}

/* The set of a chain, or of a test that had one before. Goes from the first branch along the chain, which becomes one branch. */
static void make_set(merging *m, uint32_t branch) {
  ot_ensemble *e = m->ensemble;
  unsigned missing = e->modes[branch] & OT_MISSING_TRUE;
  m->set_members[m->set_count] = m->member_count;
  add_members(m, branch);
  while (!ot_is_leaf(e->false_child[branch]) && m->is_merged[e->false_child[branch]]) {
    uint32_t next = e->false_child[branch];
    add_members(m, next);
    missing |= e->modes[next] & OT_MISSING_TRUE;
    e->false_child[branch] = e->false_child[next];
  }
  e->modes[branch] = (uint8_t)(OT_MODE_MEMBER | missing);
  ot_store_real(e, e->thresholds, branch, 0);
  m->branch_sets[branch] = m->set_count++;
}

static void make_sets(merging *m) {
  ot_ensemble *e = m->ensemble;
  for (uint32_t b = 0; b < e->branch_count; b++) {
    if (m->is_merged[b]) continue;
    bool is_chain = is_set_test(e, b) && !ot_is_leaf(e->false_child[b]) && m->is_merged[e->false_child[b]];
    if (is_chain || mode_of(e, b) == OT_MODE_MEMBER) make_set(m, b);
  }
  m->set_members[m->set_count] = m->member_count;
  e->branch_sets = m->branch_sets;
  e->set_count = m->set_count;
  e->set_members = m->set_members;
  e->members = m->members;
}

/* ---- the branches that stay ---- */

static ot_node_ref renumbered(const merging *m, ot_node_ref ref) { return ot_is_leaf(ref) ? ref : m->numbers[ref]; }

static void close_gaps(merging *m) {
  ot_ensemble *e = m->ensemble;
  size_t real = ot_real_size(e);
  uint32_t count = 0;
  for (uint32_t b = 0; b < e->branch_count; b++) m->numbers[b] = m->is_merged[b] ? 0 : count++;
  for (uint32_t t = 0; t < e->tree_count; t++) e->roots[t] = renumbered(m, e->roots[t]);
  for (uint32_t b = 0; b < e->branch_count; b++) {
    if (m->is_merged[b]) continue;
    uint32_t to = m->numbers[b];
    e->features[to] = e->features[b];
    e->modes[to] = e->modes[b];
    memmove((char *)e->thresholds + to * real, (const char *)e->thresholds + b * real, real);
    e->true_child[to] = renumbered(m, e->true_child[b]);
    e->false_child[to] = renumbered(m, e->false_child[b]);
    e->branch_sets[to] = e->branch_sets[b];
  }
  e->branch_count = count;
}

static ot_place no_name(const void *context, ot_node_ref ref) {
  (void)context;
  return ot_place_format("%u", ref);
}

bool ot_ensemble_merge_equality(ot_ensemble *e, ot_arena *arena, ot_arena *scratch, ot_problems *problems) {
  if (!e->has_equality) return true;
  merging m = {.ensemble = e, .is_merged = ot_arena_zeros(scratch, e->branch_count, sizeof *m.is_merged)};
  uint8_t *parents = ot_arena_zeros(scratch, e->branch_count, sizeof *parents);
  if (!m.is_merged || !parents) return ot_problem_memory(problems, scratch->memory);
  if (!find_chains(&m, parents)) return true;
  m.numbers = ot_arena_array(scratch, e->branch_count, sizeof *m.numbers);
  if (!m.numbers || !allocate_sets(&m, arena)) return ot_problem_memory(problems, scratch->memory);
  make_sets(&m);
  if (!ot_members_normalise(e, scratch)) return ot_problem_memory(problems, scratch->memory);
  close_gaps(&m);
  /* Depths have changed; what there was to warn of has been said. */
  onnxtree_problem_callback *callback = problems->callback;
  problems->callback = NULL;
  bool good = ot_ensemble_validate(e, 0, SIZE_MAX, &(ot_node_names){no_name, NULL}, "", scratch, problems);
  problems->callback = callback;
  return good;
}
