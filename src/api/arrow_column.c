#include "api/arrow_column.h"

#include <math.h>
#include <string.h>

#include "base/problems.h"
#include "base/text.h"

enum { PIECE = 256 }; /* elements that are converted at a time */

/* ---- formats ---- */

struct ot_arrow_format {
  const char *name;
  ot_arrow_class class;
  size_t size;    /* of an element of buffer 1; 0: bits */
  int64_t buffers; /* needed */
  onnxtree_type same_as;
  void (*load)(const void *values, size_t first, size_t count, int64_t *to);
  onnxtree_string (*text)(const void *const *buffers, size_t index);
};

static bool bit_at(const void *bits, size_t index) { return ((const unsigned char *)bits)[index / 8] >> (index % 8) & 1; }

static void load_bits(const void *values, size_t first, size_t count, int64_t *to) {
  for (size_t i = 0; i < count; i++) to[i] = bit_at(values, first + i);
}

#define LOAD(type)                                                                                   \
  static void load_##type(const void *values, size_t first, size_t count, int64_t *to) {             \
    for (size_t i = 0; i < count; i++) to[i] = (int64_t)((const type *)values)[first + i];           \
  }
LOAD(int8_t)
LOAD(uint8_t)
LOAD(int16_t)
LOAD(uint16_t)
LOAD(int32_t)
LOAD(uint32_t)
LOAD(int64_t)
LOAD(uint64_t)

/* Text without data may come without a buffer. Offsets that decrease give a size beyond any buffer, which the check refuses. */
#define TEXT(type)                                                                                     \
  static onnxtree_string text_##type(const void *const *buffers, size_t index) {                       \
    const type *offsets = (const type *)buffers[1] + index;                                            \
    const char *data = buffers[2] ? buffers[2] : "";                                                   \
    if (offsets[0] < 0 || offsets[1] < offsets[0]) return (onnxtree_string){data, SIZE_MAX};           \
    return (onnxtree_string){data + offsets[0], (size_t)(offsets[1] - offsets[0])};                    \
  }
TEXT(int32_t)
TEXT(int64_t)

/* 16 bytes: a length, then up to 12 bytes of text, or 4 of its bytes, the number of a buffer and an offset into that. */
static onnxtree_string text_view(const void *const *buffers, size_t index) {
  const char *view = (const char *)buffers[1] + 16 * index;
  int32_t size, buffer, offset;
  memcpy(&size, view, sizeof size);
  memcpy(&buffer, view + 8, sizeof buffer);
  memcpy(&offset, view + 12, sizeof offset);
  if (size < 0) return (onnxtree_string){view, SIZE_MAX};
  if (size <= 12) return (onnxtree_string){view + 4, (size_t)size};
  if (buffer < 0 || offset < 0) return (onnxtree_string){view, SIZE_MAX};
  return (onnxtree_string){(const char *)buffers[2 + buffer] + offset, (size_t)size};
}

static const ot_arrow_format formats[] = {
    {"n", OT_ARROW_NULLS, 0, 0, ONNXTREE_UNDEFINED, NULL, NULL},
    {"b", OT_ARROW_BOOLEAN, 0, 2, ONNXTREE_UNDEFINED, load_bits, NULL},
    {"c", OT_ARROW_INTEGER, 1, 2, ONNXTREE_UNDEFINED, load_int8_t, NULL},
    {"C", OT_ARROW_INTEGER, 1, 2, ONNXTREE_UNDEFINED, load_uint8_t, NULL},
    {"s", OT_ARROW_INTEGER, 2, 2, ONNXTREE_UNDEFINED, load_int16_t, NULL},
    {"S", OT_ARROW_INTEGER, 2, 2, ONNXTREE_UNDEFINED, load_uint16_t, NULL},
    {"i", OT_ARROW_INTEGER, 4, 2, ONNXTREE_INT32, load_int32_t, NULL},
    {"I", OT_ARROW_INTEGER, 4, 2, ONNXTREE_UNDEFINED, load_uint32_t, NULL},
    {"l", OT_ARROW_INTEGER, 8, 2, ONNXTREE_INT64, load_int64_t, NULL},
    {"L", OT_ARROW_UNSIGNED, 8, 2, ONNXTREE_UNDEFINED, load_uint64_t, NULL},
    {"f", OT_ARROW_FLOAT, 4, 2, ONNXTREE_FLOAT, NULL, NULL},
    {"g", OT_ARROW_DOUBLE, 8, 2, ONNXTREE_DOUBLE, NULL, NULL},
    {"u", OT_ARROW_TEXT, 4, 3, ONNXTREE_UNDEFINED, NULL, text_int32_t},
    {"U", OT_ARROW_TEXT, 8, 3, ONNXTREE_UNDEFINED, NULL, text_int64_t},
    {"vu", OT_ARROW_TEXT, 4, 2, ONNXTREE_UNDEFINED, NULL, text_view},
};

