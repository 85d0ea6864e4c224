/* Encoders (ai.onnx.ml): OneHotEncoder and LabelEncoder. Keys are sorted at load and found by binary search: a hostile file cannot make that slow. */
#include <math.h>
#include <string.h>

#include "base/convert.h"
#include "base/sort.h"
#include "onnx/tensor.h"
#include "ops/registry.h"

/* ---- a table of keys ---- */

typedef struct key_table {
  onnxtree_type type; /* ONNXTREE_INT64, DOUBLE (for all reals) or STRING */
  size_t count;
  const void *keys;          /* sorted */
  const uint32_t *positions; /* of each in the file */
} key_table;

#define NO_KEY UINT32_MAX

static int compare_text(onnxtree_string a, onnxtree_string b) {
  size_t common = a.size < b.size ? a.size : b.size;
  int order = common ? memcmp(a.data, b.data, common) : 0;
  return order ? order : (a.size > b.size) - (a.size < b.size);
}

/* NaN is one key, behind all numbers. */
static int compare_real(double a, double b) {
  if (a != a || b != b) return (a != a) - (b != b);
  return (a > b) - (a < b);
}

static int compare(onnxtree_type type, const void *a, size_t i, const void *b, size_t k) {
  if (type == ONNXTREE_STRING) return compare_text(((const onnxtree_string *)a)[i], ((const onnxtree_string *)b)[k]);
  if (type == ONNXTREE_DOUBLE) return compare_real(((const double *)a)[i], ((const double *)b)[k]);
  int64_t x = ((const int64_t *)a)[i], y = ((const int64_t *)b)[k];
  return (x > y) - (x < y);
}

static bool key_is_after(const void *context, size_t a, size_t b) {
  const key_table *table = context;
  return compare(table->type, table->keys, a, table->keys, b) > 0;
}

/* Sort and drop repeated keys (the first one counts). `keys` live as long as the model. */
static bool make_table(ot_prepare *context, onnxtree_type type, const void *keys, size_t count, key_table *table) {
  size_t size = onnxtree_type_size(type);
  uint32_t *order = ot_arena_array(context->scratch, count, sizeof *order), *other = ot_arena_array(context->scratch, count, sizeof *other);
  uint32_t *positions = ot_arena_array(context->arena, count, sizeof *positions);
  char *sorted = ot_arena_array(context->arena, count, size);
  if (!order || !other || !positions || !sorted) return ot_operator_memory(context);
  key_table unsorted = {.type = type, .keys = keys};
  ot_sort_positions(count, order, other, key_is_after, &unsorted); /* of equal keys the first stays first */
  size_t kept = 0;
  for (size_t i = 0; i < count; i++) {
    if (kept && compare(type, sorted, kept - 1, keys, order[i]) == 0) continue;
    memcpy(sorted + kept * size, (const char *)keys + order[i] * size, size);
    positions[kept++] = order[i];
  }
  *table = (key_table){type, kept, sorted, positions};
  return true;
}

/* The position of element i of `from` (of the table's type), or NO_KEY. */
static uint32_t find_key(const key_table *table, const void *from, size_t i) {
  size_t low = 0, high = table->count;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    if (compare(table->type, table->keys, middle, from, i) < 0)
      low = middle + 1;
    else
      high = middle;
  }
  return low < table->count && compare(table->type, table->keys, low, from, i) == 0 ? table->positions[low] : NO_KEY;
}

/* Rows of `from` in the table's type: themselves, or converted into `scratch`. */
static ot_span as_keys(const key_table *table, onnxtree_type type, const ot_span *from, size_t columns, size_t row_count, void *scratch) {
  if (type == table->type) return *from;
  ot_convert_rows(from->data, type, from->stride, scratch, table->type, columns, row_count, columns);
  return (ot_span){scratch, columns, columns};
}

static size_t key_bytes(const key_table *table, onnxtree_type type, size_t columns, size_t row_count) {
  return type == table->type ? 0 : (row_count * columns * onnxtree_type_size(table->type) + 63) & ~(size_t)63;
}

/* ---- OneHotEncoder ---- */

typedef struct one_hot_state {
  key_table table;
  onnxtree_type type;
  size_t columns, width;
  bool unknown_fails;
} one_hot_state;

enum { CATS_INTS, CATS_STRINGS, ZEROS, ONE_HOT_RULES };
static const ot_attribute_rule one_hot_rules[ONE_HOT_RULES] = {
    {"cats_int64s", OT_ATTRIBUTE_INTS, 1}, {"cats_strings", OT_ATTRIBUTE_STRINGS, 1}, {"zeros", OT_ATTRIBUTE_INT, 1}};

