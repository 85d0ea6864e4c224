/* Cast and CastLike (ai.onnx) between numbers. */
#include "base/convert.h"
#include "ops/registry.h"

enum { TO, SATURATE, ROUND_MODE, RULE_COUNT };
static const ot_attribute_rule rules[RULE_COUNT] = {
    {"to", OT_ATTRIBUTE_INT, 6}, {"saturate", OT_ATTRIBUTE_INT, 19}, {"round_mode", OT_ATTRIBUTE_STRING, 24}}; /* the last two concern float8 alone */

typedef struct cast_state {
  onnxtree_type from, to;
} cast_state;

static bool prepare_as(ot_prepare *context, onnxtree_type type, int64_t asked) {
  if (!ot_operator_check_type(context, 0, OT_ALL_TYPES)) return false;
  ot_value input = *ot_operator_input(context, 0);
  if (type == input.type) {
    ot_operator_alias(context, 0, 0);
    return true;
  }
  if (!ot_convert_is_possible(input.type, type))
    return ot_operator_refuse(context, OT_PROBLEM_OPERATOR_UNSUPPORTED, "Cast from %s to ONNX type %lld is not supported",
                              onnxtree_type_name(input.type), (long long)asked);
  cast_state *state;
  if (!ot_operator_state(context, sizeof *state, &state) || !ot_operator_shaped(context, 0, type, &input.shape)) return false;
  *state = (cast_state){input.type, type};
  ot_value *output = ot_operator_result(context, 0);
  output->labels = input.labels;
  output->columns = input.columns;
  if (context->values[input.width_of].width_open) output->width_of = input.width_of;
  return true;
}

static bool prepare(ot_prepare *context) {
  ot_attribute_set set;
  if (!ot_operator_attributes(context, &set, rules, RULE_COUNT)) return false;
  if (!ot_attribute_is_present(&set, TO)) {
    ot_problem(context->problems, OT_PROBLEM_ATTRIBUTE_MISSING, ot_attribute_place(&set, TO, context->place).text, "it is absent");
    return false;
  }
  int64_t to = ot_attribute_get(&set, TO)->i;
  return prepare_as(context, to > 0 && to <= ONNXTREE_DOUBLE ? (onnxtree_type)to : ONNXTREE_UNDEFINED, to);
}

static bool prepare_like(ot_prepare *context) {
  ot_attribute_set set;
  if (!ot_operator_attributes(context, &set, rules, RULE_COUNT) || !ot_operator_check_type(context, 1, OT_ALL_TYPES)) return false;
  onnxtree_type type = ot_operator_input(context, 1)->type;
  return prepare_as(context, type, type);
}

static void run(const ot_step *step, ot_frame *frame) {
  const cast_state *state = step->state;
  const ot_span *from = &frame->values[step->inputs[0]], *to = &frame->values[step->outputs[0]];
  if (to->data) ot_convert_rows(from->data, state->from, from->stride, to->data, state->to, to->stride, frame->row_count, to->columns);
}

static const ot_operator rows[] = {{"ai.onnx", "Cast", 6, OT_ONNX_NEWEST, 1, 1, 1, 1, prepare, run, NULL, 0, NULL},
                                   {"ai.onnx", "CastLike", 15, OT_ONNX_NEWEST, 2, 2, 1, 1, prepare_like, run, NULL, 2, NULL}};
const ot_operator_table ot_cast_operators = OT_OPERATOR_TABLE(rows);
