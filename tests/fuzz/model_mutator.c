/* libFuzzer's mutator for models: takes the bytes apart into protobuf fields by the decoder's own table, changes a few fields, writes them back
 * with the right lengths. Random bytes hardly ever get past the lengths; these do, and reach what is behind. One time in eight the bytes
 * themselves are changed after all. */
#include <string.h>

#include "fuzz/fuzz.h"
#include "onnx/schema.h"
#include "onnx/wire.h"

#define MOST_FIELDS 8192
#define DEEPEST 16

size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t most);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t most, unsigned seed);
size_t LLVMFuzzerCustomCrossOver(const uint8_t *a, size_t a_size, const uint8_t *b, size_t b_size, uint8_t *out, size_t most, unsigned seed);

/* A message's fields follow it, one level deeper. */
typedef struct field {
  uint64_t number_value; /* varint and fixed width */
  const uint8_t *data;   /* text, bytes, packed arrays */
  uint32_t size;
  uint32_t number;
  uint8_t type, depth;
  uint8_t parent; /* kind of the message that it is in */
  bool is_message;
} field;

typedef struct model {
  field fields[MOST_FIELDS];
  uint32_t count;
} model;

static uint64_t state;
static uint64_t next(void) { return fuzz_random(&state); }
static uint32_t below(uint32_t bound) { return bound ? (uint32_t)(next() % bound) : 0; }

/* ---- bytes to fields ---- */

static bool parse(model *m, const uint8_t *data, size_t size) {
  const uint8_t *ends[DEEPEST] = {data + size}, *at = data;
  ot_message_kind kinds[DEEPEST] = {OT_MESSAGE_MODEL};
  uint8_t depth = 0;
  m->count = 0;
  for (;;) {
    while (at == ends[depth]) {
      if (depth == 0) return true;
      depth--;
    }
    if (m->count == MOST_FIELDS) return false;
    field *f = &m->fields[m->count++];
    uint64_t tag;
    if (ot_wire_varint(&at, ends[depth], &tag) != OT_WIRE_OK || tag >> 3 > 1000) return false;
    *f = (field){.number = (uint32_t)(tag >> 3), .type = tag & 7, .depth = depth, .parent = (uint8_t)kinds[depth]};
    size_t width = f->type == OT_WIRE_FIXED64 ? 8 : f->type == OT_WIRE_FIXED32 ? 4 : 0;
    if (f->type == OT_WIRE_VARINT) {
      if (ot_wire_varint(&at, ends[depth], &f->number_value) != OT_WIRE_OK) return false;
    } else if (width) {
      if ((size_t)(ends[depth] - at) < width) return false;
      f->number_value = width == 8 ? ot_wire_load64(at) : ot_wire_load32(at);
      at += width;
    } else if (f->type == OT_WIRE_BYTES) {
      uint64_t length;
      if (ot_wire_varint(&at, ends[depth], &length) != OT_WIRE_OK || length > (uint64_t)(ends[depth] - at)) return false;
      const ot_field *known = ot_schema_field(kinds[depth], f->number);
      f->data = at;
      f->size = (uint32_t)length;
      if (known && known->form == OT_FORM_MESSAGE && depth + 1 < DEEPEST) {
        f->is_message = true;
        ends[++depth] = at + length;
        kinds[depth] = known->child;
      } else {
        at += length;
      }
    } else {
      return false;
    }
  }
}

/* ---- fields to bytes ---- */

static size_t varint_size(uint64_t value) {
  size_t size = 1;
  for (; value >= 0x80; value >>= 7) size++;
  return size;
}

static uint8_t *put_varint(uint8_t *at, uint64_t value) {
  for (; value >= 0x80; value >>= 7) *at++ = (uint8_t)(value | 0x80);
  *at++ = (uint8_t)value;
  return at;
}

static size_t head_size(const field *f) { return varint_size((uint64_t)f->number << 3 | f->type); }

/* Fields behind the message's last one. */
static uint32_t end_of(const model *m, uint32_t index) {
  uint32_t end = index + 1;
  while (end < m->count && m->fields[end].depth > m->fields[index].depth) end++;
  return end;
}

