/* What the parts of building a plan share. */
#ifndef OT_PLAN_BUILD_H
#define OT_PLAN_BUILD_H

#include "ops/registry.h"
#include "plan/names.h"
#include "plan/plan.h"

typedef struct ot_build {
  ot_plan *plan;
  const Onnxtree__Pb__GraphProto *graph;
  const ot_plan_options *options;
  ot_registry registry;
  ot_names names;
  uint32_t first_constant; /* values are numbered: inputs, initializers, outputs of nodes */
  uint32_t first_computed;
  ot_arena *arena;
  ot_arena scratch;
  ot_span *spans; /* of the step that is evaluated at load */
  ot_problems *problems;
} ot_build;

static inline bool ot_build_memory(ot_build *b) { return ot_problem_memory(b->problems, b->arena->memory); }
static inline const char *ot_text_or_empty(const char *text) { return text ? text : ""; }
onnxtree_string ot_view(const char *text);

/* "node 'name' (type)", or its position where it has no name. */
ot_place ot_node_place(const Onnxtree__Pb__NodeProto *node, size_t index);

/* Every operator is looked up before anything else is done; all that are missing are reported together. */
bool ot_build_check_operators(ot_build *b);

/* Number and name every value; type the inputs. */
bool ot_build_name_values(ot_build *b);
bool ot_build_inputs(ot_build *b);

/* The elements of an initializer, read when the first step or output asks for it. */
bool ot_build_load_constant(ot_build *b, uint32_t value);

/* Steps in the order of the nodes: typed, prepared, folded where everything is known. */
bool ot_build_steps(ot_build *b);

bool ot_build_outputs(ot_build *b);

/* Make one ensemble of single trees that are added up. */
bool ot_build_merge_trees(ot_build *b);

/* Drop steps that nobody reads, let the others lay out what they need, share scratch memory. */
bool ot_build_settle(ot_build *b);

#endif
