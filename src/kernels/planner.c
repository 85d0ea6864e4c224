#include "kernels/planner.h"

#include <string.h>

#include "ensemble/real.h"
#include "kernels/select.h"
#include "kernels/sliced.h"

/* A group ranks its columns anew, which for each costs about as much as a step of a walk: it has to save that many steps. */
#define FEWEST_STEPS 100u
#define MOST_BRANCHES (OT_SLICED_MOST_MASKS - 4096u) /* of a group of bit slices: most thresholds differ */

typedef struct planning {
  const ot_ensemble *ensemble;
  ot_arena *arena;
  uint32_t *first_branch; /* [tree_count + 1] */
  uint8_t *is_sliced;     /* [tree_count] */
} planning;

/* ---- where trees are apart ---- */

/* Notes where each tree's branches begin, if its root is listed first and trees are listed one after the other. */
static bool find_trees(planning *p) {
  const ot_ensemble *e = p->ensemble;
  uint32_t next = e->branch_count;
  p->first_branch[e->tree_count] = next;
  for (uint32_t t = e->tree_count; t-- > 0;) {
    if (!ot_is_leaf(e->roots[t]) && e->roots[t] >= next) return false;
    if (!ot_is_leaf(e->roots[t])) next = e->roots[t];
    p->first_branch[t] = next;
  }
  return next == 0;
}

/* Whether no branch names one of another tree. */
static bool trees_are_apart(const planning *p) {
  const ot_ensemble *e = p->ensemble;
  bool good = true;
  for (uint32_t t = 0; t < e->tree_count; t++) {
    uint32_t first = p->first_branch[t], count = p->first_branch[t + 1] - first;
    for (uint32_t b = first; b < first + count; b++) {
      const ot_node_ref children[] = {e->true_child[b], e->false_child[b]};
      for (int c = 0; c < 2; c++) good &= ot_is_leaf(children[c]) || children[c] - first < count;
    }
  }
  return good;
}

static uint32_t branches_of(const planning *p, uint32_t tree) { return p->first_branch[tree + 1] - p->first_branch[tree]; }

/* ---- which of them go together ---- */

/* The end of the run of equal trees that begins at `first`. */
static uint32_t run_end(const planning *p, uint32_t first) {
  uint32_t end = first;
  while (end < p->ensemble->tree_count && p->is_sliced[end] == p->is_sliced[first] &&
         (end == first || !p->is_sliced[first] || p->first_branch[end + 1] - p->first_branch[first] <= MOST_BRANCHES))
    end++;
  return end;
}

static bool pays(const planning *p, uint32_t first, uint32_t end) {
  size_t steps = 0;
  for (uint32_t t = first; t < end; t++)
    for (uint32_t branches = branches_of(p, t); branches; branches /= 2) steps++;
  return steps >= FEWEST_STEPS && steps >= p->ensemble->features_used;
}

/* Short runs of small trees are walked with their neighbours. Returns the number of groups. */
static uint32_t find_groups(planning *p) {
  const ot_ensemble *e = p->ensemble;
  uint32_t count = 0;
  for (uint32_t t = 0; t < e->tree_count; t++) p->is_sliced[t] = branches_of(p, t) < OT_SLICED_MOST_LEAVES;
  for (uint32_t first = 0, end; first < e->tree_count; first = end) {
    end = run_end(p, first);
    if (p->is_sliced[first] && !pays(p, first, end)) memset(p->is_sliced + first, 0, end - first);
  }
  for (uint32_t first = 0; first < e->tree_count; first = run_end(p, first)) count++;
  return count;
}

/* ---- parts of an ensemble ---- */

static uint32_t depth_of(const ot_ensemble *e, uint32_t *depths) {
  uint32_t deepest = 0;
  memset(depths, 0, e->branch_count * sizeof *depths);
  for (uint32_t b = 0; b < e->branch_count; b++) {
    const ot_node_ref children[] = {e->true_child[b], e->false_child[b]};
    if (++depths[b] > deepest) deepest = depths[b];
    for (int c = 0; c < 2; c++) {
      if (ot_is_leaf(children[c])) continue;
      if (children[c] <= b) return e->max_depth;
      if (depths[children[c]] < depths[b]) depths[children[c]] = depths[b];
    }
  }
  return deepest;
}

static ot_node_ref *moved(const ot_node_ref *refs, uint32_t count, uint32_t offset, ot_arena *arena) {
  ot_node_ref *copy = ot_arena_array(arena, count, sizeof *copy);
  for (uint32_t i = 0; copy && i < count; i++) copy[i] = ot_is_leaf(refs[i]) ? refs[i] : refs[i] - offset;
  return copy;
}

