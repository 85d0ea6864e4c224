/* TreeEnsembleClassifier and TreeEnsembleRegressor (ai.onnx.ml 1 and 3), TreeEnsemble (5): read and validate at load, then locate, accumulate,
 * finish. */
#include "ops/tree_ensemble.h"

#include "base/convert.h"
#include "ensemble/accumulate.h"
#include "ensemble/real.h"
#include "ensemble/reader.h"
#include "ensemble/trace.h"
#include "ensemble/validate.h"
#include "kernels/planner.h"
#include "kernels/tile.h"
#include "ops/registry.h"

typedef struct tree_state {
  ot_ensemble ensemble;
  ot_finish finish;
  ot_tree_groups groups;
  onnxtree_type input_type;
  bool converts; /* rows are converted to the ensemble's type, feature_count columns of them */
  bool via_float; /* rows are rounded to float first */
  bool widens;    /* scores are computed in float, for an output of doubles */
} tree_state;

static onnxtree_type real_type(const ot_ensemble *e) { return e->is_double ? ONNXTREE_DOUBLE : ONNXTREE_FLOAT; }
static size_t round_up(size_t size) { return (size + 63) & ~(size_t)63; }

/* ---- load ---- */

/* The output of TreeEnsemble is of the input's type, so that its input is no integer. */
static bool check_input(ot_prepare *context, const ot_value *input, bool is_indexed) {
  bool is_real = input->type == ONNXTREE_FLOAT || input->type == ONNXTREE_DOUBLE,
       is_integer = input->type == ONNXTREE_INT64 || input->type == ONNXTREE_INT32;
  if (!is_real && (is_indexed || !is_integer)) {
    ot_problem(context->problems, OT_PROBLEM_VALUE_TYPE, context->place, "its input '%.64s' is of type %s; %s was expected", input->name,
               onnxtree_type_name(input->type), is_indexed ? "float or double" : "float, double, int64 or int32");
    return false;
  }
  if (input->shape.rank != 2 || !ot_shape_is_table(&input->shape) || input->shape.row_axis != 0) {
    ot_problem(context->problems, OT_PROBLEM_VALUE_SHAPE, context->place, "its input '%.64s' has rank %d%s; a matrix [rows, features] was expected",
               input->name, input->shape.rank, input->shape.row_axis != 0 ? " and no rows in its first dimension" : "");
    return false;
  }
  return true;
}

static void describe_outputs(ot_prepare *context, const tree_state *state, onnxtree_type type) {
  const ot_finish *f = &state->finish;
  size_t scores = context->step->output_count - 1u;
  if (f->class_count) ot_operator_output(context, 0, f->label_type, 1, 1);
  if (f->class_count && scores == 0) return;
  ot_operator_output(context, scores, type, 2, ot_finish_columns(&state->ensemble, f));
  if (f->class_count)
    context->values[context->step->outputs[scores]].labels = (ot_labels){f->label_type, f->class_count, f->int64_labels, f->string_labels};
}

static bool choose_kernel(ot_prepare *context) {
  tree_state *state = context->step->state;
  if (!ot_groups_prepare(&state->ensemble, context->kernel, context->arena, &state->groups))
    return ot_problem_memory(context->problems, context->arena->memory);
  for (uint32_t g = 0, most = 0; g < state->groups.count; g++) {
    const ot_tree_group *group = &state->groups.groups[g];
    if (group->ensemble.tree_count > most) context->step->kernel = group->kernel;
    if (group->ensemble.tree_count > most) most = group->ensemble.tree_count;
  }
  if (state->groups.count) return true;
  ot_problem(context->problems, OT_PROBLEM_UNKNOWN_KERNEL, context->place, "the kernel '%.32s' does not take this ensemble", context->kernel);
  return false;
}

typedef enum tree_form { CLASSIFIER, REGRESSOR, INDEXED } tree_form;

