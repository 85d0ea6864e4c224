/* Graphs of many single trees (isolation forests, bagging, voting, AdaBoost) become one ensemble.
 *
 * What is computed from the output of one tree, and from nothing else that depends on the row, is a function of the leaf that the row reaches: it is
 * evaluated at load, once for each leaf. Where such values are added up, the trees become one ensemble whose leaves have these values: the
 * same additions in the same order. */
#include <string.h>

#include "ops/elementwise.h"
#include "ops/reduce.h"
#include "ops/select.h"
#include "ops/tree_ensemble.h"
#include "plan/build.h"

#define LEAVES_AT_ONCE 256u
#define MOST_STEPS 128u /* between a tree and the sum */

#define OF_NO_TREE (UINT32_MAX - 1) /* the same for every row */
#define OF_ROW UINT32_MAX           /* of several trees, or of the row itself */

typedef struct merge {
  ot_build *b;
  uint32_t *owners;    /* [value_count + 1] the step of the tree that decides the value, or one of the above */
  uint32_t *producers; /* [value_count + 1] the step that computes the value's memory */
  uint64_t work_left;  /* leaves that may still be copied: each tree is worth being copied twice */
  ot_arena arena;      /* of one merger */
  ot_arena part;       /* of one of its parts */
} merge;

static const ot_value *stored(const merge *m, uint32_t v) { return &m->b->plan->values[m->b->plan->values[v].storage]; }
static uint32_t storage_of(const merge *m, uint32_t v) { return v < m->b->plan->value_count ? m->b->plan->values[v].storage : v; }

/* ---- which tree decides a value ---- */

static uint32_t owner_of_step(const merge *m, uint32_t s) {
  const ot_step *step = &m->b->plan->steps[s];
  if (ot_step_is_single_tree(step)) return s;
  uint32_t owner = OF_NO_TREE;
  for (uint32_t i = 0; i < step->input_count; i++) {
    uint32_t next = m->owners[storage_of(m, step->inputs[i])];
    if (next == OF_NO_TREE || next == owner) continue;
    owner = owner == OF_NO_TREE ? next : OF_ROW;
  }
  return ot_step_ensemble(step) && owner != OF_NO_TREE ? OF_ROW : owner;
}

static void find_owners(merge *m) {
  const ot_plan *plan = m->b->plan;
  for (uint32_t v = 0; v <= plan->value_count; v++) {
    m->owners[v] = v == plan->value_count || plan->values[v].constant ? OF_NO_TREE : OF_ROW;
    m->producers[v] = UINT32_MAX;
  }
  for (uint32_t s = 0; s < plan->step_count; s++) {
    const ot_step *step = &plan->steps[s];
    if (!step->state) continue;
    uint32_t owner = owner_of_step(m, s);
    for (uint32_t o = 0; o < step->output_count; o++) {
      uint32_t v = step->outputs[o];
      if (v >= plan->value_count || plan->values[v].storage != v) continue;
      m->owners[v] = owner;
      m->producers[v] = s;
    }
  }
}

/* ---- a value at every leaf ---- */

typedef struct chain {
  uint32_t steps[MOST_STEPS]; /* in order, the tree first */
  uint32_t count;
} chain;

static bool add_to_chain(chain *c, uint32_t s) {
  uint32_t at = c->count;
  while (at > 0 && c->steps[at - 1] > s) at--;
  if (at > 0 && c->steps[at - 1] == s) return true;
  if (c->count == MOST_STEPS) return false;
  memmove(&c->steps[at + 1], &c->steps[at], (c->count - at) * sizeof *c->steps);
  c->steps[at] = s;
  c->count++;
  return true;
}

/* All steps that the value needs, down to its tree. The list is sorted, and what a step reads was computed by earlier ones: the steps from `at` on
 * have been looked at. */
static bool find_chain(const merge *m, uint32_t value, uint32_t tree, chain *c) {
  const ot_plan *plan = m->b->plan;
  c->count = 0;
  if (!add_to_chain(c, m->producers[storage_of(m, value)])) return false;
  for (uint32_t looked_at = 0; looked_at < c->count; looked_at++) {
    const ot_step *step = &plan->steps[c->steps[c->count - 1 - looked_at]];
    if (step == &plan->steps[tree]) continue;
    for (uint32_t i = 0; i < step->input_count; i++) {
      uint32_t from = storage_of(m, step->inputs[i]);
      if (from < plan->value_count && !plan->values[from].constant && !add_to_chain(c, m->producers[from])) return false;
    }
  }
  return true;
}

