/* Builds a plan: inputs, then nodes in order, then outputs. */
#include "base/text.h"
#include "plan/build.h"

/* What would change the meaning of the graph and is not there to be evaluated. */
static bool check_extras(ot_build *b, const Onnxtree__Pb__ModelProto *model) {
  if (model->n_functions) ot_problem(b->problems, OT_PROBLEM_MODEL_UNSUPPORTED, "", "local functions are not supported");
  if (model->n_training_info) ot_problem(b->problems, OT_PROBLEM_MODEL_UNSUPPORTED, "", "training information is not supported");
  if (b->graph->n_sparse_initializer) ot_problem(b->problems, OT_PROBLEM_MODEL_UNSUPPORTED, "", "sparse initializers are not supported");
  for (size_t i = 0; i < b->graph->n_initializer; i++) {
    const Onnxtree__Pb__TensorProto *tensor = b->graph->initializer[i];
    if (!tensor->n_external_data && !(tensor->has_data_location && (int)tensor->data_location != 0)) continue;
    ot_place place = ot_place_format("initializer '%s'", ot_text_excerpt_of(tensor->name).text);
    ot_problem(b->problems, OT_PROBLEM_EXTERNAL_DATA, place.text, "the tensor's data is in another file; save the model with its data inside");
    break;
  }
  return b->problems->found == 0;
}

static bool check_graph(ot_build *b) {
  if (b->graph->n_node == 0) {
    ot_problem(b->problems, OT_PROBLEM_GRAPH_EMPTY, "", "the graph has no nodes");
    return false;
  }
  return true;
}

static bool build_all(ot_build *b, const Onnxtree__Pb__ModelProto *model) {
  if (!check_graph(b) || !check_extras(b, model)) return false;
  if (!ot_build_check_operators(b)) return false;
  if (!ot_build_name_values(b) || !ot_build_inputs(b) || !ot_build_steps(b) || !ot_build_outputs(b) || !ot_build_merge_trees(b) ||
      !ot_build_settle(b))
    return false;
  for (uint32_t i = 0; i < b->plan->input_count; i++) {
    const ot_value *value = &b->plan->values[b->plan->inputs[i]];
    if (!value->is_read) ot_problem(b->problems, OT_PROBLEM_VALUE_UNUSED, "", "the input '%s' is not used", ot_text_excerpt_of(value->name).text);
  }
  return true;
}

bool ot_plan_build(ot_plan *plan, const Onnxtree__Pb__ModelProto *model, const ot_plan_options *options, ot_arena *arena, ot_problems *problems) {
  *plan = (ot_plan){0};
  if (!model->has_ir_version || model->ir_version < 1) {
    ot_problem(problems, OT_PROBLEM_MODEL_IR_VERSION, "", "ir_version is %lld; 1 or more was expected",
               model->has_ir_version ? (long long)model->ir_version : 0);
    if (!model->graph) ot_problem(problems, OT_PROBLEM_MODEL_NO_GRAPH, "", "the model has no graph");
    return false;
  }
  if (!model->graph) {
    ot_problem(problems, OT_PROBLEM_MODEL_NO_GRAPH, "", "the model has no graph");
    return false;
  }
  ot_build b = {.plan = plan, .graph = model->graph, .options = options, .arena = arena, .problems = problems};
  ot_arena_init(&b.scratch, arena->memory);
  uint64_t before = arena->memory->in_use;
  bool ok = ot_opsets_read(&plan->opsets, model, arena, problems) && build_all(&b, model);
  ot_arena_free(&b.scratch);
  plan->layout_bytes = arena->memory->in_use - before;
  return ok;
}
