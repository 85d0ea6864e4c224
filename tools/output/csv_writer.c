/* Comma- or tab-separated values with a header: "name" for an output of one column, "name:label" for one column per class, else "name:0",
 * "name:1", ... Numbers have the fewest digits that read back to the same value. */

#include <string.h>

#include "output/element.h"
#include "output/heading.h"
#include "output/writer.h"

/* RFC 4180: quote what could be taken for structure. */
static void append_cell(struct buffer *text, const char *cell, size_t size, char delimiter) {
  bool needs_quotes = false;
  for (size_t i = 0; i < size; i++) needs_quotes = needs_quotes || cell[i] == delimiter || cell[i] == '"' || cell[i] == '\n' || cell[i] == '\r';
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

static char delimiter_of(const struct writer *writer) { return writer->kind == &tsv_writer ? '\t' : ','; }

static enum exit_code csv_start(struct writer *writer, struct failure *failure) {
  struct buffer text = {0};
  struct buffer heading = {0};
  for (size_t i = 0; i < writer->results->count; i++) {
    const struct result *result = &writer->results->items[i];
    for (size_t column = 0; column < result->info.columns; column++) {
      if (i + column > 0) append_char(&text, delimiter_of(writer));
      heading.size = 0;
      append_result_heading(&heading, result, column);
      append_cell(&text, heading.data, heading.size, delimiter_of(writer));
    }
  }
  append_char(&text, '\n');
  enum exit_code code = text.failed || heading.failed ? fail_memory(failure) : writer_send_text(writer, &text, failure);
  buffer_free(&heading);
  buffer_free(&text);
  return code;
}

static void csv_format(const struct writer *writer, const struct results *results, size_t rows, struct buffer *text) {
  char delimiter = delimiter_of(writer);
  for (size_t row = 0; row < rows; row++) {
    for (size_t i = 0; i < results->count; i++) {
      const struct result *result = &results->items[i];
      for (size_t column = 0; column < result->info.columns; column++) {
        if (i + column > 0) append_char(text, delimiter);
        const void *element = result_element(result, row, column);
        const onnxtree_string *string = element;
        if (!append_element(text, result->tensor.type, element)) append_cell(text, string->data, string->size, delimiter);
      }
    }
    append_char(text, '\n');
  }
}

static enum exit_code csv_finish(struct writer *writer, struct failure *failure) { return output_flush(writer->file, failure); }

const struct writer_kind csv_writer = {"csv", ".csv", csv_start, csv_format, writer_send_text, csv_finish};
const struct writer_kind tsv_writer = {"tsv", ".tsv", csv_start, csv_format, writer_send_text, csv_finish};
