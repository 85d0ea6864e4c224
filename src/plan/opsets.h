/* The operator sets that a model imports. */
#ifndef OT_PLAN_OPSETS_H
#define OT_PLAN_OPSETS_H

#include "base/arena.h"
#include "base/problems.h"
#include "onnx/decode.h"

typedef struct ot_opset {
  const char *domain; /* "ai.onnx" for the default domain */
  int64_t version;
} ot_opset;

typedef struct ot_opsets {
  ot_opset *entries;
  size_t count;
} ot_opsets;

/* Collect opset_import; equal duplicates are dropped, conflicting ones are a problem. */
bool ot_opsets_read(ot_opsets *opsets, const Onnxtree__Pb__ModelProto *model, ot_arena *arena, ot_problems *problems);

/* The imported version of a domain, or 0. "" and "ai.onnx" are the same. */
int64_t ot_opsets_version(const ot_opsets *opsets, const char *domain);

#endif
