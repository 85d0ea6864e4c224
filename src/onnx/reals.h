/* Floating-point arrays that an operator takes either as a FLOATS attribute or, since version 3, as a tensor. */
#ifndef OT_ONNX_REALS_H
#define OT_ONNX_REALS_H

#include "onnx/attribute_set.h"
#include "onnx/tensor.h"

typedef struct ot_reals {
  size_t rule;    /* the attribute that is given, for messages */
  size_t count;   /* 0: absent */
  bool is_double; /* a tensor of doubles */
  bool is_tensor;
  ot_tensor tensor;
  ot_cursor cursor;
  size_t next;
} ot_reals;

/* Open whichever of the two attributes is present. Both, or a tensor that is no float or double array, is a problem. */
bool ot_reals_open(ot_reals *reals, const ot_attribute_set *set, size_t floats_rule, size_t tensor_rule, ot_arena *arena, const char *place,
                   ot_problems *problems);

/* The element types that an attribute may have. */
typedef enum ot_reals_kind { OT_REALS_FLOATING, OT_REALS_UINT8 } ot_reals_kind;

/* Open a tensor attribute; an absent one has no elements. */
bool ot_reals_open_tensor(ot_reals *reals, const ot_attribute_set *set, size_t rule, ot_reals_kind kind, ot_arena *arena, const char *place,
                          ot_problems *problems);

/* The next element; exact. At most `count` may be taken. Many at once are faster. */
double ot_reals_next(ot_reals *reals);
void ot_reals_take(ot_reals *reals, double *values, size_t count);

#endif
