/* JSON Lines: one object per row with the outputs by name. One column per class is an object by label, another matrix an array,
 * everything else a plain value; nan and infinities are null. */

#include <string.h>

#include "output/writer.h"
#include "text/format_number.h"
#include "text/json.h"

static void json_element(struct buffer *text, onnxtree_type type, const void *element) {
  const onnxtree_string *string = element;
  switch (type) {
    case ONNXTREE_FLOAT:
      json_float(text, *(const float *)element);
      break;
    case ONNXTREE_DOUBLE:
      json_double(text, *(const double *)element);
      break;
    case ONNXTREE_INT32:
      json_integer(text, *(const int32_t *)element);
      break;
    case ONNXTREE_INT64:
      json_integer(text, *(const int64_t *)element);
      break;
    case ONNXTREE_BOOL:
      json_literal(text, *(const unsigned char *)element ? "true" : "false");
      break;
    case ONNXTREE_STRING:
      json_string(text, string->data, string->size);
      break;
    default:
      json_literal(text, "null");
  }
}

static void json_label(struct buffer *text, const onnxtree_value_info *info, size_t column) {
  if (info->label_type == ONNXTREE_STRING) {
    json_key(text, info->string_labels[column].data, info->string_labels[column].size);
  } else {
    char label[NUMBER_TEXT_SIZE];
    json_key(text, label, format_integer(info->int64_labels[column], label));
  }
}

static void json_result(struct buffer *text, const struct result *result, size_t row) {
  bool labelled = result_has_labels(result);
  bool is_matrix = labelled || result->info.columns != 1;
  json_key(text, result->info.name, strlen(result->info.name));
  if (is_matrix) json_open(text, labelled ? '{' : '[');
  for (size_t column = 0; column < result->info.columns; column++) {
    if (labelled) json_label(text, &result->info, column);
    json_element(text, result->tensor.type, result_element(result, row, column));
  }
  if (is_matrix) json_close(text, labelled ? '}' : ']');
}

static enum exit_code jsonl_flush(struct writer *writer, struct failure *failure) { return output_flush(writer->file, failure); }

static void jsonl_format(const struct writer *writer, const struct results *results, size_t rows, struct buffer *text) {
  (void)writer;
  for (size_t row = 0; row < rows; row++) {
    json_open(text, '{');
    for (size_t i = 0; i < results->count; i++) json_result(text, &results->items[i], row);
    json_close(text, '}');
    append_char(text, '\n');
  }
}

const struct writer_kind jsonl_writer = {"jsonl", ".jsonl", jsonl_flush, jsonl_format, writer_send_text, jsonl_flush};
