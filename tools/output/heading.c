#include "output/heading.h"

void append_result_heading(struct buffer *text, const struct result *result, size_t column) {
  const onnxtree_value_info *info = &result->info;
  bool labelled = result_has_labels(result);
  append_text(text, info->name);
  if (!labelled && info->columns <= 1) return;
  append_char(text, ':');
  if (labelled && info->label_type == ONNXTREE_STRING)
    append_bytes(text, info->string_labels[column].data, info->string_labels[column].size);
  else
    append_integer(text, labelled ? info->int64_labels[column] : (int64_t)column);
}
