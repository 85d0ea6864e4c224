#include "ops/operands.h"

#include <string.h>

#include "base/convert.h"

bool ot_operand_prepare(ot_prepare *context, size_t input, onnxtree_type type, const ot_shape *result, ot_operand_plan *plan) {
  const ot_value *value = ot_operator_input(context, input);
  *plan = (ot_operand_plan){.type = type, .from = value->type, .columns = value->columns};
  if (!ot_operator_broadcast_map(context, &value->shape, result, &plan->map)) return false;
  plan->is_staged = plan->map || plan->from != plan->type;
  return true;
}

static size_t round_up(size_t size) { return (size + 63) & ~(size_t)63; }

/* Columns of the staged operand. */
static size_t staged_columns(const ot_operand_plan *plan, size_t columns) { return plan->map ? columns : plan->columns; }

static size_t converted_bytes(const ot_operand_plan *plan, size_t row_count) {
  return plan->from != plan->type ? round_up(row_count * plan->columns * onnxtree_type_size(plan->type)) : 0;
}

size_t ot_operand_bytes(const ot_operand_plan *plan, size_t row_count, size_t columns) {
  if (!plan->is_staged) return 0;
  size_t mapped = plan->map ? round_up(row_count * columns * onnxtree_type_size(plan->type)) : 0;
  return mapped + converted_bytes(plan, row_count);
}

ot_operand ot_operand_open(const ot_operand_plan *plan, const ot_span *span, size_t row_count, size_t columns, char **scratch) {
  ot_operand operand = {span->data, span->stride, plan->columns == 1 && columns != 1 ? 0 : 1};
  if (!plan->is_staged) return operand;
  size_t size = onnxtree_type_size(plan->type);
  if (plan->from != plan->type) {
    ot_convert_rows(operand.data, plan->from, operand.row_stride, *scratch, plan->type, plan->columns, row_count, plan->columns);
    operand = (ot_operand){*scratch, plan->columns, operand.step};
    *scratch += converted_bytes(plan, row_count);
  }
  if (plan->map) {
    ot_copy_columns(operand.data, operand.row_stride, *scratch, columns, plan->map, columns, row_count, size);
    operand = (ot_operand){*scratch, staged_columns(plan, columns), 1};
    *scratch += round_up(row_count * columns * size);
  }
  return operand;
}

/* `COPY(type)` for elements of that size. */
#define BY_SIZE(size, COPY)  \
  if (size == 1) {           \
    COPY(uint8_t)            \
  } else if (size == 4) {    \
    COPY(uint32_t)           \
  } else if (size == 8) {    \
    COPY(uint64_t)           \
  } else {                   \
    COPY(onnxtree_string)    \
  }

#define COPY_MAPPED(type)                                      \
  for (size_t r = 0; r < row_count; r++) {                     \
    const type *in = (const type *)from + r * from_stride;     \
    type *out = (type *)to + r * to_stride;                    \
    for (size_t c = 0; c < columns; c++) out[c] = in[map[c]];  \
  }

void ot_copy_columns(const void *from, size_t from_stride, void *to, size_t to_stride, const uint32_t *map, size_t columns, size_t row_count,
                     size_t size) {
  BY_SIZE(size, COPY_MAPPED)
}

#define COPY_STEPS(type)                                       \
  for (size_t r = 0; r < row_count; r++) {                     \
    const type *in = (const type *)from + r * row_stride;      \
    type *out = (type *)to + r * columns;                      \
    for (size_t c = 0; c < columns; c++) out[c] = in[c * step]; \
  }

void ot_copy_steps(const void *from, size_t row_stride, size_t step, void *to, size_t columns, size_t row_count, size_t size) {
  if (columns == 1) { /* one long row is faster than many short ones */
    step = row_stride;
    columns = row_count;
    row_count = 1;
  }
  BY_SIZE(size, COPY_STEPS)
}

/* The usual widths are spelled out: a call of memcpy for each small piece costs more than the piece. */
void ot_copy_block(const void *from, size_t from_stride, void *to, size_t to_stride, size_t count, size_t row_count, size_t size) {
  const char *in = from;
  char *out = to;
  size_t bytes = count * size;
  for (size_t r = 0; r < row_count; r++, in += from_stride, out += to_stride) {
    if (bytes == 4)
      memcpy(out, in, 4);
    else if (bytes == 8)
      memcpy(out, in, 8);
    else if (bytes == 16)
      memcpy(out, in, 16);
    else
      memcpy(out, in, bytes);
  }
}
