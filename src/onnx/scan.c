#include "onnx/scan.h"

#include "base/text.h"
#include "onnx/schema.h"
#include "onnx/wire.h"

#define LONGEST_TAG 4 /* bytes; enough for field numbers to 2^25, and protobuf-c shifts past the width of its type beyond */

#define FEWEST_NODE_BYTES 20 /* a node of the graph, on average */
#define NODES_OF_ANY_SIZE 512

typedef struct level {
  const unsigned char *end;
  ot_message_kind kind;
  uint64_t seen; /* bit n: the singular field n has occurred */
} level;

typedef struct scan {
  const unsigned char *start;
  const unsigned char *at;
  level levels[OT_MAX_NESTING];
  uint32_t depth; /* levels in use */
  uint64_t graph_nodes;
  const onnxtree_limits *limits;
  ot_run *runs; /* where the next one goes, or NULL */
  ot_problems *problems;
} scan;

static bool refuse(const scan *s, const unsigned char *where, ot_problem_code code, const ot_field *field, const char *why) {
  ot_message_kind kind = s->levels[s->depth - 1].kind;
  ot_place place = ot_place_format("byte %llu, in a %s message%s%s", (unsigned long long)(where - s->start), ot_message_name(kind),
                                   field ? ", field " : "", field ? field->name : "");
  ot_problem(s->problems, code, place.text, "%s", why);
  return false;
}

static bool refuse_varint(const scan *s, ot_wire_result result, const ot_field *field) {
  return result == OT_WIRE_SHORT ? refuse(s, s->at, OT_PROBLEM_WIRE_TRUNCATED, field, "the bytes end inside a number")
                                 : refuse(s, s->at, OT_PROBLEM_WIRE_VARINT, field, "a number has more than 64 bits or 10 bytes");
}

/* Reads a tag; *number and *type are set. Runs of one-byte tags, the rule in tree attributes, take the short way. */
static bool read_tag(scan *s, const unsigned char *end, uint32_t *number, unsigned *type) {
  const unsigned char *start = s->at;
  uint64_t tag = 0;
  if (*start < 0x80) {
    tag = *s->at++;
  } else {
    ot_wire_result result = ot_wire_varint(&s->at, end, &tag);
    if (result != OT_WIRE_OK) return refuse_varint(s, result, NULL);
    if (s->at - start > LONGEST_TAG) return refuse(s, start, OT_PROBLEM_WIRE_TAG, NULL, "a field tag is longer than 4 bytes");
  }
  *number = (uint32_t)(tag >> 3);
  *type = (unsigned)(tag & 7);
  if (*number == 0) return refuse(s, start, OT_PROBLEM_WIRE_TAG, NULL, "field number 0");
  if (*type == 3 || *type == 4) return refuse(s, start, OT_PROBLEM_WIRE_GROUP, NULL, "a protobuf group, which ONNX does not use");
  if (*type > 5) return refuse(s, start, OT_PROBLEM_WIRE_TYPE, NULL, "a wire type that does not exist");
  return true;
}

static bool skip_fixed(scan *s, const unsigned char *end, size_t size, const ot_field *field) {
  if ((size_t)(end - s->at) < size) return refuse(s, s->at, OT_PROBLEM_WIRE_TRUNCATED, field, "the bytes end inside a number");
  s->at += size;
  return true;
}

static bool skip_varint(scan *s, const unsigned char *end, const ot_field *field) {
  uint64_t value;
  ot_wire_result result = ot_wire_varint(&s->at, end, &value);
  return result == OT_WIRE_OK || refuse_varint(s, result, field);
}

static bool check_packed(scan *s, const unsigned char *end, const ot_field *field) {
  size_t size = (size_t)(end - s->at), width = field->form == OT_FORM_FIXED32 ? 4 : field->form == OT_FORM_FIXED64 ? 8 : 1;
  if (size % width) return refuse(s, s->at, OT_PROBLEM_WIRE_PACKED, field, "a packed array ends inside an element");
  if (width > 1) {
    s->at = end;
    return true;
  }
  while (s->at < end) {
    uint64_t value;
    ot_wire_result result = ot_wire_varint(&s->at, end, &value);
    if (result == OT_WIRE_SHORT) return refuse(s, s->at, OT_PROBLEM_WIRE_PACKED, field, "a packed array ends inside an element");
    if (result != OT_WIRE_OK) return refuse_varint(s, result, field);
  }
  return true;
}

