#include "ensemble/reader.h"

#include "base/sort.h"
#include "base/text.h"
#include "ensemble/merge_equality.h"
#include "ensemble/reader_attributes.h"

#define NODE_RULES                                                                                                                      \
  {"nodes_treeids", OT_ATTRIBUTE_INTS, 1}, {"nodes_nodeids", OT_ATTRIBUTE_INTS, 1}, {"nodes_featureids", OT_ATTRIBUTE_INTS, 1},          \
      {"nodes_modes", OT_ATTRIBUTE_STRINGS, 1}, {"nodes_truenodeids", OT_ATTRIBUTE_INTS, 1}, {"nodes_falsenodeids", OT_ATTRIBUTE_INTS, 1}, \
      {"nodes_values", OT_ATTRIBUTE_FLOATS, 1}, {"nodes_values_as_tensor", OT_ATTRIBUTE_TENSOR, 3},                                      \
      {"nodes_missing_value_tracks_true", OT_ATTRIBUTE_INTS, 1}, {"nodes_hitrates", OT_ATTRIBUTE_FLOATS, 1},                             \
      {"nodes_hitrates_as_tensor", OT_ATTRIBUTE_TENSOR, 3}
#define WEIGHT_RULES(prefix)                                                                                                        \
  {prefix "_treeids", OT_ATTRIBUTE_INTS, 1}, {prefix "_nodeids", OT_ATTRIBUTE_INTS, 1}, {prefix "_ids", OT_ATTRIBUTE_INTS, 1},       \
      {prefix "_weights", OT_ATTRIBUTE_FLOATS, 1}, {prefix "_weights_as_tensor", OT_ATTRIBUTE_TENSOR, 3}
#define RESULT_RULES \
  {"base_values", OT_ATTRIBUTE_FLOATS, 1}, {"base_values_as_tensor", OT_ATTRIBUTE_TENSOR, 3}, {"post_transform", OT_ATTRIBUTE_STRING, 1}

static const ot_attribute_rule classifier_rules[OT_A_COUNT] = {
    NODE_RULES, WEIGHT_RULES("class"), RESULT_RULES, {"classlabels_strings", OT_ATTRIBUTE_STRINGS, 1}, {"classlabels_int64s", OT_ATTRIBUTE_INTS, 1}};
static const ot_attribute_rule regressor_rules[OT_A_COUNT] = {
    NODE_RULES, WEIGHT_RULES("target"), RESULT_RULES, {"n_targets", OT_ATTRIBUTE_INT, 1}, {"aggregate_function", OT_ATTRIBUTE_STRING, 1}};

static bool out_of_memory(const ot_reading *r) { return ot_problem_memory(r->problems, r->scratch->memory); }

bool ot_report(const ot_reading *r, ot_problem_code code, size_t rule, size_t index, int64_t value, const char *message) {
  if (r->problems->found >= OT_MOST_PROBLEMS) return false;
  ot_place place = ot_element_place(&r->set, rule, index, r->place);
  ot_problem(r->problems, code, place.text, "%lld %s", (long long)value, message);
  return true;
}

/* ---- presence and lengths: one table, so that no array is forgotten ---- */

static size_t array_count(const ot_reading *r, const ot_length_rule *rule) {
  return rule->reals ? rule->reals->count : r->set.attributes[rule->rule].count;
}

void ot_check_lengths(const ot_reading *r, const ot_length_rule *rules, size_t rule_count) {
  size_t master = array_count(r, &rules[0]);
  for (size_t i = 0; i < rule_count; i++) {
    size_t count = array_count(r, &rules[i]);
    ot_place place = ot_attribute_place(&r->set, rules[i].reals ? rules[i].reals->rule : rules[i].rule, r->place);
    if (count == 0 && rules[i].absent != OT_PROBLEM_COUNT)
      ot_problem(r->problems, rules[i].absent, place.text, "it is absent or empty");
    else if (count != 0 && master != 0 && count != master)
      ot_problem(r->problems, OT_PROBLEM_ATTRIBUTE_LENGTH, place.text, "it has %zu elements, but %s has %zu", count,
                 r->set.rules[rules[0].rule].name, master);
  }
}