static bool give_memory(merge *m, const ot_step *step, size_t rows) {
  const ot_plan *plan = m->b->plan;
  for (uint32_t o = 0; o < step->output_count; o++) {
    uint32_t v = step->outputs[o];
    ot_span *span = &m->b->spans[v];
    *span = (ot_span){NULL, 0, 0};
    if (v >= plan->value_count) continue;
    size_t columns = plan->values[v].columns;
    *span = (ot_span){ot_arena_array(&m->part, rows * columns, onnxtree_type_size(plan->values[v].type)), columns, columns};
    if (!span->data) return false;
  }
  return true;
}

static void find_inputs(merge *m, const ot_step *step) {
  const ot_plan *plan = m->b->plan;
  for (uint32_t i = 0; i < step->input_count; i++) {
    uint32_t v = step->inputs[i];
    if (v >= plan->value_count) continue;
    const ot_value *value = stored(m, v);
    ot_span constant = {(void *)(uintptr_t)value->constant, 0, value->columns};
    m->b->spans[v] = value->constant ? constant : m->b->spans[value->storage];
  }
}

/* Scratch for the largest step of the chain. */
static void *chain_scratch(merge *m, const chain *c, size_t rows) {
  size_t most = 1;
  for (uint32_t i = 1; i < c->count; i++) {
    const ot_step *step = &m->b->plan->steps[c->steps[i]];
    size_t bytes = step->operator->scratch_bytes ? step->operator->scratch_bytes(step, rows) : 0;
    if (bytes > most) most = bytes;
  }
  return ot_arena_allocate(&m->part, most);
}

static bool evaluate_with(merge *m, const chain *c, uint32_t value, float *values) {
  const ot_plan *plan = m->b->plan;
  const ot_step *tree = &plan->steps[c->steps[0]];
  const ot_ensemble *e = ot_step_ensemble(tree);
  size_t columns = plan->values[value].columns, widest = ot_finish_columns(e, ot_step_finish(tree));
  size_t rows = e->leaf_count < LEAVES_AT_ONCE ? e->leaf_count : LEAVES_AT_ONCE;
  float *sums = ot_arena_array(&m->part, rows * e->target_count, sizeof *sums), *scores = ot_arena_array(&m->part, rows * widest, sizeof *scores);
  ot_frame frame = {.values = m->b->spans, .scratch = chain_scratch(m, c, rows), .failed_row = OT_NO_FAILURE};
  if (!sums || !scores || !frame.scratch) return false;
  for (uint32_t i = 0; i < c->count; i++)
    if (!give_memory(m, &plan->steps[c->steps[i]], rows)) return false;
  for (uint32_t leaf = 0; leaf < e->leaf_count; leaf += LEAVES_AT_ONCE) {
    frame.row_count = e->leaf_count - leaf < LEAVES_AT_ONCE ? e->leaf_count - leaf : LEAVES_AT_ONCE;
    ot_step_at_leaves(tree, &frame, leaf, sums, scores);
    for (uint32_t i = 1; i < c->count; i++) {
      const ot_step *step = &plan->steps[c->steps[i]];
      find_inputs(m, step);
      step->operator->run(step, &frame);
    }
    memcpy(values + leaf * columns, m->b->spans[storage_of(m, value)].data, frame.row_count * columns * sizeof *values);
  }
  return frame.failed_row == OT_NO_FAILURE;
}

static bool evaluate(merge *m, const chain *c, uint32_t value, float *values) {
  ot_arena_init(&m->part, m->b->arena->memory);
  bool ok = evaluate_with(m, c, value, values);
  ot_arena_free(&m->part);
  return ok;
}

/* ---- one part of a sum ---- */

/* What a tree reads, looking through a selection of columns. */
static uint32_t input_of_tree(const merge *m, const ot_step *tree, const uint32_t **features) {
  uint32_t input = storage_of(m, tree->inputs[0]), producer = m->producers[input];
  *features = producer == UINT32_MAX ? NULL : m->b->plan->steps[producer].columns;
  return *features ? storage_of(m, m->b->plan->steps[producer].inputs[0]) : input;
}

