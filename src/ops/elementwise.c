/* Elementwise operators (ai.onnx) with numpy's broadcasting: arithmetic, comparisons, logic. One table row per operator, one loop per type. */
#include <string.h>

#include "base/convert.h"
#include "base/math_double.h"
#include "base/text.h"
#include "ops/elementwise.h"
#include "ops/operands.h"
#include "ops/registry.h"

typedef void binary_loop(const void *a, size_t a_step, const void *b, size_t b_step, void *to, size_t count);

#define LOOP(T, R, expression, left_index, right_index) \
  for (size_t i = 0; i < count; i++) {                  \
    T x = left[left_index], y = right[right_index];     \
    result[i] = (R)(expression);                        \
  }
#define BEGIN(name, T, R)                                                                                \
  static void name(const void *a, size_t a_step, const void *b, size_t b_step, void *to, size_t count) { \
    const T *left = a, *right = b;                                                                       \
    R *result = to;
#define BINARY(name, T, R, expression)                \
  BEGIN(name, T, R)                                   \
  LOOP(T, R, expression, i *a_step, i *b_step)        \
  }
/* For reals, steps 1 and 0, the usual ones, are told apart so that compilers vectorise them. */
#define BINARY_FAST(name, T, R, expression)           \
  BEGIN(name, T, R)                                   \
  if (a_step == 1 && b_step == 1) {                   \
    LOOP(T, R, expression, i, i)                      \
  } else if (a_step == 1 && b_step == 0) {            \
    LOOP(T, R, expression, i, 0)                      \
  } else {                                            \
    LOOP(T, R, expression, i *a_step, i *b_step)      \
  }                                                   \
  }

/* Integers wrap around, as on every machine; ONNX says nothing. Division by zero gives zero. */
static int32_t divide_int32(int32_t x, int32_t y) { return y == 0 ? 0 : y == -1 ? (int32_t)(0u - (uint32_t)x) : x / y; }
static int64_t divide_int64(int64_t x, int64_t y) { return y == 0 ? 0 : y == -1 ? (int64_t)(0u - (uint64_t)x) : x / y; }

static int64_t power_int64(int64_t x, int64_t y) {
  if (y < 0) return x == 1 ? 1 : x == -1 ? (y & 1 ? -1 : 1) : 0;
  uint64_t result = 1, base = (uint64_t)x;
  for (; y > 0; y >>= 1) {
    if (y & 1) result *= base;
    base *= base;
  }
  return (int64_t)result;
}

