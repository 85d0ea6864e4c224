/* onnxtree check MODEL...: list every problem of every file. */

#include <stdlib.h>
#include <string.h>

#include <onnxtree/onnxtree.h>

#include "cli/commands.h"
#include "input/files.h"
#include "text/json.h"
#include "text/printable.h"

enum { AS_JSON = FIRST_OPTION, QUIET };

static const struct option options[] = {
    {AS_JSON, 0, "json", NULL, "print one JSON array with an object for each file"},
    {QUIET, 'q', "quiet", NULL, "print problems only: no warnings, no \"ok\""},
    {0, 0, NULL, NULL, NULL},
};

struct check {
  const char *path; /* as given */
  bool is_quiet;
  struct buffer *json; /* NULL: print lines */
  size_t problems;
};

static void print_json(struct check *check, onnxtree_severity severity, const char *code, const char *place, const char *message) {
  json_open(check->json, '{');
  json_text_member(check->json, "severity", severity == ONNXTREE_WARNING ? "warning" : "problem");
  json_text_member(check->json, "code", code);
  json_text_member(check->json, "place", place);
  json_text_member(check->json, "message", message);
  json_close(check->json, '}');
}

static void print_line(const struct check *check, onnxtree_severity severity, const char *code, const char *place, const char *message) {
  char path[PRINTABLE_SIZE];
  char shown_place[PRINTABLE_SIZE];
  char shown[ONNXTREE_ERROR_MESSAGE_SIZE * 2];
  (void)printf("%s: %s[%s]: %s%s%s\n", printable(path, sizeof path, check->path, strlen(check->path)),
               severity == ONNXTREE_WARNING ? "warning" : "problem", code, printable(shown_place, sizeof shown_place, place, strlen(place)),
               *place ? ": " : "", printable(shown, sizeof shown, message, strlen(message)));
}

static void on_problem(void *context, onnxtree_severity severity, const char *code, const char *place, const char *message) {
  struct check *check = context;
  if (severity == ONNXTREE_WARNING && check->is_quiet) return;
  check->problems += severity == ONNXTREE_PROBLEM;
  if (check->json)
    print_json(check, severity, code, place, message);
  else
    print_line(check, severity, code, place, message);
}

static enum exit_code load_and_report(struct check *check) {
  onnxtree_load_options load_options = ONNXTREE_LOAD_OPTIONS_INIT;
  load_options.on_problem = on_problem;
  load_options.on_problem_context = check;

  onnxtree_model *model = NULL;
  onnxtree_error error = {0};
  onnxtree_status status = onnxtree_model_load_file(check->path, &load_options, &model, &error);
  onnxtree_model_free(model);
  if (status == ONNXTREE_OK) return OK;
  if (check->problems == 0) on_problem(check, ONNXTREE_PROBLEM, error.code ? error.code : onnxtree_status_name(status), "", error.message);
  return status == ONNXTREE_IO || status == ONNXTREE_OUT_OF_MEMORY ? IO_FAILED : NEGATIVE;
}

static enum exit_code check_file(const char *path, bool is_quiet, struct buffer *json) {
  struct check check = {path, is_quiet, json, 0};
  if (json) {
    json_open(json, '{');
    json_text_member(json, "file", path);
    json_member(json, "findings");
    json_open(json, '[');
  }
  enum exit_code code = load_and_report(&check);
  if (json) {
    json_close(json, ']');
    json_text_member(json, "result", code == OK ? "ok" : code == NEGATIVE ? "refused" : "unreadable");
    json_close(json, '}');
  } else if (code == OK && !is_quiet) {
    char name[PRINTABLE_SIZE];
    (void)printf("%s: ok\n", printable(name, sizeof name, path, strlen(path)));
  }
  return code;
}

static enum exit_code check_files(const struct files *files, bool as_json, bool is_quiet, struct failure *failure) {
  size_t tally[IO_FAILED + 1] = {0};
  struct buffer json = {0};
  if (as_json) json_open(&json, '[');
  for (size_t i = 0; i < files->count; i++) tally[check_file(files->paths[i], is_quiet, as_json ? &json : NULL)]++;
  if (as_json) {
    json_close(&json, ']');
    append_char(&json, '\n');
    bool failed = json.failed;
    if (!failed) (void)fwrite(json.data, 1, json.size, stdout);
    buffer_free(&json);
    if (failed) return fail_memory(failure);
  } else if (files->count > 1 && !is_quiet) {
    (void)printf("%zu files: %zu ok, %zu with problems, %zu not readable\n", files->count, tally[OK], tally[NEGATIVE], tally[IO_FAILED]);
  }
  return tally[NEGATIVE] ? NEGATIVE : tally[IO_FAILED] ? IO_FAILED : OK;
}

struct request {
  struct files files;
  bool as_json, is_quiet, has_operand;
};

static enum exit_code read_option(int id, const char *value, void *context, struct failure *failure) {
  struct request *request = context;
  request->as_json = request->as_json || id == AS_JSON;
  request->is_quiet = request->is_quiet || id == QUIET;
  if (id != ARGUMENT_OPERAND) return OK;
  request->has_operand = true;
  return files_add(&request->files, value, ".onnx", failure);
}

static enum exit_code check_request(const struct command *command, const struct request *request, struct failure *failure) {
  if (request->files.count > 0) return OK;
  if (request->has_operand) return fail(failure, IO_FAILED, "there is no file *.onnx");
  (void)fail(failure, USAGE, "check needs the name of a model");
  add_advice(failure, "usage: onnxtree %s", command->usage);
  return USAGE;
}

static int run_check(const struct command *command, int count, char **words) {
  struct failure failure = {""};
  struct request request = {0};
  enum exit_code code;
  if (read_arguments(command, count, words, read_option, &request, &code, &failure)) {
    code = check_request(command, &request, &failure);
    if (code == OK) code = check_files(&request.files, request.as_json, request.is_quiet, &failure);
  }
  files_free(&request.files);
  print_failure(&failure);
  return (int)code;
}

const struct command check_command = {
    .name = "check",
    .summary = "list every problem of model files",
    .usage = "check [options] MODEL...",
    .examples =
        "  onnxtree check model.onnx\n"
        "  onnxtree check models/ && echo all good\n"
        "  onnxtree check --json models/ | jq '.[] | select(.result != \"ok\").file'\n",
    .options = options,
    .notes =
        "Prints one line for each finding, FILE: problem[CODE]: PLACE: MESSAGE, or FILE: ok. docs/errors.md explains the codes.\n"
        "Folders are searched for files *.onnx, those inside them too.\n\n"
        "Exit codes: 0 no problems; 1 a file has a problem; 5 none has, but a file cannot be read; 2 wrong usage.\n",
    .run = run_check,
};
