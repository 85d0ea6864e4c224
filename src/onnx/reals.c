#include "onnx/reals.h"

bool ot_reals_open(ot_reals *reals, const ot_attribute_set *set, size_t floats_rule, size_t tensor_rule, ot_arena *arena, const char *place,
                   ot_problems *problems) {
  bool floats = ot_attribute_is_present(set, floats_rule), tensor = ot_attribute_is_present(set, tensor_rule);
  *reals = (ot_reals){.rule = tensor ? tensor_rule : floats_rule, .is_tensor = tensor};
  if (floats && tensor) {
    ot_problem(problems, OT_PROBLEM_ATTRIBUTE_BOTH, ot_attribute_place(set, floats_rule, place).text, "%s is given as well; they exclude each other",
               set->rules[tensor_rule].name);
    return false;
  }
  if (floats) {
    reals->count = set->attributes[floats_rule].count;
    reals->cursor = ot_cursor_begin(&set->attributes[floats_rule]);
  }
  if (!tensor) return true;
  onnxtree_string bytes = set->attributes[tensor_rule].s;
  if (!ot_tensor_decode(&reals->tensor, (const unsigned char *)bytes.data, bytes.size, arena, ot_attribute_place(set, tensor_rule, place).text, problems))
    return false;
  if (reals->tensor.type != ONNXTREE_FLOAT && reals->tensor.type != ONNXTREE_DOUBLE) {
    ot_problem(problems, OT_PROBLEM_TENSOR_TYPE, ot_attribute_place(set, tensor_rule, place).text, "the tensor has element type %d; float (1) or double (11) was expected",
               (int)reals->tensor.type);
    return false;
  }
  reals->count = reals->tensor.count;
  reals->is_double = reals->tensor.type == ONNXTREE_DOUBLE;
  return true;
}

double ot_reals_next(ot_reals *reals) {
  return reals->is_tensor ? ot_tensor_element(&reals->tensor, reals->next++) : (double)ot_cursor_float(&reals->cursor);
}
