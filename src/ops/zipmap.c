/* ZipMap (ai.onnx.ml): a sequence of maps from class label to score. The maps are never made: the output is the score matrix itself, and the
 * labels become its metadata. */
#include "ops/registry.h"

enum { STRINGS, INTS, RULE_COUNT };
static const ot_attribute_rule rules[RULE_COUNT] = {{"classlabels_strings", OT_ATTRIBUTE_STRINGS, 1}, {"classlabels_int64s", OT_ATTRIBUTE_INTS, 1}};

static bool read_labels(ot_prepare *context, const ot_attribute_set *set, ot_labels *labels) {
  size_t strings, ints;
  if (!ot_operator_strings(context, set, STRINGS, &labels->strings, &strings) || !ot_operator_ints(context, set, INTS, &labels->int64s, &ints))
    return false;
  labels->type = strings ? ONNXTREE_STRING : ONNXTREE_INT64;
  labels->count = strings ? strings : ints;
  return true;
}

static bool prepare(ot_prepare *context) {
  ot_attribute_set set;
  if (!ot_operator_attributes(context, &set, rules, RULE_COUNT)) return false;
  const ot_value *input = &context->values[context->step->inputs[0]];
  bool strings = ot_attribute_is_present(&set, STRINGS), ints = ot_attribute_is_present(&set, INTS);
  size_t count = ot_attribute_get(&set, strings ? STRINGS : INTS)->count;
  if (strings == ints) {
    ot_problem(context->problems, OT_PROBLEM_TREE_LABELS, context->place,
               "%s of classlabels_strings and classlabels_int64s %s given; one was expected", strings ? "both" : "neither", strings ? "are" : "is");
    return false;
  }
  if (input->type != ONNXTREE_FLOAT && input->type != ONNXTREE_DOUBLE) {
    ot_problem(context->problems, OT_PROBLEM_VALUE_TYPE, context->place, "its input is of type %s; float was expected",
               onnxtree_type_name(input->type));
    return false;
  }
  if (context->values[input->width_of].width_open || count != input->columns) {
    ot_problem(context->problems, OT_PROBLEM_TREE_LABELS, context->place, "it has %zu class labels for a matrix of %zu columns", count,
               input->columns);
    return false;
  }
  ot_labels labels;
  if (!read_labels(context, &set, &labels)) return false;
  ot_operator_alias(context, 0, 0);
  ot_value *output = &context->values[context->step->outputs[0]];
  output->labels = labels;
  output->is_map = true;
  return true;
}

static const ot_operator rows[] = {{"ai.onnx.ml", "ZipMap", 1, OT_ML_NEWEST, 1, 1, 1, 1, prepare, NULL, NULL, 0, NULL}};
const ot_operator_table ot_zipmap_operators = OT_OPERATOR_TABLE(rows);