static bool prepare(ot_prepare *context, tree_form form) {
  ot_value *input = &context->values[context->step->inputs[0]], *width = &context->values[input->width_of];
  if (!check_input(context, input, form == INDEXED)) return false;
  tree_state *state = ot_arena_zeros(context->arena, 1, sizeof *state);
  if (!state) return ot_problem_memory(context->problems, context->arena->memory);
  bool double_input = (input->type == ONNXTREE_DOUBLE && !context->doubles_as_float32) || context->sums_in_double;
  ot_reader_options options = {form == CLASSIFIER, context->step->operator->since, width->width_open ? 0 : input->columns,
                               double_input, context->compat_onnxruntime, context->limits};
  bool read = (form == INDEXED ? ot_ensemble_read_indexed : ot_ensemble_read)(&state->ensemble, &state->finish, context->node, &options,
                                                                              context->place, context->arena, context->scratch, context->problems);
  if (!read) return false;
  const ot_ensemble *e = &state->ensemble;
  if (width->width_open && e->feature_count > width->columns) width->columns = e->feature_count;
  state->input_type = input->type;
  bool is_integer = input->type == ONNXTREE_INT32 || input->type == ONNXTREE_INT64; /* compared as floats, however they are added */
  state->via_float = input->type == ONNXTREE_DOUBLE ? context->doubles_as_float32 : is_integer && context->sums_in_double;
  state->converts = state->via_float || input->type != real_type(e);
  context->step->stats = (ot_tree_stats){e->tree_count, e->branch_count, e->leaf_count, e->max_depth, e->features_used};
  context->step->state = state;
  onnxtree_type type = form == INDEXED ? input->type : ONNXTREE_FLOAT;
  state->widens = type == ONNXTREE_DOUBLE && ot_finish_transforms(&state->finish, e->target_count);
  state->finish.writes_doubles = type == ONNXTREE_DOUBLE && !state->widens;
  describe_outputs(context, state, type);
  return true;
}

static bool prepare_classifier(ot_prepare *context) { return prepare(context, CLASSIFIER); }
static bool prepare_regressor(ot_prepare *context) { return prepare(context, REGRESSOR); }
static bool prepare_indexed(ot_prepare *context) { return prepare(context, INDEXED); }

/* ---- run ---- */

/* Parts of a step's scratch, in bytes from its start, where the sums are. The kernel's own comes last. */
typedef struct tree_scratch {
  size_t presence, scores, rows, floats, kernel;
} tree_scratch;

static tree_scratch plan_scratch(const ot_step *step, size_t row_count) {
  const tree_state *state = step->state;
  const ot_ensemble *e = &state->ensemble;
  tree_scratch s = {.presence = round_up(row_count * e->target_count * ot_real_size(e))};
  s.scores = s.presence + (e->needs_presence ? round_up(row_count * e->target_count) : 0);
  s.rows = s.scores + round_up(row_count * ot_finish_columns(e, &state->finish) * (state->finish.writes_doubles ? sizeof(double) : sizeof(float)));
  s.floats = s.rows + (state->converts ? round_up(row_count * e->feature_count * ot_real_size(e)) : 0);
  s.kernel = s.floats + (state->via_float && e->is_double ? round_up(row_count * e->feature_count * sizeof(float)) : 0);
  return s;
}

static size_t scratch_bytes(const ot_step *step, size_t row_count) {
  const tree_state *state = step->state;
  return plan_scratch(step, row_count).kernel + ot_groups_scratch_bytes(&state->groups, row_count);
}

/* Rows in the ensemble's type: the input itself, or a converted copy of the columns in use. */
static ot_rows rows_for_kernel(const tree_state *state, const ot_span *input, const tree_scratch *s, char *scratch, size_t row_count) {
  const ot_ensemble *e = &state->ensemble;
  if (!state->converts) return (ot_rows){input->data, input->stride, row_count};
  size_t columns = e->feature_count;
  void *converted = scratch + s->rows;
  if (state->via_float && e->is_double) {
    ot_convert_rows(input->data, state->input_type, input->stride, scratch + s->floats, ONNXTREE_FLOAT, columns, row_count, columns);
    ot_convert_rows(scratch + s->floats, ONNXTREE_FLOAT, columns, converted, ONNXTREE_DOUBLE, columns, row_count, columns);
  } else {
    ot_convert_rows(input->data, state->input_type, input->stride, converted, real_type(e), columns, row_count, columns);
  }
  return (ot_rows){converted, columns, row_count};
}

