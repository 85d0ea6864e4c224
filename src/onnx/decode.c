#include "onnx/decode.h"

#include "onnx/attribute.h"
#include "onnx/wire.h"

static void *arena_allocate(void *arena, size_t size) { return ot_arena_allocate_small(arena, size); }

static void arena_ignore(void *arena, void *pointer) {
  (void)arena;
  (void)pointer;
}

ProtobufCAllocator ot_decode_allocator(ot_arena *arena) { return (ProtobufCAllocator){arena_allocate, arena_ignore, arena}; }

bool ot_decode_refuse(const ot_arena *arena, const char *place, ot_problems *problems) {
  if (arena->failed) return ot_problem_memory(problems, arena->memory);
  ot_problem(problems, OT_PROBLEM_WIRE_TYPE, place, "protobuf-c refuses the bytes");
  return false;
}

/* ---- attributes stay where they are ----
 * protobuf-c would copy them, nearly all bytes of a large model. It gets the model with empty attributes, and they are pointed to afterwards. */

/* The fields on the way from a model to the attributes of its nodes: graph, node, attribute. */
static const uint32_t way[] = {7, 1, 5};
enum { STEPS = sizeof way / sizeof *way };

static bool is_on_way(const ot_wire_field *field, unsigned step) { return field->number == way[step] && field->type == OT_WIRE_BYTES; }

/* As many bytes as protobuf-c reads of a length: it is written before it is known. */
#define LENGTH_BYTES 5u

static void write_length(unsigned char *to, size_t length) {
  for (unsigned i = 0; i < LENGTH_BYTES; i++) to[i] = (unsigned char)((length >> 7 * i & 0x7F) | (i + 1 < LENGTH_BYTES ? 0x80 : 0));
}

/* Copies a message (to NULL: only measures) without what lies at the end of the way. Calls itself as often as the way has steps. */
static size_t copy_without_attributes(const unsigned char *at, const unsigned char *end, unsigned step, unsigned char *to) {
  size_t written = 0;
  while (step < STEPS && at < end) {
    const unsigned char *start = at;
    ot_wire_field field = ot_wire_take_field(&at, end);
    if (!is_on_way(&field, step)) {
      if (to) memcpy(to + written, start, (size_t)(at - start));
      written += (size_t)(at - start);
      continue;
    }
    do { /* the tag */
      if (to) to[written] = *start;
      written++;
    } while (*start++ >= 0x80);
    size_t length_at = written;
    written += LENGTH_BYTES;
    size_t size = copy_without_attributes(field.payload, at, step + 1, to ? to + written : NULL);
    if (to) write_length(to + length_at, size);
    written += size;
  }
  return written;
}

static bool next_on_way(const unsigned char **at, const unsigned char *end, unsigned step, ot_wire_field *field) {
  while (*at < end) {
    *field = ot_wire_take_field(at, end);
    if (is_on_way(field, step)) return true;
  }
  return false;
}

static void point_to_attributes(Onnxtree__Pb__ModelProto *model, const unsigned char *bytes, size_t size, const ot_run *run,
                                ot_long_attribute *next) {
  ot_wire_field graph, node, attribute;
  const unsigned char *in_model = bytes;
  if (!next_on_way(&in_model, bytes + size, 0, &graph)) return;
  const unsigned char *in_graph = graph.payload;
  for (size_t n = 0; next_on_way(&in_graph, graph.payload + graph.size, 1, &node); n++) {
    const unsigned char *in_node = node.payload;
    for (size_t a = 0; next_on_way(&in_node, node.payload + node.size, 2, &attribute); a++) {
      ProtobufCBinaryData *data = &model->graph->node[n]->attribute[a];
      *data = (ProtobufCBinaryData){attribute.size, (uint8_t *)(uintptr_t)attribute.payload};
      if (attribute.size < OT_LONG_RUN) continue;
      while (run->begin && run->end <= attribute.payload) run++;
      *next = (ot_long_attribute){attribute.payload, attribute.payload + attribute.size, run};
      *data = (ProtobufCBinaryData){OT_LONG_ATTRIBUTE, (uint8_t *)next++};
    }
  }
}

static Onnxtree__Pb__ModelProto *unpack(const unsigned char *bytes, size_t size, const ot_run *runs, ot_arena *arena) {
  ProtobufCAllocator allocator = ot_decode_allocator(arena);
  size_t short_size = copy_without_attributes(bytes, bytes + size, 0, NULL);
  unsigned char *short_bytes = ot_arena_allocate(arena, short_size);
  ot_long_attribute *long_attributes = ot_arena_array(arena, size / OT_LONG_RUN, sizeof *long_attributes);
  if (!short_bytes || !long_attributes) return NULL;
  copy_without_attributes(bytes, bytes + size, 0, short_bytes);
  Onnxtree__Pb__ModelProto *model = onnxtree__pb__model_proto__unpack(&allocator, short_size, short_bytes);
  if (model) point_to_attributes(model, bytes, size, runs, long_attributes);
  return model;
}

const Onnxtree__Pb__ModelProto *ot_decode_model(const unsigned char *bytes, size_t size, const onnxtree_limits *limits, ot_arena *arena,
                                                ot_problems *problems) {
  if (size == 0) {
    ot_problem(problems, OT_PROBLEM_MODEL_NO_GRAPH, "", "the file is empty: there is no graph");
    return NULL;
  }
  arena->failed = false;
  ot_run *runs = ot_arena_array(arena, size / OT_LONG_RUN + 1, sizeof *runs);
  if (runs && !ot_scan(bytes, size, limits, runs, problems)) return NULL;
  const Onnxtree__Pb__ModelProto *model = runs ? unpack(bytes, size, runs, arena) : NULL;
  if (!model) ot_decode_refuse(arena, "", problems);
  return model;
}