/* Sets the size of every message; returns the size of the whole. Depths may only rise by one, which moving whole messages keeps. */
static size_t measure(model *m) {
  size_t sizes[DEEPEST + 1] = {0};
  for (uint32_t i = m->count; i-- > 0;) {
    field *f = &m->fields[i];
    size_t content = f->type == OT_WIRE_FIXED64 ? 8 : f->type == OT_WIRE_FIXED32 ? 4 : f->size;
    if (f->is_message) {
      content = sizes[f->depth + 1];
      sizes[f->depth + 1] = 0;
      f->size = (uint32_t)content;
    }
    sizes[f->depth] += head_size(f) + content;
    if (f->type == OT_WIRE_VARINT) sizes[f->depth] += varint_size(f->number_value);
    if (f->type == OT_WIRE_BYTES) sizes[f->depth] += varint_size(f->size);
  }
  return sizes[0];
}

static size_t write(model *m, uint8_t *out, size_t most) {
  size_t size = measure(m);
  if (size > most) return 0;
  uint8_t *at = out;
  for (uint32_t i = 0; i < m->count; i++) {
    const field *f = &m->fields[i];
    at = put_varint(at, (uint64_t)f->number << 3 | f->type);
    if (f->type == OT_WIRE_VARINT) at = put_varint(at, f->number_value);
    if (f->type == OT_WIRE_BYTES) at = put_varint(at, f->size);
    for (unsigned byte = 0; byte < (f->type == OT_WIRE_FIXED64 ? 8u : f->type == OT_WIRE_FIXED32 ? 4u : 0u); byte++)
      *at++ = (uint8_t)(f->number_value >> (8 * byte));
    if (f->is_message || f->type != OT_WIRE_BYTES) continue;
    if (f->size) memcpy(at, f->data, f->size);
    at += f->size;
  }
  return (size_t)(at - out);
}

/* ---- changes ---- */

static bool are_alike(const field *a, const field *b) { return a->number == b->number && a->parent == b->parent && a->type == b->type; }

/* Names of values: what nodes read and write, inputs, outputs, initializers. */
static bool is_value_name(const field *f) {
  return f->type == OT_WIRE_BYTES && ((f->parent == OT_MESSAGE_NODE && f->number <= 2) || (f->parent == OT_MESSAGE_VALUE_INFO && f->number == 1) ||
                                      (f->parent == OT_MESSAGE_TENSOR && f->number == 8));
}

/* A field: mostly of a run of fields of one kind, so that a tree's thousands of numbers count as one and the few fields of other operators
 * have their turn. */
static uint32_t pick(const model *m) {
  if (below(4) == 0) return below(m->count);
  static uint32_t starts[MOST_FIELDS + 1];
  uint32_t runs = 0;
  for (uint32_t i = 0; i < m->count; i++) {
    const field *f = &m->fields[i];
    if (i == 0 || f->is_message || f->depth != f[-1].depth || !are_alike(f, f - 1)) starts[runs++] = i;
  }
  starts[runs] = m->count;
  uint32_t run = below(runs);
  return starts[run] + below(starts[run + 1] - starts[run]);
}

/* Another field of the same kind; for the name of a value, that of any value. */
static uint32_t pick_sibling(const model *m, uint32_t index) {
  uint32_t start = below(m->count);
  for (uint32_t i = 0; i < m->count; i++) {
    uint32_t other = (start + i) % m->count;
    const field *a = &m->fields[index], *b = &m->fields[other];
    if (other != index && (are_alike(a, b) || (is_value_name(a) && is_value_name(b)))) return other;
  }
  return index;
}

static uint64_t change_number(const model *m, uint32_t index) {
  uint64_t value = m->fields[index].number_value;
  switch (below(12)) {
    case 0: return value + 1;
    case 1: return value - 1;
    case 2: return m->fields[pick_sibling(m, index)].number_value;
    case 3: return m->fields[pick_sibling(m, index)].number_value + 1;
    case 4: return below(16);
    case 5: return value + (UINT64_C(1) << 32);
    case 6: return UINT64_C(1) << below(64);
    case 7: return (UINT64_C(1) << below(64)) - 1;
    case 8: return 0 - (uint64_t)below(4);
    case 9: return value ^ UINT64_C(1) << below(64);
    case 10: return next();
    default: return m->count ? m->fields[below(m->count)].number_value : 0;
  }
}

