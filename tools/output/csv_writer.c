/* Comma-separated values with a header: "name" for an output of one column, "name:label" for one column per class, else "name:0",
 * "name:1", ... Numbers have the fewest digits that read back to the same value. */

#include <string.h>

#include "output/writer.h"

/* RFC 4180: quote what could be taken for structure. */
static void append_cell(struct buffer *text, const char *cell, size_t size) {
  bool needs_quotes = false;
  for (size_t i = 0; i < size; i++) needs_quotes = needs_quotes || cell[i] == ',' || cell[i] == '"' || cell[i] == '\n' || cell[i] == '\r';
  if (!needs_quotes) {
    append_bytes(text, cell, size);
    return;
  }
  append_char(text, '"');
  for (size_t i = 0; i < size; i++) {
    if (cell[i] == '"') append_char(text, '"');
    append_char(text, cell[i]);
  }
  append_char(text, '"');
}

static void append_heading(struct buffer *text, struct buffer *heading, const onnxtree_value_info *info, size_t column, bool labelled) {
  heading->size = 0;
  append_text(heading, info->name);
  if (labelled || info->columns > 1) {
    append_char(heading, ':');
    if (labelled && info->label_type == ONNXTREE_STRING)
      append_bytes(heading, info->string_labels[column].data, info->string_labels[column].size);
    else
      append_integer(heading, labelled ? info->int64_labels[column] : (int64_t)column);
  }
  text->failed = text->failed || heading->failed;
  append_cell(text, heading->data, heading->size);
}

static enum exit_code csv_start(struct writer *writer, struct failure *failure) {
  struct buffer heading = {0};
  for (size_t i = 0; i < writer->result_count; i++) {
    const struct result *result = &writer->results[i];
    for (size_t column = 0; column < result->info.columns; column++) {
      append_text(&writer->text, i + column > 0 ? "," : "");
      append_heading(&writer->text, &heading, &result->info, column, result_has_labels(result));
    }
  }
  append_char(&writer->text, '\n');
  buffer_free(&heading);
  return writer_flush_text(writer, failure);
}

static void append_element(struct buffer *text, onnxtree_type type, const void *element) {
  const onnxtree_string *string = element;
  switch (type) {
    case ONNXTREE_FLOAT:
      append_float(text, *(const float *)element);
      break;
    case ONNXTREE_DOUBLE:
      append_double(text, *(const double *)element);
      break;
    case ONNXTREE_INT32:
      append_integer(text, *(const int32_t *)element);
      break;
    case ONNXTREE_INT64:
      append_integer(text, *(const int64_t *)element);
      break;
    case ONNXTREE_BOOL:
      append_text(text, *(const unsigned char *)element ? "true" : "false");
      break;
    case ONNXTREE_STRING:
      append_cell(text, string->data, string->size);
      break;
    default:
      break;
  }
}

static enum exit_code csv_write(struct writer *writer, size_t rows, struct failure *failure) {
  for (size_t row = 0; row < rows; row++) {
    for (size_t i = 0; i < writer->result_count; i++) {
      const struct result *result = &writer->results[i];
      for (size_t column = 0; column < result->info.columns; column++) {
        append_text(&writer->text, i + column > 0 ? "," : "");
        append_element(&writer->text, result->tensor.type, result_element(result, row, column));
      }
    }
    append_char(&writer->text, '\n');
  }
  return writer_flush_text(writer, failure);
}

static enum exit_code csv_finish(struct writer *writer, struct failure *failure) { return writer_flush_text(writer, failure); }

const struct writer_kind csv_writer = {"csv", ".csv", csv_start, csv_write, csv_finish};