static bool prepare_one_hot(ot_prepare *context) {
  ot_attribute_set set;
  const int64_t *ints;
  const onnxtree_string *strings;
  size_t int_count, string_count;
  if (!ot_operator_attributes(context, &set, one_hot_rules, ONE_HOT_RULES) || !ot_operator_ints(context, &set, CATS_INTS, &ints, &int_count) ||
      !ot_operator_strings(context, &set, CATS_STRINGS, &strings, &string_count))
    return false;
  if (!int_count == !string_count)
    return ot_operator_refuse(context, OT_PROBLEM_ATTRIBUTE_BOTH, "%s of cats_int64s and cats_strings are given; one was expected",
                              int_count ? "both" : "none");
  if (!ot_operator_check(context, 0, string_count ? OT_TYPE(ONNXTREE_STRING) : OT_NUMBERS)) return false;
  ot_value input = *ot_operator_input(context, 0);
  if (input.shape.rank == OT_MOST_RANK)
    return ot_operator_refuse(context, OT_PROBLEM_VALUE_SHAPE, "its output has more than %d dimensions", OT_MOST_RANK);
  one_hot_state *state;
  if (!ot_operator_state(context, sizeof *state, &state)) return false;
  *state = (one_hot_state){
      .type = input.type, .columns = input.columns, .width = int_count + string_count, .unknown_fails = ot_operator_int(&set, ZEROS, 1) == 0};
  if (!make_table(context, ints ? ONNXTREE_INT64 : ONNXTREE_STRING, ints ? (const void *)ints : strings, state->width, &state->table)) return false;
  input.shape.dims[input.shape.rank++] = state->width;
  return ot_operator_shaped(context, 0, ONNXTREE_FLOAT, &input.shape);
}

static size_t one_hot_bytes(const ot_step *step, size_t row_count) {
  const one_hot_state *state = step->state;
  return key_bytes(&state->table, state->type, state->columns, row_count);
}

static void run_one_hot(const ot_step *step, ot_frame *frame) {
  const one_hot_state *state = step->state;
  ot_span keys = as_keys(&state->table, state->type, &frame->values[step->inputs[0]], state->columns, frame->row_count, frame->scratch);
  float *to = frame->values[step->outputs[0]].data;
  memset(to, 0, frame->row_count * state->columns * state->width * sizeof *to);
  for (size_t r = 0; r < frame->row_count; r++)
    for (size_t c = 0; c < state->columns; c++, to += state->width) {
      uint32_t position = find_key(&state->table, keys.data, r * keys.stride + c);
      if (position != NO_KEY)
        to[position] = 1.0f;
      else if (state->unknown_fails)
        ot_frame_fail(frame, step, r, "a category is not one of those that the model knows");
    }
}

/* ---- LabelEncoder ---- */

typedef struct label_state {
  key_table table;
  onnxtree_type type; /* of the input */
  size_t columns, size;
  const char *values;
  const void *standard;
} label_state;

/* An array from the model: of keys or of values. */
typedef struct array {
  onnxtree_type type;
  size_t count;
  const void *elements;
} array;

enum { KEYS_STRINGS, KEYS_INTS, KEYS_FLOATS, KEYS_TENSOR, VALUES_STRINGS, VALUES_INTS, VALUES_FLOATS, VALUES_TENSOR, DEFAULT_STRING, DEFAULT_INT,
       DEFAULT_FLOAT, DEFAULT_TENSOR, LABEL_RULES };
static const ot_attribute_rule label_rules[LABEL_RULES] = {
    {"keys_strings", OT_ATTRIBUTE_STRINGS, 2}, {"keys_int64s", OT_ATTRIBUTE_INTS, 2},       {"keys_floats", OT_ATTRIBUTE_FLOATS, 2},
    {"keys_tensor", OT_ATTRIBUTE_TENSOR, 4},   {"values_strings", OT_ATTRIBUTE_STRINGS, 2}, {"values_int64s", OT_ATTRIBUTE_INTS, 2},
    {"values_floats", OT_ATTRIBUTE_FLOATS, 2}, {"values_tensor", OT_ATTRIBUTE_TENSOR, 4},   {"default_string", OT_ATTRIBUTE_STRING, 1},
    {"default_int64", OT_ATTRIBUTE_INT, 1},    {"default_float", OT_ATTRIBUTE_FLOAT, 2},    {"default_tensor", OT_ATTRIBUTE_TENSOR, 4}};

