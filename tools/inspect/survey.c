#include "inspect/survey.h"

#include <stdlib.h>
#include <string.h>

#include "inspect/walk.h"

static int compare_use(const void *one, const void *other) {
  const struct feature_use *a = one;
  const struct feature_use *b = other;
  if (a->branches != b->branches) return a->branches > b->branches ? -1 : 1;
  return a->feature < b->feature ? -1 : a->feature > b->feature;
}

static bool count_nodes(const onnxtree_model *model, size_t ensemble, struct survey *survey) {
  struct walk walk;
  bool ok = walk_start(&walk, model, ensemble);
  for (size_t tree = 0; ok && tree < survey->info.trees; tree++) {
    walk_tree(&walk, tree);
    for (struct visit visit; walk_next(&walk, &visit);) {
      if (visit.is_repeat) continue;
      if (!visit.info.is_leaf)
        survey->features[visit.info.feature].branches++;
      else if (visit.depth < survey->depth_count)
        survey->leaves_by_depth[visit.depth]++;
    }
  }
  ok = ok && !walk.failed;
  walk_free(&walk);
  return ok;
}

bool survey_make(const onnxtree_model *model, size_t ensemble, struct survey *survey) {
  *survey = (struct survey){.info = ONNXTREE_ENSEMBLE_INFO_INIT};
  if (onnxtree_model_ensemble(model, ensemble, &survey->info) != ONNXTREE_OK) return false;
  survey->depth_count = survey->info.max_depth + 1;
  survey->leaves_by_depth = calloc(survey->depth_count, sizeof *survey->leaves_by_depth);
  survey->features = calloc(survey->info.features + 1, sizeof *survey->features);
  if (!survey->leaves_by_depth || !survey->features || !count_nodes(model, ensemble, survey)) {
    survey_free(survey);
    return false;
  }
  for (size_t i = 0; i < survey->info.features; i++) survey->features[i].feature = i;
  qsort(survey->features, survey->info.features, sizeof *survey->features, compare_use);
  while (survey->feature_count < survey->info.features && survey->features[survey->feature_count].branches > 0) survey->feature_count++;
  return true;
}

void survey_free(struct survey *survey) {
  free(survey->leaves_by_depth);
  free(survey->features);
  *survey = (struct survey){0};
}

bool find_tree(const onnxtree_model *model, size_t tree, size_t *ensemble, size_t *tree_of_ensemble) {
  onnxtree_ensemble_info info = ONNXTREE_ENSEMBLE_INFO_INIT;
  for (*ensemble = 0; onnxtree_model_ensemble(model, *ensemble, &info) == ONNXTREE_OK; ++*ensemble) {
    *tree_of_ensemble = tree;
    if (tree < info.trees) return true;
    tree -= info.trees;
  }
  return false;
}
