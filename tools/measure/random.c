#include "measure/random.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum { SAMPLE_SIZE = 16, MOST_COLUMNS = 100000 };

struct threshold_sample {
  double values[SAMPLE_SIZE];
  size_t seen;         /* thresholds of the column; the first SAMPLE_SIZE of them, then random ones, are in `values` */
  bool tests_equality; /* then the values themselves are what rows should have */
};

/* ---- random numbers --------------------------------------------------------------------------------------------------------------- */

static uint64_t next_bits(struct random_source *source) {
  uint64_t bits = source->state += 0x9E3779B97F4A7C15u;
  bits = (bits ^ (bits >> 30)) * 0xBF58476D1CE4E5B9u;
  bits = (bits ^ (bits >> 27)) * 0x94D049BB133111EBu;
  return bits ^ (bits >> 31);
}

static double next_uniform(struct random_source *source) { return (double)(next_bits(source) >> 32) / 4294967296.0; }

/* The sum of twelve uniform numbers, less their mean, has variance 1 and is close to normal. */
static double next_normal(struct random_source *source) {
  double sum = 0;
  for (int i = 0; i < 12; i++) sum += next_uniform(source);
  return sum - 6;
}

/* ---- thresholds ------------------------------------------------------------------------------------------------------------------- */

static void add_value(struct random_source *source, size_t column, double value, bool is_equality) {
  struct threshold_sample *sample = &source->samples[column];
  size_t place = sample->seen < SAMPLE_SIZE ? sample->seen : (size_t)(next_bits(source) % (sample->seen + 1));
  if (place < SAMPLE_SIZE) sample->values[place] = value;
  sample->seen++;
  sample->tests_equality = sample->tests_equality || is_equality;
}

static void add_branch(struct random_source *source, const onnxtree_model *model, size_t ensemble, size_t node, const onnxtree_tree_node *branch) {
  bool is_equality = branch->test[0] == '=' || branch->test[0] == '!';
  if (branch->member_count == 0) add_value(source, branch->feature, branch->threshold, is_equality);
  for (size_t i = 0; i < branch->member_count; i++) {
    double member = 0;
    if (onnxtree_model_tree_member(model, ensemble, node, i, &member) == ONNXTREE_OK) add_value(source, branch->feature, member, true);
  }
}

static void add_ensemble(struct random_source *source, const onnxtree_model *model, size_t index, size_t branches) {
  for (size_t node = 0; node < branches; node++) {
    onnxtree_tree_node branch = ONNXTREE_TREE_NODE_INIT;
    if (onnxtree_model_tree_node(model, index, node, &branch) == ONNXTREE_OK && !branch.is_leaf && branch.feature < source->columns)
      add_branch(source, model, index, node, &branch);
  }
}

/* Whether nothing but trees, and what passes values on, stands in the graph. */
static bool reads_input_directly(const onnxtree_model *model) {
  static const char *const harmless[] = {"TreeEnsemble", "TreeEnsembleClassifier", "TreeEnsembleRegressor", "Cast", "Identity", "ZipMap"};
  const char *type = "";
  for (size_t i = 0; onnxtree_model_operator(model, i, &type, NULL, NULL, NULL, NULL) == ONNXTREE_OK; i++) {
    bool found = false;
    for (size_t j = 0; j < sizeof harmless / sizeof harmless[0]; j++) found = found || strcmp(type, harmless[j]) == 0;
    if (!found) return false;
  }
  return onnxtree_model_input_count(model) == 1;
}

void random_source_init(struct random_source *source, const onnxtree_model *model, uint64_t seed) {
  onnxtree_value_info input = ONNXTREE_VALUE_INFO_INIT;
  *source = (struct random_source){.state = seed};
  if (!reads_input_directly(model) || onnxtree_model_input(model, 0, &input) || input.columns > MOST_COLUMNS) return;
  source->columns = input.columns;
  source->samples = calloc(input.columns > 0 ? input.columns : 1, sizeof *source->samples);
  if (!source->samples) return;
  onnxtree_ensemble_info ensemble = ONNXTREE_ENSEMBLE_INFO_INIT;
  for (size_t i = 0; onnxtree_model_ensemble(model, i, &ensemble) == ONNXTREE_OK; i++) add_ensemble(source, model, i, ensemble.branches);
}

void random_source_free(struct random_source *source) {
  free(source->samples);
  source->samples = NULL;
}

/* ---- cells ------------------------------------------------------------------------------------------------------------------------ */

/* Between two thresholds of the column, beyond them by up to the distance between them; a column with one threshold lies around it. */
static double next_near(struct random_source *source, const struct threshold_sample *sample) {
  size_t size = sample->seen < SAMPLE_SIZE ? sample->seen : SAMPLE_SIZE;
  double one = sample->values[next_bits(source) % size];
  if (sample->tests_equality && next_bits(source) % 8 != 0) return one;
  double other = sample->values[next_bits(source) % size];
  double normal = next_normal(source);
  return one == other ? one + normal : one + (other - one) * (0.5 + normal / 3);
}

void random_cell(struct random_source *source, size_t column, onnxtree_type type, unsigned char *place) {
  const struct threshold_sample *sample = source->samples && source->samples[column].seen > 0 ? &source->samples[column] : NULL;
  double value = sample ? next_near(source, sample) : next_normal(source);
  if (!(value > -1e9 && value < 1e9) && type != ONNXTREE_DOUBLE && type != ONNXTREE_FLOAT) value = 0;
  int64_t whole = type == ONNXTREE_INT32 || type == ONNXTREE_INT64 ? (int64_t)(sample ? value : 50 + 25 * value) : 0;
  float real = (float)value;
  int32_t narrow = (int32_t)whole;
  if (type == ONNXTREE_FLOAT)
    memcpy(place, &real, sizeof real);
  else if (type == ONNXTREE_DOUBLE)
    memcpy(place, &value, sizeof value);
  else if (type == ONNXTREE_INT32)
    memcpy(place, &narrow, sizeof narrow);
  else if (type == ONNXTREE_INT64)
    memcpy(place, &whole, sizeof whole);
  else
    *place = next_bits(source) & 1;
}
