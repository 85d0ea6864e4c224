#include "api/arrow_table.h"

#include <string.h>

#include "base/checked.h"

enum { ALIGNMENT = 64 };

/* Stands at the front of each piece of memory. */
typedef struct owned {
  onnxtree_allocator allocator;
  size_t bytes; /* of the piece */
  const void *buffers[3];
} owned;

/* A piece with `bytes` after its front, aligned; NULL: no memory. */
static owned *own(const onnxtree_allocator *allocator, size_t bytes, void **payload) {
  size_t size;
  if (!ot_add(bytes, sizeof(owned) + ALIGNMENT, &size)) return NULL;
  owned *piece = allocator->allocate(allocator->context, size);
  if (!piece) return NULL;
  *piece = (owned){.allocator = *allocator, .bytes = size};
  uintptr_t start = (uintptr_t)(piece + 1);
  *payload = (char *)(piece + 1) + ((0 - start) & (ALIGNMENT - 1));
  return piece;
}

static void disown(owned *piece) {
  onnxtree_allocator allocator = piece->allocator;
  allocator.release(allocator.context, piece, piece->bytes);
}

static void release_schema(struct ArrowSchema *schema) {
  for (int64_t i = 0; i < schema->n_children; i++)
    if (schema->children[i]->release) schema->children[i]->release(schema->children[i]);
  schema->release = NULL;
  disown(schema->private_data);
}

static void release_array(struct ArrowArray *array) {
  for (int64_t i = 0; i < array->n_children; i++)
    if (array->children[i]->release) array->children[i]->release(array->children[i]);
  array->release = NULL;
  disown(array->private_data);
}

bool ot_arrow_table_create(const onnxtree_allocator *allocator, size_t columns, size_t rows, struct ArrowSchema *schema, struct ArrowArray *array) {
  *schema = (struct ArrowSchema){.format = "+s", .name = "", .n_children = (int64_t)columns};
  *array = (struct ArrowArray){.length = (int64_t)rows, .n_buffers = 1, .n_children = (int64_t)columns};
  void *schema_memory, *array_memory = NULL;
  owned *schema_piece = own(allocator, columns * (sizeof(void *) + sizeof *schema), &schema_memory);
  owned *array_piece = schema_piece ? own(allocator, columns * (sizeof(void *) + sizeof *array), &array_memory) : NULL;
  if (!array_piece) {
    if (schema_piece) disown(schema_piece);
    return false;
  }
  struct ArrowSchema *fields = schema_memory;
  struct ArrowArray *arrays = array_memory;
  schema->children = (struct ArrowSchema **)(fields + columns);
  array->children = (struct ArrowArray **)(arrays + columns);
  for (size_t i = 0; i < columns; i++) {
    fields[i] = (struct ArrowSchema){0};
    arrays[i] = (struct ArrowArray){0};
    schema->children[i] = &fields[i];
    array->children[i] = &arrays[i];
  }
  array->buffers = array_piece->buffers;
  schema->private_data = schema_piece;
  array->private_data = array_piece;
  schema->release = release_schema;
  array->release = release_array;
  return true;
}

bool ot_arrow_field_create(const onnxtree_allocator *allocator, const char *format, const char *name, onnxtree_string suffix,
                           struct ArrowSchema *field) {
  size_t name_size = strlen(name);
  void *memory;
  owned *piece = own(allocator, name_size + suffix.size + 2, &memory);
  if (!piece) return false;
  char *text = memory;
  memcpy(text, name, name_size);
  if (suffix.data) {
    text[name_size++] = ':';
    if (suffix.size) memcpy(text + name_size, suffix.data, suffix.size);
    name_size += suffix.size;
  }
  text[name_size] = '\0';
  *field = (struct ArrowSchema){.format = format, .name = text, .release = release_schema, .private_data = piece};
  return true;
}

static void finish(owned *piece, size_t rows, int64_t buffers, struct ArrowArray *column) {
  *column = (struct ArrowArray){
      .length = (int64_t)rows, .n_buffers = buffers, .buffers = piece->buffers, .release = release_array, .private_data = piece};
}

bool ot_arrow_numbers_create(const onnxtree_allocator *allocator, onnxtree_type type, size_t rows, struct ArrowArray *column, void **values) {
  size_t bytes = rows / 8 + 1;
  if (type != ONNXTREE_BOOL && !ot_multiply(rows, onnxtree_type_size(type), &bytes)) return false;
  owned *piece = own(allocator, bytes, values);
  if (!piece) return false;
  if (type == ONNXTREE_BOOL) memset(*values, 0, bytes);
  piece->buffers[1] = *values;
  finish(piece, rows, 2, column);
  return true;
}

const char *ot_arrow_texts_create(const onnxtree_allocator *allocator, const onnxtree_string *texts, size_t rows, struct ArrowArray *column) {
  size_t total = 0, offset_bytes, bytes;
  for (size_t i = 0; i < rows; i++)
    if (!ot_add(total, texts[i].size, &total)) return NULL;
  bool is_large = total > INT32_MAX;
  if (rows == SIZE_MAX || !ot_multiply(rows + 1, is_large ? 8 : 4, &offset_bytes) || !ot_add(offset_bytes, total, &bytes)) return NULL;
  void *memory;
  owned *piece = own(allocator, bytes, &memory);
  if (!piece) return NULL;
  char *data = (char *)memory + offset_bytes;
  size_t at = 0;
  for (size_t i = 0; i <= rows; i++) {
    if (is_large) ((int64_t *)memory)[i] = (int64_t)at;
    else ((int32_t *)memory)[i] = (int32_t)at;
    if (i == rows) break;
    if (texts[i].size) memcpy(data + at, texts[i].data, texts[i].size);
    at += texts[i].size;
  }
  piece->buffers[1] = memory;
  piece->buffers[2] = data;
  finish(piece, rows, 3, column);
  return is_large ? "U" : "u";
}

const char *ot_arrow_format_of(onnxtree_type type) {
  switch (type) {
    case ONNXTREE_FLOAT: return "f";
    case ONNXTREE_DOUBLE: return "g";
    case ONNXTREE_INT32: return "i";
    case ONNXTREE_INT64: return "l";
    case ONNXTREE_BOOL: return "b";
    case ONNXTREE_STRING: return "u";
    case ONNXTREE_UNDEFINED: break;
  }
  return "n";
}
