/* The last stage of building a plan: what is run, and where its results lie. */
#include "plan/build.h"

/* ---- which steps are run ---- */

static bool is_wanted(const ot_plan *plan, const ot_step *step) {
  for (uint32_t o = 0; o < step->output_count; o++) {
    uint32_t v = step->outputs[o];
    if (v < plan->value_count && plan->values[v].storage == v && plan->values[v].is_read) return true;
  }
  return false;
}

/* From the last step to the first: one is run if somebody reads what it computes. */
static bool find_runs(ot_build *b) {
  ot_plan *plan = b->plan;
  uint32_t *runs = ot_arena_array(b->arena, plan->step_count, sizeof *runs), first = plan->step_count;
  if (!runs) return ot_build_memory(b);
  for (uint32_t s = plan->step_count; s-- > 0;) {
    const ot_step *step = &plan->steps[s];
    if (!step->state || !is_wanted(plan, step)) continue;
    for (uint32_t i = 0; i < step->input_count; i++)
      if (step->inputs[i] < plan->value_count) plan->values[plan->values[step->inputs[i]].storage].is_read = true;
    runs[--first] = s;
  }
  plan->runs = runs + first;
  plan->run_count = plan->step_count - first;
  return true;
}

static bool lay_out(ot_build *b) {
  for (uint32_t r = 0; r < b->plan->run_count; r++) {
    uint32_t s = b->plan->runs[r];
    ot_step *step = &b->plan->steps[s];
    if (!step->operator->lay_out) continue;
    ot_place place = ot_node_place(b->graph->node[s], s);
    ot_arena scratch;
    ot_arena_init(&scratch, b->arena->memory);
    ot_prepare context = {.step = step,
                          .values = b->plan->values,
                          .node = b->graph->node[s],
                          .place = place.text,
                          .arena = b->arena,
                          .scratch = &scratch,
                          .problems = b->problems,
                          .limits = b->options->limits,
                          .kernel = b->options->kernel};
    bool ok = step->operator->lay_out(&context);
    ot_arena_free(&scratch);
    if (!ok) return false;
  }
  return true;
}

/* ---- where results lie: values that do not live at the same time share a slot ---- */

#define SLOTS_TRIED 32u /* of those that are free */

typedef struct slots {
  ot_plan *plan;
  uint32_t *last_use; /* [value_count] the position in `runs` after which the value is not needed */
  uint32_t *free;     /* slots, the last one freed first */
  uint32_t free_count;
} slots;

static size_t row_bytes(const ot_value *value) { return value->columns * onnxtree_type_size(value->type); }

/* The smallest of the free slots that is large enough, else the largest. */
static uint32_t take_slot(slots *s, size_t bytes) {
  size_t *sizes = s->plan->slot_row_bytes, best = SIZE_MAX;
  for (uint32_t i = s->free_count; i > 0 && s->free_count - i < SLOTS_TRIED; i--) {
    size_t size = sizes[s->free[i - 1]], chosen = best == SIZE_MAX ? 0 : sizes[s->free[best]];
    bool better = best == SIZE_MAX || (chosen < bytes ? size > chosen : size >= bytes && size < chosen);
    if (better) best = i - 1;
  }
  if (best == SIZE_MAX) {
    sizes[s->plan->slot_count] = bytes;
    return s->plan->slot_count++;
  }
  uint32_t slot = s->free[best];
  s->free[best] = s->free[--s->free_count];
  if (sizes[slot] < bytes) sizes[slot] = bytes;
  return slot;
}

static bool has_slot(const ot_plan *plan, uint32_t v) { return v < plan->value_count && plan->values[v].storage == v && plan->values[v].is_read; }

static void find_last_uses(slots *s) {
  const ot_plan *plan = s->plan;
  for (uint32_t r = 0; r < plan->run_count; r++) {
    const ot_step *step = &plan->steps[plan->runs[r]];
    for (uint32_t i = 0; i < step->input_count; i++)
      if (step->inputs[i] < plan->value_count) s->last_use[plan->values[step->inputs[i]].storage] = r;
  }
  for (uint32_t o = 0; o < plan->output_count; o++) s->last_use[plan->values[plan->outputs[o].value].storage] = UINT32_MAX;
}