static bool read_tensor(ot_prepare *context, const ot_attribute_set *set, size_t rule, array *result) {
  ot_tensor tensor;
  ot_place place = ot_attribute_place(set, rule, context->place);
  onnxtree_string bytes = ot_attribute_get(set, rule)->s;
  if (!ot_tensor_decode(&tensor, (const unsigned char *)bytes.data, bytes.size, context->scratch, place.text, context->problems)) return false;
  if (tensor.type == OT_TENSOR_UINT8)
    return ot_operator_refuse(context, OT_PROBLEM_TENSOR_TYPE, "its tensors have an element type that is not supported");
  *result = (array){(onnxtree_type)tensor.type, tensor.count, ot_tensor_elements(&tensor, context->arena)};
  return result->elements || ot_operator_memory(context);
}

/* One of four attributes: strings, ints, floats, tensor. */
static bool read_array(ot_prepare *context, const ot_attribute_set *set, size_t first, const char *what, array *result) {
  const onnxtree_string *strings;
  const int64_t *ints;
  const float *floats;
  size_t counts[3];
  bool tensor = ot_attribute_is_present(set, first + 3);
  if (!ot_operator_strings(context, set, first, &strings, &counts[0]) || !ot_operator_ints(context, set, first + 1, &ints, &counts[1]) ||
      !ot_operator_floats(context, set, first + 2, &floats, &counts[2]))
    return false;
  size_t given = (size_t)(counts[0] > 0) + (counts[1] > 0) + (counts[2] > 0) + tensor;
  if (given != 1) return ot_operator_refuse(context, OT_PROBLEM_ATTRIBUTE_BOTH, "it has %zu lists of %s; one was expected", given, what);
  if (tensor) return read_tensor(context, set, first + 3, result);
  if (strings) *result = (array){ONNXTREE_STRING, counts[0], strings};
  if (ints) *result = (array){ONNXTREE_INT64, counts[1], ints};
  if (floats) *result = (array){ONNXTREE_FLOAT, counts[2], floats};
  return true;
}

/* The value for what is no key, of the same type as the values. */
static bool read_default(ot_prepare *context, const ot_attribute_set *set, onnxtree_type type, const void **standard) {
  union {
    float f;
    double d;
    int64_t i;
    int32_t n;
    uint8_t b;
    onnxtree_string s;
  } *one = ot_arena_zeros(context->arena, 1, sizeof *one);
  if (!one) return ot_operator_memory(context);
  *standard = one;
  if (ot_attribute_is_present(set, DEFAULT_TENSOR)) {
    array tensor = {0};
    if (!read_tensor(context, set, DEFAULT_TENSOR, &tensor)) return false;
    if (tensor.type != type || tensor.count != 1)
      return ot_operator_refuse(context, OT_PROBLEM_TENSOR_TYPE, "default_tensor has another element type than the values, or more than one element");
    *standard = tensor.elements;
    return true;
  }
  float real = ot_operator_float(set, DEFAULT_FLOAT, -0.0f);
  int64_t integer = ot_operator_int(set, DEFAULT_INT, -1);
  onnxtree_string text = ot_attribute_is_present(set, DEFAULT_STRING) ? ot_attribute_get(set, DEFAULT_STRING)->s : (onnxtree_string){"_Unused", 7};
  if (type == ONNXTREE_FLOAT) one->f = real;
  if (type == ONNXTREE_DOUBLE) one->d = (double)real;
  if (type == ONNXTREE_INT64) one->i = integer;
  if (type == ONNXTREE_INT32) one->n = (int32_t)integer;
  if (type == ONNXTREE_BOOL) one->b = integer != 0;
  if (type == ONNXTREE_STRING) {
    one->s = (onnxtree_string){ot_arena_text(context->arena, text.data, text.size), text.size};
    if (!one->s.data) return ot_operator_memory(context);
  }
  return true;
}

/* Reals are compared as doubles, integers as int64. */
static onnxtree_type key_type(onnxtree_type type) {
  return OT_TYPE(type) & OT_REALS ? ONNXTREE_DOUBLE : type == ONNXTREE_STRING ? type : ONNXTREE_INT64;
}

static bool finish_labels(ot_prepare *context, const array *keys, const array *values, const void *standard) {
  ot_value input = *ot_operator_input(context, 0);
  if (keys->count != values->count)
    return ot_operator_refuse(context, OT_PROBLEM_ATTRIBUTE_LENGTH, "it has %zu keys and %zu values", keys->count, values->count);
  onnxtree_type type = key_type(keys->type);
  const void *converted = keys->elements;
  if (type != keys->type) {
    void *copy = ot_arena_array(context->scratch, keys->count, onnxtree_type_size(type));
    if (!copy) return ot_operator_memory(context);
    ot_convert_rows(keys->elements, keys->type, keys->count, copy, type, keys->count, 1, keys->count);
    converted = copy;
  }
  label_state *state;
  if (!ot_operator_state(context, sizeof *state, &state)) return false;
  *state = (label_state){
      .type = input.type, .columns = input.columns, .size = onnxtree_type_size(values->type), .values = values->elements, .standard = standard};
  return make_table(context, type, converted, keys->count, &state->table) && ot_operator_shaped(context, 0, values->type, &input.shape);
}

