/* onnxtree inspect MODEL: what is in a model, for people, as JSON or as a page. */

#include <string.h>

#include <onnxtree/onnxtree.h>

#include "cli/commands.h"
#include "cli/load.h"
#include "inspect/inspect.h"
#include "output/output_file.h"

enum { AS_JSON = FIRST_OPTION, HTML, TREE, DOT, QUIET };

static const struct option options[] = {
    {AS_JSON, 0, "json", NULL, "print one JSON object"},
    {HTML, 0, "html", "FILE", "write a model card: a page that needs nothing but itself"},
    {TREE, 0, "tree", "N", "print the tree N, counted from 0"},
    {DOT, 0, "dot", NULL, "with --tree: print it in Graphviz's language"},
    {QUIET, 'q', "quiet", NULL, "no warnings"},
    {0, 0, NULL, NULL, NULL},
};

struct request {
  const char *model;
  size_t operands;
  bool as_json;
  const char *html;
  bool wants_tree;
  size_t tree;
  bool as_dot;
};

static enum exit_code describe(const struct request *request, const onnxtree_model *model, struct buffer *text, struct failure *failure) {
  enum exit_code code = OK;
  char sha256[SHA256_TEXT_SIZE] = "";
  if (!request->wants_tree) code = hash_model(request->model, sha256, failure);
  if (code) return code;
  if (request->wants_tree)
    code = inspect_tree(text, model, request->tree, request->as_dot, failure);
  else if (request->html)
    inspect_as_html(text, request->model, sha256, model);
  else if (request->as_json)
    inspect_as_json(text, request->model, sha256, model);
  else
    inspect_as_text(text, request->model, sha256, model);
  return code == OK && text->failed ? fail_memory(failure) : code;
}

static enum exit_code inspect(const struct request *request, struct failure *failure) {
  const onnxtree_load_options load_options = ONNXTREE_LOAD_OPTIONS_INIT;
  onnxtree_model *model = NULL;
  enum exit_code code = load_model(request->model, &load_options, &model, failure);
  if (code) return code;

  struct buffer text = {0};
  struct output_file file = {0};
  const char *const inputs[] = {request->model, NULL};
  code = describe(request, model, &text, failure);
  onnxtree_model_free(model);
  if (code == OK) code = output_open(&file, request->html, inputs, failure);
  if (code == OK) code = output_write(&file, text.data, text.size, failure);
  if (code == OK && request->html) code = output_commit(&file, failure);
  output_discard(&file);
  buffer_free(&text);
  return code;
}

static enum exit_code read_option(int id, const char *value, void *context, struct failure *failure) {
  struct request *request = context;
  switch (id) {
    case AS_JSON:
      request->as_json = true;
      return OK;
    case HTML:
      request->html = value;
      return OK;
    case TREE:
      request->wants_tree = true;
      return option_number("tree", value, 0, SIZE_MAX / 2, &request->tree, failure);
    case DOT:
      request->as_dot = true;
      return OK;
    case QUIET:
      set_quiet(true);
      return OK;
    default:
      if (request->operands++ == 0) request->model = value;
      return OK;
  }
}

static enum exit_code check_request(const struct command *command, const struct request *request, struct failure *failure) {
  if (request->operands != 1) {
    (void)fail(failure, USAGE, request->operands ? "inspect takes one model; %zu were given" : "inspect needs the name of a model",
               request->operands);
    add_advice(failure, "usage: onnxtree %s", command->usage);
    return USAGE;
  }
  if (request->as_dot && !request->wants_tree) return fail(failure, USAGE, "--dot prints one tree; choose it with --tree N");
  if (request->as_json + (request->html != NULL) + request->wants_tree > 1) return fail(failure, USAGE, "choose one of --json, --html and --tree");
  return OK;
}

static int run_inspect(const struct command *command, int count, char **words) {
  struct failure failure = {""};
  struct request request = {0};
  enum exit_code code;
  if (read_arguments(command, count, words, read_option, &request, &code, &failure)) {
    code = check_request(command, &request, &failure);
    if (code == OK) code = inspect(&request, &failure);
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
        "  onnxtree inspect --json model.onnx | jq .inputs\n"
        "  onnxtree inspect --html card.html model.onnx\n"
        "  onnxtree inspect --tree 0 --dot model.onnx | dot -Tsvg > tree.svg\n",
    .options = options,
    .notes =
        "Without an option it prints inputs, outputs, classes, operators and their kernels, memory, the depths of leaves and the\n"
        "most used features.\n\n"
        "Trees are shown as they are evaluated: nodes and leaves are numbered over the whole operator, and a chain of tests\n"
        "for equality is one test for membership in a set. x[3] is column 3 of the operator's input; \"missing too\" says that\n"
        "NaN passes the test.\n\n"
        "Exit codes: 0 ok; 2 wrong usage; 3 model refused; 5 input or output failed, or out of memory.\n",
    .run = run_inspect,
};
