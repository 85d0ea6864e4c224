/* Builds a plan: inputs, then nodes in order, then outputs. */
#include <string.h>

#include "base/convert.h"
#include "base/text.h"
#include "ops/registry.h"
#include "plan/names.h"
#include "plan/plan.h"

typedef struct build {
  ot_plan *plan;
  const Onnxtree__Pb__GraphProto *graph;
  const ot_plan_options *options;
  ot_names names;
  ot_arena *arena;
  ot_arena scratch;
  ot_problems *problems;
} build;

static bool out_of_memory(build *b) { return ot_problem_memory(b->problems, b->arena->memory); }
static const char *text_or_empty(const char *text) { return text ? text : ""; }

static ot_place node_place(const Onnxtree__Pb__NodeProto *node, size_t index) {
  const char *name = text_or_empty(node->name);
  ot_excerpt type = ot_text_excerpt_of(text_or_empty(node->op_type));
  if (*name) return ot_place_format("node '%s' (%s)", ot_text_excerpt_of(name).text, type.text);
  return ot_place_format("node #%zu (%s)", index, type.text);
}

/* ---- operators: all of them are looked up before anything else is done ---- */

#define MOST_NAMED_OPERATORS 40

typedef struct missing_operator {
  const Onnxtree__Pb__NodeProto *node;
  size_t first, count;
} missing_operator;

static bool same_operator(const Onnxtree__Pb__NodeProto *a, const Onnxtree__Pb__NodeProto *b) {
  return strcmp(text_or_empty(a->op_type), text_or_empty(b->op_type)) == 0 && strcmp(text_or_empty(a->domain), text_or_empty(b->domain)) == 0;
}

static onnxtree_string view(const char *text) { return (onnxtree_string){text_or_empty(text), strlen(text_or_empty(text))}; }

static ot_place describe_missing(const build *b, const missing_operator *m) {
  const char *domain = text_or_empty(m->node->domain), *name = text_or_empty(m->node->name);
  int64_t version = ot_opsets_version(&b->plan->opsets, domain);
  bool known = ot_registry_knows(view(domain), view(m->node->op_type));
  ot_excerpt type = ot_text_excerpt_of(text_or_empty(m->node->op_type)), domain_text = ot_text_excerpt_of(*domain ? domain : "ai.onnx");
  ot_place where = *name ? ot_place_format("node '%s'", ot_text_excerpt_of(name).text) : ot_place_format("node #%zu", m->first);
  if (m->count > 1) where = ot_place_format("%.100s and %zu more", ot_place_format("%s", where.text).text, m->count - 1);
  return ot_place_format("%s (domain %s, version %lld%s; %.120s)", type.text, domain_text.text, (long long)version,
                         known ? ", a version that is not supported" : "", where.text);
}

static void report_missing(build *b, const missing_operator *missing, size_t kinds, size_t nodes) {
  char list[800];
  size_t used = 0;
  list[0] = '\0';
  for (size_t i = 0; i < kinds; i++) {
    ot_place text = describe_missing(b, &missing[i]);
    size_t length = strlen(text.text);
    if (used + length + 16 > sizeof list) {
      memcpy(list + used, ", ...", 6);
      break;
    }
    if (used) {
      memcpy(list + used, ", ", 2);
      used += 2;
    }
    memcpy(list + used, text.text, length + 1);
    used += length;
  }
  ot_problem(b->problems, OT_PROBLEM_OPERATOR_UNSUPPORTED, "", "%zu node%s use%s operators that are not supported: %s", nodes, nodes == 1 ? "" : "s",
             nodes == 1 ? "s" : "", list);
}

static bool check_operators(build *b) {
  missing_operator missing[MOST_NAMED_OPERATORS];
  size_t kinds = 0, nodes = 0;
  bool imported = true;
  for (size_t i = 0; i < b->graph->n_node; i++) {
    const Onnxtree__Pb__NodeProto *node = b->graph->node[i];
    const char *domain = text_or_empty(node->domain);
    int64_t version = ot_opsets_version(&b->plan->opsets, domain);
    if (version && ot_registry_find(view(domain), view(node->op_type), version)) continue;
    if (!version && ot_registry_knows(view(domain), view(node->op_type))) {
      if (imported)
        ot_problem(b->problems, OT_PROBLEM_OPSET_MISSING, node_place(node, i).text, "opset_import has no entry for the domain '%s'", *domain ? domain : "ai.onnx");
      imported = false;
      continue;
    }
    size_t kind = 0;
    while (kind < kinds && !same_operator(missing[kind].node, node)) kind++;
    nodes++;
    if (kind < kinds)
      missing[kind].count++;
    else if (kinds < MOST_NAMED_OPERATORS)
      missing[kinds++] = (missing_operator){node, i, 1};
  }
  if (nodes) report_missing(b, missing, kinds, nodes);
  return nodes == 0 && imported;
}