static const ot_arrow_format *format_named(const char *name) {
  for (size_t i = 0; name && i < sizeof formats / sizeof *formats; i++)
    if (strcmp(formats[i].name, name) == 0) return &formats[i];
  return NULL;
}

/* ---- open ---- */

static onnxtree_status open_values(const char *name, const struct ArrowSchema *schema, const struct ArrowArray *array, size_t skipped, size_t count,
                                   ot_arrow_values *values, onnxtree_error *error) {
  const ot_arrow_format *format = format_named(schema->format);
  if (!format)
    return ot_fail(error, OT_PROBLEM_TYPE, "column '%s' has the Arrow format '%s'; numbers, booleans and text can be read",
                   ot_text_excerpt_of(name).text, ot_text_excerpt_of(schema->format).text);
  if (!array || !array->release || array->offset < 0 || array->length < 0 || skipped > (size_t)array->length ||
      count > (size_t)array->length - skipped)
    return ot_fail(error, OT_PROBLEM_SHAPE, "column '%s' is shorter than the table, or released", ot_text_excerpt_of(name).text);
  *values = (ot_arrow_values){.format = format, .buffers = array->buffers, .first = (size_t)array->offset + skipped, .count = count};
  if (count == 0 || format->class == OT_ARROW_NULLS) return ONNXTREE_OK;
  if (array->n_buffers < format->buffers || !array->buffers || !array->buffers[1])
    return ot_fail(error, OT_PROBLEM_ARGUMENT, "column '%s' lacks a buffer", ot_text_excerpt_of(name).text);
  if (format->size && (uintptr_t)array->buffers[1] % format->size)
    return ot_fail(error, OT_PROBLEM_ARGUMENT, "the data of column '%s' is not aligned to %zu bytes", ot_text_excerpt_of(name).text, format->size);
  if (array->null_count != 0) values->validity = array->buffers[0];
  return ONNXTREE_OK;
}

onnxtree_status ot_arrow_column_open(const struct ArrowSchema *schema, const struct ArrowArray *array, size_t skipped, size_t count,
                                     ot_arrow_column *column, onnxtree_error *error) {
  *column = (ot_arrow_column){.name = schema->name ? schema->name : ""};
  onnxtree_status status = open_values(column->name, schema, array, skipped, count, &column->values, error);
  if (status != ONNXTREE_OK || !schema->dictionary) return status;
  ot_arrow_class class = column->values.format->class;
  if (class != OT_ARROW_INTEGER && class != OT_ARROW_UNSIGNED)
    return ot_fail(error, OT_PROBLEM_ARGUMENT, "column '%s' has a dictionary but no integer indices", ot_text_excerpt_of(column->name).text);
  size_t entries = array->dictionary && array->dictionary->length > 0 ? (size_t)array->dictionary->length : 0;
  status = open_values(column->name, schema->dictionary, array->dictionary, 0, entries, &column->dictionary, error);
  if (status == ONNXTREE_OK && column->dictionary.format->class != OT_ARROW_TEXT)
    return ot_fail(error, OT_PROBLEM_TYPE, "column '%s' is encoded by a dictionary of something else than text",
                   ot_text_excerpt_of(column->name).text);
  return status;
}

/* ---- check ---- */

static bool is_null(const ot_arrow_values *values, size_t row) {
  return values->format->class == OT_ARROW_NULLS || (values->validity && !bit_at(values->validity, values->first + row));
}

