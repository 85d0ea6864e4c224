/* Elementwise operators (ai.onnx) with numpy's broadcasting: arithmetic, comparisons, logic. One table row per operator, one loop per type. */
#include <string.h>

#include "base/convert.h"
#include "base/math_double.h"
#include "base/text.h"
#include "ops/elementwise.h"
#include "ops/operands.h"
#include "ops/registry.h"

/* What is written is not read again: gcc need not look whether arrays overlap. (clang would take this for an order to make vectors.) */
#ifdef __clang__
#define INDEPENDENT
#else
#define INDEPENDENT _Pragma("GCC ivdep")
#endif

/* Over `count` elements that lie side by side; `to` may be `a`. */
typedef void binary_loop(const void *a, const void *b, void *to, size_t count);

#define BINARY(name, T, R, expression)                                        \
  static void name(const void *a, const void *b, void *to, size_t count) {    \
    const T *left = a, *right = b;                                            \
    R *result = to;                                                           \
    INDEPENDENT                                                               \
    for (size_t i = 0; i < count; i++) {                                      \
      T x = left[i], y = right[i];                                            \
      result[i] = (R)(expression);                                            \
    }                                                                         \
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

#define REAL_AND_INTEGER(name, real, integer)     \
  BINARY(name##_float, float, float, real)        \
  BINARY(name##_double, double, double, real)     \
  BINARY(name##_int32, int32_t, int32_t, integer) \
  BINARY(name##_int64, int64_t, int64_t, integer)
#define WRAPPED(operation) ((uint64_t)x operation(uint64_t) y)

REAL_AND_INTEGER(add, x + y, WRAPPED(+))
REAL_AND_INTEGER(subtract, x - y, WRAPPED(-))
REAL_AND_INTEGER(multiply, x *y, WRAPPED(*))
BINARY(divide_float, float, float, x / y)
BINARY(divide_double, double, double, x / y)
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

#define COMPARISON(name, expression)               \
  BINARY(name##_float, float, uint8_t, expression)   \
  BINARY(name##_double, double, uint8_t, expression) \
  BINARY(name##_int32, int32_t, uint8_t, expression) \
  BINARY(name##_int64, int64_t, uint8_t, expression)
COMPARISON(equal, x == y)
COMPARISON(less, x < y)
COMPARISON(less_or_equal, x <= y)
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

enum {
  GIVES_BOOL = 1,
  CASTS_SECOND = 2, /* the second input may be of another type: it is converted */
  SWAPS = 4         /* the loop takes the second input first */
};

typedef struct binary_rule {
  const char *name;
  binary_loop *loops[TYPE_COUNT];
  uint32_t flags;
} binary_rule;

#define NUMBERS(name) {name##_float, name##_double, name##_int32, name##_int64, NULL, NULL}
static const binary_rule rules[] = {
    {"Add", NUMBERS(add), 0},
    {"Sub", NUMBERS(subtract), 0},
    {"Mul", NUMBERS(multiply), 0},
    {"Div", {divide_float, divide_double, divide_int32s, divide_int64s, NULL, NULL}, 0},
    {"Pow", {power_float, power_double, power_int32s, power_int64s, NULL, NULL}, CASTS_SECOND},
    {"Sum", NUMBERS(add), 0},
    {"Max", NUMBERS(largest), 0},
    {"Min", NUMBERS(smallest), 0},
    {"Equal", {equal_float, equal_double, equal_int32, equal_int64, equal_bool, equal_string}, GIVES_BOOL},
    {"Less", NUMBERS(less), GIVES_BOOL},
    {"Greater", NUMBERS(less), GIVES_BOOL | SWAPS},
    {"LessOrEqual", NUMBERS(less_or_equal), GIVES_BOOL},
    {"GreaterOrEqual", NUMBERS(less_or_equal), GIVES_BOOL | SWAPS},
    {"And", {NULL, NULL, NULL, NULL, and_bool, NULL}, GIVES_BOOL},
    {"Or", {NULL, NULL, NULL, NULL, or_bool, NULL}, GIVES_BOOL},
    {"Xor", {NULL, NULL, NULL, NULL, xor_bool, NULL}, GIVES_BOOL},
};

typedef struct elementwise_state {
  binary_loop *loop;
  size_t columns;
  size_t result_size;
  uint32_t operand_count;
  bool swaps;
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
  if (!ot_attribute_is_present(&set, AXIS)) return true;
  return ot_operator_refuse(context, OT_PROBLEM_OPERATOR_UNSUPPORTED, "the attribute axis (version 6 and before) is not supported");
}

/* An integer to the power of a real number is computed in double; the result is an integer again. */
static bool is_real_power(const ot_prepare *context, const binary_rule *rule) {
  if (!(rule->flags & CASTS_SECOND)) return false;
  return !(OT_TYPE(ot_operator_input(context, 0)->type) & OT_REALS) && OT_TYPE(ot_operator_input(context, 1)->type) & OT_REALS;
}

static bool check_types(ot_prepare *context, const binary_rule *rule, onnxtree_type *type) {
  uint32_t types = types_of(rule);
  if (!(rule->flags & CASTS_SECOND)) return ot_operator_check_all(context, 0, types, type);
  if (!ot_operator_check(context, 0, types) || !ot_operator_check(context, 1, types)) return false;
  *type = ot_operator_input(context, 0)->type;
  return true;
}

static bool prepare_binary(ot_prepare *context) {
  const binary_rule *rule = rule_of(context->step);
  uint32_t count = context->step->input_count;
  onnxtree_type type = ONNXTREE_UNDEFINED;
  if (!check_attributes(context) || !check_types(context, rule, &type)) return false;
  onnxtree_type operands = is_real_power(context, rule) ? ONNXTREE_DOUBLE : type;
  ot_shape shape;
  if (!ot_operator_broadcast(context, &shape)) return false;
  elementwise_state *state;
  if (!ot_operator_state(context, sizeof *state + count * sizeof *state->operands, &state)) return false;
  for (uint32_t i = 0; i < count; i++)
    if (!ot_operand_prepare(context, i, operands, &shape, &state->operands[i])) return false;
  if (!ot_operator_shaped(context, 0, rule->flags & GIVES_BOOL ? ONNXTREE_BOOL : type, &shape)) return false;
  const ot_value *result = ot_operator_result(context, 0);
  state->loop = operands == type ? rule->loops[type_index(type)] : type == ONNXTREE_INT32 ? real_power_int32s : real_power_int64s;
  state->columns = result->columns;
  state->result_size = onnxtree_type_size(result->type);
  state->operand_count = count;
  state->swaps = rule->flags & SWAPS;
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

/* ---- loops over blocks ---- */

#define PIECE 256u /* elements that are brought side by side at once */

typedef struct pair {
  binary_loop *loop;
  size_t size, to_size; /* of an element */
  size_t rows, columns;
} pair;

static bool is_gapless(const ot_operand *operand, size_t rows, size_t columns) {
  return (operand->step == 1 || columns == 1) && (operand->row_stride == columns || rows == 1);
}

/* A piece of the operand, without gaps: where it is, or in `room`, where one row that serves all stays. */
static const void *piece_of(const ot_operand *operand, size_t row, size_t rows, size_t column, size_t columns, size_t size, char *room) {
  const char *from = (const char *)operand->data + (row * operand->row_stride + column * operand->step) * size;
  if (is_gapless(operand, rows, columns)) return from;
  if (row == 0 || operand->row_stride > 0) ot_copy_steps(from, operand->row_stride, operand->step, room, columns, rows, size);
  return room;
}

static void run_pair(const pair *p, const ot_operand *a, const ot_operand *b, char *to) {
  if (is_gapless(a, p->rows, p->columns) && is_gapless(b, p->rows, p->columns)) {
    p->loop(a->data, b->data, to, p->rows * p->columns);
    return;
  }
  char rooms[2][PIECE * sizeof(onnxtree_string)] __attribute__((aligned(64)));
  uint32_t width = p->columns < PIECE ? (uint32_t)p->columns : PIECE, height = PIECE / (width ? width : 1);
  for (size_t r = 0; r < p->rows; r += height) {
    size_t rows = p->rows - r < height ? p->rows - r : height;
    for (size_t c = 0; c < p->columns; c += width) {
      size_t columns = p->columns - c < width ? p->columns - c : width;
      const void *left = piece_of(a, r, rows, c, columns, p->size, rooms[0]), *right = piece_of(b, r, rows, c, columns, p->size, rooms[1]);
      p->loop(left, right, to + (r * p->columns + c) * p->to_size, rows * columns);
    }
  }
}

static void run_binary(const ot_step *step, ot_frame *frame) {
  const elementwise_state *state = step->state;
  char *scratch = frame->scratch;
  size_t rows = frame->row_count, columns = state->columns;
  pair p = {state->loop, onnxtree_type_size(state->operands[0].type), state->result_size, rows, columns};
  void *to = frame->values[step->outputs[0]].data;
  ot_operand sum = ot_operand_open(&state->operands[0], &frame->values[step->inputs[0]], rows, columns, &scratch);
  for (uint32_t i = 1; i < state->operand_count; i++) {
    char *rest = scratch;
    ot_operand next = ot_operand_open(&state->operands[i], &frame->values[step->inputs[i]], rows, columns, &rest);
    run_pair(&p, state->swaps ? &next : &sum, state->swaps ? &sum : &next, to);
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
    ROW("Add", 6),      ROW("Sub", 6),   ROW("Mul", 6),  ROW("Div", 6),     ROW("Pow", 7),          VARIADIC("Sum", 6),        VARIADIC("Max", 6),
    VARIADIC("Min", 6), ROW("Equal", 7), ROW("Less", 7), ROW("Greater", 7), ROW("LessOrEqual", 12), ROW("GreaterOrEqual", 12), ROW("And", 7),
    ROW("Or", 7),       ROW("Xor", 7)};
const ot_operator_table ot_elementwise_operators = OT_OPERATOR_TABLE(rows);
