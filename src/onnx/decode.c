#include "onnx/decode.h"

#include "onnx/scan.h"

static void *arena_allocate(void *arena, size_t size) { return ot_arena_allocate_small(arena, size); }

static void arena_ignore(void *arena, void *pointer) {
  (void)arena;
  (void)pointer;
}

ProtobufCAllocator ot_decode_allocator(ot_arena *arena) { return (ProtobufCAllocator){arena_allocate, arena_ignore, arena}; }

const Onnxtree__Pb__ModelProto *ot_decode_model(const unsigned char *bytes, size_t size, const onnxtree_limits *limits, ot_arena *arena, ot_problems *problems) {
  if (size == 0) {
    ot_problem(problems, OT_PROBLEM_MODEL_NO_GRAPH, "", "the file is empty: there is no graph");
    return NULL;
  }
  if (!ot_scan(bytes, size, limits, problems)) return NULL;
  ProtobufCAllocator allocator = ot_decode_allocator(arena);
  arena->failed = false;
  const Onnxtree__Pb__ModelProto *model = onnxtree__pb__model_proto__unpack(&allocator, size, bytes);
  if (!model && arena->failed)
    ot_problem_memory(problems, arena->memory);
  else if (!model)
    ot_problem(problems, OT_PROBLEM_WIRE_TYPE, "", "the bytes are no ONNX model (protobuf-c refuses them)");
  return model;
}
