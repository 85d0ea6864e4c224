#include "ops/registry.h"

#include <string.h>

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

static size_t bucket_of(const char *name) { return (unsigned char)*name % OT_REGISTRY_BUCKETS; }

void ot_registry_index(ot_registry *registry) {
  *registry = (ot_registry){0};
  for (size_t t = 0; t < TABLE_COUNT; t++)
    for (size_t i = 0; i < tables[t]->count; i++) registry->ends[bucket_of(tables[t]->rows[i].name)]++;
  for (size_t bucket = 1; bucket < OT_REGISTRY_BUCKETS; bucket++) registry->ends[bucket] += registry->ends[bucket - 1];
  memcpy(registry->starts, registry->ends, sizeof registry->starts);
  for (size_t t = 0; t < TABLE_COUNT; t++)
    for (size_t i = 0; i < tables[t]->count; i++) registry->rows[--registry->starts[bucket_of(tables[t]->rows[i].name)]] = &tables[t]->rows[i];
}

const ot_operator *ot_registry_find(const ot_registry *registry, onnxtree_string domain, onnxtree_string name, int64_t version) {
  size_t bucket = bucket_of(name.data);
  for (size_t i = registry->starts[bucket]; i < registry->ends[bucket]; i++) {
    const ot_operator *operator = registry->rows[i];
    if ((version == OT_ANY_VERSION || (version >= operator->since && version <= operator->until)) && is_named(operator, domain, name))
      return operator;
  }
  return NULL;
}