/* ---- names: every value is written once ---- */

static bool add_name(build *b, size_t *count, const char *text, uint32_t value) {
  char *copy = ot_arena_text(b->arena, text, strlen(text));
  if (!copy) return out_of_memory(b);
  b->names.entries[(*count)++] = (ot_name){copy, value};
  b->plan->values[value].name = copy;
  return true;
}

static bool is_initializer(const build *b, const char *name) {
  for (size_t i = 0; i < b->graph->n_initializer; i++)
    if (strcmp(text_or_empty(b->graph->initializer[i]->name), name) == 0) return true;
  return false;
}

static bool allocate_values(build *b) {
  size_t count = b->graph->n_input;
  for (size_t i = 0; i < b->graph->n_node; i++) count += b->graph->node[i]->n_output;
  if (count >= OT_NO_VALUE) return out_of_memory(b);
  b->plan->values = ot_arena_zeros(b->arena, count, sizeof *b->plan->values);
  b->plan->inputs = ot_arena_array(b->arena, b->graph->n_input, sizeof *b->plan->inputs);
  b->names.entries = ot_arena_array(&b->scratch, count, sizeof *b->names.entries);
  return (b->plan->values && b->plan->inputs && b->names.entries) || out_of_memory(b);
}

static bool name_inputs(build *b, size_t *count) {
  for (size_t i = 0; i < b->graph->n_input; i++) {
    const char *name = text_or_empty(b->graph->input[i]->name);
    if (is_initializer(b, name)) continue; /* a constant with a default value, as old files list them */
    b->plan->inputs[b->plan->input_count++] = b->plan->value_count;
    if (!add_name(b, count, name, b->plan->value_count++)) return false;
  }
  return true;
}

static bool name_values(build *b) {
  if (b->graph->n_initializer > 0 && b->graph->n_initializer * b->graph->n_input > 1u << 24) {
    ot_problem(b->problems, OT_PROBLEM_LIMIT_GRAPH_NODES, "", "%zu initializers and %zu inputs", b->graph->n_initializer, b->graph->n_input);
    return false;
  }
  size_t count = 0;
  if (!allocate_values(b) || !name_inputs(b, &count)) return false;
  for (size_t i = 0; i < b->graph->n_node; i++) {
    const Onnxtree__Pb__NodeProto *node = b->graph->node[i];
    for (size_t k = 0; k < node->n_output; k++)
      if (*node->output[k] && !add_name(b, &count, node->output[k], b->plan->value_count++)) return false;
  }
  b->names.count = count;
  ot_name *scratch = ot_arena_array(&b->scratch, count, sizeof *scratch);
  if (!scratch) return out_of_memory(b);
  ot_names_sort(&b->names, scratch);
  for (size_t i = 1; i < count; i++) {
    if (strcmp(b->names.entries[i].text, b->names.entries[i - 1].text) != 0) continue;
    ot_problem(b->problems, OT_PROBLEM_GRAPH_DUPLICATE, "", "the value '%s' is written twice", ot_text_excerpt_of(b->names.entries[i].text).text);
    return false;
  }
  return true;
}

/* ---- inputs ---- */

