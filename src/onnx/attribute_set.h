/* The attributes of one node, matched against the list that its operator defines. */
#ifndef OT_ONNX_ATTRIBUTE_SET_H
#define OT_ONNX_ATTRIBUTE_SET_H

#include "onnx/attribute.h"
#include "onnx/decode.h"

typedef struct ot_attribute_rule {
  const char *name;
  ot_attribute_type type;
  int since; /* version of the operator that introduced it */
} ot_attribute_rule;

#define OT_MOST_ATTRIBUTES 32

typedef struct ot_attribute_set {
  const ot_attribute_rule *rules;
  size_t rule_count;
  ot_attribute attributes[OT_MOST_ATTRIBUTES]; /* by rule; absent ones have type UNDEFINED */
} ot_attribute_set;

/* Match every attribute of the node. Unknown, repeated and wrongly typed ones are reported; false if there were any.
 * Arrays without elements count as absent: exporters write empty ones for what they do not use. */
bool ot_attribute_set_read(ot_attribute_set *set, const ot_attribute_rule *rules, size_t rule_count, int version, const Onnxtree__Pb__NodeProto *node,
                           const char *place, ot_problems *problems);

static inline const ot_attribute *ot_attribute_get(const ot_attribute_set *set, size_t rule) { return &set->attributes[rule]; }
static inline bool ot_attribute_is_present(const ot_attribute_set *set, size_t rule) { return set->attributes[rule].type != OT_ATTRIBUTE_UNDEFINED; }

/* "<node place>, attribute <name>" */
ot_place ot_attribute_place(const ot_attribute_set *set, size_t rule, const char *node_place);
/* "<node place>, attribute <name>[index]" */
ot_place ot_element_place(const ot_attribute_set *set, size_t rule, size_t index, const char *node_place);

#endif