static bool prepare_label(ot_prepare *context) {
  ot_attribute_set set;
  array keys = {0}, values = {0};
  const void *standard = NULL;
  if (!ot_operator_attributes(context, &set, label_rules, LABEL_RULES) || !read_array(context, &set, KEYS_STRINGS, "keys", &keys) ||
      !read_array(context, &set, VALUES_STRINGS, "values", &values) || !read_default(context, &set, values.type, &standard))
    return false;
  uint32_t types = OT_TYPE(keys.type);
  if (key_type(keys.type) == ONNXTREE_DOUBLE) types = OT_REALS;
  return ot_operator_check(context, 0, types) && finish_labels(context, &keys, &values, standard);
}

enum { CLASSES, OLD_DEFAULT_STRING, OLD_DEFAULT_INT, OLD_RULES };
static const ot_attribute_rule old_rules[OLD_RULES] = {
    {"classes_strings", OT_ATTRIBUTE_STRINGS, 1}, {"default_string", OT_ATTRIBUTE_STRING, 1}, {"default_int64", OT_ATTRIBUTE_INT, 1}};

/* Version 1: a list of strings; strings become their positions, positions become strings. */
static bool prepare_old_label(ot_prepare *context) {
  ot_attribute_set set;
  const onnxtree_string *classes;
  size_t count;
  if (!ot_operator_attributes(context, &set, old_rules, OLD_RULES) || !ot_operator_strings(context, &set, CLASSES, &classes, &count) ||
      !ot_operator_check(context, 0, OT_TYPE(ONNXTREE_STRING) | OT_TYPE(ONNXTREE_INT64)))
    return false;
  int64_t *numbers = ot_arena_array(context->arena, count + 1, sizeof *numbers);
  onnxtree_string *text = ot_arena_array(context->arena, 1, sizeof *text);
  if (!numbers || !text) return ot_operator_memory(context);
  for (size_t i = 0; i < count; i++) numbers[i] = (int64_t)i;
  numbers[count] = ot_operator_int(&set, OLD_DEFAULT_INT, -1);
  onnxtree_string given =
      ot_attribute_is_present(&set, OLD_DEFAULT_STRING) ? ot_attribute_get(&set, OLD_DEFAULT_STRING)->s : (onnxtree_string){"_Unused", 7};
  *text = (onnxtree_string){ot_arena_text(context->arena, given.data, given.size), given.size};
  if (!text->data) return ot_operator_memory(context);
  array strings = {ONNXTREE_STRING, count, classes}, ints = {ONNXTREE_INT64, count, numbers};
  bool from_strings = ot_operator_input(context, 0)->type == ONNXTREE_STRING;
  return from_strings ? finish_labels(context, &strings, &ints, &numbers[count]) : finish_labels(context, &ints, &strings, text);
}

static size_t label_bytes(const ot_step *step, size_t row_count) {
  const label_state *state = step->state;
  return key_bytes(&state->table, state->type, state->columns, row_count);
}

static void run_label(const ot_step *step, ot_frame *frame) {
  const label_state *state = step->state;
  ot_span keys = as_keys(&state->table, state->type, &frame->values[step->inputs[0]], state->columns, frame->row_count, frame->scratch);
  char *to = frame->values[step->outputs[0]].data;
  for (size_t r = 0; r < frame->row_count; r++)
    for (size_t c = 0; c < state->columns; c++, to += state->size) {
      uint32_t position = find_key(&state->table, keys.data, r * keys.stride + c);
      memcpy(to, position == NO_KEY ? state->standard : state->values + position * state->size, state->size);
    }
}

static const ot_operator rows[] = {{"ai.onnx.ml", "OneHotEncoder", 1, OT_ML_NEWEST, 1, 1, 1, 1, prepare_one_hot, run_one_hot, one_hot_bytes, 0, NULL},
                                   {"ai.onnx.ml", "LabelEncoder", 1, 1, 1, 1, 1, 1, prepare_old_label, run_label, label_bytes, 0, NULL},
                                   {"ai.onnx.ml", "LabelEncoder", 2, OT_ML_NEWEST, 1, 1, 1, 1, prepare_label, run_label, label_bytes, 0, NULL}};
const ot_operator_table ot_encode_operators = OT_OPERATOR_TABLE(rows);
