#include "input/cell.h"

#include <math.h>
#include <string.h>

#include "text/parse_number.h"

bool cell_is_missing(const char *text) {
  static const char *const spellings[] = {"", "NA", "N/A", "NaN", "nan", "null", "?"};
  text += strspn(text, " \t");
  size_t size = strlen(text);
  while (size > 0 && (text[size - 1] == ' ' || text[size - 1] == '\t')) size--;
  for (size_t i = 0; i < sizeof spellings / sizeof spellings[0]; i++) {
    if (strlen(spellings[i]) == size && memcmp(spellings[i], text, size) == 0) return true;
  }
  return false;
}

bool cell_is_value(const char *text) {
  double number;
  bool truth;
  return parse_double(text, &number) != NUMBER_INVALID || parse_bool(text, &truth) == NUMBER_OK || cell_is_missing(text);
}

/* Also what the words say about each type that has no missing value. */
static const char *complaint(const char *text, enum number_result result, onnxtree_type type) {
  if (result == NUMBER_OUT_OF_RANGE) {
    return type == ONNXTREE_FLOAT    ? "is beyond the range of a float (about 3.4e38)"
           : type == ONNXTREE_DOUBLE ? "is beyond the range of a double (about 1.8e308)"
           : type == ONNXTREE_INT32  ? "is beyond the range of int32"
                                     : "is beyond the range of int64";
  }
  if (cell_is_missing(text))
    return type == ONNXTREE_BOOL ? "is missing, and a bool input has no missing value" : "is missing, and a whole-number input has no missing value";
  if (type == ONNXTREE_BOOL) return "is not 0, 1, true or false";
  return type == ONNXTREE_INT32 || type == ONNXTREE_INT64 ? "is not a whole number" : "is not a number";
}

static const char *store_float(const char *text, void *place) {
  float value = 0;
  enum number_result result = parse_float(text, &value);
  if (result == NUMBER_INVALID && cell_is_missing(text)) {
    value = NAN;
    result = NUMBER_OK;
  }
  memcpy(place, &value, sizeof value);
  return result == NUMBER_OK ? NULL : complaint(text, result, ONNXTREE_FLOAT);
}

static const char *store_double(const char *text, void *place) {
  double value = 0;
  enum number_result result = parse_double(text, &value);
  if (result == NUMBER_INVALID && cell_is_missing(text)) {
    value = (double)NAN;
    result = NUMBER_OK;
  }
  memcpy(place, &value, sizeof value);
  return result == NUMBER_OK ? NULL : complaint(text, result, ONNXTREE_DOUBLE);
}

static const char *store_int64(const char *text, void *place) {
  int64_t value = 0;
  enum number_result result = parse_int64(text, &value);
  memcpy(place, &value, sizeof value);
  return result == NUMBER_OK ? NULL : complaint(text, result, ONNXTREE_INT64);
}

static const char *store_int32(const char *text, void *place) {
  int64_t value = 0;
  enum number_result result = parse_int64(text, &value);
  if (result == NUMBER_OK && (value < INT32_MIN || value > INT32_MAX)) result = NUMBER_OUT_OF_RANGE;
  int32_t narrow = result == NUMBER_OK ? (int32_t)value : 0;
  memcpy(place, &narrow, sizeof narrow);
  return result == NUMBER_OK ? NULL : complaint(text, result, ONNXTREE_INT32);
}

static const char *store_bool(const char *text, void *place) {
  bool value = false;
  enum number_result result = parse_bool(text, &value);
  *(unsigned char *)place = value;
  return result == NUMBER_OK ? NULL : complaint(text, result, ONNXTREE_BOOL);
}

const char *cell_store(const char *text, onnxtree_type type, void *place) {
  switch (type) {
    case ONNXTREE_FLOAT:
      return store_float(text, place);
    case ONNXTREE_DOUBLE:
      return store_double(text, place);
    case ONNXTREE_INT64:
      return store_int64(text, place);
    case ONNXTREE_INT32:
      return store_int32(text, place);
    case ONNXTREE_BOOL:
      return store_bool(text, place);
    default:
      return "cannot be given to an input of this type";
  }
}
