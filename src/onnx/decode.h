/* From bytes to ONNX messages: the wire scan, then protobuf-c into an arena. Attributes stay undecoded (see proto/README.md). */
#ifndef OT_ONNX_DECODE_H
#define OT_ONNX_DECODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/problems.h"
#include "onnx.pb-c.h"

/* The message lives as long as the arena; its attributes point into `bytes`, or to an ot_long_attribute if they are long. NULL if the bytes
 * are refused; the problem is reported. */
const Onnxtree__Pb__ModelProto *ot_decode_model(const unsigned char *bytes, size_t size, const onnxtree_limits *limits, ot_arena *arena,
                                                ot_problems *problems);

/* A ProtobufCAllocator over an arena: what protobuf-c frees on the way is reclaimed with the arena. */
ProtobufCAllocator ot_decode_allocator(ot_arena *arena);

/* Says why protobuf-c gave nothing: no memory, or bytes that the scan should have refused. Returns false. */
bool ot_decode_refuse(const ot_arena *arena, const char *place, ot_problems *problems);

#endif