static void check_lengths(const ot_reading *r) {
  const ot_problem_code missing = OT_PROBLEM_ATTRIBUTE_MISSING, optional = OT_PROBLEM_COUNT;
  const ot_length_rule nodes[] = {{OT_A_TREE_IDS, OT_PROBLEM_TREE_NONE, NULL},
                                  {OT_A_NODE_IDS, missing, NULL},
                                  {OT_A_FEATURES, missing, NULL},
                                  {OT_A_MODES, missing, NULL},
                                  {OT_A_TRUE_IDS, missing, NULL},
                                  {OT_A_FALSE_IDS, missing, NULL},
                                  {OT_A_VALUES, missing, &r->values},
                                  {OT_A_MISSING, optional, NULL},
                                  {OT_A_HITRATES, optional, &r->hitrates}};
  const ot_length_rule weights[] = {{OT_A_WEIGHT_NODE_IDS, missing, NULL},
                                    {OT_A_WEIGHT_TREE_IDS, missing, NULL},
                                    {OT_A_WEIGHT_TARGETS, missing, NULL},
                                    {OT_A_WEIGHTS, missing, &r->weights}};
  ot_check_lengths(r, nodes, sizeof nodes / sizeof *nodes);
  ot_check_lengths(r, weights, sizeof weights / sizeof *weights);
}

/* ---- attributes that choose a behaviour ---- */

static size_t choose(const ot_reading *r, size_t rule, const char *const names[], size_t count, size_t otherwise) {
  if (!ot_attribute_is_present(&r->set, rule)) return otherwise;
  onnxtree_string text = r->set.attributes[rule].s;
  for (size_t i = 0; i < count; i++)
    if (ot_text_equals(text, names[i])) return i;
  ot_problem(r->problems, OT_PROBLEM_ATTRIBUTE_VALUE, ot_attribute_place(&r->set, rule, r->place).text, "'%s' is not defined",
             ot_text_excerpt(text).text);
  return otherwise;
}

static void read_behaviour(ot_reading *r) {
  static const char *const transforms[] = {"NONE", "SOFTMAX", "LOGISTIC", "SOFTMAX_ZERO", "PROBIT"};
  static const char *const aggregates[] = {"AVERAGE", "SUM", "MIN", "MAX"};
  r->finish->transform = (ot_post_transform)choose(r, OT_A_POST_TRANSFORM, transforms, 5, OT_TRANSFORM_NONE);
  r->finish->compat_onnxruntime = r->options->compat_onnxruntime;
  r->ensemble->aggregate = OT_AGGREGATE_SUM;
  if (!r->options->classifier) r->ensemble->aggregate = (ot_aggregate)choose(r, OT_A_AGGREGATE, aggregates, 4, OT_AGGREGATE_SUM);
}

static bool check_column_limit(const ot_reading *r, int64_t count, const char *what) {
  if (count <= (int64_t)r->options->limits->max_columns) return true;
  ot_problem(r->problems, OT_PROBLEM_LIMIT_COLUMNS, r->place, "%lld %s; the limit max_columns is %u", (long long)count, what,
             r->options->limits->max_columns);
  return false;
}

void ot_read_target_count(ot_reading *r, size_t rule) {
  const ot_attribute *attribute = ot_attribute_get(&r->set, rule);
  ot_place place = ot_attribute_place(&r->set, rule, r->place);
  if (attribute->type == OT_ATTRIBUTE_UNDEFINED)
    ot_problem(r->problems, OT_PROBLEM_ATTRIBUTE_MISSING, place.text, "it is absent");
  else if (attribute->i < 1)
    ot_problem(r->problems, OT_PROBLEM_ATTRIBUTE_VALUE, place.text, "%lld targets; at least 1 was expected", (long long)attribute->i);
  else if (check_column_limit(r, attribute->i, "targets"))
    r->ensemble->target_count = (uint32_t)attribute->i;
}

/* ---- class labels ---- */

static bool read_string_labels(ot_reading *r, size_t count) {
  onnxtree_string *labels = ot_arena_array(r->arena, count, sizeof *labels);
  if (!labels) return out_of_memory(r);
  ot_cursor cursor = ot_cursor_begin(&r->set.attributes[OT_A_LABELS_STRINGS]);
  for (size_t i = 0; i < count; i++) {
    onnxtree_string text = ot_cursor_string(&cursor);
    if (text.size > r->options->limits->max_label_bytes) {
      ot_problem(r->problems, OT_PROBLEM_LIMIT_LABEL, ot_element_place(&r->set, OT_A_LABELS_STRINGS, i, r->place).text,
                 "a label of %zu bytes; the limit max_label_bytes is %u", text.size, r->options->limits->max_label_bytes);
      return false;
    }
    labels[i].size = text.size;
    labels[i].data = ot_arena_text(r->arena, text.data, text.size);
    if (!labels[i].data) return out_of_memory(r);
  }
  r->finish->string_labels = labels;
  return true;
}

