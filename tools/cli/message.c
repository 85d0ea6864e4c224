#include "cli/message.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "cli/color.h"
#include "text/printable.h"

static bool is_quiet;

enum exit_code fail(struct failure *failure, enum exit_code code, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  (void)vsnprintf(failure->message, sizeof failure->message, format, arguments);
  va_end(arguments);
  return code;
}

void add_advice(struct failure *failure, const char *format, ...) {
  size_t used = strlen(failure->message);
  if (used + 3 >= sizeof failure->message) return;

  va_list arguments;
  va_start(arguments, format);
  int length = vsnprintf(failure->message + used + 1, sizeof failure->message - used - 1, format, arguments);
  va_end(arguments);
  if (length > 0) failure->message[used] = '\n';
}

static enum exit_code code_of_status(onnxtree_status status) {
  switch (status) {
    case ONNXTREE_OK:
      return OK;
    case ONNXTREE_INVALID_ARGUMENT:
      return USAGE;
    case ONNXTREE_MALFORMED:
    case ONNXTREE_INVALID_MODEL:
    case ONNXTREE_UNSUPPORTED:
    case ONNXTREE_LIMIT_EXCEEDED:
      return MODEL_REFUSED;
    case ONNXTREE_SHAPE_MISMATCH:
    case ONNXTREE_TYPE_MISMATCH:
    case ONNXTREE_INVALID_DATA:
      return DATA_REFUSED;
    default:
      return IO_FAILED;
  }
}

enum exit_code fail_library(struct failure *failure, const char *subject, const onnxtree_error *error) {
  char name[PRINTABLE_SIZE];
  char message[ONNXTREE_ERROR_MESSAGE_SIZE * 2];
  printable(name, sizeof name, subject, strlen(subject));
  printable_lines(message, sizeof message, error->message);

  /* About files that cannot be read the library names the path itself. */
  bool names_subject = strstr(message, name) != NULL;
  return fail(failure, code_of_status(error->status), "%s%s%s", names_subject ? "" : name, names_subject ? "" : ": ", message);
}

void print_failure(const struct failure *failure) {
  if (failure->message[0])
    (void)fprintf(stderr, "%sonnxtree:%s %s\n", color_on(stderr, COLOR_ERROR), color_on(stderr, COLOR_NONE), failure->message);
}

void set_quiet(bool quiet) { is_quiet = quiet; }

static void print_remark(const char *kind, const char *format, va_list arguments) {
  if (is_quiet) return;
  (void)fprintf(stderr, "%sonnxtree: %s:%s ", color_on(stderr, COLOR_WARNING), kind, color_on(stderr, COLOR_NONE));
  (void)vfprintf(stderr, format, arguments);
  (void)fputc('\n', stderr);
}

void warn(const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  print_remark("warning", format, arguments);
  va_end(arguments);
}

void note(const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  print_remark("note", format, arguments);
  va_end(arguments);
}
