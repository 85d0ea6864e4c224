/* Hashes of results that are the same on every machine: FNV-1a over little-endian bytes; every NaN counts as the same. */
#ifndef TESTS_SUPPORT_RESULT_HASH_H
#define TESTS_SUPPORT_RESULT_HASH_H

#include <onnxtree/onnxtree.h>

typedef uint64_t result_hash;
#define RESULT_HASH_START UINT64_C(14695981039346656037)

result_hash result_hash_bytes(result_hash h, const void *data, size_t size);
result_hash result_hash_number(result_hash h, uint64_t bits, size_t size);

/* All elements, row by row. */
result_hash result_hash_tensor(result_hash h, const onnxtree_tensor *tensor);

#endif
