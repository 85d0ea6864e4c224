#include "onnx/attribute_set.h"

#include "base/text.h"

ot_place ot_attribute_place(const ot_attribute_set *set, size_t rule, const char *node_place) {
  return ot_place_format("%.150s, attribute %s", node_place, set->rules[rule].name);
}

ot_place ot_element_place(const ot_attribute_set *set, size_t rule, size_t index, const char *node_place) {
  return ot_place_format("%.150s, attribute %s[%zu]", node_place, set->rules[rule].name, index);
}

static size_t find_rule(const ot_attribute_set *set, onnxtree_string name) {
  size_t rule = 0;
  while (rule < set->rule_count && !ot_text_equals(name, set->rules[rule].name)) rule++;
  return rule;
}

static bool is_array(int64_t type) { return type == OT_ATTRIBUTE_FLOATS || type == OT_ATTRIBUTE_INTS || type == OT_ATTRIBUTE_STRINGS; }

static void match(ot_attribute_set *set, const ot_attribute *attribute, int version, uint64_t *seen, const char *node_place, ot_problems *problems) {
  size_t rule = find_rule(set, attribute->name);
  ot_excerpt name = ot_text_excerpt(attribute->name);
  ot_place place = ot_place_format("%.150s, attribute %s", node_place, name.text);
  if (rule == set->rule_count) {
    ot_problem(problems, OT_PROBLEM_ATTRIBUTE_UNKNOWN, place.text, "the operator has no attribute of this name");
  } else if (set->rules[rule].since > version) {
    ot_problem(problems, OT_PROBLEM_ATTRIBUTE_UNKNOWN, place.text, "it exists since version %d of the operator; the model imports version %d",
               set->rules[rule].since, version);
  } else if (*seen >> rule & 1) {
    ot_problem(problems, OT_PROBLEM_ATTRIBUTE_DUPLICATE, place.text, "it is given twice");
  } else if (attribute->type != (int64_t)set->rules[rule].type) {
    ot_problem(problems, OT_PROBLEM_ATTRIBUTE_TYPE, place.text, "its type is %s; %s was expected", ot_attribute_type_name(attribute->type),
               ot_attribute_type_name(set->rules[rule].type));
  } else {
    *seen |= UINT64_C(1) << rule;
    if (!is_array(attribute->type) || attribute->count) set->attributes[rule] = *attribute;
  }
}

bool ot_attribute_set_read(ot_attribute_set *set, const ot_attribute_rule *rules, size_t rule_count, int version, const Onnxtree__Pb__NodeProto *node,
                           const char *place, ot_problems *problems) {
  *set = (ot_attribute_set){.rules = rules, .rule_count = rule_count};
  size_t before = problems->found;
  uint64_t seen = 0;
  for (size_t i = 0; i < node->n_attribute; i++) {
    ot_attribute attribute;
    if (ot_attribute_read(&attribute, node->attribute[i].data, node->attribute[i].len, place, problems))
      match(set, &attribute, version, &seen, place, problems);
    if (problems->found > before + OT_MOST_ATTRIBUTES) break;
  }
  return problems->found == before;
}
