#include "verify/compare.h"

#include <math.h>
#include <string.h>

#include "output/element.h"
#include "output/heading.h"
#include "text/printable.h"

/* ---- how far apart ---------------------------------------------------------------------------------------------------------------- */

/* Numbers in their order: neighbours differ by one, and both zeros are the same. */
static int64_t place_of(double value, bool is_float) {
  int64_t bits;
  if (is_float) {
    int32_t narrow;
    memcpy(&narrow, &(float){(float)value}, sizeof narrow);
    return narrow < 0 ? -(int64_t)(narrow & INT32_MAX) : narrow;
  }
  memcpy(&bits, &value, sizeof bits);
  return bits < 0 ? -(bits & INT64_MAX) : bits;
}

static uint64_t ulps_between(double a, double b, bool is_float) {
  int64_t one = place_of(a, is_float);
  int64_t other = place_of(b, is_float);
  return one > other ? (uint64_t)one - (uint64_t)other : (uint64_t)other - (uint64_t)one;
}

static bool passes(struct comparison *comparison, double found, double expected, bool is_float) {
  struct tally *tally = &comparison->tally;
  tally->values++;
  if (isnan(found) || isnan(expected)) return isnan(found) && isnan(expected);
  if (isinf(found) || isinf(expected)) return found == expected;
  double difference = fabs(found - expected);
  uint64_t ulps = ulps_between(found, expected, is_float);
  if (difference > tally->largest_difference) tally->largest_difference = difference;
  if (ulps > tally->largest_ulp) tally->largest_ulp = ulps;
  const struct tolerance *tolerance = &comparison->tolerance;
  return ulps <= tolerance->ulp || difference <= tolerance->atol + tolerance->rtol * fabs(expected);
}

/* ---- elements --------------------------------------------------------------------------------------------------------------------- */

static double real_of(onnxtree_type type, const void *element) {
  return type == ONNXTREE_FLOAT ? (double)*(const float *)element : *(const double *)element;
}

static bool is_real(onnxtree_type type) { return type == ONNXTREE_FLOAT || type == ONNXTREE_DOUBLE; }

static bool same_label(onnxtree_type type, const void *one, const void *other) {
  if (type != ONNXTREE_STRING) return memcmp(one, other, onnxtree_type_size(type)) == 0;
  const onnxtree_string *a = one;
  const onnxtree_string *b = other;
  return a->size == b->size && (a->size == 0 || memcmp(a->data, b->data, a->size) == 0);
}

static void append_value(struct buffer *text, onnxtree_type type, const void *element) {
  const onnxtree_string *string = element;
  if (append_element(text, type, element)) return;
  append_char(text, '\'');
  append_printable(text, string->data, string->size);
  append_char(text, '\'');
}

static void show_mismatch(struct comparison *comparison, uint64_t row, const struct result *result, size_t column, const void *found,
                          const void *expected) {
  if (comparison->is_quiet || comparison->tally.shown++ >= comparison->most_shown) return;
  struct buffer line = {0};
  struct buffer heading = {0};
  onnxtree_type type = result->tensor.type;
  append_result_heading(&heading, result, column);
  append_format(&line, "row %llu, column '", (unsigned long long)row);
  append_printable(&line, heading.data, heading.size);
  append_text(&line, "': found ");
  append_value(&line, type, found);
  append_text(&line, ", expected ");
  append_value(&line, type, expected);
  if (is_real(type)) {
    double a = real_of(type, found);
    double b = real_of(type, expected);
    if (isfinite(a) && isfinite(b))
      append_format(&line, " (difference %.3g, %llu ulp)", fabs(a - b), (unsigned long long)ulps_between(a, b, type == ONNXTREE_FLOAT));
  }
  append_char(&line, '\n');
  (void)fwrite(line.data, 1, line.size, stdout);
  buffer_free(&heading);
  buffer_free(&line);
}

static void compare_element(struct comparison *comparison, uint64_t row, const struct result *result, size_t column, const void *found,
                            const void *expected) {
  onnxtree_type type = result->tensor.type;
  bool same;
  if (is_real(type)) {
    same = passes(comparison, real_of(type, found), real_of(type, expected), type == ONNXTREE_FLOAT);
    comparison->tally.wrong_values += !same;
  } else {
    same = same_label(type, found, expected);
    comparison->tally.labels++;
    comparison->tally.wrong_labels += !same;
  }
  if (!same) show_mismatch(comparison, row, result, column, found, expected);
}

void compare_rows(struct comparison *comparison, const struct results *found, size_t found_row, const struct results *expected, size_t expected_row,
                  size_t rows) {
  for (size_t row = 0; row < rows; row++) {
    comparison->tally.rows++;
    for (size_t i = 0; i < found->count; i++) {
      const struct result *result = &found->items[i];
      for (size_t column = 0; expected->items[i].tensor.data && column < result->info.columns; column++)
        compare_element(comparison, comparison->tally.rows, result, column, result_element(result, found_row + row, column),
                        result_element(&expected->items[i], expected_row + row, column));
    }
  }
}
