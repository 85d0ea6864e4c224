/* The one validator: every ensemble, whichever ONNX form it came from, passes here before anything else sees it. */
#ifndef OT_ENSEMBLE_VALIDATE_H
#define OT_ENSEMBLE_VALIDATE_H

#include "base/arena.h"
#include "base/problems.h"
#include "ensemble/ensemble.h"

/* Names a node of the file for a message: tree id and node id as the file has them. */
typedef struct ot_node_names {
  ot_place (*name)(const void *context, ot_node_ref ref);
  const void *context;
} ot_node_names;

/* Check that all references are in range, that every branch and leaf is reached from a root, that no branch is its own descendant, that
 * features are below column_count (0: unknown) and max_columns, and targets below target_count; fill in the fields "found by validation".
 * O(nodes) time, 13 bytes of scratch a node, no recursion. False (with problems reported) if the ensemble must not be used. */
bool ot_ensemble_validate(ot_ensemble *ensemble, size_t column_count, size_t max_columns, const ot_node_names *names, const char *place,
                          ot_arena *scratch, ot_problems *problems);

#endif