/* Each thread of a team locates the leaves of some trees in some rows. */
typedef struct shared_trees {
  const ot_tree_group *group; /* the only one */
  const ot_team *team;
  ot_rows rows;
  char *scratch; /* of the kernel, of the first thread */
} shared_trees;

static void locate_share(void *context, size_t index) {
  const shared_trees *shared = context;
  const ot_tree_group *group = shared->group;
  uint64_t trees = group->ensemble.tree_count, threads = shared->team->count;
  uint32_t first = (uint32_t)(trees * index / threads), end = (uint32_t)(trees * (index + 1) / threads);
  ot_locator l = group->kernel->locator(group->layout, shared->scratch + index * shared->team->scratch_stride);
  if (first < end)
    l.locate(&group->ensemble, l.layout, &shared->rows, first, end - first, l.scratch, shared->team->leaves + first * shared->rows.count);
}

/* The same additions in the same order as without a team. */
static void evaluate_together(shared_trees *shared, void *sums, uint8_t *presence) {
  const ot_tree_group *group = shared->group;
  const ot_ensemble *e = &group->ensemble;
  const ot_rows rows = shared->rows;
  size_t most = shared->team->leaf_count / e->tree_count, size = ot_real_size(e);
  bool has_weights = group->kernel->locator(group->layout, shared->scratch).gives_weights;
  ot_accumulate_begin(e, sums, presence, rows.count);
  for (size_t first = 0; first < rows.count; first += most) {
    size_t count = rows.count - first < most ? rows.count - first : most, at = first * e->target_count;
    shared->rows = (ot_rows){(const char *)rows.data + first * rows.stride * size, rows.stride, count};
    shared->team->run(shared->team->context, shared->team->count, locate_share, shared);
    ot_tile_add(e, has_weights, shared->team->leaves, e->tree_count, count, (char *)sums + at * size, presence ? presence + at : NULL);
  }
}

static void trace(const tree_state *state, const ot_trace *t, const ot_rows *rows, const void *sums, const uint8_t *presence) {
  if (t->leaves.data) ot_trace_leaves(&state->ensemble, rows->data, rows->stride, rows->count, t->leaves.data, t->leaves.stride);
  if (t->raw_scores.data)
    ot_trace_raw_scores(&state->ensemble, &state->finish, sums, presence, rows->count, t->raw_scores.data, t->raw_type, t->raw_scores.stride);
}

static void run(const ot_step *step, ot_frame *frame) {
  const tree_state *state = step->state;
  const ot_ensemble *e = &state->ensemble;
  size_t row_count = frame->row_count;
  tree_scratch s = plan_scratch(step, row_count);
  char *scratch = frame->scratch;
  void *sums = scratch;
  uint8_t *presence = e->needs_presence ? (uint8_t *)scratch + s.presence : NULL;
  ot_rows rows = rows_for_kernel(state, &frame->values[step->inputs[0]], &s, scratch, row_count);
  const ot_tree_group *group = state->groups.groups;
  if (frame->team && state->groups.count == 1 && group->kernel->locator)
    evaluate_together(&(shared_trees){group, frame->team, rows, scratch + s.kernel}, sums, presence);
  else
    ot_groups_evaluate(&state->groups, &rows, scratch + s.kernel, sums, presence);
  if (frame->trace.step == step) trace(state, &frame->trace, &rows, sums, presence);
  bool classifier = state->finish.class_count > 0;
  void *labels = classifier ? frame->values[step->outputs[0]].data : NULL;
  size_t columns = ot_finish_columns(e, &state->finish);
  ot_span scores = {scratch + s.scores, columns, columns}, output = {0};
  if (!classifier || step->output_count > 1) output = frame->values[step->outputs[step->output_count - 1]];
  if (output.data && !state->widens) scores = output;
  ot_finish_rows(e, &state->finish, sums, presence, row_count, scores.data, scores.stride, labels);
  if (output.data && state->widens)
    ot_convert_rows(scores.data, ONNXTREE_FLOAT, scores.stride, output.data, ONNXTREE_DOUBLE, output.stride, row_count, columns);
}