static bool type_input(build *b, const Onnxtree__Pb__ValueInfoProto *info, uint32_t number) {
  ot_value *value = &b->plan->values[number];
  ot_place place = ot_place_format("input '%s'", ot_text_excerpt_of(value->name).text);
  const Onnxtree__Pb__TypeProto *type = info->type;
  const Onnxtree__Pb__TypeProto__Tensor *tensor =
      type && type->value_case == ONNXTREE__PB__TYPE_PROTO__VALUE_TENSOR_TYPE ? type->tensor_type : NULL;
  onnxtree_type element = tensor ? (onnxtree_type)tensor->elem_type : ONNXTREE_UNDEFINED;
  if (!tensor || !ot_convert_is_possible(element, element)) {
    ot_problem(b->problems, OT_PROBLEM_VALUE_UNSUPPORTED, place.text, "its type (%s %d) is not supported; float, double, int64, int32 or bool was expected",
               tensor ? "ONNX element type" : "not a tensor: kind", tensor ? (int)tensor->elem_type : type ? (int)type->value_case : 0);
    return false;
  }
  *value = (ot_value){.name = value->name, .type = element, .rank = 2, .width_of = number, .storage = number, .width_open = true};
  if (!tensor->shape) return true;
  value->rank = (int)(tensor->shape->n_dim < 64 ? tensor->shape->n_dim : 64);
  if (value->rank < 1 || value->rank > 2) {
    ot_problem(b->problems, OT_PROBLEM_VALUE_SHAPE, place.text, "it has %zu dimensions; [rows, columns] or [rows] was expected", tensor->shape->n_dim);
    return false;
  }
  const Onnxtree__Pb__TensorShapeProto__Dimension *rows = tensor->shape->dim[0], *columns = tensor->shape->dim[value->rank - 1];
  bool fixed_rows = rows->value_case == ONNXTREE__PB__TENSOR_SHAPE_PROTO__DIMENSION__VALUE_DIM_VALUE;
  bool fixed = value->rank == 2 && columns->value_case == ONNXTREE__PB__TENSOR_SHAPE_PROTO__DIMENSION__VALUE_DIM_VALUE;
  if ((fixed && columns->dim_value < 0) || (fixed_rows && rows->dim_value < 0)) {
    ot_problem(b->problems, OT_PROBLEM_VALUE_SHAPE, place.text, "it has a negative dimension");
    return false;
  }
  if (fixed && (uint64_t)columns->dim_value > b->options->limits->max_columns) {
    ot_problem(b->problems, OT_PROBLEM_LIMIT_COLUMNS, place.text, "%lld columns; the limit max_columns is %u", (long long)columns->dim_value,
               b->options->limits->max_columns);
    return false;
  }
  /* 0 columns is how some exporters write "unknown". */
  value->width_open = value->rank == 2 && (!fixed || columns->dim_value == 0);
  value->columns = value->rank == 1 ? 1 : value->width_open ? 0 : (size_t)columns->dim_value;
  return true;
}

static bool type_inputs(build *b) {
  size_t before = b->problems->found;
  uint32_t next = 0;
  for (size_t i = 0; i < b->graph->n_input; i++)
    if (!is_initializer(b, text_or_empty(b->graph->input[i]->name))) type_input(b, b->graph->input[i], b->plan->inputs[next++]);
  if (b->plan->input_count == 0) ot_problem(b->problems, OT_PROBLEM_GRAPH_EMPTY, "", "the graph has no inputs");
  return b->problems->found == before;
}

/* ---- nodes ---- */

static bool find_inputs(build *b, const Onnxtree__Pb__NodeProto *node, ot_step *step, uint32_t defined, const char *place) {
  for (size_t i = 0; i < node->n_input; i++) {
    const char *name = node->input[i];
    uint32_t value = ot_names_find(&b->names, name);
    if (value == OT_NO_VALUE && *name && is_initializer(b, name)) {
      ot_problem(b->problems, OT_PROBLEM_VALUE_UNSUPPORTED, place, "its input '%s' is a constant (an initializer); computed values are supported",
                 ot_text_excerpt_of(name).text);
      return false;
    }
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
    step->inputs[i] = value;
  }
  return true;
}

static bool check_arity(build *b, const Onnxtree__Pb__NodeProto *node, const ot_operator *operator, const char *place) {
  bool inputs = node->n_input >= operator->min_inputs && node->n_input <= operator->max_inputs;
  bool outputs = node->n_output >= operator->min_outputs && node->n_output <= operator->max_outputs;
  if (inputs && outputs) return true;
  ot_problem(b->problems, OT_PROBLEM_GRAPH_ARITY, place, "it has %zu input%s and %zu output%s; %u to %u and %u to %u were expected", node->n_input,
             node->n_input == 1 ? "" : "s", node->n_output, node->n_output == 1 ? "" : "s", operator->min_inputs, operator->max_inputs,
             operator->min_outputs, operator->max_outputs);
  return false;
}

/* Outputs that are left unnamed share one value that nobody can read. */
static void name_step_outputs(const Onnxtree__Pb__NodeProto *node, ot_step *step, uint32_t *defined, uint32_t unnamed) {
  for (size_t i = 0; i < node->n_output; i++) step->outputs[i] = *node->output[i] ? (*defined)++ : unnamed;
  step->input_count = (uint8_t)node->n_input;
  step->output_count = (uint8_t)node->n_output;
}