#define REAL_AND_INTEGER(name, real, integer)          \
  BINARY_FAST(name##_float, float, float, real)        \
  BINARY_FAST(name##_double, double, double, real)     \
  BINARY(name##_int32, int32_t, int32_t, integer)      \
  BINARY(name##_int64, int64_t, int64_t, integer)
#define WRAPPED(operation) ((uint64_t)x operation(uint64_t) y)

REAL_AND_INTEGER(add, x + y, WRAPPED(+))
REAL_AND_INTEGER(subtract, x - y, WRAPPED(-))
REAL_AND_INTEGER(multiply, x *y, WRAPPED(*))
BINARY_FAST(divide_float, float, float, x / y)
BINARY_FAST(divide_double, double, double, x / y)
BINARY(divide_int32s, int32_t, int32_t, divide_int32(x, y))
BINARY(divide_int64s, int64_t, int64_t, divide_int64(x, y))
BINARY(power_float, float, float, ot_pow((double)x, (double)y))
BINARY(power_double, double, double, ot_pow(x, y))
BINARY(power_int32s, int32_t, int32_t, power_int64(x, y))
BINARY(power_int64s, int64_t, int64_t, power_int64(x, y))
BINARY(real_power_int32s, double, int32_t, ot_to_int32(ot_pow(x, y)))
BINARY(real_power_int64s, double, int64_t, ot_to_int64(ot_pow(x, y)))
/* NaN wins, as in numpy. */
REAL_AND_INTEGER(largest, x > y || x != x ? x : y, x > y ? x : y)
REAL_AND_INTEGER(smallest, x < y || x != x ? x : y, x < y ? x : y)

#define COMPARISON(name, expression)                   \
  BINARY_FAST(name##_float, float, uint8_t, expression) \
  BINARY(name##_double, double, uint8_t, expression)   \
  BINARY(name##_int32, int32_t, uint8_t, expression)   \
  BINARY(name##_int64, int64_t, uint8_t, expression)
COMPARISON(equal, x == y)
COMPARISON(less, x < y)
COMPARISON(greater, x > y)
COMPARISON(less_or_equal, x <= y)
COMPARISON(greater_or_equal, x >= y)
BINARY(equal_bool, uint8_t, uint8_t, x == y)
BINARY(equal_string, onnxtree_string, uint8_t, ot_text_same(x, y))
BINARY(and_bool, uint8_t, uint8_t, x &y)
BINARY(or_bool, uint8_t, uint8_t, x | y)
BINARY(xor_bool, uint8_t, uint8_t, x ^ y)

/* ---- the operators ---- */

enum { FLOAT, DOUBLE, INT32, INT64, BOOL, STRING, TYPE_COUNT };

static int type_index(onnxtree_type type) {
  static const int8_t index[] = {[ONNXTREE_FLOAT] = FLOAT, [ONNXTREE_DOUBLE] = DOUBLE, [ONNXTREE_INT32] = INT32,
                                 [ONNXTREE_INT64] = INT64, [ONNXTREE_BOOL] = BOOL,     [ONNXTREE_STRING] = STRING};
  return index[type];
}

typedef struct binary_rule {
  const char *name;
  binary_loop *loops[TYPE_COUNT];
  bool gives_bool;
  bool is_variadic;
  bool casts_second; /* the second input may be of another type: it is converted */
} binary_rule;

#define NUMBERS(name) {name##_float, name##_double, name##_int32, name##_int64, NULL, NULL}
static const binary_rule rules[] = {
    {"Add", NUMBERS(add), false, false, false},
    {"Sub", NUMBERS(subtract), false, false, false},
    {"Mul", NUMBERS(multiply), false, false, false},
    {"Div", {divide_float, divide_double, divide_int32s, divide_int64s, NULL, NULL}, false, false, false},
    {"Pow", {power_float, power_double, power_int32s, power_int64s, NULL, NULL}, false, false, true},
    {"Sum", NUMBERS(add), false, true, false},
    {"Max", NUMBERS(largest), false, true, false},
    {"Min", NUMBERS(smallest), false, true, false},
    {"Equal", {equal_float, equal_double, equal_int32, equal_int64, equal_bool, equal_string}, true, false, false},
    {"Less", NUMBERS(less), true, false, false},
    {"Greater", NUMBERS(greater), true, false, false},
    {"LessOrEqual", NUMBERS(less_or_equal), true, false, false},
    {"GreaterOrEqual", NUMBERS(greater_or_equal), true, false, false},
    {"And", {NULL, NULL, NULL, NULL, and_bool, NULL}, true, false, false},
    {"Or", {NULL, NULL, NULL, NULL, or_bool, NULL}, true, false, false},
    {"Xor", {NULL, NULL, NULL, NULL, xor_bool, NULL}, true, false, false},
};

typedef struct elementwise_state {
  binary_loop *loop;
  size_t columns;
  size_t result_size;
  uint32_t operand_count;
  ot_operand_plan operands[];
} elementwise_state;

static const binary_rule *rule_of(const ot_step *step) {
  size_t i = 0;
  while (!ot_text_equals((onnxtree_string){rules[i].name, strlen(rules[i].name)}, step->operator->name)) i++;
  return &rules[i];
}

static uint32_t types_of(const binary_rule *rule) {
  static const onnxtree_type types[TYPE_COUNT] = {ONNXTREE_FLOAT, ONNXTREE_DOUBLE, ONNXTREE_INT32, ONNXTREE_INT64, ONNXTREE_BOOL, ONNXTREE_STRING};
  uint32_t set = 0;
  for (size_t i = 0; i < TYPE_COUNT; i++)
    if (rule->loops[i]) set |= OT_TYPE(types[i]);
  return set;
}

/* Until version 6, the second input was aligned at an axis instead of at the end; that form is not read. */
enum { BROADCAST, AXIS, RULE_COUNT };
static const ot_attribute_rule attribute_rules[RULE_COUNT] = {{"broadcast", OT_ATTRIBUTE_INT, 1}, {"axis", OT_ATTRIBUTE_INT, 1}};

static bool check_attributes(ot_prepare *context) {
  ot_attribute_set set;
  if (!ot_operator_attributes(context, &set, attribute_rules, context->step->version < 7 ? RULE_COUNT : 0)) return false;
  return !ot_attribute_is_present(&set, AXIS) || ot_operator_refuse(context, OT_PROBLEM_OPERATOR_UNSUPPORTED, "the attribute axis (version 6 and before) is not supported");
}

/* An integer to the power of a real number is computed in double; the result is an integer again. */
static bool is_real_power(const ot_prepare *context, const binary_rule *rule) {
  return rule->casts_second && !(OT_TYPE(ot_operator_input(context, 0)->type) & OT_REALS) && OT_TYPE(ot_operator_input(context, 1)->type) & OT_REALS;
}

static bool prepare_binary(ot_prepare *context) {
  const binary_rule *rule = rule_of(context->step);
  uint32_t types = types_of(rule), count = context->step->input_count;
  if (!check_attributes(context)) return false;
  onnxtree_type type = ONNXTREE_UNDEFINED;
  if (rule->casts_second ? !ot_operator_check(context, 0, types) || !ot_operator_check(context, 1, types) : !ot_operator_check_all(context, 0, types, &type)) return false;
  if (rule->casts_second) type = ot_operator_input(context, 0)->type;
  onnxtree_type operands = is_real_power(context, rule) ? ONNXTREE_DOUBLE : type;
  ot_shape shape;
  if (!ot_operator_broadcast(context, &shape)) return false;
  elementwise_state *state;
  if (!ot_operator_state(context, sizeof *state + count * sizeof *state->operands, &state)) return false;
  for (uint32_t i = 0; i < count; i++)
    if (!ot_operand_prepare(context, i, operands, &shape, &state->operands[i])) return false;
  if (!ot_operator_shaped(context, 0, rule->gives_bool ? ONNXTREE_BOOL : type, &shape)) return false;
  const ot_value *result = ot_operator_result(context, 0);
  state->loop = operands == type ? rule->loops[type_index(type)] : type == ONNXTREE_INT32 ? real_power_int32s : real_power_int64s;
  state->columns = result->columns;
  state->result_size = onnxtree_type_size(result->type);
  state->operand_count = count;
  return true;
}

/* The two largest operands live at the same time; later ones of a variadic operator reuse the second's memory. */
static size_t scratch_bytes(const ot_step *step, size_t row_count) {
  const elementwise_state *state = step->state;
  size_t first = ot_operand_bytes(&state->operands[0], row_count, state->columns), second = 0;
  for (uint32_t i = 1; i < state->operand_count; i++) {
    size_t bytes = ot_operand_bytes(&state->operands[i], row_count, state->columns);
    if (bytes > second) second = bytes;
  }
  return first + second;
}

static bool is_gapless(const ot_operand *operand, size_t columns) {
  return (operand->step == 1 && operand->row_stride == columns) || (operand->step == 0 && operand->row_stride == 0);
}

static const void *row_of(const ot_operand *operand, size_t row, size_t size) { return (const char *)operand->data + row * operand->row_stride * size; }

static void run_pair(binary_loop *loop, const ot_operand *a, const ot_operand *b, size_t size, void *to, size_t to_size, size_t row_count, size_t columns) {
  if (columns == 1) {
    loop(a->data, a->row_stride, b->data, b->row_stride, to, row_count);
  } else if (is_gapless(a, columns) && is_gapless(b, columns)) {
    loop(a->data, a->step, b->data, b->step, to, row_count * columns);
  } else {
    for (size_t r = 0; r < row_count; r++)
      loop(row_of(a, r, size), a->step, row_of(b, r, size), b->step, (char *)to + r * columns * to_size, columns);
  }
}

static void run_binary(const ot_step *step, ot_frame *frame) {
  const elementwise_state *state = step->state;
  char *scratch = frame->scratch;
  size_t rows = frame->row_count, columns = state->columns, size = onnxtree_type_size(state->operands[0].type);
  void *to = frame->values[step->outputs[0]].data;
  ot_operand sum = ot_operand_open(&state->operands[0], &frame->values[step->inputs[0]], rows, columns, &scratch);
  for (uint32_t i = 1; i < state->operand_count; i++) {
    char *rest = scratch;
    ot_operand next = ot_operand_open(&state->operands[i], &frame->values[step->inputs[i]], rows, columns, &rest);
    run_pair(state->loop, &sum, &next, size, to, state->result_size, rows, columns);
    sum = (ot_operand){to, columns, 1};
  }
}

bool ot_elementwise_adds(const ot_step *step) {
  const elementwise_state *state = step->operator->run == run_binary ? step->state : NULL;
  bool adds = state && state->loop == add_float;
  for (uint32_t i = 0; adds && i < state->operand_count; i++) adds = !state->operands[i].is_staged && state->operands[i].columns == state->columns;
  return adds;
}

/* One input to a variadic operator: itself. */
static bool prepare_variadic(ot_prepare *context) {
  if (context->step->input_count > 1) return prepare_binary(context);
  ot_operator_alias(context, 0, 0);
  return true;
}

#define ROW(name, since) {"ai.onnx", name, since, OT_ONNX_NEWEST, 2, 2, 1, 1, prepare_binary, run_binary, scratch_bytes, 0, NULL}
#define VARIADIC(name, since) {"ai.onnx", name, since, OT_ONNX_NEWEST, 1, OT_VARIADIC, 1, 1, prepare_variadic, run_binary, scratch_bytes, 0, NULL}
static const ot_operator rows[] = {
    ROW("Add", 6),     ROW("Sub", 6),          ROW("Mul", 6),  ROW("Div", 6), ROW("Pow", 7), VARIADIC("Sum", 6), VARIADIC("Max", 6), VARIADIC("Min", 6), ROW("Equal", 7), ROW("Less", 7),
    ROW("Greater", 7), ROW("LessOrEqual", 12), ROW("GreaterOrEqual", 12), ROW("And", 7), ROW("Or", 7), ROW("Xor", 7)};
const ot_operator_table ot_elementwise_operators = OT_OPERATOR_TABLE(rows);