#define TREE_OPERATOR(name, since, until, outputs, prepare) \
  {"ai.onnx.ml", name, since, until, 1, 1, 1, outputs, prepare, run, scratch_bytes, 0, choose_kernel}
static const ot_operator rows[] = {
    TREE_OPERATOR("TreeEnsembleClassifier", 1, 2, 2, prepare_classifier), TREE_OPERATOR("TreeEnsembleClassifier", 3, 5, 2, prepare_classifier),
    TREE_OPERATOR("TreeEnsembleRegressor", 1, 2, 1, prepare_regressor), TREE_OPERATOR("TreeEnsembleRegressor", 3, 5, 1, prepare_regressor),
    TREE_OPERATOR("TreeEnsemble", 5, 5, 1, prepare_indexed)};
const ot_operator_table ot_tree_operators = OT_OPERATOR_TABLE(rows);

const ot_ensemble *ot_step_ensemble(const ot_step *step) {
  const tree_state *state = step->operator->run == run ? step->state : NULL;
  return state ? &state->ensemble : NULL;
}

const ot_finish *ot_step_finish(const ot_step *step) { return &((const tree_state *)step->state)->finish; }

/* ---- single trees of a graph, and what they are put together to ---- */

bool ot_step_is_single_tree(const ot_step *step) {
  const ot_ensemble *e = ot_step_ensemble(step);
  return e && e->tree_count == 1 && !e->is_double && !e->needs_presence && !((const tree_state *)step->state)->converts &&
         !((const tree_state *)step->state)->finish.writes_doubles && !((const tree_state *)step->state)->widens;
}

void ot_step_at_leaves(const ot_step *step, ot_frame *frame, uint32_t first_leaf, float *sums, float *scores) {
  const tree_state *state = step->state;
  bool classifier = state->finish.class_count > 0;
  ot_accumulate_begin(&state->ensemble, sums, NULL, frame->row_count);
  for (size_t r = 0; r < frame->row_count; r++) {
    uint32_t leaf = first_leaf + (uint32_t)r;
    ot_accumulate(&state->ensemble, &leaf, 1, 1, sums + r * state->ensemble.target_count, NULL);
  }
  size_t columns = ot_finish_columns(&state->ensemble, &state->finish);
  float *output = !classifier || step->output_count > 1 ? frame->values[step->outputs[step->output_count - 1]].data : NULL;
  ot_finish_rows(&state->ensemble, &state->finish, sums, NULL, frame->row_count, output ? output : scores, columns,
                 classifier ? frame->values[step->outputs[0]].data : NULL);
}

static ot_place name_nothing(const void *context, ot_node_ref ref) {
  (void)context;
  return ot_place_format("node %u", ref);
}

/* Runs like a regressor, but is no tree operator of the file. */
static void run_merged(const ot_step *step, ot_frame *frame) { run(step, frame); }

const ot_tree_groups *ot_step_groups(const ot_step *step) {
  bool has_trees = step->operator->run == run || step->operator->run == run_merged;
  return has_trees && step->state ? &((const tree_state *)step->state)->groups : NULL;
}

bool ot_step_become_trees(ot_step *step, uint32_t input, const ot_tree_sum *sum, ot_arena *arena, ot_arena *scratch, ot_problems *problems) {
  tree_state *state = ot_arena_zeros(arena, 1, sizeof *state);
  ot_operator *operator = ot_arena_zeros(arena, 1, sizeof *operator);
  uint32_t *inputs = ot_arena_allocate_small(arena, sizeof *inputs);
  if (!state || !operator || !inputs || !ot_merge_trees(&state->ensemble, sum, arena)) return false;
  ot_node_names names = {name_nothing, NULL};
  if (!ot_ensemble_validate(&state->ensemble, 0, UINT32_MAX, &names, step->name, scratch, problems)) return false;
  *operator = *step->operator;
  operator->run = run_merged;
  operator->scratch_bytes = scratch_bytes;
  operator->lay_out = choose_kernel;
  state->input_type = ONNXTREE_FLOAT;
  *inputs = input;
  step->operator = operator;
  step->inputs = inputs;
  step->input_count = 1;
  step->state = state;
  return true;
}
