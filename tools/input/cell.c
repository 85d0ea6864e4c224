#include "input/cell.h"

#include <math.h>
#include <string.h>

#include "text/parse_number.h"

const char *const default_missing[] = {"", "NA", "N/A", "NaN", "nan", "null", "?", NULL};

static bool is_missing(const char *text, const char *const *missing) {
  text += strspn(text, " \t");
  size_t size = strlen(text);
  while (size > 0 && (text[size - 1] == ' ' || text[size - 1] == '\t')) size--;
  for (; *missing; missing++) {
    if (strlen(*missing) == size && memcmp(*missing, text, size) == 0) return true;
  }
  return false;
}

bool cell_is_value(const char *text, const char *const *missing) {
  double number;
  bool truth;
  return parse_double(text, &number) != NUMBER_INVALID || parse_bool(text, &truth) == NUMBER_OK || is_missing(text, missing);
}

static const char *complain(enum number_result result, onnxtree_type type) {
  if (result == NUMBER_OUT_OF_RANGE) {
    return type == ONNXTREE_FLOAT    ? "is beyond the range of a float (about 3.4e38)"
           : type == ONNXTREE_DOUBLE ? "is beyond the range of a double (about 1.8e308)"
           : type == ONNXTREE_INT32  ? "is beyond the range of int32"
                                     : "is beyond the range of int64";
  }
  if (type == ONNXTREE_BOOL) return "is not 0, 1, true or false";
  return type == ONNXTREE_INT32 || type == ONNXTREE_INT64 ? "is not a whole number" : "is not a number";
}

static const char *store_missing(onnxtree_type type, void *place) {
  const float narrow = NAN;
  const double wide = (double)NAN;
  switch (type) {
    case ONNXTREE_FLOAT:
      memcpy(place, &narrow, sizeof narrow);
      return NULL;
    case ONNXTREE_DOUBLE:
      memcpy(place, &wide, sizeof wide);
      return NULL;
    case ONNXTREE_BOOL:
      return "is missing, and a bool input has no missing value";
    default:
      return "is missing, and a whole-number input has no missing value";
  }
}

static enum number_result store_int32(const char *text, void *place) {
  int64_t value = 0;
  enum number_result result = parse_int64(text, &value);
  if (result == NUMBER_OK && (value < INT32_MIN || value > INT32_MAX)) return NUMBER_OUT_OF_RANGE;
  memcpy(place, &(int32_t){(int32_t)value}, sizeof(int32_t));
  return result;
}

static enum number_result store_number(const char *text, onnxtree_type type, void *place) {
  float narrow = 0;
  double wide = 0;
  int64_t whole = 0;
  bool truth = false;
  enum number_result result = NUMBER_INVALID;
  switch (type) {
    case ONNXTREE_FLOAT:
      result = parse_float(text, &narrow);
      memcpy(place, &narrow, sizeof narrow);
      return result;
    case ONNXTREE_DOUBLE:
      result = parse_double(text, &wide);
      memcpy(place, &wide, sizeof wide);
      return result;
    case ONNXTREE_INT64:
      result = parse_int64(text, &whole);
      memcpy(place, &whole, sizeof whole);
      return result;
    case ONNXTREE_INT32:
      return store_int32(text, place);
    case ONNXTREE_BOOL:
      result = parse_bool(text, &truth);
      *(unsigned char *)place = truth;
      return result;
    default:
      return result;
  }
}

const char *cell_store(const char *text, onnxtree_type type, const char *const *missing, void *place) {
  /* With the spellings of our own a missing cell is never a number (but nan), so the quick question comes first. */
  if (missing != default_missing && is_missing(text, missing)) return store_missing(type, place);
  enum number_result result = store_number(text, type, place);
  if (result == NUMBER_OK) return NULL;
  return is_missing(text, missing) ? store_missing(type, place) : complain(result, type);
}