static size_t first_null(const ot_arrow_values *values) {
  size_t row = 0;
  if (values->validity || values->format->class == OT_ARROW_NULLS)
    while (row < values->count && !is_null(values, row)) row++;
  else
    row = values->count;
  return row;
}

/* Which inputs a class of column can feed. */
static bool can_feed(const ot_arrow_column *column, onnxtree_type type) {
  ot_arrow_class class = column->dictionary.format ? OT_ARROW_TEXT : column->values.format->class;
  switch (type) {
    case ONNXTREE_FLOAT:
    case ONNXTREE_DOUBLE: return class != OT_ARROW_TEXT;
    case ONNXTREE_INT32:
    case ONNXTREE_INT64: return class == OT_ARROW_BOOLEAN || class == OT_ARROW_INTEGER || class == OT_ARROW_UNSIGNED || class == OT_ARROW_NULLS;
    case ONNXTREE_BOOL: return class == OT_ARROW_BOOLEAN || class == OT_ARROW_NULLS;
    case ONNXTREE_STRING: return class == OT_ARROW_TEXT || class == OT_ARROW_NULLS;
    case ONNXTREE_UNDEFINED: break;
  }
  return false;
}

/* The first row whose integer is not in [low, high]. An uint64_t beyond int64_t was loaded as a negative number. */
static size_t first_outside(const ot_arrow_values *values, int64_t low, int64_t high) {
  int64_t piece[PIECE];
  for (size_t row = 0; row < values->count; row += PIECE) {
    size_t count = values->count - row < PIECE ? values->count - row : PIECE;
    values->format->load(values->buffers[1], values->first + row, count, piece);
    for (size_t i = 0; i < count; i++)
      if ((piece[i] < low || piece[i] > high) && !is_null(values, row + i)) return row + i;
  }
  return values->count;
}

static size_t first_bad_text(const ot_arrow_values *values) {
  size_t row = 0;
  while (row < values->count && !is_null(values, row) && values->format->text(values->buffers, values->first + row).size != SIZE_MAX) row++;
  return row;
}

static onnxtree_status check_integers(const ot_arrow_column *column, onnxtree_type type, onnxtree_error *error) {
  const ot_arrow_values *values = &column->values;
  int64_t low = type == ONNXTREE_INT32 ? INT32_MIN : INT64_MIN, high = type == ONNXTREE_INT32 ? INT32_MAX : INT64_MAX;
  if (values->format->class == OT_ARROW_UNSIGNED) low = 0;
  size_t row = values->format->load ? first_outside(values, low, high) : values->count;
  if (row == values->count) return ONNXTREE_OK;
  return ot_fail(error, OT_PROBLEM_TYPE, "column '%s', row %zu: the number does not fit into %s", ot_text_excerpt_of(column->name).text, row,
                 onnxtree_type_name(type));
}

static onnxtree_status check_texts(const ot_arrow_column *column, onnxtree_error *error) {
  const ot_arrow_values *values = &column->values, *texts = column->dictionary.format ? &column->dictionary : values;
  size_t row = first_bad_text(texts);
  if (row < texts->count)
    return ot_fail(error, OT_PROBLEM_ARGUMENT, "column '%s': the dictionary or the text has a null or wrong offsets at %zu",
                   ot_text_excerpt_of(column->name).text, row);
  if (texts == values) return ONNXTREE_OK;
  row = texts->count > 0 ? first_outside(values, 0, (int64_t)texts->count - 1) : 0;
  if (row == values->count) return ONNXTREE_OK;
  return ot_fail(error, OT_PROBLEM_ARGUMENT, "column '%s', row %zu: the index is outside the dictionary", ot_text_excerpt_of(column->name).text, row);
}

onnxtree_status ot_arrow_column_check(const ot_arrow_column *column, onnxtree_type type, onnxtree_error *error) {
  ot_excerpt name = ot_text_excerpt_of(column->name);
  if (!can_feed(column, type))
    return ot_fail(error, OT_PROBLEM_TYPE, "column '%s' (Arrow format '%s'%s) cannot be read as %s, which the model needs there", name.text,
                   column->values.format->name, column->dictionary.format ? ", dictionary of text" : "", onnxtree_type_name(type));
  if (type == ONNXTREE_FLOAT || type == ONNXTREE_DOUBLE || column->values.count == 0) return ONNXTREE_OK;
  size_t row = first_null(&column->values);
  if (row < column->values.count)
    return ot_fail(error, OT_PROBLEM_TYPE, "column '%s', row %zu: null; the model's input is of type %s, which has no missing value", name.text, row,
                   onnxtree_type_name(type));
  if (type == ONNXTREE_STRING) return check_texts(column, error);
  return type == ONNXTREE_BOOL ? ONNXTREE_OK : check_integers(column, type, error);
}