static uint64_t change_fixed(const model *m, uint32_t index) {
  const field *f = &m->fields[index];
  if (below(3) == 0) return m->fields[pick_sibling(m, index)].number_value;
  if (below(4) == 0) return f->number_value ^ UINT64_C(1) << below(f->type == OT_WIRE_FIXED64 ? 64 : 32);
  double wide = fuzz_awkward_number(next());
  float narrow = (float)wide;
  uint64_t bits = 0;
  if (f->type == OT_WIRE_FIXED64)
    memcpy(&bits, &wide, sizeof wide);
  else
    memcpy(&bits, &narrow, sizeof narrow);
  return bits;
}

static const char *const words[] = {
#include "fuzz/model_words.inc"
};
#define WORD_COUNT (sizeof words / sizeof *words)

/* New texts live until the bytes are written. */
static uint8_t texts[16][4096];
static uint32_t text_count;

/* A copy of the field's bytes that may be changed, or NULL. */
static uint8_t *own_bytes(field *f) {
  if (text_count == 16 || f->size >= sizeof texts[0]) return NULL;
  uint8_t *copy = texts[text_count++];
  if (f->size) memcpy(copy, f->data, f->size);
  f->data = copy;
  return copy;
}

/* One number of packed or raw ones, whose size stays. */
static void change_element(field *f) {
  uint32_t width = f->size % 8 == 0 && below(2) ? 8 : 4;
  uint8_t *copy = own_bytes(f);
  if (!copy) return;
  double wide = fuzz_awkward_number(next());
  float narrow = (float)wide;
  int64_t whole = (int64_t)below(6) - 2;
  memcpy(copy + below(f->size / width) * width, below(2) ? (const void *)&whole : width == 8 ? (const void *)&wide : (const void *)&narrow, width);
}

static bool has_elements(const field *f) {
  const ot_field *known = ot_schema_field(f->parent, f->number);
  bool is_raw = f->parent == OT_MESSAGE_TENSOR && f->number == 9;
  return f->size >= 4 && f->size % 4 == 0 && (is_raw || (known && (known->form == OT_FORM_FIXED32 || known->form == OT_FORM_FIXED64)));
}

static void change_bytes(const model *m, field *f, uint32_t index) {
  uint32_t how = below(8);
  if (has_elements(f) && below(4)) {
    change_element(f);
    return;
  }
  if (how < 3) {
    const field *other = &m->fields[pick_sibling(m, index)];
    f->data = other->data;
    f->size = other->size;
  } else if (how < 6) {
    f->data = (const uint8_t *)words[below(WORD_COUNT)];
    f->size = (uint32_t)strlen((const char *)f->data);
  } else {
    uint8_t *copy = own_bytes(f);
    if (copy) f->size = (uint32_t)LLVMFuzzerMutate(copy, f->size, f->size + 8 < sizeof texts[0] ? f->size + 8 : sizeof texts[0]);
  }
}

static void change_value(model *m, uint32_t index) {
  field *f = &m->fields[index];
  if (f->type == OT_WIRE_VARINT)
    f->number_value = change_number(m, index);
  else if (f->type != OT_WIRE_BYTES)
    f->number_value = change_fixed(m, index);
  else if (!f->is_message)
    change_bytes(m, f, index);
}

static void erase(model *m, uint32_t index) {
  uint32_t end = end_of(m, index);
  memmove(&m->fields[index], &m->fields[end], (m->count - end) * sizeof *m->fields);
  m->count -= end - index;
}

/* Inserts a message or field of `from` in front of `at`. */
static void insert(model *m, uint32_t at, const field *from, uint32_t length, uint8_t depth) {
  static field copy[MOST_FIELDS];
  if (m->count + length > MOST_FIELDS) return;
  memcpy(copy, from, length * sizeof *copy);
  for (uint32_t i = 0; i < length; i++) {
    if (copy[i].depth - from[0].depth + depth >= DEEPEST) return;
  }
  uint8_t base = copy[0].depth;
  for (uint32_t i = 0; i < length; i++) copy[i].depth = (uint8_t)(copy[i].depth - base + depth);
  memmove(&m->fields[at + length], &m->fields[at], (m->count - at) * sizeof *m->fields);
  memcpy(&m->fields[at], copy, length * sizeof *copy);
  m->count += length;
}

