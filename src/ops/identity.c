/* Identity (ai.onnx): the output is the input. */
#include "ops/registry.h"

static bool prepare(ot_prepare *context) {
  ot_operator_alias(context, 0, 0);
  return true;
}

static const ot_operator rows[] = {{"ai.onnx", "Identity", 1, OT_ONNX_NEWEST, 1, 1, 1, 1, prepare, NULL, NULL, 1, NULL}};
const ot_operator_table ot_identity_operators = OT_OPERATOR_TABLE(rows);
