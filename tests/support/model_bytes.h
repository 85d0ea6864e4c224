/* Writes small ONNX models for tests: a growing buffer and the fields of protobuf. For trusted use: running out of memory ends the program. */
#ifndef TESTS_SUPPORT_MODEL_BYTES_H
#define TESTS_SUPPORT_MODEL_BYTES_H

#include <stddef.h>
#include <stdint.h>

typedef struct bytes {
  unsigned char *data;
  size_t size, capacity;
} bytes;

void bytes_free(bytes *b);
void bytes_raw(bytes *b, const void *data, size_t size);
void bytes_varint(bytes *b, uint64_t value);
void bytes_number(bytes *b, uint32_t field, uint64_t value);
void bytes_float(bytes *b, uint32_t field, float value);
void bytes_text(bytes *b, uint32_t field, const char *text);
/* Appends `inner` as a length-delimited field and frees it. */
void bytes_message(bytes *b, uint32_t field, bytes *inner);

/* Attributes of a node being written. */
void bytes_ints(bytes *node, const char *name, const int64_t *values, size_t count);
void bytes_floats(bytes *node, const char *name, const float *values, size_t count);
void bytes_strings(bytes *node, const char *name, const char *const *values, size_t count);
void bytes_int(bytes *node, const char *name, int64_t value);

/* A tensor of float (element 1) or uint8 (2) as raw_data. */
void bytes_tensor(bytes *node, const char *name, int64_t element, const void *values, size_t count);

/* The attributes of a TreeEnsemble (ai.onnx.ml 5) whose one tree is a chain: branch i asks "x0 <= i" and goes on to branch i + 1 when it is not; each
 * leaf's weight is its number. */
bytes bytes_indexed_chain(size_t branches);

/* Those of a TreeEnsemble with one test: 1 if x0 is 1.5 i + 0.25 for an i from 0 to count - 1, else 2. */
bytes bytes_set(size_t count);

/* A model of one node: float input X [?, columns], the node's attributes as given (freed), one output Y. */
bytes bytes_model(const char *op_type, int64_t ml_version, int64_t columns, bytes *attributes);

#endif
