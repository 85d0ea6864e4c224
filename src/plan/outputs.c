/* Outputs of the model: found, and converted between widths of float where the model declares another. */
#include <string.h>

#include "base/text.h"
#include "plan/build.h"

/* ---- types ---- */

/* The element type that an output declares, with ZipMap's sequence of maps taken as its scores; UNDEFINED if it declares none. */
static bool declared_type(const ot_value *value, const Onnxtree__Pb__TypeProto *type, onnxtree_type *declared) {
  *declared = ONNXTREE_UNDEFINED;
  if (!type) return true;
  if (type->value_case == ONNXTREE__PB__TYPE_PROTO__VALUE_TENSOR_TYPE) {
    *declared = (onnxtree_type)type->tensor_type->elem_type;
    return !value->is_map && !value->is_sequence;
  }
  if (type->value_case == ONNXTREE__PB__TYPE_PROTO__VALUE_SEQUENCE_TYPE) return value->is_map || value->is_sequence;
  return type->value_case == ONNXTREE__PB__TYPE_PROTO__VALUE__NOT_SET;
}

static bool is_real(onnxtree_type type) { return type == ONNXTREE_FLOAT || type == ONNXTREE_DOUBLE; }

static bool is_known(ot_build *b, const ot_value *value, const char *place) {
  if (value->is_symbolic) {
    ot_problem(b->problems, OT_PROBLEM_GRAPH_MIXES_ROWS, place, "it depends on the number of rows");
    return false;
  }
  if (b->plan->values[value->width_of].width_open && b->plan->values[value->width_of].columns == 0) {
    ot_problem(b->problems, OT_PROBLEM_VALUE_SHAPE, place, "its number of columns is unknown; declare the input's");
    return false;
  }
  b->plan->values[value->storage].is_read = true;
  b->plan->output_count++;
  return true;
}

/* A sequence becomes one output for each of its tensors: name.0, name.1, ... */
static bool build_sequence(ot_build *b, const ot_value *sequence, const char *place) {
  for (uint32_t i = 0; i < sequence->part_count; i++) {
    ot_plan_output *output = &b->plan->outputs[b->plan->output_count];
    ot_place name = ot_place_format("%.230s.%u", sequence->name, i);
    const ot_value *part = &b->plan->values[sequence->parts[i]];
    *output = (ot_plan_output){ot_arena_text(b->arena, name.text, strlen(name.text)), sequence->parts[i], part->type};
    if (!output->name) return ot_build_memory(b);
    if (!is_known(b, part, place)) return false;
  }
  return true;
}

static bool build_output(ot_build *b, const Onnxtree__Pb__ValueInfoProto *info, uint32_t number) {
  ot_place place = ot_place_format("output '%s'", ot_text_excerpt_of(info->name).text);
  if (number == OT_NO_VALUE) {
    ot_problem(b->problems, OT_PROBLEM_GRAPH_UNDEFINED, place.text, "no node writes it");
    return false;
  }
  if (!ot_build_load_constant(b, number)) return false;
  const ot_value *value = &b->plan->values[number];
  onnxtree_type declared;
  bool fits = declared_type(value, info->type, &declared);
  if (value->is_sequence && fits) return build_sequence(b, value, place.text);
  ot_plan_output *output = &b->plan->outputs[b->plan->output_count];
  *output = (ot_plan_output){value->name, number, value->type};
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
  return is_known(b, value, place.text);
}

/* Room for every output, and for the parts of sequences. */
static bool allocate_outputs(ot_build *b) {
  size_t count = b->graph->n_output;
  for (size_t i = 0; i < b->graph->n_output; i++) {
    uint32_t number = ot_names_find(&b->names, ot_text_or_empty(b->graph->output[i]->name));
    if (number != OT_NO_VALUE) count += b->plan->values[number].part_count;
  }
  b->plan->outputs = ot_arena_zeros(b->arena, count, sizeof *b->plan->outputs);
  return b->plan->outputs || ot_build_memory(b);
}

bool ot_build_outputs(ot_build *b) {
  size_t before = b->problems->found;
  uint8_t *seen = ot_arena_zeros(&b->scratch, b->plan->value_count, 1);
  if (!seen || !allocate_outputs(b)) return ot_build_memory(b);
  if (b->graph->n_output == 0) ot_problem(b->problems, OT_PROBLEM_GRAPH_EMPTY, "", "the graph has no outputs");
  for (size_t i = 0; i < b->graph->n_output && b->problems->found < before + 100; i++) {
    uint32_t number = ot_names_find(&b->names, ot_text_or_empty(b->graph->output[i]->name));
    if (number != OT_NO_VALUE && seen[number]++) {
      ot_problem(b->problems, OT_PROBLEM_GRAPH_DUPLICATE, "", "the output '%s' is listed twice", ot_text_excerpt_of(b->graph->output[i]->name).text);
      continue;
    }
    build_output(b, b->graph->output[i], number);
  }
  return b->problems->found == before;
}
