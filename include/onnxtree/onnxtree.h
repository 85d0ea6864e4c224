/* onnxtree: load decision-tree models in ONNX form and evaluate them, exactly and fast. This header includes the whole public API but for arrow.h. */
#ifndef ONNXTREE_ONNXTREE_H
#define ONNXTREE_ONNXTREE_H

#include <onnxtree/export.h>
#include <onnxtree/version.h>
#include <onnxtree/status.h>
#include <onnxtree/model.h>
#include <onnxtree/predict.h>
#include <onnxtree/trees.h>

#endif
