#include "onnx/attribute.h"

#include "base/prefetch.h"
#include "base/text.h"
#include "onnx/wire.h"

/* Field numbers of AttributeProto. */
enum {
  FIELD_NAME = 1, FIELD_F = 2, FIELD_I = 3, FIELD_S = 4, FIELD_T = 5, FIELD_FLOATS = 7, FIELD_INTS = 8, FIELD_STRINGS = 9,
  FIELD_DOC = 13, FIELD_TYPE = 20, FIELD_REFERENCE = 21
};

static size_t count_varints(const unsigned char *bytes, size_t size) {
  size_t count = 0;
  for (size_t i = 0; i < size; i++) count += bytes[i] < 0x80;
  return count;
}

static size_t count_elements(const ot_wire_field *field) {
  if (field->type != OT_WIRE_BYTES || field->number == FIELD_STRINGS) return 1;
  return field->number == FIELD_FLOATS ? field->size / 4 : count_varints(field->payload, field->size);
}

static onnxtree_string text_of(const ot_wire_field *field) { return (onnxtree_string){(const char *)field->payload, field->size}; }

/* Which type the contents of a field belong to; UNDEFINED for the fields that are no contents. */
static int64_t content_type(uint32_t number) {
  switch (number) {
    case FIELD_F: return OT_ATTRIBUTE_FLOAT;
    case FIELD_I: return OT_ATTRIBUTE_INT;
    case FIELD_S: return OT_ATTRIBUTE_STRING;
    case FIELD_T: return OT_ATTRIBUTE_TENSOR;
    case FIELD_FLOATS: return OT_ATTRIBUTE_FLOATS;
    case FIELD_INTS: return OT_ATTRIBUTE_INTS;
    case FIELD_STRINGS: return OT_ATTRIBUTE_STRINGS;
    default: return OT_ATTRIBUTE_UNDEFINED;
  }
}

const char *ot_attribute_type_name(int64_t type) {
  static const char *const names[] = {"undefined", "FLOAT",  "INT",     "STRING", "TENSOR",        "GRAPH",          "FLOATS",     "INTS",
                                      "STRINGS",   "TENSORS", "GRAPHS", "SPARSE_TENSOR", "SPARSE_TENSORS", "TYPE_PROTO", "TYPE_PROTOS"};
  return type >= 0 && type < (int64_t)(sizeof names / sizeof *names) ? names[type] : "unknown";
}

static bool check_type(const ot_attribute *attribute, unsigned contents, bool reference, const char *node_place, ot_problems *problems) {
  ot_excerpt name = ot_text_excerpt(attribute->name);
  ot_place place = ot_place_format("%.150s, attribute %s", node_place, name.text);
  if (reference) {
    ot_problem(problems, OT_PROBLEM_ATTRIBUTE_REFERENCE, place.text,
               "it refers to an attribute of a function (ref_attr_name), which is not supported");
    return false;
  }
  if (attribute->type == OT_ATTRIBUTE_UNDEFINED) {
    ot_problem(problems, OT_PROBLEM_ATTRIBUTE_TYPE, place.text, "it does not state its type");
    return false;
  }
  for (int64_t type = 1; type <= OT_ATTRIBUTE_STRINGS; type++) {
    if (!(contents >> type & 1) || type == attribute->type) continue;
    ot_problem(problems, OT_PROBLEM_ATTRIBUTE_TYPE, place.text, "it says that its type is %s but holds %s", ot_attribute_type_name(attribute->type),
               ot_attribute_type_name(type));
    return false;
  }
  return true;
}

static const ot_run no_run;

bool ot_attribute_read(ot_attribute *attribute, const void *data, size_t size, const char *node_place, ot_problems *problems) {
  static const unsigned char nothing[1];
  if (!data) data = nothing; /* protobuf-c's form of empty */
  ot_long_attribute source = {.begin = data, .runs = &no_run};
  if (size == OT_LONG_ATTRIBUTE)
    source = *(const ot_long_attribute *)data;
  else
    source.end = source.begin + size;
  *attribute = (ot_attribute){.begin = source.begin, .end = source.end, .name = {"", 0}, .s = {"", 0}};
  unsigned contents = 0;
  bool reference = false;
  for (const unsigned char *at = attribute->begin; at < attribute->end;) {
    bool is_counted = at == source.runs->begin;
    uint32_t number = *at >> 3;
    size_t run = is_counted ? source.runs->count : ot_wire_skip_run(&at, attribute->end);
    if (is_counted) at = source.runs++->end;
    attribute->count += run;
    if (run) contents |= 1u << content_type(number);
    if (run) continue;
    ot_wire_field field = ot_wire_take_field(&at, attribute->end);
    int64_t type = content_type(field.number);
    contents |= 1u << type;
    if (type == OT_ATTRIBUTE_FLOATS || type == OT_ATTRIBUTE_INTS || type == OT_ATTRIBUTE_STRINGS) attribute->count += count_elements(&field);
    if (field.number == FIELD_NAME) attribute->name = text_of(&field);
    if (field.number == FIELD_F && field.size == 4) attribute->f = ot_wire_load_float(field.payload);
    if (field.number == FIELD_I) attribute->i = (int64_t)field.number_value;
    if (field.number == FIELD_S || field.number == FIELD_T) attribute->s = text_of(&field);
    if (field.number == FIELD_TYPE) attribute->type = (int64_t)field.number_value;
    if (field.number == FIELD_REFERENCE) reference = field.size > 0;
  }
  return check_type(attribute, contents & ~1u, reference, node_place, problems);
}

