/* Operands of an elementwise operator: broadcast and converted where they must be, then walked with a fixed step. */
#ifndef OT_OPS_OPERANDS_H
#define OT_OPS_OPERANDS_H

#include "ops/operator.h"

typedef struct ot_operand {
  const void *data;
  size_t row_stride; /* elements */
  size_t step;       /* elements from one column to the next: 1, or 0 for one column that serves all */
} ot_operand;

/* How an operand is read, settled at load. */
typedef struct ot_operand_plan {
  onnxtree_type type;  /* wanted */
  onnxtree_type from;  /* as it is */
  const uint32_t *map; /* the operand's column for each column of the result; NULL: the same, or its only one */
  size_t columns;      /* of the operand */
  bool is_staged;      /* it is brought into the wanted form in scratch memory first */
} ot_operand_plan;

/* Settle the reading of an input as `type` for a result of that shape. False: refused, reported. */
bool ot_operand_prepare(ot_prepare *context, size_t input, onnxtree_type type, const ot_shape *result, ot_operand_plan *plan);

/* Scratch memory for reading it, for blocks of row_count rows of `columns` columns; a multiple of 64. */
size_t ot_operand_bytes(const ot_operand_plan *plan, size_t row_count, size_t columns);

/* Open an operand for the block; `scratch` has ot_operand_bytes() and is moved past them. */
ot_operand ot_operand_open(const ot_operand_plan *plan, const ot_span *span, size_t row_count, size_t columns, char **scratch);

/* Copy columns of rows: to[c] = from[map[c]], elements of `size` bytes. */
void ot_copy_columns(const void *from, size_t from_stride, void *to, size_t to_stride, const uint32_t *map, size_t columns, size_t row_count,
                     size_t size);

/* Copy rows so that they lie side by side: to[c] = from[c * step]. */
void ot_copy_steps(const void *from, size_t row_stride, size_t step, void *to, size_t columns, size_t row_count, size_t size);

/* Copy `count` adjacent elements of each row; strides in bytes. */
void ot_copy_block(const void *from, size_t from_stride, void *to, size_t to_stride, size_t count, size_t row_count, size_t size);

#endif