/* Operator, input and output of a node take more than FEWEST_NODE_BYTES. Smaller nodes mean nothing, but would take more time than their
 * bytes allow. */
static uint64_t most_graph_nodes(const scan *s) {
  uint64_t by_size = NODES_OF_ANY_SIZE + (uint64_t)(s->levels[0].end - s->start) / FEWEST_NODE_BYTES;
  return by_size < s->limits->max_graph_nodes ? by_size : s->limits->max_graph_nodes;
}

static bool enter(scan *s, const unsigned char *end, const ot_field *field) {
  if (s->depth >= s->limits->max_nesting) {
    ot_place place = ot_place_format("byte %llu", (unsigned long long)(s->at - s->start));
    ot_problem(s->problems, OT_PROBLEM_LIMIT_NESTING, place.text, "messages are nested deeper than max_nesting = %u (real models need 11)",
               s->limits->max_nesting);
    return false;
  }
  if (field->child == OT_MESSAGE_NODE && ++s->graph_nodes > most_graph_nodes(s)) {
    ot_problem(s->problems, OT_PROBLEM_LIMIT_GRAPH_NODES, "",
               "the graph has more than %llu nodes: the limits are max_graph_nodes = %u, and %d and one for each %d bytes of the file",
               (unsigned long long)most_graph_nodes(s), s->limits->max_graph_nodes, NODES_OF_ANY_SIZE, FEWEST_NODE_BYTES);
    return false;
  }
  s->levels[s->depth++] = (level){end, field->child, 0};
  return true;
}

static bool scan_bytes(scan *s, const unsigned char *end, const ot_field *field) {
  uint64_t size;
  const unsigned char *start = s->at;
  ot_wire_result result = ot_wire_varint(&s->at, end, &size);
  if (result != OT_WIRE_OK) return refuse_varint(s, result, field);
  if (size > (uint64_t)(end - s->at)) {
    bool last = end == s->levels[0].end;
    return refuse(s, start, last ? OT_PROBLEM_WIRE_TRUNCATED : OT_PROBLEM_WIRE_LENGTH, field,
                  last ? "the file ends inside this field; is the download complete?" : "a length reaches past the end of the message");
  }
  const unsigned char *inner_end = s->at + size;
  if (field && field->form == OT_FORM_MESSAGE) return enter(s, inner_end, field);
  if (field && field->form < OT_FORM_BYTES) return check_packed(s, inner_end, field);
  if (field && field->form == OT_FORM_TEXT && !ot_text_is_valid(s->at, (size_t)size))
    return refuse(s, s->at, OT_PROBLEM_WIRE_TEXT, field, "the text is not valid UTF-8 or contains a NUL byte");
  s->at = inner_end;
  return true;
}

static bool type_fits(const ot_field *field, unsigned type) {
  static const unsigned natural[] = {[OT_FORM_VARINT] = OT_WIRE_VARINT, [OT_FORM_FIXED32] = OT_WIRE_FIXED32, [OT_FORM_FIXED64] = OT_WIRE_FIXED64,
                                     [OT_FORM_BYTES] = OT_WIRE_BYTES,   [OT_FORM_TEXT] = OT_WIRE_BYTES,      [OT_FORM_MESSAGE] = OT_WIRE_BYTES};
  return type == natural[field->form] || (type == OT_WIRE_BYTES && field->repeated);
}

/* Singular numbers may repeat (protobuf: the last one wins); messages and text may not. */
static bool mark_seen(scan *s, level *current, const unsigned char *where, const ot_field *field) {
  if (field->repeated || (field->form != OT_FORM_MESSAGE && field->form != OT_FORM_TEXT && field->form != OT_FORM_BYTES)) return true;
  uint64_t bit = UINT64_C(1) << field->number;
  if (current->seen & bit) return refuse(s, where, OT_PROBLEM_WIRE_DUPLICATE, field, "it occurs a second time; it may occur once");
  current->seen |= bit;
  return true;
}

static bool scan_field(scan *s, level *current) {
  const unsigned char *end = current->end, *start = s->at;
  uint32_t number = 0;
  unsigned type = 0;
  if (!read_tag(s, end, &number, &type)) return false;
  const ot_field *field = ot_schema_field(current->kind, number);
  if (field && !type_fits(field, type)) return refuse(s, start, OT_PROBLEM_WIRE_TYPE, field, "the field cannot have this wire type");
  if (field && !mark_seen(s, current, start, field)) return false;
  switch (type) {
    case OT_WIRE_VARINT: return skip_varint(s, end, field);
    case OT_WIRE_FIXED64: return skip_fixed(s, end, 8, field);
    case OT_WIRE_FIXED32: return skip_fixed(s, end, 4, field);
    default: return scan_bytes(s, end, field);
  }
}