static bool prepare_step(build *b, const Onnxtree__Pb__NodeProto *node, ot_step *step, const char *place) {
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
                        b->options->kernel};
  bool ok = step->operator->prepare(&context);
  ot_arena_free(&scratch);
  return ok;
}

static bool build_step(build *b, size_t index, uint32_t *defined) {
  const Onnxtree__Pb__NodeProto *node = b->graph->node[index];
  ot_step *step = &b->plan->steps[index];
  ot_place place = node_place(node, index);
  const char *name = text_or_empty(node->name), *domain = text_or_empty(node->domain);
  step->version = ot_opsets_version(&b->plan->opsets, domain);
  step->operator = ot_registry_find(view(domain), view(node->op_type), step->version);
  step->name = ot_arena_text(b->arena, name, strlen(name));
  if (!step->name) return out_of_memory(b);
  if (!check_arity(b, node, step->operator, place.text) || !find_inputs(b, node, step, *defined, place.text)) return false;
  name_step_outputs(node, step, defined, b->plan->value_count);
  return prepare_step(b, node, step, place.text);
}

static bool build_steps(build *b) {
  b->plan->steps = ot_arena_zeros(b->arena, b->graph->n_node, sizeof *b->plan->steps);
  if (!b->plan->steps) return out_of_memory(b);
  b->plan->step_count = (uint32_t)b->graph->n_node;
  uint32_t defined = b->plan->input_count;
  for (size_t i = 0; i < b->graph->n_node; i++)
    if (!build_step(b, i, &defined)) return false;
  return true;
}

/* ---- outputs ---- */

/* The element type that an output declares, with ZipMap's sequence of maps taken as its scores; UNDEFINED if it declares none. */
static bool declared_type(const ot_value *value, const Onnxtree__Pb__TypeProto *type, onnxtree_type *declared) {
  *declared = ONNXTREE_UNDEFINED;
  if (!type) return true;
  if (type->value_case == ONNXTREE__PB__TYPE_PROTO__VALUE_TENSOR_TYPE) {
    *declared = (onnxtree_type)type->tensor_type->elem_type;
    return !value->is_map;
  }
  if (type->value_case == ONNXTREE__PB__TYPE_PROTO__VALUE_SEQUENCE_TYPE) return value->is_map;
  return type->value_case == ONNXTREE__PB__TYPE_PROTO__VALUE__NOT_SET;
}

static bool is_real(onnxtree_type type) { return type == ONNXTREE_FLOAT || type == ONNXTREE_DOUBLE; }

static bool build_output(build *b, const Onnxtree__Pb__ValueInfoProto *info, ot_plan_output *output) {
  const char *name = text_or_empty(info->name);
  ot_place place = ot_place_format("output '%s'", ot_text_excerpt_of(name).text);
  output->value = ot_names_find(&b->names, name);
  if (output->value == OT_NO_VALUE) {
    ot_problem(b->problems, OT_PROBLEM_GRAPH_UNDEFINED, place.text, "no node writes it");
    return false;
  }
  ot_value *value = &b->plan->values[output->value];
  onnxtree_type declared;
  bool fits = declared_type(value, info->type, &declared);
  output->name = value->name;
  output->type = value->type;
  if (declared != ONNXTREE_UNDEFINED && declared != value->type) {
    /* Exporters declare double for what the operator computes in float, and the reverse. */
    fits &= is_real(declared) && is_real(value->type);
    output->type = declared;
  }
  if (!fits) {
    ot_problem(b->problems, OT_PROBLEM_VALUE_TYPE, place.text, "it is declared with another type (ONNX element type %d) than the %s that is computed",
               (int)declared, onnxtree_type_name(value->type));
    return false;
  }
  if (b->plan->values[value->width_of].width_open && b->plan->values[value->width_of].columns == 0) {
    ot_problem(b->problems, OT_PROBLEM_VALUE_SHAPE, place.text, "its number of columns is unknown; declare the input's");
    return false;
  }
  b->plan->values[value->storage].is_read = true;
  return true;
}

static bool build_outputs(build *b) {
  size_t before = b->problems->found;
  b->plan->outputs = ot_arena_zeros(b->arena, b->graph->n_output, sizeof *b->plan->outputs);
  uint8_t *seen = ot_arena_zeros(&b->scratch, b->plan->value_count, 1);
  if (!b->plan->outputs || !seen) return out_of_memory(b);
  if (b->graph->n_output == 0) ot_problem(b->problems, OT_PROBLEM_GRAPH_EMPTY, "", "the graph has no outputs");
  for (size_t i = 0; i < b->graph->n_output && b->problems->found < before + 100; i++) {
    ot_plan_output *output = &b->plan->outputs[b->plan->output_count];
    if (!build_output(b, b->graph->output[i], output)) continue;
    if (seen[output->value]++) ot_problem(b->problems, OT_PROBLEM_GRAPH_DUPLICATE, "", "the output '%s' is listed twice", ot_text_excerpt_of(output->name).text);
    b->plan->output_count++;
  }
  return b->problems->found == before;
}

