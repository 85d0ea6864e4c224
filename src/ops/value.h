/* Values of a graph: tensors with at most one dimension that counts rows.
 *
 * All that these graphs do is row-wise, so memory holds a value as rows x columns, whatever the position of the row dimension: a tensor
 * [classes, rows, 2] lies there as rows x (classes * 2). Transposing or reshaping that only moves the row dimension costs nothing. */
#ifndef OT_OPS_VALUE_H
#define OT_OPS_VALUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <onnxtree/model.h>

#define OT_MOST_RANK 8
#define OT_NO_ROWS (-1)
#define OT_NO_SLOT UINT32_MAX

typedef struct ot_shape {
  int rank;
  int row_axis;              /* the dimension that counts rows; OT_NO_ROWS: the same for every row */
  size_t dims[OT_MOST_RANK]; /* at the row axis, by how much it is longer than the number of rows: 1, or more where others are flattened into it */
} ot_shape;

/* Class labels of a matrix with one column per class. */
typedef struct ot_labels {
  onnxtree_type type; /* ONNXTREE_UNDEFINED: none */
  size_t count;
  const int64_t *int64s;
  const onnxtree_string *strings;
} ot_labels;

/* What the shape of a tensor says may depend on the number of rows, which is not known at load. Such a constant is held for each of these
 * numbers of rows, one after the other; an element that follows no multiple of them is no use as a dimension. */
#define OT_SAMPLE_COUNT 3
extern const size_t ot_sample_rows[OT_SAMPLE_COUNT];

typedef struct ot_value {
  const char *name;
  onnxtree_type type; /* ONNXTREE_UNDEFINED: an input or output that a node leaves out */
  ot_shape shape;
  size_t columns;       /* the product of the dimensions: elements per row */
  uint32_t width_of;    /* the value whose columns count: itself, or the input of undeclared width that it is made from */
  bool width_open;      /* an input of undeclared width: columns is the least that suffices */
  uint32_t storage;     /* the value that owns the memory: itself, or the one it is the same as */
  bool is_map;          /* written by ZipMap: a graph output may declare it a sequence of maps */
  bool is_sequence;     /* of the values in `parts`; only a graph output may read it */
  bool is_read;         /* some step or graph output reads it */
  bool is_symbolic;     /* `constant` holds OT_SAMPLE_COUNT versions */
  const void *constant; /* the elements, where they are known at load; then row_axis is OT_NO_ROWS */
  const uint32_t *parts;
  uint32_t part_count;
  uint32_t slot; /* of scratch memory, while running; OT_NO_SLOT: none */
  ot_labels labels;
} ot_value;

/* [rows] (rank 1) or [rows, columns] (rank 2). */
ot_shape ot_shape_of_rows(int rank, size_t columns);

/* Whether it is [rows] or [rows, columns], or the same without rows; nothing else is flattened into the rows. */
bool ot_shape_is_table(const ot_shape *shape);

/* Product of dims[first..end-1]. Shapes of values never overflow it. */
size_t ot_shape_size(const ot_shape *shape, int first, int end);

/* -rank..rank-1 to 0..rank-1; false if out of range. */
bool ot_shape_axis(const ot_shape *shape, int64_t axis, int *position);

/* The element of a constant of type int64 or int32. Symbolic ones are taken for the first sample. */
int64_t ot_value_int(const ot_value *value, size_t index);

/* A dimension that a constant asks for: *factor 0: *size; else *factor times the number of rows. False: neither. */
bool ot_value_dimension(const ot_value *value, size_t index, int64_t *size, int64_t *factor);

/* Whether all versions of a symbolic constant are the same. */
bool ot_value_is_settled(const ot_value *value);

#endif
