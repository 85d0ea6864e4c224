/* The one table of operators, put together from one table for each family. */
#ifndef OT_OPS_REGISTRY_H
#define OT_OPS_REGISTRY_H

#include "ops/operator.h"

typedef struct ot_operator_table {
  const ot_operator *rows;
  size_t count;
} ot_operator_table;

#define OT_OPERATOR_TABLE(rows) {rows, sizeof(rows) / sizeof *(rows)}
/* The newest version of each operator set that the tables were checked against. */
#define OT_ONNX_NEWEST 28
#define OT_ML_NEWEST 5

extern const ot_operator_table ot_tree_operators, ot_cast_operators, ot_identity_operators, ot_zipmap_operators, ot_elementwise_operators;
extern const ot_operator_table ot_unary_operators, ot_reshape_operators, ot_select_operators, ot_gather_operators, ot_constant_operators;
extern const ot_operator_table ot_reduce_operators, ot_order_operators, ot_normalize_operators, ot_encode_operators, ot_feature_operators;
extern const ot_operator_table ot_linear_operators;

/* All tables by the first character of the name: a node of a few bytes may not cost a comparison with every operator. */
#define OT_REGISTRY_BUCKETS 32
#define OT_MOST_OPERATORS 256
typedef struct ot_registry {
  const ot_operator *rows[OT_MOST_OPERATORS];
  uint16_t starts[OT_REGISTRY_BUCKETS], ends[OT_REGISTRY_BUCKETS];
} ot_registry;

void ot_registry_index(ot_registry *registry);

/* The operator's definition that applies when the model imports `version` of `domain` ("" is "ai.onnx"), or NULL. `name` ends with a NUL.
 * OT_ANY_VERSION tells "not this version" from "not at all" in a message. */
#define OT_ANY_VERSION (-1)
const ot_operator *ot_registry_find(const ot_registry *registry, onnxtree_string domain, onnxtree_string name, int64_t version);

#endif
