/* What the trees of an ensemble look like all together. */
#ifndef TOOLS_INSPECT_SURVEY_H
#define TOOLS_INSPECT_SURVEY_H

#include <stdbool.h>
#include <stdint.h>

#include <onnxtree/onnxtree.h>

struct feature_use {
  size_t feature;
  uint64_t branches; /* that test it */
};

struct survey {
  onnxtree_ensemble_info info;
  uint64_t *leaves_by_depth; /* [depth_count] */
  size_t depth_count;
  struct feature_use *features; /* [feature_count] those that are tested, the most used first */
  size_t feature_count;
};

bool survey_make(const onnxtree_model *model, size_t ensemble, struct survey *survey); /* false: no such ensemble, or out of memory */
void survey_free(struct survey *survey);

/* The ensemble and the tree in it that have number `tree` when all trees of the model are counted; false if there are fewer. */
bool find_tree(const onnxtree_model *model, size_t tree, size_t *ensemble, size_t *tree_of_ensemble);

#endif
