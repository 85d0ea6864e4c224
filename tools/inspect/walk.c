#include "inspect/walk.h"

#include <stdlib.h>

static void push(struct walk *walk, size_t node, size_t depth, enum edge edge) {
  if (walk->count == walk->capacity) {
    size_t capacity = walk->capacity * 2 + 64;
    struct pending *stack = realloc(walk->stack, capacity * sizeof *stack);
    if (!stack) {
      walk->failed = true;
      return;
    }
    walk->stack = stack;
    walk->capacity = capacity;
  }
  walk->stack[walk->count++] = (struct pending){node, depth, edge};
}

bool walk_start(struct walk *walk, const onnxtree_model *model, size_t ensemble) {
  onnxtree_ensemble_info info = ONNXTREE_ENSEMBLE_INFO_INIT;
  *walk = (struct walk){.model = model, .ensemble = ensemble};
  if (onnxtree_model_ensemble(model, ensemble, &info) != ONNXTREE_OK) return false;
  walk->seen = calloc(info.branches + info.leaves + 1, 1);
  return walk->seen != NULL;
}

void walk_tree(struct walk *walk, size_t tree) {
  size_t root;
  walk->count = 0;
  if (onnxtree_model_tree_root(walk->model, walk->ensemble, tree, &root) == ONNXTREE_OK) push(walk, root, 0, EDGE_ROOT);
}

bool walk_next(struct walk *walk, struct visit *visit) {
  if (walk->count == 0 || walk->failed) return false;
  struct pending next = walk->stack[--walk->count];
  *visit = (struct visit){.node = next.node, .depth = next.depth, .edge = next.edge, .info = ONNXTREE_TREE_NODE_INIT};
  if (onnxtree_model_tree_node(walk->model, walk->ensemble, next.node, &visit->info) != ONNXTREE_OK) return false;
  visit->is_repeat = walk->seen[next.node];
  walk->seen[next.node] = 1;
  if (!visit->info.is_leaf && !visit->is_repeat) {
    push(walk, visit->info.false_child, next.depth + 1, EDGE_FALSE);
    push(walk, visit->info.true_child, next.depth + 1, EDGE_TRUE);
  }
  return true;
}

void walk_free(struct walk *walk) {
  free(walk->seen);
  free(walk->stack);
  *walk = (struct walk){0};
}
