/* The one table of operators. */
#ifndef OT_OPS_REGISTRY_H
#define OT_OPS_REGISTRY_H

#include "ops/operator.h"

/* The operator's definition that applies when the model imports `version` of `domain` ("" is "ai.onnx"), or NULL. */
const ot_operator *ot_registry_find(onnxtree_string domain, onnxtree_string name, int64_t version);

/* Whether any version of the operator is there: tells "not this version" from "not at all" in a message. */
bool ot_registry_knows(onnxtree_string domain, onnxtree_string name);

#endif
