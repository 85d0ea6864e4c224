/* Are all operators of the graph there? */
#include <string.h>

#include "base/text.h"
#include "plan/build.h"

ot_place ot_node_place(const Onnxtree__Pb__NodeProto *node, size_t index) {
  const char *name = ot_text_or_empty(node->name);
  ot_excerpt type = ot_text_excerpt_of(node->op_type);
  if (*name) return ot_place_format("node '%s' (%s)", ot_text_excerpt_of(name).text, type.text);
  return ot_place_format("node #%zu (%s)", index, type.text);
}

#define MOST_NAMED_OPERATORS 24 /* no more fit into the message */

typedef struct missing_operator {
  const Onnxtree__Pb__NodeProto *node;
  const char *type, *domain;
  size_t first, count;
} missing_operator;

static bool is_operator(const missing_operator *m, const char *type, const char *domain) {
  return *m->type == *type && strcmp(m->type, type) == 0 && strcmp(m->domain, domain) == 0;
}

onnxtree_string ot_view(const char *text) { return (onnxtree_string){ot_text_or_empty(text), strlen(ot_text_or_empty(text))}; }

static ot_place describe_missing(const ot_build *b, const missing_operator *m) {
  const char *domain = m->domain, *name = ot_text_or_empty(m->node->name);
  int64_t version = ot_opsets_version(&b->plan->opsets, domain);
  bool known = ot_registry_find(&b->registry, ot_view(domain), ot_view(m->type), OT_ANY_VERSION);
  ot_excerpt type = ot_text_excerpt_of(m->type), domain_text = ot_text_excerpt_of(*domain ? domain : "ai.onnx");
  ot_place where = *name ? ot_place_format("node '%s'", ot_text_excerpt_of(name).text) : ot_place_format("node #%zu", m->first);
  if (m->count > 1) where = ot_place_format("%.100s and %zu more", ot_place_format("%s", where.text).text, m->count - 1);
  return ot_place_format("%s (domain %s, version %lld%s; %.120s)", type.text, domain_text.text, (long long)version,
                         known ? ", a version that is not supported" : "", where.text);
}

static void report_missing(ot_build *b, const missing_operator *missing, size_t kinds, size_t nodes) {
  char list[800];
  size_t used = 0;
  list[0] = '\0';
  for (size_t i = 0; i < kinds; i++) {
    ot_place text = describe_missing(b, &missing[i]);
    size_t length = strlen(text.text);
    if (used + length + 16 > sizeof list) {
      memcpy(list + used, ", ...", 6);
      break;
    }
    if (used) {
      memcpy(list + used, ", ", 2);
      used += 2;
    }
    memcpy(list + used, text.text, length + 1);
    used += length;
  }
  ot_problem(b->problems, OT_PROBLEM_OPERATOR_UNSUPPORTED, "", "%zu node%s use%s operators that are not supported: %s", nodes, nodes == 1 ? "" : "s",
             nodes == 1 ? "s" : "", list);
}

bool ot_build_check_operators(ot_build *b) {
  missing_operator missing[MOST_NAMED_OPERATORS];
  size_t kinds = 0, nodes = 0;
  bool imported = true;
  ot_registry_index(&b->registry);
  for (size_t i = 0; i < b->graph->n_node; i++) {
    const Onnxtree__Pb__NodeProto *node = b->graph->node[i];
    const char *type = ot_text_or_empty(node->op_type), *domain = ot_text_or_empty(node->domain);
    size_t kind = 0;
    while (kind < kinds && !is_operator(&missing[kind], type, domain)) kind++;
    if (kind < kinds) {
      missing[kind].count++;
      nodes++;
      continue;
    }
    int64_t version = ot_opsets_version(&b->plan->opsets, domain);
    if (version && ot_registry_find(&b->registry, ot_view(domain), ot_view(type), version)) continue;
    if (!version && ot_registry_find(&b->registry, ot_view(domain), ot_view(type), OT_ANY_VERSION)) {
      if (imported)
        ot_problem(b->problems, OT_PROBLEM_OPSET_MISSING, ot_node_place(node, i).text, "opset_import has no entry for the domain '%s'",
                   *domain ? domain : "ai.onnx");
      imported = false;
      continue;
    }
    nodes++;
    if (kinds < MOST_NAMED_OPERATORS) missing[kinds++] = (missing_operator){node, type, domain, i, 1};
  }
  if (nodes) report_missing(b, missing, kinds, nodes);
  return nodes == 0 && imported;
}
