#include "cli/load.h"

#include <errno.h>
#include <string.h>

#include "cli/options.h"
#include "text/printable.h"

struct listener {
  const char *path;
  size_t problems;
};

static void on_problem(void *context, onnxtree_severity severity, const char *code, const char *place, const char *message) {
  struct listener *listener = context;
  if (severity != ONNXTREE_WARNING) {
    listener->problems++;
    return;
  }
  char shown_path[PRINTABLE_SIZE];
  char shown_place[PRINTABLE_SIZE];
  char shown[ONNXTREE_ERROR_MESSAGE_SIZE];
  warn("%s: [%s] %s%s%s", printable(shown_path, sizeof shown_path, listener->path, strlen(listener->path)), code,
       printable(shown_place, sizeof shown_place, place, strlen(place)), *place ? ": " : "", printable_lines(shown, sizeof shown, message));
}

enum exit_code load_model(const char *path, const onnxtree_load_options *options, onnxtree_model **model, struct failure *failure) {
  struct listener listener = {path, 0};
  onnxtree_load_options listening = *options;
  listening.on_problem = on_problem;
  listening.on_problem_context = &listener;

  onnxtree_error error = {0};
  if (onnxtree_model_load_file(path, &listening, model, &error) == ONNXTREE_OK) return OK;
  enum exit_code code = fail_library(failure, path, &error);
  char shown[PRINTABLE_SIZE];
  if (listener.problems > 1) add_advice(failure, "'onnxtree check %s' lists all of them", printable(shown, sizeof shown, path, strlen(path)));
  return code;
}

enum exit_code hash_model(const char *path, char sha256[SHA256_TEXT_SIZE], struct failure *failure) {
  if (sha256_of_file(path, sha256)) return OK;
  char shown[PRINTABLE_SIZE];
  return fail(failure, IO_FAILED, "%s: cannot be read a second time, for its SHA-256: %s",
              printable(shown, sizeof shown, path, strlen(path)), strerror(errno));
}

enum exit_code check_kernel_name(const char *name, struct failure *failure) {
  enum { MOST_KERNELS = 30 };
  const char *names[MOST_KERNELS + 2] = {"auto"};
  for (size_t i = 0; i < MOST_KERNELS && onnxtree_kernel_name(i); i++) names[i + 1] = onnxtree_kernel_name(i);
  size_t index;
  return option_choice("kernel", name, names, &index, failure);
}
