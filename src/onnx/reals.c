#include "onnx/reals.h"

bool ot_reals_open_tensor(ot_reals *reals, const ot_attribute_set *set, size_t rule, ot_reals_kind kind, ot_arena *arena, const char *node_place,
                          ot_problems *problems) {
  *reals = (ot_reals){.rule = rule, .is_tensor = true};
  if (!ot_attribute_is_present(set, rule)) return true;
  onnxtree_string bytes = set->attributes[rule].s;
  ot_place place = ot_attribute_place(set, rule, node_place);
  if (!ot_tensor_decode(&reals->tensor, (const unsigned char *)bytes.data, bytes.size, arena, place.text, problems)) return false;
  int32_t type = reals->tensor.type;
  if (kind == OT_REALS_UINT8 ? type != OT_TENSOR_UINT8 : type != ONNXTREE_FLOAT && type != ONNXTREE_DOUBLE) {
    ot_problem(problems, OT_PROBLEM_TENSOR_TYPE, place.text, "the tensor has element type %d; %s was expected", (int)type,
               kind == OT_REALS_UINT8 ? "uint8 (2)" : "float (1) or double (11)");
    return false;
  }
  reals->count = reals->tensor.count;
  reals->is_double = type == ONNXTREE_DOUBLE;
  return true;
}

bool ot_reals_open(ot_reals *reals, const ot_attribute_set *set, size_t floats_rule, size_t tensor_rule, ot_arena *arena, const char *place,
                   ot_problems *problems) {
  bool floats = ot_attribute_is_present(set, floats_rule), tensor = ot_attribute_is_present(set, tensor_rule);
  if (floats && tensor) {
    ot_problem(problems, OT_PROBLEM_ATTRIBUTE_BOTH, ot_attribute_place(set, floats_rule, place).text, "%s is given as well; they exclude each other",
               set->rules[tensor_rule].name);
    return false;
  }
  if (tensor) return ot_reals_open_tensor(reals, set, tensor_rule, OT_REALS_FLOATING, arena, place, problems);
  *reals = (ot_reals){.rule = floats_rule};
  if (!floats) return true;
  reals->count = set->attributes[floats_rule].count;
  reals->cursor = ot_cursor_begin(&set->attributes[floats_rule]);
  return true;
}

void ot_reals_take(ot_reals *reals, double *values, size_t count) {
  if (!reals->is_tensor) ot_cursor_floats(&reals->cursor, values, count);
  for (size_t i = 0; reals->is_tensor && i < count; i++) values[i] = ot_tensor_element(&reals->tensor, reals->next++);
}

double ot_reals_next(ot_reals *reals) {
  double value;
  ot_reals_take(reals, &value, 1);
  return value;
}