static void exchange_values(model *m, uint32_t index) {
  uint32_t other = pick_sibling(m, index);
  field *a = &m->fields[index], *b = &m->fields[other];
  if (a->is_message || b->is_message) return;
  field kept = *a;
  a->number_value = b->number_value;
  a->data = b->data;
  a->size = b->size;
  b->number_value = kept.number_value;
  b->data = kept.data;
  b->size = kept.size;
}

/* Attributes of a tree belong together by position: the same position is removed from, or repeated in, every array of a node. */
static void change_all_arrays(model *m, uint32_t index) {
  uint32_t first = index, position = 0;
  while (first > 0 && m->fields[first].depth >= m->fields[index].depth) first--; /* the attribute */
  for (uint32_t i = first + 1; i < index; i++) position += m->fields[i].number == m->fields[index].number;
  uint8_t level = m->fields[first].depth;
  while (first > 0 && m->fields[first].depth >= level) first--; /* the node */
  bool removes = below(2);
  uint32_t seen = 0;
  for (uint32_t i = first + 1; i < m->count && m->fields[i].depth >= level; i++) {
    const field *f = &m->fields[i];
    if (f->depth == level) seen = 0;
    if (f->depth != level + 1 || f->number < 7 || f->number > 9 || seen++ != position) continue;
    field copy = *f;
    if (removes)
      erase(m, i--);
    else
      insert(m, i++, &copy, 1, copy.depth);
  }
}

static void change(model *m) {
  uint32_t index = pick(m);
  field *f = &m->fields[index];
  switch (below(16)) {
    case 0: erase(m, index); break;
    case 1: insert(m, index, f, end_of(m, index) - index, f->depth); break;
    case 2: { /* another message or field of the same kind of message takes this place too */
      uint32_t from = pick(m);
      if (m->fields[from].parent == f->parent) insert(m, index, &m->fields[from], end_of(m, from) - from, f->depth);
      break;
    }
    case 3: exchange_values(m, index); break;
    case 4: if (!f->is_message && below(4) == 0) f->number = 1 + below(25); break;
    case 5:
    case 6: if (f->parent == OT_MESSAGE_ATTRIBUTE && f->number >= 7 && f->number <= 9) change_all_arrays(m, index); break;
    default: change_value(m, index); break;
  }
}

/* ---- what libFuzzer calls ---- */

static model current, second;

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t most, unsigned seed) {
  state = seed;
  text_count = 0;
  if (below(8) == 0 || !parse(&current, data, size) || current.count == 0) return LLVMFuzzerMutate(data, size, most);
  for (uint32_t changes = 1 + below(3); changes > 0 && current.count > 0; changes--) change(&current);
  uint8_t *out = malloc(most ? most : 1);
  size_t result = out ? write(&current, out, most) : 0;
  if (result) memcpy(data, out, result);
  free(out);
  return result ? result : LLVMFuzzerMutate(data, size, most);
}

size_t LLVMFuzzerCustomCrossOver(const uint8_t *a, size_t a_size, const uint8_t *b, size_t b_size, uint8_t *out, size_t most, unsigned seed) {
  state = seed;
  if (!parse(&current, a, a_size) || !parse(&second, b, b_size) || current.count == 0 || second.count == 0) return 0;
  for (int attempt = 0; attempt < 32; attempt++) {
    uint32_t at = below(current.count), from = below(second.count);
    if (current.fields[at].parent != second.fields[from].parent) continue;
    if (below(2)) erase(&current, at);
    if (current.count == 0) return 0;
    if (at >= current.count || current.fields[at].parent != second.fields[from].parent) continue;
    insert(&current, at, &second.fields[from], end_of(&second, from) - from, current.fields[at].depth);
    return write(&current, out, most);
  }
  return 0;
}
