/* Steps of a plan: the nodes in order, each prepared by its operator, and evaluated at once if all that it reads is known. */
#include <string.h>

#include "base/text.h"
#include "plan/build.h"

/* ---- wiring ---- */

static bool find_input(ot_build *b, const char *name, uint32_t defined, const char *place, uint32_t *number) {
  uint32_t value = ot_names_find(&b->names, name);
  if (value == OT_NO_VALUE) {
    ot_problem(b->problems, OT_PROBLEM_GRAPH_UNDEFINED, place, "its input '%s' is written by no node and is no input of the model",
               ot_text_excerpt_of(name).text);
    return false;
  }
  if (value >= defined) {
    ot_problem(b->problems, OT_PROBLEM_GRAPH_CYCLE, place, "its input '%s' is written later or by itself: nodes must be in order, without circles",
               ot_text_excerpt_of(name).text);
    return false;
  }
  *number = value;
  return ot_build_load_constant(b, value);
}

/* Inputs and outputs that are left out are the value behind the last. */
static bool find_inputs(ot_build *b, const Onnxtree__Pb__NodeProto *node, ot_step *step, uint32_t defined, const char *place) {
  for (size_t i = 0; i < node->n_input; i++) {
    step->inputs[i] = b->plan->value_count;
    if (*node->input[i] && !find_input(b, node->input[i], defined, place, &step->inputs[i])) return false;
    if (!*node->input[i] && i < step->operator->min_inputs) {
      ot_problem(b->problems, OT_PROBLEM_GRAPH_ARITY, place, "its input %zu is left out", i);
      return false;
    }
  }
  return true;
}

static bool check_arity(ot_build *b, const Onnxtree__Pb__NodeProto *node, const ot_operator *operator, const char *place) {
  bool inputs = node->n_input >= operator->min_inputs && node->n_input <= operator->max_inputs;
  bool outputs = node->n_output >= operator->min_outputs && node->n_output <= operator->max_outputs;
  if (inputs && outputs) return true;
  ot_problem(b->problems, OT_PROBLEM_GRAPH_ARITY, place, "it has %zu input%s and %zu output%s; %u to %u and %u to %u were expected", node->n_input,
             node->n_input == 1 ? "" : "s", node->n_output, node->n_output == 1 ? "" : "s", operator->min_inputs, operator->max_inputs,
             operator->min_outputs, operator->max_outputs);
  return false;
}

static bool allocate_step(ot_build *b, const Onnxtree__Pb__NodeProto *node, ot_step *step) {
  const char *name = ot_text_or_empty(node->name);
  step->name = ot_arena_text(b->arena, name, strlen(name));
  step->inputs = ot_arena_allocate_small(b->arena, (node->n_input + node->n_output) * sizeof *step->inputs);
  if (!step->name || !step->inputs) return ot_build_memory(b);
  step->outputs = step->inputs + node->n_input;
  step->input_count = (uint32_t)node->n_input;
  step->output_count = (uint32_t)node->n_output;
  return true;
}

/* ---- constants ---- */

typedef struct knowledge {
  bool constant, symbolic; /* all inputs are known; some depends on the number of rows */
} knowledge;

static knowledge know(const ot_build *b, const ot_step *step) {
  knowledge k = {true, false};
  for (uint32_t i = 0; i < step->input_count; i++) {
    const ot_value *value = &b->plan->values[step->inputs[i]];
    if (value->type == ONNXTREE_UNDEFINED) continue;
    k.constant &= value->constant != NULL;
    k.symbolic |= value->is_symbolic && !(i < 32 && step->operator->shape_inputs >> i & 1);
  }
  return k;
}

static ot_span constant_span(const ot_value *value) {
  return (ot_span){(void *)(uintptr_t)value->constant, value->is_symbolic ? value->columns : 0, value->columns};
}

