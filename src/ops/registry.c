#include "ops/registry.h"

#include "base/text.h"

static const ot_operator_table *const tables[] = {
    &ot_tree_operators,
    &ot_cast_operators,
    &ot_identity_operators,
    &ot_zipmap_operators,
    &ot_elementwise_operators,
    &ot_unary_operators,
    &ot_reshape_operators,
    &ot_select_operators,
    &ot_gather_operators,
    &ot_constant_operators,
    &ot_reduce_operators,
    &ot_order_operators,
    &ot_normalize_operators,
    &ot_encode_operators,
    &ot_feature_operators,
    &ot_linear_operators,
};

#define TABLE_COUNT (sizeof tables / sizeof *tables)

static bool is_named(const ot_operator *operator, onnxtree_string domain, onnxtree_string name) {
  return ot_text_equals(name, operator->name) && ot_text_equals(domain.size ? domain : (onnxtree_string){"ai.onnx", 7}, operator->domain);
}

/* `name` ends with a NUL. Its first character tells most operators apart: a node of a few bytes may not cost a hundred comparisons of texts. */
const ot_operator *ot_registry_find(onnxtree_string domain, onnxtree_string name, int64_t version) {
  for (size_t t = 0; t < TABLE_COUNT; t++)
    for (size_t i = 0; i < tables[t]->count; i++) {
      const ot_operator *operator = &tables[t]->rows[i];
      if (*name.data == *operator->name && version >= operator->since && version <= operator->until && is_named(operator, domain, name)) return operator;
    }
  return NULL;
}

bool ot_registry_knows(onnxtree_string domain, onnxtree_string name) {
  for (size_t t = 0; t < TABLE_COUNT; t++)
    for (size_t i = 0; i < tables[t]->count; i++)
      if (is_named(&tables[t]->rows[i], domain, name)) return true;
  return false;
}