/* Unpacked arrays of an attribute are millions of equal tags. */
static bool skip_run(scan *s, const unsigned char *end) {
  ot_run run = {.begin = s->at};
  run.count = ot_wire_skip_run(&s->at, end);
  run.end = s->at;
  if (s->runs && (size_t)(run.end - run.begin) >= OT_LONG_RUN) *s->runs++ = run;
  return run.count > 0;
}

static bool scan_all(scan *s) {
  while (s->depth > 0) {
    level *current = &s->levels[s->depth - 1];
    if (s->at == current->end) {
      s->depth--;
      continue;
    }
    if (current->kind == OT_MESSAGE_ATTRIBUTE && skip_run(s, current->end)) continue;
    if (!scan_field(s, current)) return false;
  }
  if (s->runs) *s->runs = (ot_run){0};
  return true;
}

/* People feed the wrong file; say so in their terms. */
static const char *other_kind(const unsigned char *bytes, size_t size) {
  static const struct {
    const char *magic;
    size_t size;
    const char *kind;
  } kinds[] = {
      {"\x80\x02", 2, "a Python pickle"}, {"\x80\x03", 2, "a Python pickle"}, {"\x80\x04", 2, "a Python pickle"}, {"\x80\x05", 2, "a Python pickle"},
      {"PK\x03\x04", 4, "a zip archive (a scikit-learn .skops or PyTorch file?)"}, {"\x1f\x8b", 2, "gzip-compressed; unpack it first"},
      {"{", 1, "JSON text"}, {"\x93NUMPY", 6, "a NumPy array"}, {"\x7f" "ELF", 4, "a program"}, {"BZh", 3, "bzip2-compressed; unpack it first"},
      {"\xfd" "7zXZ", 5, "xz-compressed; unpack it first"}, {"tree\n", 5, "a LightGBM text model; export it to ONNX first"},
      {"\x78\x9c", 2, "zlib-compressed (a joblib pickle?)"}, {"\x78\x5e", 2, "zlib-compressed (a joblib pickle?)"},
      {"\x78\xda", 2, "zlib-compressed (a joblib pickle?)"}, {"version https://git-lfs", 23, "a Git LFS pointer; git lfs pull fetches the model"},
      {"<", 1, "XML or HTML text"}, {"CBM1", 4, "a CatBoost model; export it to ONNX first"},
  };
  for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
    if (size >= kinds[i].size && memcmp(bytes, kinds[i].magic, kinds[i].size) == 0) return kinds[i].kind;
  if (size >= 8 && memcmp(bytes + 4, "ORTM", 4) == 0) return "an ONNX Runtime .ort file; use the .onnx file it was made from";
  return NULL;
}

static bool scan_model(const unsigned char *bytes, size_t size, const onnxtree_limits *limits, ot_run *runs, ot_problems *problems) {
  scan s = {.start = bytes, .at = bytes, .depth = 1, .limits = limits, .runs = runs, .problems = problems};
  s.levels[0] = (level){bytes + size, OT_MESSAGE_MODEL, 0};
  return scan_all(&s);
}

/* Text begins with characters; few models do, and those pass the scan. */
static bool is_other_text(const unsigned char *bytes, size_t size, const onnxtree_limits *limits) {
  for (size_t i = 0; i < size && i < 64; i++)
    if ((bytes[i] < 0x20 && bytes[i] != '\n' && bytes[i] != '\r' && bytes[i] != '\t') || bytes[i] == 0x7F) return false;
  ot_problems nobody = {0};
  return !scan_model(bytes, size, limits, NULL, &nobody);
}

bool ot_scan(const unsigned char *bytes, size_t size, const onnxtree_limits *limits, ot_run *runs, ot_problems *problems) {
  const char *kind = other_kind(bytes, size);
  if (!kind && is_other_text(bytes, size, limits)) kind = "text";
  if (kind) {
    ot_problem(problems, OT_PROBLEM_NOT_ONNX, "", "this is no ONNX model: it looks like %s", kind);
    return false;
  }
  return scan_model(bytes, size, limits, runs, problems);
}
