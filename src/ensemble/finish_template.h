/* Included once per type: REAL is float or double, NAME(x) adds the type's suffix. */

/* ---- sums to raw scores ---- */

static REAL NAME(raw_score)(const ot_ensemble *e, REAL sum, bool present, REAL base) {
  if (e->aggregate == OT_AGGREGATE_AVERAGE) sum /= (REAL)e->tree_count;
  if (ot_is_extreme(e->aggregate) && !present) return base;
  return sum + base;
}

static REAL NAME(base)(const ot_ensemble *e, size_t target) { return target < e->base_count ? ((const REAL *)e->base_values)[target] : 0; }

/* Of a regressor, in place. */
static void NAME(raw_scores)(const ot_ensemble *e, const ot_finish *f, REAL *sums, const uint8_t *presence) {
  for (uint32_t k = 0; k < e->target_count; k++) {
    bool present = !presence || presence[k];
    sums[k] = NAME(raw_score)(e, sums[k], present, NAME(base)(e, k));
    /* ONNX Runtime prints 0, without the base value, for a target that got no weight. */
    if (f->compat_onnxruntime && e->target_count > 1 && !present) sums[k] = 0;
  }
}

static void NAME(regress)(const ot_ensemble *e, const ot_finish *f, REAL *sums, const uint8_t *presence, float *scores) {
  NAME(raw_scores)(e, f, sums, presence);
  for (uint32_t k = 0; k < e->target_count; k++) scores[k] = (float)sums[k];
}

/* ---- classes ---- */

/* Two scores from one, by ONNX Runtime's convention for binary models. */
static void NAME(write_pair)(const ot_finish *f, REAL s, bool complement, float *scores) {
  bool logistic = f->transform == OT_TRANSFORM_LOGISTIC;
  scores[0] = (float)(complement && !logistic ? 1 - s : -s);
  scores[1] = (float)s;
}

/* Two classes, weights for one of them. */
static uint32_t NAME(classify_single)(const ot_ensemble *e, const ot_finish *f, const REAL *sums, float *scores) {
  bool probability = !f->has_negative_weight;
  REAL base0 = NAME(base)(e, 0), s = sums[0];
  if (f->score_class == 1) {
    /* As the specification and ONNX Runtime: no complement. A single base value belongs to the single score. */
    s += e->base_count == 2 ? NAME(base)(e, 1) : base0;
    scores[0] = (float)(e->base_count == 2 ? base0 : 0);
    scores[1] = (float)s;
    return probability ? s > (REAL)0.5 : s > 0;
  }
  s += base0;
  NAME(write_pair)(f, s, probability, scores);
  /* Boosters decide on the probability, which is above 1/2 where the raw score is above 0. */
  return probability && f->transform != OT_TRANSFORM_LOGISTIC ? s > (REAL)0.5 : s > 0;
}

/* The top class; ties go to the first. A NaN never wins, unless nothing else is there. */
static uint32_t NAME(top_class)(const REAL *sums, uint32_t count) {
  uint32_t top = 0;
  for (uint32_t k = 1; k < count; k++)
    if (sums[k] > sums[top] || (sums[top] != sums[top] && sums[k] == sums[k])) top = k;
  return top;
}

static uint32_t NAME(classify)(const ot_ensemble *e, const ot_finish *f, REAL *sums, float *scores) {
  if (f->single_score) return NAME(classify_single)(e, f, sums, scores);
  for (uint32_t k = 0; k < e->target_count; k++) {
    if (e->base_count) sums[k] += NAME(base)(e, k);
    scores[k] = (float)sums[k];
  }
  return NAME(top_class)(sums, e->target_count);
}

/* ---- ONNX Runtime 1.30's classifier, oddities included; semantics.md sections 4.1 to 4.4 ---- */

static int64_t NAME(compat_many)(const ot_ensemble *e, REAL *sums, const uint8_t *presence, float *scores) {
  uint32_t top = UINT32_MAX;
  for (uint32_t k = 0; k < e->target_count; k++) {
    bool present = presence[k] || e->base_count;
    if (e->base_count) sums[k] += NAME(base)(e, k);
    if (present && (top == UINT32_MAX || sums[k] > sums[top])) top = k;
    scores[k] = present ? (float)sums[k] : 0;
  }
  return top == UINT32_MAX ? 0 : top;
}

/* Two classes. `written` is the label as ONNX Runtime writes it: a class number, or the bare number 0 or 1. */
static int64_t NAME(compat_two)(const ot_ensemble *e, const ot_finish *f, const REAL *sums, const uint8_t *presence, float *scores) {
  REAL pair[2] = {0, 0};
  bool has[2] = {false, false};
  if (f->single_score) {
    pair[f->score_class] = sums[0];
    has[f->score_class] = presence[0] != 0;
  } else {
    for (int k = 0; k < 2; k++) {
      pair[k] = sums[k];
      has[k] = presence[k] != 0;
    }
  }
  bool alone = false; /* only the first score exists; the second is made from it */
  if (e->base_count == 2 && has[1]) {
    pair[1] = NAME(base)(e, 1) + pair[0];
    pair[0] = -pair[1];
  } else if (e->base_count == 2) {
    pair[1] += NAME(base)(e, 1);
    pair[0] += NAME(base)(e, 0);
  } else {
    if (e->base_count == 1) pair[0] += NAME(base)(e, 0);
    alone = !has[1];
  }
  REAL p = !alone && has[1] ? pair[1] : has[0] ? pair[0] : 0;
  bool probability = f->single_score && !f->has_negative_weight;
  int64_t label = probability ? p > (REAL)0.5 : p > 0;
  if (alone) {
    NAME(write_pair)(f, has[0] ? pair[0] : 0, probability, scores);
  } else {
    for (int k = 0; k < 2; k++) scores[k] = has[k] ? (float)pair[k] : 0;
    if (!is_elementwise(f)) ot_transform(f->transform, scores, 2, true);
  }
  return label;
}
