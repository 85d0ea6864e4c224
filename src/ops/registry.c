#include "ops/registry.h"

#include "base/text.h"

static const ot_operator *const operators[] = {
    &ot_operator_classifier_1, &ot_operator_classifier_3, &ot_operator_regressor_1, &ot_operator_regressor_3,
    &ot_operator_cast,         &ot_operator_identity,     &ot_operator_zipmap,
};

#define OPERATOR_COUNT (sizeof operators / sizeof *operators)

static bool same_domain(onnxtree_string domain, const char *known) {
  return ot_text_equals(domain.size ? domain : (onnxtree_string){"ai.onnx", 7}, known);
}

const ot_operator *ot_registry_find(onnxtree_string domain, onnxtree_string name, int64_t version) {
  for (size_t i = 0; i < OPERATOR_COUNT; i++)
    if (version >= operators[i]->since && version <= operators[i]->until && ot_text_equals(name, operators[i]->name) && same_domain(domain, operators[i]->domain))
      return operators[i];
  return NULL;
}

bool ot_registry_knows(onnxtree_string domain, onnxtree_string name) {
  for (size_t i = 0; i < OPERATOR_COUNT; i++)
    if (ot_text_equals(name, operators[i]->name) && same_domain(domain, operators[i]->domain)) return true;
  return false;
}

void ot_operator_alias(ot_prepare *context, size_t output, size_t input) {
  const ot_value *from = &context->values[context->step->inputs[input]];
  ot_value *to = &context->values[context->step->outputs[output]];
  const char *name = to->name;
  bool is_read = to->is_read;
  *to = *from;
  to->name = name;
  to->is_read = is_read;
  to->width_open = false;
}

void ot_operator_output(ot_prepare *context, size_t output, onnxtree_type type, int rank, size_t columns) {
  uint32_t number = context->step->outputs[output];
  ot_value *value = &context->values[number];
  *value = (ot_value){.name = value->name, .is_read = value->is_read, .type = type, .rank = rank, .columns = columns, .width_of = number, .storage = number};
}