/* The trees from `first` on, as an ensemble. Leaves and weights keep their numbers. */
static bool cut_out(const planning *p, uint32_t first, uint32_t end, ot_ensemble *part, ot_arena *scratch) {
  const ot_ensemble *e = p->ensemble;
  uint32_t offset = p->first_branch[first];
  *part = *e;
  part->tree_count = end - first;
  part->branch_count = p->first_branch[end] - offset;
  part->continues = first > 0;
  part->roots = moved(e->roots + first, part->tree_count, offset, p->arena);
  part->true_child = moved(e->true_child + offset, part->branch_count, offset, p->arena);
  part->false_child = moved(e->false_child + offset, part->branch_count, offset, p->arena);
  part->features = e->features + offset;
  part->modes = e->modes + offset;
  part->thresholds = (char *)e->thresholds + offset * ot_real_size(e);
  if (e->branch_sets) part->branch_sets = e->branch_sets + offset;
  uint32_t *depths = ot_arena_array(scratch, part->branch_count, sizeof *depths);
  if (!part->roots || !part->true_child || !part->false_child || !depths) return false;
  part->max_depth = depth_of(part, depths);
  return true;
}

/* ---- kernels ---- */

static size_t next_kernel(size_t i, const ot_memory *memory) {
  while (memory->refused_by_limit && ot_kernel_at(i) && ot_kernel_at(i)->is_large) i++;
  return i;
}

/* The named kernel, or the first one that takes the trees within the bound of memory. group->layout stays NULL if there is none. */
static bool choose_kernel(ot_tree_group *group, const char *name, ot_arena *arena, size_t kernels) {
  const ot_kernel *named = ot_kernel_is_auto(name) ? NULL : ot_kernel_named(name);
  const ot_arena_mark before = ot_arena_save(arena);
  for (size_t i = 0; i < kernels && !group->layout; i++) {
    if (!named) i = next_kernel(i, arena->memory);
    group->kernel = named ? named : ot_kernel_at(i);
    if (!group->kernel || (named && i > 0)) break;
    ot_arena scratch;
    ot_arena_init(&scratch, arena->memory);
    bool good = group->kernel->prepare(&group->ensemble, arena, &scratch, &group->layout);
    ot_arena_free(&scratch);
    if (good) continue;
    if (named || !arena->memory->refused_by_limit || group->kernel == &ot_kernel_reference) return false;
    ot_arena_restore(arena, &before); /* the next one may need less */
    group->layout = NULL;
  }
  group->layout_bytes = arena->given - before.given;
  return true;
}

static bool prepare_groups(planning *p, ot_tree_groups *result, uint32_t count, ot_arena *scratch) {
  ot_tree_group *group = result->groups = ot_arena_zeros(p->arena, count, sizeof *result->groups);
  if (!group) return false;
  for (uint32_t first = 0, end; first < p->ensemble->tree_count; first = end, group++) {
    end = run_end(p, first);
    group->first_tree = first;
    if (!cut_out(p, first, end, &group->ensemble, scratch) || !choose_kernel(group, NULL, p->arena, SIZE_MAX)) return false;
  }
  result->count = count;
  return true;
}

static bool prepare_alone(const ot_ensemble *e, const char *name, ot_arena *arena, size_t kernels, ot_tree_groups *result) {
  result->groups = ot_arena_zeros(arena, 1, sizeof *result->groups);
  if (!result->groups) return false;
  result->groups->ensemble = *e;
  if (!choose_kernel(result->groups, name, arena, kernels)) return false;
  result->count = result->groups->layout != NULL;
  return true;
}

bool ot_groups_prepare(const ot_ensemble *e, const char *name, ot_arena *arena, ot_tree_groups *result) {
  *result = (ot_tree_groups){NULL, 0};
  bool any = ot_kernel_is_auto(name);
  if (!prepare_alone(e, name, arena, any ? 1 : SIZE_MAX, result)) return false;
  if (result->count || !any) return true;
  ot_arena scratch;
  ot_arena_init(&scratch, arena->memory);
  planning p = {e, arena, ot_arena_array(&scratch, (size_t)e->tree_count + 1, sizeof *p.first_branch), ot_arena_array(&scratch, e->tree_count, 1)};
  bool good = p.first_branch && p.is_sliced;
  uint32_t count = good && find_trees(&p) ? find_groups(&p) : 1;
  if (count > 1 && !trees_are_apart(&p)) count = 1;
  const ot_arena_mark before = ot_arena_save(arena);
  if (good && count > 1) good = prepare_groups(&p, result, count, &scratch);
  if (!good && arena->memory->refused_by_limit) ot_arena_restore(arena, &before);
  if (count == 1 || (!good && arena->memory->refused_by_limit)) good = prepare_alone(e, name, arena, SIZE_MAX, result);
  ot_arena_free(&scratch);
  return good;
}

size_t ot_groups_scratch_bytes(const ot_tree_groups *groups, size_t row_count) {
  size_t most = 0;
  for (uint32_t g = 0; g < groups->count; g++) {
    const ot_tree_group *group = &groups->groups[g];
    size_t size = group->kernel->scratch_bytes(&group->ensemble, group->layout, row_count);
    if (size > most) most = size;
  }
  return most;
}

void ot_groups_evaluate(const ot_tree_groups *groups, const ot_rows *rows, void *scratch, void *sums, uint8_t *presence) {
  for (uint32_t g = 0; g < groups->count; g++) {
    const ot_tree_group *group = &groups->groups[g];
    group->kernel->evaluate(&group->ensemble, group->layout, rows, scratch, sums, presence);
  }
}
