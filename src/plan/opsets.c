#include "plan/opsets.h"

#include <string.h>

#include "base/text.h"

#define MOST_OPSETS 64 /* domains; a real model has up to four, and each node looks its own up in the list */

static const char *domain_name(const char *domain) { return domain && *domain ? domain : "ai.onnx"; }

int64_t ot_opsets_version(const ot_opsets *opsets, const char *domain) {
  for (size_t i = 0; i < opsets->count; i++)
    if (strcmp(opsets->entries[i].domain, domain_name(domain)) == 0) return opsets->entries[i].version;
  return 0;
}

static bool add(ot_opsets *opsets, const Onnxtree__Pb__OperatorSetIdProto *import, ot_arena *arena, ot_problems *problems) {
  const char *domain = domain_name(import->domain);
  ot_place place = ot_place_format("opset_import '%s'", ot_text_excerpt_of(domain).text);
  if (import->version < 1) {
    ot_problem(problems, OT_PROBLEM_OPSET_VERSION, place.text, "version %lld does not exist", (long long)import->version);
    return true;
  }
  int64_t known = ot_opsets_version(opsets, domain);
  if (known == import->version) return true; /* skl2onnx writes the default domain twice */
  if (known) {
    ot_problem(problems, OT_PROBLEM_OPSET_CONFLICT, place.text, "versions %lld and %lld are both imported", (long long)known,
               (long long)import->version);
    return true;
  }
  if (opsets->count == MOST_OPSETS) {
    ot_problem(problems, OT_PROBLEM_LIMIT_OPSETS, place.text, "more than %d operator sets are imported", MOST_OPSETS);
    return false;
  }
  char *text = ot_arena_text(arena, domain, strlen(domain));
  if (!text) return ot_problem_memory(problems, arena->memory);
  opsets->entries[opsets->count++] = (ot_opset){text, import->version};
  return true;
}

bool ot_opsets_read(ot_opsets *opsets, const Onnxtree__Pb__ModelProto *model, ot_arena *arena, ot_problems *problems) {
  size_t before = problems->found, count = model->n_opset_import < MOST_OPSETS ? model->n_opset_import : MOST_OPSETS;
  *opsets = (ot_opsets){ot_arena_array(arena, count, sizeof(ot_opset)), 0};
  if (!opsets->entries) return ot_problem_memory(problems, arena->memory);
  if (model->n_opset_import == 0) ot_problem(problems, OT_PROBLEM_OPSET_MISSING, "", "the model imports no operator set (opset_import is empty)");
  for (size_t i = 0; i < model->n_opset_import; i++)
    if (!add(opsets, model->opset_import[i], arena, problems)) return false;
  return problems->found == before;
}
