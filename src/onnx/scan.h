/* The wire check that runs before protobuf-c sees a byte: iterative, one pass, no allocation.
 *
 * protobuf-c recurses without a bound, merges repeated singular messages in quadratic time and cuts text at NUL bytes. So the scan refuses
 * deep nesting, second occurrences of singular messages and names, NUL and bad UTF-8 in text, groups, over-long tags, wire types that a
 * field cannot have, and lengths that reach past their message. What passes can be decoded with bounded stack and linear work. */
#ifndef OT_ONNX_SCAN_H
#define OT_ONNX_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/problems.h"

#define OT_MAX_NESTING 32

/* A run of unpacked elements of an attribute, at least OT_LONG_RUN bytes of them: they are checked and counted in one pass. */
#define OT_LONG_RUN 4096u
typedef struct ot_run {
  const unsigned char *begin, *end;
  size_t count;
} ot_run;

/* The first `size / OT_LONG_RUN` of `runs` (may be NULL) receive the long runs in the order of the file, and one more a run that begins nowhere.
 * False if the bytes are refused; the problem says where. Of the limits, max_nesting (at most OT_MAX_NESTING) and max_graph_nodes are checked. */
bool ot_scan(const unsigned char *bytes, size_t size, const onnxtree_limits *limits, ot_run *runs, ot_problems *problems);

#endif