static bool read_int64_labels(ot_reading *r, size_t count) {
  int64_t *labels = ot_arena_array(r->arena, count, sizeof *labels);
  if (!labels) return out_of_memory(r);
  ot_cursor cursor = ot_cursor_begin(&r->set.attributes[OT_A_LABELS_INTS]);
  for (size_t i = 0; i < count; i++) labels[i] = ot_cursor_int(&cursor);
  r->finish->int64_labels = labels;
  return true;
}

static void read_labels(ot_reading *r) {
  size_t strings = r->set.attributes[OT_A_LABELS_STRINGS].count, ints = r->set.attributes[OT_A_LABELS_INTS].count, count = strings ? strings : ints;
  if (strings && ints) {
    ot_problem(r->problems, OT_PROBLEM_TREE_LABELS, r->place, "classlabels_strings and classlabels_int64s are both given; they exclude each other");
    return;
  }
  if (count == 0) {
    ot_problem(r->problems, OT_PROBLEM_TREE_LABELS, r->place,
               "neither classlabels_strings nor classlabels_int64s has labels "
               "(CatBoost writes such files for losses it cannot export: RMSEWithUncertainty, MultiRMSE)");
    return;
  }
  if (!check_column_limit(r, (int64_t)count, "classes")) return;
  r->finish->class_count = r->ensemble->target_count = (uint32_t)count;
  r->finish->label_type = strings ? ONNXTREE_STRING : ONNXTREE_INT64;
  if (strings)
    read_string_labels(r, count);
  else
    read_int64_labels(r, count);
}

static bool same_label(const ot_finish *f, uint32_t a, uint32_t b) {
  return f->label_type == ONNXTREE_STRING ? ot_text_same(f->string_labels[a], f->string_labels[b]) : f->int64_labels[a] == f->int64_labels[b];
}

/* Sorting by a 63-bit digest brings equal labels together; unequal ones that share it are told apart by comparing. */
static int64_t label_key(const ot_finish *f, uint32_t index) {
  if (f->label_type == ONNXTREE_INT64) return f->int64_labels[index];
  uint64_t hash = UINT64_C(14695981039346656037); /* FNV-1a */
  for (size_t i = 0; i < f->string_labels[index].size; i++)
    hash = (hash ^ (unsigned char)f->string_labels[index].data[i]) * UINT64_C(1099511628211);
  return (int64_t)(hash >> 1);
}

static bool check_labels_differ(ot_reading *r) {
  const ot_finish *f = r->finish;
  uint32_t count = f->class_count;
  int64_t *keys = ot_arena_array(r->scratch, count, sizeof *keys);
  uint32_t *order = ot_arena_array(r->scratch, count, sizeof *order), *scratch = ot_arena_array(r->scratch, count, sizeof *scratch);
  if (!keys || !order || !scratch) return out_of_memory(r);
  for (uint32_t i = 0; i < count; i++) keys[i] = label_key(f, i);
  ot_sort_order(keys, count, order, scratch);
  for (uint32_t i = 1; i < count; i++) {
    if (keys[order[i]] != keys[order[i - 1]] || !same_label(f, order[i], order[i - 1])) continue;
    ot_problem(r->problems, OT_PROBLEM_TREE_LABELS, r->place, "class labels %u and %u are the same", order[i - 1], order[i]);
    return false;
  }
  return true;
}

/* ---- base values ---- */

static bool base_count_fits(const ot_reading *r, size_t count) {
  const ot_finish *f = r->finish;
  size_t targets = f->class_count ? f->class_count : r->ensemble->target_count;
  if (count == 0 || count == targets) return true;
  /* One value for the single score of a binary model (XGBoost); one value for all targets of a regressor (XGBoost, evident intent). */
  if (count == 1 && f->class_count == 2) return f->single_score || f->compat_onnxruntime;
  return count == 1 && f->class_count == 0 && !f->compat_onnxruntime;
}

static bool read_base_values(ot_reading *r) {
  ot_ensemble *e = r->ensemble;
  size_t count = r->base.count;
  if (!base_count_fits(r, count)) {
    ot_problem(r->problems, OT_PROBLEM_TREE_BASE_VALUES, ot_attribute_place(&r->set, r->base.rule, r->place).text,
               "%zu base values for %u %s: none, or one for each was expected", count,
               r->finish->class_count ? r->finish->class_count : e->target_count, r->finish->class_count ? "classes" : "targets");
    return false;
  }
  bool broadcast = count == 1 && r->finish->class_count == 0;
  e->base_count = broadcast ? e->target_count : count;
  e->base_values = ot_arena_array(r->arena, e->base_count, ot_real_size(e));
  if (!e->base_values) return out_of_memory(r);
  double value = 0;
  for (size_t i = 0; i < e->base_count; i++) {
    if (i < count) value = ot_reals_next(&r->base);
    ot_store_real(e, e->base_values, i, value);
  }
  return true;
}