/* ---- read ---- */

#define STORE(type, expression) \
  for (size_t i = 0; i < count; i++) ((type *)to)[i * stride] = (type)(expression)

static void store_integers(const int64_t *from, size_t count, bool is_unsigned, onnxtree_type type, void *to, size_t stride) {
  switch (type) {
    case ONNXTREE_FLOAT:
      if (is_unsigned) STORE(float, (uint64_t)from[i]);
      else STORE(float, from[i]);
      break;
    case ONNXTREE_DOUBLE:
      if (is_unsigned) STORE(double, (uint64_t)from[i]);
      else STORE(double, from[i]);
      break;
    case ONNXTREE_INT32: STORE(int32_t, from[i]); break;
    case ONNXTREE_INT64: STORE(int64_t, from[i]); break;
    default: STORE(uint8_t, from[i]); break;
  }
}

static void read_reals(const ot_arrow_values *values, size_t row, size_t count, onnxtree_type type, void *to, size_t stride) {
  const float *floats = (const float *)values->buffers[1] + values->first + row;
  const double *doubles = (const double *)values->buffers[1] + values->first + row;
  bool from_float = values->format->class == OT_ARROW_FLOAT;
  if (type == ONNXTREE_FLOAT) {
    if (from_float) STORE(float, floats[i]);
    else STORE(float, doubles[i]);
  } else {
    if (from_float) STORE(double, floats[i]);
    else STORE(double, doubles[i]);
  }
}

static void read_nulls_as_nan(const ot_arrow_values *values, size_t row, size_t count, onnxtree_type type, void *to, size_t stride) {
  for (size_t i = 0; i < count; i++) {
    if (!is_null(values, row + i)) continue;
    if (type == ONNXTREE_FLOAT) ((float *)to)[i * stride] = NAN;
    else ((double *)to)[i * stride] = NAN;
  }
}

static void read_texts(const ot_arrow_column *column, size_t row, size_t count, onnxtree_string *to, size_t stride) {
  const ot_arrow_values *values = &column->values, *entries = &column->dictionary;
  for (size_t i = 0; i < count; i++) {
    size_t index = values->first + row + i;
    if (entries->format) {
      int64_t entry;
      values->format->load(values->buffers[1], index, 1, &entry);
      to[i * stride] = entries->format->text(entries->buffers, entries->first + (size_t)entry);
    } else {
      to[i * stride] = values->format->text(values->buffers, index);
    }
  }
}

void ot_arrow_column_read(const ot_arrow_column *column, size_t row, size_t count, onnxtree_type type, void *to, size_t stride) {
  const ot_arrow_values *values = &column->values;
  if (type == ONNXTREE_STRING) {
    read_texts(column, row, count, to, stride);
    return;
  }
  if (values->format->class == OT_ARROW_FLOAT || values->format->class == OT_ARROW_DOUBLE) read_reals(values, row, count, type, to, stride);
  for (size_t done = 0; values->format->load && done < count; done += PIECE) {
    int64_t piece[PIECE];
    size_t size = count - done < PIECE ? count - done : PIECE;
    values->format->load(values->buffers[1], values->first + row + done, size, piece);
    store_integers(piece, size, values->format->class == OT_ARROW_UNSIGNED, type, (char *)to + done * stride * onnxtree_type_size(type), stride);
  }
  if (values->validity || values->format->class == OT_ARROW_NULLS) read_nulls_as_nan(values, row, count, type, to, stride);
}

const void *ot_arrow_column_direct(const ot_arrow_column *column, onnxtree_type type) {
  const ot_arrow_values *values = &column->values;
  if (column->dictionary.format || values->format->same_as != type || values->count == 0 || first_null(values) < values->count) return NULL;
  return (const char *)values->buffers[1] + values->first * values->format->size;
}