static void free_slots(slots *s, const ot_step *step, uint32_t position) {
  ot_plan *plan = s->plan;
  for (uint32_t i = 0; i < step->input_count; i++) {
    if (step->inputs[i] >= plan->value_count) continue;
    uint32_t v = plan->values[step->inputs[i]].storage;
    if (s->last_use[v] != position || plan->values[v].slot == OT_NO_SLOT) continue;
    s->free[s->free_count++] = plan->values[v].slot;
    s->last_use[v] = UINT32_MAX; /* once, however often the step reads it */
  }
}

static bool assign_slots(ot_build *b) {
  ot_plan *plan = b->plan;
  slots s = {.plan = plan,
             .last_use = ot_arena_zeros(&b->scratch, plan->value_count, sizeof *s.last_use),
             .free = ot_arena_array(&b->scratch, plan->value_count, sizeof *s.free)};
  size_t *sizes = ot_arena_array(&b->scratch, plan->value_count, sizeof *sizes);
  if (!s.last_use || !s.free || !sizes) return ot_build_memory(b);
  plan->slot_row_bytes = sizes;
  for (uint32_t v = 0; v < plan->value_count; v++) plan->values[v].slot = OT_NO_SLOT;
  find_last_uses(&s);
  for (uint32_t r = 0; r < plan->run_count; r++) {
    const ot_step *step = &plan->steps[plan->runs[r]];
    for (uint32_t o = 0; o < step->output_count; o++)
      if (has_slot(plan, step->outputs[o])) plan->values[step->outputs[o]].slot = take_slot(&s, row_bytes(&plan->values[step->outputs[o]]));
    free_slots(&s, step, r);
  }
  plan->slot_row_bytes = ot_arena_array(b->arena, plan->slot_count, sizeof *sizes);
  if (!plan->slot_row_bytes) return ot_build_memory(b);
  for (uint32_t i = 0; i < plan->slot_count; i++) plan->slot_row_bytes[i] = sizes[i];
  return true;
}

/* ---- values that lie elsewhere in each block: those of inputs and outputs ---- */

static void mark(const ot_plan *plan, const uint32_t *values, uint32_t count, uint8_t *marks) {
  for (uint32_t i = 0; i < count; i++)
    if (values[i] < plan->value_count) marks[values[i]] = 1;
}

static bool find_moving(ot_build *b) {
  ot_plan *plan = b->plan;
  uint8_t *moves = ot_arena_zeros(&b->scratch, plan->value_count, 1), *used = ot_arena_zeros(&b->scratch, plan->value_count, 1);
  uint32_t count = 0;
  if (!moves || !used) return ot_build_memory(b);
  mark(plan, plan->inputs, plan->input_count, moves);
  for (uint32_t o = 0; o < plan->output_count; o++) {
    mark(plan, &plan->values[plan->outputs[o].value].storage, 1, moves);
    mark(plan, &plan->outputs[o].value, 1, used);
  }
  for (uint32_t r = 0; r < plan->run_count; r++) {
    const ot_step *step = &plan->steps[plan->runs[r]];
    mark(plan, step->inputs, step->input_count, used);
    mark(plan, step->outputs, step->output_count, used);
  }
  for (uint32_t v = 0; v < plan->value_count; v++) count += used[v] &= moves[plan->values[v].storage] && !plan->values[v].constant;
  plan->moving = ot_arena_array(b->arena, count, sizeof *plan->moving);
  if (!plan->moving) return ot_build_memory(b);
  for (uint32_t v = 0; v < plan->value_count; v++) {
    uint32_t storage = plan->values[v].storage;
    if (used[v]) plan->moving[plan->moving_count++] = (ot_moving){v, storage, (uint32_t)onnxtree_type_size(plan->values[storage].type)};
  }
  return true;
}

static void settle_widths(ot_plan *plan) {
  for (uint32_t v = 0; v < plan->value_count; v++) {
    ot_value *value = &plan->values[v];
    value->columns = plan->values[value->width_of].columns;
    if (value->width_of != v && value->shape.rank == 2) value->shape.dims[1] = value->columns;
  }
}

bool ot_build_settle(ot_build *b) {
  settle_widths(b->plan);
  return find_runs(b) && lay_out(b) && assign_slots(b) && find_moving(b);
}
