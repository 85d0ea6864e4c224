#include "onnx/wire.h"

#include "base/prefetch.h"

uint64_t ot_wire_take_varint(const unsigned char **at, const unsigned char *end) {
  uint64_t value = 0;
  if (ot_wire_varint(at, end, &value) != OT_WIRE_OK) *at = end; /* cannot happen after the scan */
  return value;
}

ot_wire_field ot_wire_take_field(const unsigned char **at, const unsigned char *end) {
  const unsigned char *p = *at;
  if (end - p > 1 && p[0] < 0x80 && (p[0] & 7) == OT_WIRE_BYTES && p[1] < 0x80 && p[1] <= end - p - 2) {
    *at = p + 2 + p[1];
    return (ot_wire_field){.number = p[0] >> 3, .type = OT_WIRE_BYTES, .payload = p + 2, .size = p[1]};
  }
  uint64_t tag = ot_wire_take_varint(at, end);
  ot_wire_field field = {.number = (uint32_t)(tag >> 3), .type = (unsigned)(tag & 7)};
  size_t left = (size_t)(end - *at);
  if (field.type == OT_WIRE_VARINT) {
    field.number_value = ot_wire_take_varint(at, end);
    return field;
  }
  if (field.type == OT_WIRE_BYTES) {
    uint64_t size = ot_wire_take_varint(at, end);
    left = (size_t)(end - *at);
    field.size = size < left ? (size_t)size : left;
  } else {
    size_t width = field.type == OT_WIRE_FIXED32 ? 4 : 8;
    field.size = width < left ? width : left;
  }
  field.payload = *at;
  *at += field.size;
  return field;
}

/* ---- runs ---- */

enum { FLOATS = 7 << 3 | OT_WIRE_FIXED32, INTS = 8 << 3 | OT_WIRE_VARINT, STRINGS = 9 << 3 | OT_WIRE_BYTES };

typedef struct byte_masks {
  uint64_t low; /* bytes below 0x80 */
  uint64_t tag; /* bytes that look like the tag of an int */
} byte_masks;

#ifdef __SSE2__
#include <emmintrin.h>
static byte_masks look_at(const unsigned char *p) {
  byte_masks masks = {0, 0};
#pragma GCC unroll 4
  for (int i = 0; i < 4; i++) {
    __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)(p + 16 * i));
    masks.low |= (uint64_t)(uint16_t)~_mm_movemask_epi8(bytes) << 16 * i;
    masks.tag |= (uint64_t)(uint16_t)_mm_movemask_epi8(_mm_cmpeq_epi8(bytes, _mm_set1_epi8(INTS))) << 16 * i;
  }
  return masks;
}
#else
#define TAG_BYTES UINT64_C(0x4040404040404040) /* of ints */
#define HIGH_BITS UINT64_C(0x8080808080808080)

/* The high bits of eight bytes, first byte lowest. */
static uint64_t high_bits(uint64_t word) { return (word & HIGH_BITS) * UINT64_C(0x0002040810204081) >> 56; }

static byte_masks look_at(const unsigned char *p) {
  byte_masks masks = {0, 0};
  for (int i = 0; i < 8; i++) {
    uint64_t word = ot_wire_load64(p + 8 * i), other = word ^ TAG_BYTES;
    masks.low |= high_bits(~word) << 8 * i;
    masks.tag |= high_bits(~(((other & ~HIGH_BITS) + ~HIGH_BITS) | other)) << 8 * i;
  }
  return masks;
}
#endif

/* An int is a tag, bytes from 0x80 on, and a last byte below: among the bytes below 0x80 tags and last bytes take turns. The last bytes of
 * a block, or 0; *inside: whether the block before ended inside an int, then whether this one does. */
static inline uint64_t find_ends(const unsigned char *p, bool *inside) {
  ot_prefetch(p);
  byte_masks masks = look_at(p);
  uint64_t odd = masks.low, middle = ~masks.low;
#pragma GCC unroll 6
  for (int shift = 1; shift < 64; shift *= 2) odd ^= odd << shift;
  odd ^= 0 - (uint64_t)*inside;
  uint64_t tags = masks.low & odd, ends = masks.low & ~odd, after_ends = ends << 1 | !*inside;
  middle &= middle >> 1;
  *inside = odd >> 63;
  return (tags & ~masks.tag) | (after_ends & ~masks.low) | (middle & middle >> 2) ? 0 : ends;
}

uint64_t ot_wire_int_ends(const unsigned char *block) {
  bool inside = false;
  return find_ends(block, &inside);
}

static size_t bit_count(uint64_t bits) {
  bits -= bits >> 1 & UINT64_C(0x5555555555555555);
  bits = (bits & UINT64_C(0x3333333333333333)) + (bits >> 2 & UINT64_C(0x3333333333333333));
  return (size_t)(((bits + (bits >> 4)) & UINT64_C(0x0F0F0F0F0F0F0F0F)) * UINT64_C(0x0101010101010101) >> 56);
}

static size_t skip_ints(const unsigned char **at, const unsigned char *end) {
  const unsigned char *p = *at;
  size_t count = 0;
  bool inside = false;
  uint64_t ends;
  for (const unsigned char *block = p; (size_t)(end - block) > OT_WIRE_BLOCK && (ends = find_ends(block, &inside)); block += OT_WIRE_BLOCK) {
    count += bit_count(ends);
    p = block + (OT_WIRE_BLOCK - (unsigned)__builtin_clzll(ends));
  }
  for (; end - p > 3 && *p == INTS && (p[1] & p[2] & 0x80) == 0; count++) p += p[1] < 0x80 ? 2 : 3;
  *at = p;
  return count;
}

static size_t skip_floats(const unsigned char **at, const unsigned char *end) {
  const unsigned char *p = *at;
  size_t count = 0;
  for (; end - p > 20 && ((p[0] ^ FLOATS) | (p[5] ^ FLOATS) | (p[10] ^ FLOATS) | (p[15] ^ FLOATS)) == 0; p += 20) {
    ot_prefetch(p);
    count += 4;
  }
  for (; end - p > 5 && *p == FLOATS; p += 5) count++;
  *at = p;
  return count;
}

static size_t skip_strings(const unsigned char **at, const unsigned char *end) {
  const unsigned char *p = *at;
  size_t count = 0;
  for (; end - p > 2 && *p == STRINGS && p[1] < 0x80 && end - p > 2 + p[1]; p += 2 + p[1]) {
    ot_prefetch(p);
    count++;
  }
  *at = p;
  return count;
}

size_t ot_wire_skip_run(const unsigned char **at, const unsigned char *end) {
  switch (**at) {
    case INTS: return skip_ints(at, end);
    case FLOATS: return skip_floats(at, end);
    case STRINGS: return skip_strings(at, end);
    default: return 0;
  }
}
