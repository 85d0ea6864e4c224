#include "ensemble/finish.h"

#include "ensemble/real.h"
#include "ensemble/transform.h"

static bool is_elementwise(const ot_finish *f) { return f->transform == OT_TRANSFORM_LOGISTIC || f->transform == OT_TRANSFORM_PROBIT; }

/* A softmax over one value would always be 1; like ONNX Runtime we leave such scores alone. In compat mode only PROBIT is applied to one. */
bool ot_finish_transforms(const ot_finish *f, uint32_t count) {
  if (count == 1) return f->transform == OT_TRANSFORM_PROBIT || (f->transform == OT_TRANSFORM_LOGISTIC && !f->compat_onnxruntime);
  return f->transform != OT_TRANSFORM_NONE;
}

/* Whether the raw scores of all rows are transformed alike. Pairs that are made from one score get no softmax: there are only such where the score is
 * the first class's, and in compat mode it depends on the row. */
static bool transforms_all_rows(const ot_finish *f, uint32_t columns) {
  bool pairs = f->class_count == 2 && (f->compat_onnxruntime || (f->single_score && f->score_class == 0));
  return ot_finish_transforms(f, columns) && (!pairs || is_elementwise(f));
}

#define REAL float
#define NAME(x) x##_float
#include "ensemble/finish_template.h"
#undef REAL
#undef NAME
#define REAL double
#define NAME(x) x##_double
#include "ensemble/finish_template.h"
#undef REAL
#undef NAME

uint32_t ot_finish_columns(const ot_ensemble *ensemble, const ot_finish *finish) {
  return finish->class_count ? finish->class_count : ensemble->target_count;
}

static void write_label(const ot_finish *f, int64_t label, bool is_number, void *labels, size_t row) {
  if (f->label_type == ONNXTREE_STRING)
    ((onnxtree_string *)labels)[row] = f->string_labels[label];
  else
    ((int64_t *)labels)[row] = is_number ? label : f->int64_labels[label];
}

/* No transform: the one that would be applied is computed in float (ot_finish_transforms()). */
static void finish_doubles(const ot_ensemble *e, const ot_finish *f, void *sums, const uint8_t *presence, double *scores) {
  if (e->is_double)
    raw_scores_double(e, f, sums, presence);
  else
    raw_scores_float(e, f, sums, presence);
  for (uint32_t k = 0; k < e->target_count; k++) scores[k] = ot_load_real(e, sums, k);
}

static void finish_row(const ot_ensemble *e, const ot_finish *f, void *sums, const uint8_t *presence, float *scores, void *labels, size_t row) {
  bool wide = e->is_double;
  if (f->class_count == 0) {
    if (wide)
      regress_double(e, f, sums, presence, scores);
    else
      regress_float(e, f, sums, presence, scores);
    return;
  }
  int64_t label;
  bool is_number = false;
  if (f->compat_onnxruntime && f->class_count > 2) {
    label = wide ? compat_many_double(e, sums, presence, scores) : compat_many_float(e, sums, presence, scores);
  } else if (f->compat_onnxruntime && f->class_count == 2) {
    label = wide ? compat_two_double(e, f, sums, presence, scores) : compat_two_float(e, f, sums, presence, scores);
    is_number = !f->single_score;
  } else {
    label = wide ? classify_double(e, f, sums, scores) : classify_float(e, f, sums, scores);
    /* One class: ONNX Runtime writes 1 or 0 by the sign of the score, whatever the label; a string label is the only one there is. */
    if (f->compat_onnxruntime && f->label_type == ONNXTREE_INT64) {
      label = (wide ? *(double *)sums : (double)*(float *)sums) > 0;
      is_number = true;
    }
  }
  if (labels) write_label(f, label, is_number, labels, row);
}

void ot_finish_rows(const ot_ensemble *ensemble, const ot_finish *finish, void *sums, const uint8_t *presence, size_t row_count, void *scores,
                    size_t score_stride, void *labels) {
  size_t width = ensemble->target_count, row_bytes = width * ot_real_size(ensemble);
  for (size_t r = 0; r < row_count; r++) {
    void *row_sums = (char *)sums + r * row_bytes;
    const uint8_t *row_presence = presence ? presence + r * width : NULL;
    if (finish->writes_doubles)
      finish_doubles(ensemble, finish, row_sums, row_presence, (double *)scores + r * score_stride);
    else
      finish_row(ensemble, finish, row_sums, row_presence, (float *)scores + r * score_stride, labels, r);
  }
  uint32_t columns = ot_finish_columns(ensemble, finish);
  if (!finish->writes_doubles && transforms_all_rows(finish, columns))
    ot_transform_rows(finish->transform, scores, score_stride, columns, row_count, finish->compat_onnxruntime);
}
