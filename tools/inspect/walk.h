/* Going through the nodes of a tree in preorder: a branch, then what lies on its true side, then its false side. Without recursion: a tree may
 * be a chain of a million nodes. A node with several parents is met several times, but gone into only once. */
#ifndef TOOLS_INSPECT_WALK_H
#define TOOLS_INSPECT_WALK_H

#include <stdbool.h>

#include <onnxtree/onnxtree.h>

enum edge { EDGE_ROOT, EDGE_TRUE, EDGE_FALSE };

struct visit {
  size_t node;
  size_t depth;
  enum edge edge; /* how it was come to */
  bool is_repeat; /* met before, in this tree or another */
  onnxtree_tree_node info;
};

struct pending {
  size_t node;
  size_t depth;
  enum edge edge;
};

struct walk {
  const onnxtree_model *model;
  size_t ensemble;
  unsigned char *seen; /* [nodes of the ensemble] */
  struct pending *stack;
  size_t count;
  size_t capacity;
  bool failed; /* memory ran out */
};

bool walk_start(struct walk *walk, const onnxtree_model *model, size_t ensemble); /* false: no such ensemble, or out of memory */
void walk_tree(struct walk *walk, size_t tree);
bool walk_next(struct walk *walk, struct visit *visit); /* false at the end of the tree */
void walk_free(struct walk *walk);

#endif