static void mark_inputs_read(ot_plan *plan) {
  for (uint32_t s = 0; s < plan->step_count; s++)
    for (uint8_t i = 0; i < plan->steps[s].input_count; i++) plan->values[plan->values[plan->steps[s].inputs[i]].storage].is_read = true;
}

static void settle_widths(ot_plan *plan) {
  for (uint32_t v = 0; v < plan->value_count; v++) plan->values[v].columns = plan->values[plan->values[v].width_of].columns;
}

/* ---- the whole ---- */

/* What would change the meaning of the graph and is not there to be evaluated. */
static bool check_extras(build *b, const Onnxtree__Pb__ModelProto *model) {
  if (model->n_functions) ot_problem(b->problems, OT_PROBLEM_MODEL_UNSUPPORTED, "", "local functions are not supported");
  if (model->n_training_info) ot_problem(b->problems, OT_PROBLEM_MODEL_UNSUPPORTED, "", "training information is not supported");
  if (b->graph->n_sparse_initializer) ot_problem(b->problems, OT_PROBLEM_MODEL_UNSUPPORTED, "", "sparse initializers are not supported");
  for (size_t i = 0; i < b->graph->n_initializer; i++) {
    const Onnxtree__Pb__TensorProto *tensor = b->graph->initializer[i];
    if (!tensor->n_external_data && !(tensor->has_data_location && (int)tensor->data_location != 0)) continue;
    ot_place place = ot_place_format("initializer '%s'", ot_text_excerpt_of(text_or_empty(tensor->name)).text);
    ot_problem(b->problems, OT_PROBLEM_EXTERNAL_DATA, place.text, "the tensor's data is in another file; save the model with its data inside");
    break;
  }
  return b->problems->found == 0;
}

static bool check_graph(build *b) {
  if (b->graph->n_node == 0) {
    ot_problem(b->problems, OT_PROBLEM_GRAPH_EMPTY, "", "the graph has no nodes");
    return false;
  }
  return true;
}

static bool build_all(build *b, const Onnxtree__Pb__ModelProto *model) {
  if (!check_graph(b) || !check_extras(b, model)) return false;
  if (!check_operators(b)) return false;
  if (!name_values(b)) return false;
  if (!type_inputs(b)) return false;
  if (!build_steps(b)) return false;
  mark_inputs_read(b->plan);
  if (!build_outputs(b)) return false;
  settle_widths(b->plan);
  for (uint32_t i = 0; i < b->plan->input_count; i++) {
    const ot_value *value = &b->plan->values[b->plan->inputs[i]];
    if (!value->is_read) ot_problem(b->problems, OT_PROBLEM_VALUE_UNUSED, "", "the input '%s' is not used", ot_text_excerpt_of(value->name).text);
  }
  return true;
}

bool ot_plan_build(ot_plan *plan, const Onnxtree__Pb__ModelProto *model, const ot_plan_options *options, ot_arena *arena, ot_problems *problems) {
  *plan = (ot_plan){0};
  if (!model->has_ir_version || model->ir_version < 1) {
    ot_problem(problems, OT_PROBLEM_MODEL_IR_VERSION, "", "ir_version is %lld; 1 or more was expected", model->has_ir_version ? (long long)model->ir_version : 0);
    if (!model->graph) ot_problem(problems, OT_PROBLEM_MODEL_NO_GRAPH, "", "the model has no graph");
    return false;
  }
  if (!model->graph) {
    ot_problem(problems, OT_PROBLEM_MODEL_NO_GRAPH, "", "the model has no graph");
    return false;
  }
  build b = {.plan = plan, .graph = model->graph, .options = options, .arena = arena, .problems = problems};
  ot_arena_init(&b.scratch, arena->memory);
  uint64_t before = arena->memory->in_use;
  bool ok = ot_opsets_read(&plan->opsets, model, arena, problems) && build_all(&b, model);
  ot_arena_free(&b.scratch);
  plan->layout_bytes = arena->memory->in_use - before;
  return ok;
}