ot_cursor ot_cursor_begin(const ot_attribute *attribute) { return (ot_cursor){attribute->begin, NULL, attribute->end}; }

/* Moves to the next element of the array field: past other fields and into packed runs. False at the end. */
static bool find_element(ot_cursor *cursor, uint32_t number, unsigned unpacked_type) {
  if (cursor->packed_end && cursor->at < cursor->packed_end) return true;
  cursor->packed_end = NULL;
  while (cursor->at < cursor->end) {
    const unsigned char *before = cursor->at;
    ot_wire_field field = ot_wire_take_field(&cursor->at, cursor->end);
    if (field.number != number) continue;
    if (field.type == unpacked_type) {
      cursor->at = before + 1; /* these tags have one byte, unless written over-long */
      if (*before >= 0x80) {
        cursor->at = before;
        ot_wire_take_varint(&cursor->at, cursor->end);
      }
      return true;
    }
    if (field.size == 0) continue;
    cursor->packed_end = field.payload + field.size;
    cursor->at = field.payload;
    return true;
  }
  return false;
}

static int64_t take_int(ot_cursor *cursor) {
  if (!find_element(cursor, FIELD_INTS, OT_WIRE_VARINT)) return 0;
  return (int64_t)ot_wire_take_varint(&cursor->at, cursor->packed_end ? cursor->packed_end : cursor->end);
}

#define ALL_HAVE_ONE_BYTE UINT64_C(0xAAAAAAAAAAAAAAAA)

static size_t take_single_bytes(const unsigned char **at, int64_t *values) {
  unsigned char block[OT_WIRE_BLOCK];
  memcpy(block, *at, sizeof block);
  for (size_t i = 0; i < OT_WIRE_BLOCK / 2; i++) values[i] = block[2 * i + 1];
  *at += OT_WIRE_BLOCK;
  return OT_WIRE_BLOCK / 2;
}

/* Values that end in a block, of at most four bytes each: no branches that their lengths would mislead. */
static size_t take_block(const unsigned char **at, uint64_t ends, int64_t *values, size_t most) {
  const unsigned char *p = *at;
  size_t count = 0;
  unsigned start = 1;
  for (; ends && count < most; ends &= ends - 1) {
    unsigned end = (unsigned)__builtin_ctzll(ends), unused = 8 * (start + 3 - end);
    uint32_t bytes = ot_wire_load32(p + start) & UINT32_MAX >> unused;
    values[count++] = (int64_t)((bytes & 0x7F) | (bytes >> 1 & 0x3F80) | (bytes >> 2 & 0x1FC000) | (bytes >> 3 & 0xFE00000));
    start = end + 2;
  }
  *at = p + start - 1;
  return count;
}

void ot_cursor_ints(ot_cursor *cursor, int64_t *values, size_t count) {
  for (size_t i = 0; i < count;) {
    bool has_block = !cursor->packed_end && cursor->end - cursor->at >= (ptrdiff_t)(OT_WIRE_BLOCK + OT_WIRE_LONGEST);
    uint64_t ends = has_block ? ot_wire_int_ends(cursor->at) : 0;
    if (ends == ALL_HAVE_ONE_BYTE && count - i >= OT_WIRE_BLOCK / 2)
      i += take_single_bytes(&cursor->at, values + i);
    else if (ends)
      i += take_block(&cursor->at, ends, values + i, count - i);
    else
      values[i++] = take_int(cursor);
  }
}

int64_t ot_cursor_int(ot_cursor *cursor) {
  enum { TAG = FIELD_INTS << 3 | OT_WIRE_VARINT };
  const unsigned char *p = cursor->at;
  if (cursor->packed_end || cursor->end - p < 3 || *p != TAG || (p[1] & p[2] & 0x80)) return take_int(cursor);
  cursor->at = p[1] < 0x80 ? p + 2 : p + 3;
  return p[1] < 0x80 ? p[1] : (p[1] & 0x7F) | p[2] << 7;
}

float ot_cursor_float(ot_cursor *cursor) {
  enum { TAG = FIELD_FLOATS << 3 | OT_WIRE_FIXED32 };
  if (!cursor->packed_end && cursor->end - cursor->at >= 5 && *cursor->at == TAG)
    cursor->at++;
  else if (!find_element(cursor, FIELD_FLOATS, OT_WIRE_FIXED32))
    return 0;
  if (cursor->end - cursor->at < 4) return 0; /* cannot happen after the scan */
  float value = ot_wire_load_float(cursor->at);
  ot_prefetch(cursor->at);
  cursor->at += 4;
  return value;
}

void ot_cursor_floats(ot_cursor *cursor, double *values, size_t count) {
  for (size_t i = 0; i < count; i++) values[i] = (double)ot_cursor_float(cursor);
}

onnxtree_string ot_cursor_string(ot_cursor *cursor) {
  enum { TAG = FIELD_STRINGS << 3 | OT_WIRE_BYTES };
  const unsigned char *p = cursor->at;
  ot_prefetch(p);
  if (cursor->end - p > 2 && *p == TAG && p[1] < 0x80 && cursor->end - p >= 2 + p[1]) {
    cursor->at = p + 2 + p[1];
    return (onnxtree_string){(const char *)p + 2, p[1]};
  }
  while (cursor->at < cursor->end) {
    ot_wire_field field = ot_wire_take_field(&cursor->at, cursor->end);
    if (field.number == FIELD_STRINGS) return text_of(&field);
  }
  return (onnxtree_string){"", 0};
}
