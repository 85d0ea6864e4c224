/* onnxtree inspect MODEL: what is in a model, for people or as JSON. */

#include <string.h>

#include <onnxtree/onnxtree.h>

#include "cli/commands.h"
#include "inspect/inspect.h"
#include "cli/load.h"

enum { AS_JSON = FIRST_OPTION, QUIET };

static const struct option options[] = {
    {AS_JSON, 0, "json", NULL, "print one JSON object"},
    {QUIET, 'q', "quiet", NULL, "no warnings"},
    {0, 0, NULL, NULL, NULL},
};

static enum exit_code inspect(const char *path, bool as_json, struct failure *failure) {
  const onnxtree_load_options load_options = ONNXTREE_LOAD_OPTIONS_INIT;
  onnxtree_model *model = NULL;
  enum exit_code code = load_model(path, &load_options, &model, failure);
  if (code) return code;

  struct buffer text = {0};
  if (as_json)
    inspect_as_json(&text, path, model);
  else
    inspect_as_text(&text, path, model);
  onnxtree_model_free(model);
  if (text.failed)
    code = fail_memory(failure);
  else
    (void)fwrite(text.data, 1, text.size, stdout);
  buffer_free(&text);
  return code;
}

static int run_inspect(const struct command *command, int count, char **words) {
  struct failure failure = {""};
  struct arguments arguments = {.command = command, .next = words, .end = words + count};
  const char *path = NULL;
  size_t operands = 0;
  bool as_json = false;
  int id;
  const char *value;
  while ((id = next_argument(&arguments, &value, &failure)) > ARGUMENT_END && id != ARGUMENT_HELP) {
    if (id == AS_JSON)
      as_json = true;
    else if (id == QUIET)
      set_quiet(true);
    else if (operands++ == 0)
      path = value;
  }

  enum exit_code code = OK;
  if (id == ARGUMENT_WRONG) {
    code = USAGE;
  } else if (id == ARGUMENT_HELP) {
    print_command_help(command, stdout);
  } else if (operands != 1) {
    code = fail(&failure, USAGE, operands ? "inspect takes one model; %zu were given" : "inspect needs the name of a model", operands);
    add_advice(&failure, "usage: onnxtree %s", command->usage);
  } else {
    code = inspect(path, as_json, &failure);
  }
  print_failure(&failure);
  return (int)code;
}

const struct command inspect_command = {
    .name = "inspect",
    .summary = "show what is in a model",
    .usage = "inspect [options] MODEL",
    .examples =
        "  onnxtree inspect model.onnx\n"
        "  onnxtree inspect --json model.onnx | jq .inputs\n",
    .options = options,
    .notes = "Exit codes: 0 ok; 2 wrong usage; 3 model refused; 5 input or output failed, or out of memory.\n",
    .run = run_inspect,
};
