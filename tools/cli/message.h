/* What the command says on stderr. Functions that can fail return an exit code and leave the explanation in a `struct failure`;
 * only the top of the command prints it. */
#ifndef TOOLS_MESSAGE_H
#define TOOLS_MESSAGE_H

#include <stdbool.h>

#include <onnxtree/onnxtree.h>

#include "cli/exit_codes.h"
#include "text/formatted.h"

enum { FAILURE_SIZE = 2048 };

struct failure {
  char message[FAILURE_SIZE];
};

/* Write the explanation; returns `code`, so that `return fail(…)` reads as one step. */
enum exit_code fail(struct failure *failure, enum exit_code code, const char *format, ...) FORMATTED(3, 4);

/* Append a sentence on a line of its own. Nothing happens when `format` makes an empty text. */
void add_advice(struct failure *failure, const char *format, ...) FORMATTED(2, 3);

static inline enum exit_code fail_memory(struct failure *failure) {
  (void)fail(failure, IO_FAILED, "out of memory");
  return IO_FAILED;
}

/* The explanation of a library call that failed; `subject` is the file it is about. */
enum exit_code fail_library(struct failure *failure, const char *subject, const onnxtree_error *error);

/* Print "onnxtree: …" on stderr. A message without text is not printed. */
void print_failure(const struct failure *failure);

/* Print "onnxtree: warning: …" or "onnxtree: note: …" on stderr, unless set_quiet(true) was called. */
void set_quiet(bool quiet);
void warn(const char *format, ...) FORMATTED(1, 2);
void note(const char *format, ...) FORMATTED(1, 2);

#endif
