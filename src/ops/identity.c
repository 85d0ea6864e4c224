/* Identity (ai.onnx): the output is the input. */
#include "ops/operator.h"

static bool prepare(ot_prepare *context) {
  ot_operator_alias(context, 0, 0);
  return true;
}

const ot_operator ot_operator_identity = {"ai.onnx", "Identity", 1, 28, 1, 1, 1, 1, prepare, NULL, NULL};
