/* onnxtree check MODEL...: list every problem of every file. */

#include <stdlib.h>
#include <string.h>

#include <onnxtree/onnxtree.h>

#include "cli/commands.h"
#include "text/printable.h"

enum { QUIET = FIRST_OPTION };

static const struct option options[] = {
    {QUIET, 'q', "quiet", NULL, "print problems only: no warnings, no \"ok\""},
    {0, 0, NULL, NULL, NULL},
};

struct check {
  const char *path; /* printable */
  bool is_quiet;
  size_t problems;
};

static void print_problem(void *context, onnxtree_severity severity, const char *code, const char *place, const char *message) {
  struct check *check = context;
  if (severity == ONNXTREE_WARNING && check->is_quiet) return;
  check->problems += severity == ONNXTREE_PROBLEM;

  char shown_place[PRINTABLE_SIZE];
  char shown[ONNXTREE_ERROR_MESSAGE_SIZE * 2];
  (void)printf("%s: %s[%s]: %s%s%s\n", check->path, severity == ONNXTREE_WARNING ? "warning" : "problem", code,
               printable(shown_place, sizeof shown_place, place, strlen(place)), *place ? ": " : "",
               printable(shown, sizeof shown, message, strlen(message)));
}

static enum exit_code check_file(const char *path, bool is_quiet) {
  char name[PRINTABLE_SIZE];
  struct check check = {printable(name, sizeof name, path, strlen(path)), is_quiet, 0};
  onnxtree_load_options load_options = ONNXTREE_LOAD_OPTIONS_INIT;
  load_options.on_problem = print_problem;
  load_options.on_problem_context = &check;

  onnxtree_model *model = NULL;
  onnxtree_error error = {0};
  onnxtree_status status = onnxtree_model_load_file(path, &load_options, &model, &error);
  onnxtree_model_free(model);
  if (status == ONNXTREE_OK) {
    if (!is_quiet) (void)printf("%s: ok\n", name);
    return OK;
  }
  if (check.problems == 0) print_problem(&check, ONNXTREE_PROBLEM, error.code ? error.code : onnxtree_status_name(status), "", error.message);
  return status == ONNXTREE_IO || status == ONNXTREE_OUT_OF_MEMORY ? IO_FAILED : NEGATIVE;
}

static int run_check(const struct command *command, int count, char **words) {
  struct failure failure = {""};
  struct arguments arguments = {.command = command, .next = words, .end = words + count};
  const char **paths = calloc((size_t)count + 1, sizeof *paths);
  size_t path_count = 0;
  bool is_quiet = false;
  int id = ARGUMENT_END;
  const char *value;
  while (paths && (id = next_argument(&arguments, &value, &failure)) > ARGUMENT_END && id != ARGUMENT_HELP) {
    if (id == ARGUMENT_OPERAND)
      paths[path_count++] = value;
    else
      is_quiet = true;
  }

  size_t tally[IO_FAILED + 1] = {0};
  if (!paths) {
    id = fail_memory(&failure) ? ARGUMENT_WRONG : id;
  } else if (id == ARGUMENT_HELP) {
    print_command_help(command, stdout);
  } else if (id == ARGUMENT_END && path_count == 0) {
    (void)fail(&failure, USAGE, "check needs the name of a model");
    add_advice(&failure, "usage: onnxtree %s", command->usage);
    id = ARGUMENT_WRONG;
  }
  for (size_t i = 0; id == ARGUMENT_END && i < path_count; i++) tally[check_file(paths[i], is_quiet)]++;
  if (id == ARGUMENT_END && path_count > 1 && !is_quiet)
    (void)printf("%zu files: %zu ok, %zu with problems, %zu not readable\n", path_count, tally[OK], tally[NEGATIVE], tally[IO_FAILED]);
  free(paths);
  print_failure(&failure);
  if (id == ARGUMENT_WRONG) return USAGE;
  return tally[NEGATIVE] ? NEGATIVE : tally[IO_FAILED] ? IO_FAILED : OK;
}

const struct command check_command = {
    .name = "check",
    .summary = "list every problem of model files",
    .usage = "check [options] MODEL...",
    .examples =
        "  onnxtree check model.onnx\n"
        "  onnxtree check models/*.onnx && echo all good\n",
    .options = options,
    .notes =
        "Prints one line for each finding, FILE: problem[CODE]: PLACE: MESSAGE, or FILE: ok.\n"
        "docs/errors.md explains the codes.\n\n"
        "Exit codes: 0 no problems; 1 a file has a problem; 5 none has, but a file cannot be read; 2 wrong usage.\n",
    .run = run_check,
};
