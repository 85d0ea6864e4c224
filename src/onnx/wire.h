/* Primitive values of the protobuf wire format (protobuf.dev/programming-guides/encoding). Every read is bounded by `end`. */
#ifndef OT_ONNX_WIRE_H
#define OT_ONNX_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef enum ot_wire_type { OT_WIRE_VARINT = 0, OT_WIRE_FIXED64 = 1, OT_WIRE_BYTES = 2, OT_WIRE_FIXED32 = 5 } ot_wire_type;

typedef enum ot_wire_result { OT_WIRE_OK, OT_WIRE_SHORT, OT_WIRE_LONG } ot_wire_result;

/* A varint of at most 10 bytes and 64 bits. SHORT: the bytes end inside it; LONG: it is too long. */
static inline ot_wire_result ot_wire_varint(const unsigned char **at, const unsigned char *end, uint64_t *value) {
  const unsigned char *p = *at;
  uint64_t result = 0;
  for (unsigned shift = 0;; shift += 7) {
    if (p == end) return OT_WIRE_SHORT;
    unsigned char byte = *p++;
    if (shift == 63 && byte > 1) return OT_WIRE_LONG; /* so that the tenth byte is the last */
    result |= (uint64_t)(byte & 0x7F) << shift;
    if (byte < 0x80) {
      *at = p;
      *value = result;
      return OT_WIRE_OK;
    }
  }
}

static inline uint32_t ot_wire_load32(const unsigned char *p) {
  return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static inline uint64_t ot_wire_load64(const unsigned char *p) { return (uint64_t)ot_wire_load32(p) | (uint64_t)ot_wire_load32(p + 4) << 32; }

static inline float ot_wire_load_float(const unsigned char *p) {
  uint32_t bits = ot_wire_load32(p);
  float value;
  memcpy(&value, &bits, sizeof value);
  return value;
}

static inline double ot_wire_load_double(const unsigned char *p) {
  uint64_t bits = ot_wire_load64(p);
  double value;
  memcpy(&value, &bits, sizeof value);
  return value;
}

/* ---- bytes that have passed ot_scan() ---- */

typedef struct ot_wire_field {
  uint32_t number;
  unsigned type;
  uint64_t number_value;        /* varint */
  const unsigned char *payload; /* bytes; or the first byte of a fixed-width number */
  size_t size;
} ot_wire_field;

uint64_t ot_wire_take_varint(const unsigned char **at, const unsigned char *end);
ot_wire_field ot_wire_take_field(const unsigned char **at, const unsigned char *end);

/* ---- any bytes ---- */

/* Passes over unpacked elements of an attribute's `floats` or `ints` (a run of equal one-byte tags) that are well-formed; returns how many.
 * It may stop before the last of them. */
size_t ot_wire_skip_run(const unsigned char **at, const unsigned char *end);

/* Where unpacked elements of `ints` end in a block of bytes that begins with one: a bit for each last byte. All are well-formed and have at most
 * OT_WIRE_LONGEST bytes after their tags; 0: not so, or not sure. */
#define OT_WIRE_BLOCK 64u
#define OT_WIRE_LONGEST 4u
uint64_t ot_wire_int_ends(const unsigned char *block);

#endif
