/* ZipMap (ai.onnx.ml): a sequence of maps from class label to score. The maps are never made: the output is the score matrix itself, and the
 * labels become its metadata. */
#include "base/text.h"
#include "onnx/attribute_set.h"
#include "ops/operator.h"

enum { STRINGS, INTS, RULE_COUNT };
static const ot_attribute_rule rules[RULE_COUNT] = {{"classlabels_strings", OT_ATTRIBUTE_STRINGS, 1}, {"classlabels_int64s", OT_ATTRIBUTE_INTS, 1}};

static bool out_of_memory(ot_prepare *context) { return ot_problem_memory(context->problems, context->arena->memory); }

static bool read_strings(ot_prepare *context, const ot_attribute *attribute, ot_labels *labels) {
  onnxtree_string *strings = ot_arena_array(context->arena, attribute->count, sizeof *strings);
  if (!strings) return out_of_memory(context);
  ot_cursor cursor = ot_cursor_begin(attribute);
  for (size_t i = 0; i < attribute->count; i++) {
    onnxtree_string text = ot_cursor_string(&cursor);
    strings[i] = (onnxtree_string){ot_arena_text(context->arena, text.data, text.size), text.size};
    if (!strings[i].data) return out_of_memory(context);
  }
  *labels = (ot_labels){ONNXTREE_STRING, attribute->count, NULL, strings};
  return true;
}

static bool read_ints(ot_prepare *context, const ot_attribute *attribute, ot_labels *labels) {
  int64_t *ints = ot_arena_array(context->arena, attribute->count, sizeof *ints);
  if (!ints) return out_of_memory(context);
  ot_cursor cursor = ot_cursor_begin(attribute);
  for (size_t i = 0; i < attribute->count; i++) ints[i] = ot_cursor_int(&cursor);
  *labels = (ot_labels){ONNXTREE_INT64, attribute->count, ints, NULL};
  return true;
}

static bool prepare(ot_prepare *context) {
  ot_attribute_set set;
  if (!ot_attribute_set_read(&set, rules, RULE_COUNT, (int)context->step->version, context->node, context->place, context->problems)) return false;
  const ot_value *input = &context->values[context->step->inputs[0]];
  bool strings = ot_attribute_is_present(&set, STRINGS), ints = ot_attribute_is_present(&set, INTS);
  size_t count = ot_attribute_get(&set, strings ? STRINGS : INTS)->count;
  if (strings == ints) {
    ot_problem(context->problems, OT_PROBLEM_TREE_LABELS, context->place, "%s of classlabels_strings and classlabels_int64s %s given; one was expected",
               strings ? "both" : "neither", strings ? "are" : "is");
    return false;
  }
  if (input->type != ONNXTREE_FLOAT && input->type != ONNXTREE_DOUBLE) {
    ot_problem(context->problems, OT_PROBLEM_VALUE_TYPE, context->place, "its input is of type %s; float was expected", onnxtree_type_name(input->type));
    return false;
  }
  if (context->values[input->width_of].width_open || count != input->columns) {
    ot_problem(context->problems, OT_PROBLEM_TREE_LABELS, context->place, "it has %zu class labels for a matrix of %zu columns", count, input->columns);
    return false;
  }
  ot_labels labels;
  if (!(strings ? read_strings(context, ot_attribute_get(&set, STRINGS), &labels) : read_ints(context, ot_attribute_get(&set, INTS), &labels))) return false;
  ot_operator_alias(context, 0, 0);
  ot_value *output = &context->values[context->step->outputs[0]];
  output->labels = labels;
  output->is_map = true;
  return true;
}

const ot_operator ot_operator_zipmap = {"ai.onnx.ml", "ZipMap", 1, 5, 1, 1, 1, 1, prepare, NULL, NULL};
