/* Status codes and the caller-owned error record. docs/errors.md lists every status and every problem code. */
#ifndef ONNXTREE_STATUS_H
#define ONNXTREE_STATUS_H

#include <onnxtree/export.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What kind of thing went wrong. Values never change; new ones are only appended. */
typedef enum onnxtree_status {
  ONNXTREE_OK = 0,
  ONNXTREE_INVALID_ARGUMENT = 1, /* the call itself is wrong: a NULL, a bad option, a buffer too small */
  ONNXTREE_IO = 2,               /* a file could not be opened or read */
  ONNXTREE_OUT_OF_MEMORY = 3,    /* the allocator returned NULL */
  ONNXTREE_MALFORMED = 4,        /* the bytes are no well-formed ONNX protobuf */
  ONNXTREE_INVALID_MODEL = 5,    /* well-formed, but breaks the rules of ONNX or of a tree ensemble */
  ONNXTREE_UNSUPPORTED = 6,      /* a valid model that uses something that is not implemented; all of it is named */
  ONNXTREE_LIMIT_EXCEEDED = 7,   /* a stated limit, named in the message, would be exceeded */
  ONNXTREE_SHAPE_MISMATCH = 8,   /* an input or output has another number of rows or columns than the model asks for */
  ONNXTREE_TYPE_MISMATCH = 9,    /* an input or output has another element type than the model asks for */
  ONNXTREE_CANCELLED = 10,       /* the caller asked to stop */
  ONNXTREE_INTERNAL = 11,        /* a defect of the library; please report it */
  ONNXTREE_INVALID_DATA = 12     /* a row has a value that the model cannot use, e.g. an unknown category where the model demands a known one */
} onnxtree_status;

#define ONNXTREE_ERROR_MESSAGE_SIZE 1024 /* bytes, the final NUL included */

/* Filled by a function that fails, when the caller passes one (NULL is allowed everywhere). Untouched on success.
 * Owned by the caller; holds no allocation. One error record must not be shared by threads. */
typedef struct onnxtree_error {
  onnxtree_status status;                    /* kind of failure */
  const char *code;                          /* stable name of the problem, e.g. "tree-cycle"; static storage */
  char message[ONNXTREE_ERROR_MESSAGE_SIZE]; /* one or more lines for a person: what, where, what was expected; UTF-8, NUL-terminated */
} onnxtree_error;

/* Stable lower-case name of a status, e.g. "invalid-model"; "unknown" for other numbers. Static storage; never NULL. Thread-safe. */
ONNXTREE_API const char *onnxtree_status_name(onnxtree_status status);

#ifdef __cplusplus
}
#endif

#endif