/* Evaluate a step at load: one row, or one for each sample of the number of rows. */
static bool fold(ot_build *b, ot_step *step, bool symbolic, ot_arena *scratch, const char *place) {
  ot_plan *plan = b->plan;
  size_t rows = symbolic ? OT_SAMPLE_COUNT : 1, scratch_bytes = step->operator->scratch_bytes ? step->operator->scratch_bytes(step, rows) : 0;
  if (!b->spans) b->spans = ot_arena_zeros(&b->scratch, (size_t)plan->value_count + 1, sizeof *b->spans);
  ot_frame frame = {.values = b->spans, .row_count = rows, .scratch = ot_arena_allocate(scratch, scratch_bytes), .failed_row = OT_NO_FAILURE};
  if (!frame.values || !frame.scratch) return ot_build_memory(b);
  for (uint32_t i = 0; i < step->input_count; i++) frame.values[step->inputs[i]] = constant_span(&plan->values[step->inputs[i]]);
  for (uint32_t o = 0; o < step->output_count; o++) {
    ot_value *value = &plan->values[step->outputs[o]];
    if (step->outputs[o] == plan->value_count) continue;
    void *elements = ot_arena_array(b->arena, value->columns * rows, onnxtree_type_size(value->type));
    if (!elements) return ot_build_memory(b);
    frame.values[step->outputs[o]] = (ot_span){elements, value->columns, value->columns};
    value->constant = elements;
    value->is_symbolic = symbolic;
  }
  step->operator->run(step, &frame);
  if (frame.failed_row != OT_NO_FAILURE) {
    ot_problem(b->problems, OT_PROBLEM_VALUE_SHAPE, place, "%s", frame.failure);
    return false;
  }
  for (uint32_t o = 0; symbolic && o < step->output_count; o++) {
    ot_value *value = &plan->values[step->outputs[o]];
    if (step->outputs[o] != plan->value_count && ot_value_is_settled(value)) value->is_symbolic = false;
  }
  step->state = NULL;
  return true;
}

static bool outputs_have_rows(const ot_build *b, const ot_step *step) {
  for (uint32_t o = 0; o < step->output_count; o++)
    if (b->plan->values[step->outputs[o]].shape.row_axis != OT_NO_ROWS) return true;
  return false;
}

/* ---- one step ---- */

static bool prepare_step(ot_build *b, const Onnxtree__Pb__NodeProto *node, ot_step *step, const char *place) {
  ot_arena scratch;
  ot_arena_init(&scratch, b->arena->memory);
  ot_prepare context = {step,
                        b->plan->values,
                        node,
                        place,
                        b->arena,
                        &scratch,
                        b->problems,
                        b->options->limits,
                        b->options->compat_onnxruntime,
                        b->options->doubles_as_float32,
                        b->options->sums_in_double,
                        b->options->kernel};
  knowledge inputs = know(b, step);
  bool ok = inputs.constant || !inputs.symbolic ||
            ot_operator_refuse(&context, OT_PROBLEM_GRAPH_MIXES_ROWS, "the number of rows flows into the data that it computes");
  ok = ok && step->operator->prepare(&context);
  if (ok && step->state && inputs.constant && step->input_count && !outputs_have_rows(b, step)) ok = fold(b, step, inputs.symbolic, &scratch, place);
  ot_arena_free(&scratch);
  return ok;
}

static bool build_step(ot_build *b, size_t index, uint32_t *defined) {
  const Onnxtree__Pb__NodeProto *node = b->graph->node[index];
  ot_step *step = &b->plan->steps[index];
  ot_place place = ot_node_place(node, index);
  const char *domain = ot_text_or_empty(node->domain);
  step->version = ot_opsets_version(&b->plan->opsets, domain);
  step->operator = ot_registry_find(&b->registry, ot_view(domain), ot_view(node->op_type), step->version);
  if (!check_arity(b, node, step->operator, place.text) || !allocate_step(b, node, step)) return false;
  if (!find_inputs(b, node, step, *defined, place.text)) return false;
  for (size_t i = 0; i < node->n_output; i++) step->outputs[i] = *node->output[i] ? (*defined)++ : b->plan->value_count;
  return prepare_step(b, node, step, place.text);
}

bool ot_build_steps(ot_build *b) {
  b->plan->steps = ot_arena_zeros(b->arena, b->graph->n_node, sizeof *b->plan->steps);
  if (!b->plan->steps) return ot_build_memory(b);
  b->plan->step_count = (uint32_t)b->graph->n_node;
  uint32_t defined = b->first_computed;
  for (size_t i = 0; i < b->graph->n_node; i++) {
    if (!build_step(b, i, &defined)) return false;
    b->plan->values[b->plan->value_count] = (ot_value){0}; /* what a node wrote to an output that it leaves out */
  }
  return true;
}
