/* Looking into the trees of a model. */
#include <onnxtree/trees.h>

#include "api/model.h"
#include "ensemble/real.h"
#include "ops/tree_ensemble.h"

static const ot_step *find_step(const onnxtree_model *model, size_t ensemble, size_t *operator_index) {
  for (uint32_t s = 0; model && s < model->plan.step_count; s++) {
    const ot_step *step = &model->plan.steps[s];
    if (!ot_step_ensemble(step)) continue;
    *operator_index = s;
    if (ensemble-- == 0) return step;
  }
  return NULL;
}

const ot_step *ot_model_ensemble_step(const onnxtree_model *model, size_t ensemble) {
  size_t operator_index;
  return find_step(model, ensemble, &operator_index);
}

static const ot_ensemble *find_ensemble(const onnxtree_model *model, size_t index) {
  const ot_step *step = ot_model_ensemble_step(model, index);
  return step ? ot_step_ensemble(step) : NULL;
}

onnxtree_status onnxtree_model_ensemble(const onnxtree_model *model, size_t index, onnxtree_ensemble_info *info) {
  static const char *const aggregates[] = {"average", "sum", "min", "max"};
  static const char *const transforms[] = {"none", "softmax", "logistic", "softmax-zero", "probit"};
  size_t operator_index;
  const ot_step *step = find_step(model, index, &operator_index);
  if (!step || !info) return ONNXTREE_INVALID_ARGUMENT;
  const ot_ensemble *e = ot_step_ensemble(step);
  onnxtree_ensemble_info found = {.operator_index = operator_index,
                                  .type = e->is_double ? ONNXTREE_DOUBLE : ONNXTREE_FLOAT,
                                  .trees = e->tree_count,
                                  .branches = e->branch_count,
                                  .leaves = e->leaf_count,
                                  .targets = e->target_count,
                                  .features = e->feature_count,
                                  .max_depth = e->max_depth,
                                  .aggregate = aggregates[e->aggregate],
                                  .post_transform = transforms[ot_step_finish(step)->transform]};
  return ot_fill_info(info, info->struct_size, &found, sizeof found);
}

/* ---- nodes ---- */

static size_t number_of(const ot_ensemble *e, ot_node_ref ref) { return ot_is_leaf(ref) ? (size_t)e->branch_count + ot_leaf_index(ref) : ref; }

static size_t first_weight(const ot_ensemble *e, size_t leaf) { return e->leaf_weights ? e->leaf_weights[leaf] : leaf; }

onnxtree_status onnxtree_model_tree_root(const onnxtree_model *model, size_t ensemble, size_t tree, size_t *node) {
  const ot_ensemble *e = find_ensemble(model, ensemble);
  if (!e || !node || tree >= e->tree_count) return ONNXTREE_INVALID_ARGUMENT;
  *node = number_of(e, e->roots[tree]);
  return ONNXTREE_OK;
}

static onnxtree_tree_node branch_info(const ot_ensemble *e, size_t branch) {
  static const char *const tests[] = {"<=", "<", ">=", ">", "==", "!=", "in"};
  unsigned mode = e->modes[branch] & OT_MODE_MASK;
  onnxtree_tree_node info = {.test = tests[mode],
                             .feature = e->features[branch],
                             .missing_is_true = (e->modes[branch] & OT_MISSING_TRUE) != 0,
                             .true_child = number_of(e, e->true_child[branch]),
                             .false_child = number_of(e, e->false_child[branch])};
  if (mode == OT_MODE_MEMBER) {
    uint32_t set = e->branch_sets[branch];
    info.member_count = e->set_members[set + 1] - e->set_members[set];
  } else {
    info.threshold = ot_load_real(e, e->thresholds, branch);
  }
  return info;
}

onnxtree_status onnxtree_model_tree_node(const onnxtree_model *model, size_t ensemble, size_t node, onnxtree_tree_node *info) {
  const ot_ensemble *e = find_ensemble(model, ensemble);
  if (!e || !info || node >= (size_t)e->branch_count + e->leaf_count) return ONNXTREE_INVALID_ARGUMENT;
  onnxtree_tree_node found = {.is_leaf = 1, .test = ""};
  if (node < e->branch_count) {
    found = branch_info(e, node);
  } else {
    size_t leaf = node - e->branch_count;
    found.weight_count = first_weight(e, leaf + 1) - first_weight(e, leaf);
  }
  return ot_fill_info(info, info->struct_size, &found, sizeof found);
}

onnxtree_status onnxtree_model_tree_weight(const onnxtree_model *model, size_t ensemble, size_t node, size_t index, size_t *target, double *weight) {
  const ot_ensemble *e = find_ensemble(model, ensemble);
  if (!e || !target || !weight || node < e->branch_count || node - e->branch_count >= e->leaf_count) return ONNXTREE_INVALID_ARGUMENT;
  size_t leaf = node - e->branch_count, first = first_weight(e, leaf);
  if (index >= first_weight(e, leaf + 1) - first) return ONNXTREE_INVALID_ARGUMENT;
  *target = e->weight_targets ? e->weight_targets[first + index] : 0;
  *weight = ot_load_real(e, e->weights, first + index);
  return ONNXTREE_OK;
}

onnxtree_status onnxtree_model_tree_member(const onnxtree_model *model, size_t ensemble, size_t node, size_t index, double *member) {
  const ot_ensemble *e = find_ensemble(model, ensemble);
  if (!e || !member || node >= e->branch_count || (e->modes[node] & OT_MODE_MASK) != OT_MODE_MEMBER) return ONNXTREE_INVALID_ARGUMENT;
  uint32_t set = e->branch_sets[node], first = e->set_members[set];
  if (index >= e->set_members[set + 1] - first) return ONNXTREE_INVALID_ARGUMENT;
  *member = ot_load_real(e, e->members, first + index);
  return ONNXTREE_OK;
}