/* ---- the whole ---- */

static ot_place name_node(const void *context, ot_node_ref ref) {
  const ot_reading *r = context;
  size_t position = 0;
  while (r->refs[position] != ref) position++; /* every branch and leaf was a node */
  uint32_t tree = 0;
  while (r->tree_first[tree + 1] <= position) tree++;
  return ot_place_format("node %lld of tree %lld", (long long)ot_node_id(r, tree, position), (long long)r->tree_ids[tree]);
}

bool ot_allocate_branches(ot_reading *r) {
  ot_ensemble *e = r->ensemble;
  e->roots = ot_arena_array(r->arena, e->tree_count, sizeof *e->roots);
  e->features = ot_arena_array(r->arena, e->branch_count, sizeof *e->features);
  e->modes = ot_arena_array(r->arena, e->branch_count, sizeof *e->modes);
  e->thresholds = ot_arena_array(r->arena, e->branch_count, ot_real_size(e));
  e->true_child = ot_arena_array(r->arena, e->branch_count, sizeof *e->true_child);
  e->false_child = ot_arena_array(r->arena, e->branch_count, sizeof *e->false_child);
  return (e->roots && e->features && e->modes && e->thresholds && e->true_child && e->false_child) || out_of_memory(r);
}

bool ot_reading_settle(ot_reading *r, const ot_node_names *names) {
  ot_ensemble *e = r->ensemble;
  e->needs_presence = ot_is_extreme(e->aggregate) || (r->options->compat_onnxruntime && (e->target_count > 1 || r->finish->class_count > 1));
  return ot_ensemble_validate(e, r->options->column_count, r->options->limits->max_columns, names, r->place, r->scratch, r->problems) &&
         ot_ensemble_merge_equality(e, r->arena, r->scratch, r->problems);
}

static void open_reals(ot_reading *r) {
  ot_reals_open(&r->values, &r->set, OT_A_VALUES, OT_A_VALUES_TENSOR, r->scratch, r->place, r->problems);
  ot_reals_open(&r->hitrates, &r->set, OT_A_HITRATES, OT_A_HITRATES_TENSOR, r->scratch, r->place, r->problems);
  ot_reals_open(&r->weights, &r->set, OT_A_WEIGHTS, OT_A_WEIGHTS_TENSOR, r->scratch, r->place, r->problems);
  ot_reals_open(&r->base, &r->set, OT_A_BASE, OT_A_BASE_TENSOR, r->scratch, r->place, r->problems);
  r->ensemble->is_double = r->options->double_input || r->values.is_double || r->weights.is_double || r->base.is_double;
}

static bool read_head(ot_reading *r, const Onnxtree__Pb__NodeProto *node) {
  size_t before = r->problems->found;
  ot_attribute_set_read(&r->set, r->options->classifier ? classifier_rules : regressor_rules, OT_A_COUNT, r->options->version, node,
                        r->place, r->problems);
  open_reals(r);
  if (r->problems->found == before) check_lengths(r);
  read_behaviour(r);
  if (r->options->classifier)
    read_labels(r);
  else
    ot_read_target_count(r, OT_A_TARGET_COUNT);
  return r->problems->found == before;
}

static bool read_body(ot_reading *r) {
  size_t before = r->problems->found;
  if (r->finish->class_count && !check_labels_differ(r)) return false;
  if (!ot_read_nodes(r)) return false;
  ot_read_weights(r);
  read_base_values(r);
  return r->problems->found == before;
}

bool ot_ensemble_read(ot_ensemble *ensemble, ot_finish *finish, const Onnxtree__Pb__NodeProto *node, const ot_reader_options *options,
                      const char *place, ot_arena *arena, ot_arena *scratch, ot_problems *problems) {
  *ensemble = (ot_ensemble){0};
  *finish = (ot_finish){0};
  ot_reading r = {.options = options, .place = place, .ensemble = ensemble, .finish = finish,
                  .arena = arena, .scratch = scratch, .problems = problems};
  if (!read_head(&r, node) || !read_body(&r)) return false;
  return ot_reading_settle(&r, &(ot_node_names){name_node, &r});
}