static bool make_part(merge *m, uint32_t value, size_t columns, ot_tree_part *part, uint32_t *input) {
  const ot_plan *plan = m->b->plan;
  uint32_t tree = m->owners[storage_of(m, value)];
  if (tree >= OF_NO_TREE || plan->values[value].type != ONNXTREE_FLOAT || plan->values[value].columns != columns) return false;
  const ot_step *step = &plan->steps[tree];
  uint64_t leaves = ot_step_ensemble(step)->leaf_count;
  if (leaves > m->work_left) return false;
  m->work_left -= leaves;
  uint32_t from = input_of_tree(m, step, &part->features);
  const ot_shape *shape = &plan->values[from].shape;
  bool same = *input == OF_ROW || *input == from;
  if (!same || plan->values[from].type != ONNXTREE_FLOAT || shape->rank != 2 || shape->row_axis != 0 || !ot_shape_is_table(shape)) return false;
  *input = from;
  chain c;
  if (leaves * columns > SIZE_MAX / sizeof(float)) return false;
  float *values = ot_arena_array(&m->arena, (size_t)(leaves * columns), sizeof *values);
  if (!values || !find_chain(m, value, tree, &c) || c.steps[0] != tree || !evaluate(m, &c, value, values)) return false;
  part->step = step;
  part->values = values;
  return true;
}

static void merge_parts(merge *m, ot_step *step, const uint32_t *terms, uint32_t count, size_t columns, bool is_mean) {
  ot_arena_init(&m->arena, m->b->arena->memory);
  ot_tree_part *parts = ot_arena_array(&m->arena, count, sizeof *parts);
  uint32_t input = OF_ROW;
  bool ok = parts != NULL;
  for (uint32_t i = 0; ok && i < count; i++) ok = make_part(m, terms[i], columns, &parts[i], &input);
  ot_tree_sum sum = {parts, count, columns, is_mean};
  if (ok) ot_step_become_trees(step, input, &sum, m->b->arena, &m->arena, m->b->problems);
  ot_arena_free(&m->arena);
}

/* ---- sums ---- */

static void try_step(merge *m, ot_step *step) {
  const ot_plan *plan = m->b->plan;
  if (step->output_count != 1 || step->outputs[0] >= plan->value_count || m->owners[step->outputs[0]] != OF_ROW) return;
  size_t width = plan->values[step->outputs[0]].columns;
  bool is_mean = false;
  if (step->input_count > 1 && ot_elementwise_adds(step)) {
    merge_parts(m, step, step->inputs, step->input_count, width, false);
    return;
  }
  uint32_t producer = m->producers[storage_of(m, step->inputs[0])];
  size_t stacked;
  if (producer == UINT32_MAX || !ot_concat_is_stack(&plan->steps[producer], &stacked) || stacked != width || !ot_reduce_adds(step, width, &is_mean))
    return;
  merge_parts(m, step, plan->steps[producer].inputs, plan->steps[producer].input_count, width, is_mean);
}

/* Memory that is not to be had is no reason to refuse the model: it is run step by step then. */
bool ot_build_merge_trees(ot_build *b) {
  ot_plan *plan = b->plan;
  merge m = {.b = b, .owners = ot_arena_array(&b->scratch, (size_t)plan->value_count + 1, sizeof *m.owners),
             .producers = ot_arena_array(&b->scratch, (size_t)plan->value_count + 1, sizeof *m.producers)};
  if (!b->spans) b->spans = ot_arena_zeros(&b->scratch, (size_t)plan->value_count + 1, sizeof *b->spans);
  if (!m.owners || !m.producers || !b->spans) return ot_build_memory(b);
  uint32_t trees = 0;
  size_t before = b->problems->found;
  for (uint32_t s = 0; s < plan->step_count; s++) {
    if (!plan->steps[s].state || !ot_step_is_single_tree(&plan->steps[s])) continue;
    m.work_left += 2 * (uint64_t)ot_step_ensemble(&plan->steps[s])->leaf_count;
    trees++;
  }
  if (trees < 2) return true;
  find_owners(&m);
  for (uint32_t s = 0; s < plan->step_count; s++)
    if (plan->steps[s].state && plan->steps[s].input_count) try_step(&m, &plan->steps[s]);
  return b->problems->found == before;
}
