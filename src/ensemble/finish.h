/* From sums to results: aggregate, base values, post transform, the binary rules and the label. docs/semantics.md has every rule. */
#ifndef OT_ENSEMBLE_FINISH_H
#define OT_ENSEMBLE_FINISH_H

#include <onnxtree/model.h>

#include "ensemble/ensemble.h"

typedef struct ot_finish {
  ot_post_transform transform;
  bool compat_onnxruntime;
  bool writes_doubles; /* scores are double: TreeEnsemble with double input and no post transform to apply */

  /* Classifiers only; class_count is 0 for regressors. */
  uint32_t class_count;
  onnxtree_type label_type;
  const int64_t *int64_labels;
  const onnxtree_string *string_labels;
  bool single_score;        /* two classes, and all weights are for one of them */
  uint32_t score_class;     /* which one */
  bool has_negative_weight;
} ot_finish;

/* Number of score columns: targets, or classes. */
uint32_t ot_finish_columns(const ot_ensemble *ensemble, const ot_finish *finish);

/* Finish row_count rows.
 *   sums      [row_count x target_count] real, from ot_accumulate(); overwritten
 *   presence  [row_count x target_count] or NULL when the ensemble does not need it
 *   scores    [row_count x score_stride] float, or double by writes_doubles: the first ot_finish_columns() of each row are written
 *   labels    [row_count] int64_t or onnxtree_string by label_type; NULL for regressors */
void ot_finish_rows(const ot_ensemble *ensemble, const ot_finish *finish, void *sums, const uint8_t *presence, size_t row_count, void *scores,
                    size_t score_stride, void *labels);

/* Whether the post transform changes the scores of a regressor at all. */
bool ot_finish_transforms(const ot_finish *finish, uint32_t target_count);

#endif
