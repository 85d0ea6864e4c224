/* The onnxtree command: finds the subcommand and hands the rest of the command line to it. */
#define _POSIX_C_SOURCE 200809L

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include <onnxtree/onnxtree.h>

#include "cli/commands.h"
#include "cli/suggest.h"
#include "text/printable.h"

static const struct command *const commands[] = {&run_command, &inspect_command, &check_command, &bench_command};
enum { COMMAND_COUNT = sizeof commands / sizeof commands[0] };

static const char concise_help[] =
    "onnxtree evaluates decision-tree models in ONNX form.\n"
    "\n"
    "  onnxtree run model.onnx rows.csv -o scores.csv\n"
    "\n"
    "Commands:\n"
    "  run      score rows with a model\n"
    "  inspect  show what is in a model\n"
    "  check    list every problem of model files\n"
    "  bench    measure how fast a model is\n"
    "\n"
    "More: onnxtree --help, onnxtree run --help\n";

static const char full_help[] =
    "onnxtree evaluates decision-tree models in ONNX form.\n"
    "\n"
    "Examples:\n"
    "  onnxtree run model.onnx rows.csv -o scores.csv\n"
    "  onnxtree inspect model.onnx\n"
    "  onnxtree check models/*.onnx\n"
    "\n"
    "Usage: onnxtree COMMAND [options] ...\n"
    "\n"
    "Commands:\n"
    "  run MODEL [DATA]    score the rows of a CSV or NPY file, or of standard input\n"
    "  inspect MODEL       show inputs, outputs, operators, trees and memory\n"
    "  check MODEL...      list every problem of model files\n"
    "  bench MODEL [DATA]  time it with batches of several sizes\n"
    "  help COMMAND        the same as COMMAND --help\n"
    "\n"
    "Options:\n"
    "  -h, --help        print this help\n"
    "      --version     print the version and the kernels that this processor can run\n"
    "\n"
    "Results go to standard output, everything else to standard error.\n"
    "\n"
    "Exit codes:\n"
    "  0  ok\n"
    "  1  check found a problem\n"
    "  2  wrong usage\n"
    "  3  the model was refused\n"
    "  4  the data were refused\n"
    "  5  input or output failed, or out of memory\n";

static const struct command *find_command(const char *name) {
  for (size_t i = 0; i < COMMAND_COUNT; i++) {
    if (strcmp(commands[i]->name, name) == 0) return commands[i];
  }
  return NULL;
}

static int unknown_command(const char *name) {
  char shown[PRINTABLE_SIZE];
  struct failure failure;
  (void)fail(&failure, USAGE, "there is no command '%s'", printable(shown, sizeof shown, name, strlen(name)));
  struct suggestion suggestion = suggestion_for(name);
  for (size_t i = 0; i < COMMAND_COUNT; i++) suggestion_offer(&suggestion, commands[i]->name);
  suggestion_offer(&suggestion, "help");
  if (suggestion.best) add_advice(&failure, "did you mean '%s'?", suggestion.best);
  add_advice(&failure, "see 'onnxtree --help'");
  print_failure(&failure);
  return USAGE;
}

static int print_version(void) {
  (void)printf("onnxtree %s\nkernels:", onnxtree_version());
  for (size_t i = 0; onnxtree_kernel_name(i); i++) (void)printf(" %s", onnxtree_kernel_name(i));
  (void)putchar('\n');
  return OK;
}

static int print_help(const char *name) {
  const struct command *command = name ? find_command(name) : NULL;
  if (name && !command) return unknown_command(name);
  if (command)
    print_command_help(command, stdout);
  else
    (void)fputs(full_help, stdout);
  return OK;
}

static int dispatch(int count, char **words) {
  if (count < 2) {
    (void)fputs(concise_help, stderr);
    return USAGE;
  }
  const char *name = words[1];
  if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0) return print_help(NULL);
  if (strcmp(name, "--version") == 0) return print_version();
  if (strcmp(name, "help") == 0) return print_help(count > 2 ? words[2] : NULL);
  const struct command *command = find_command(name);
  return command ? command->run(command, count - 2, words + 2) : unknown_command(name);
}

/* A file that is opened must not take the number of a standard stream that the caller closed: messages would be written into it.
 * The stand-ins are opened the wrong way round, so that using them fails. */
static void reserve_standard_streams(void) {
  for (int descriptor = 0; descriptor <= 2; descriptor++) {
    if (fcntl(descriptor, F_GETFD) == -1 && errno == EBADF) (void)open("/dev/null", descriptor == 0 ? O_WRONLY : O_RDONLY);
  }
}

int main(int count, char **words) {
  reserve_standard_streams();
  int code = dispatch(count, words);
  if (fflush(stdout) != 0 || ferror(stdout)) {
    if (code == OK || code == NEGATIVE) {
      (void)fprintf(stderr, "onnxtree: standard output cannot be written: %s\n", strerror(errno));
      code = IO_FAILED;
    }
  }
  return code;
}
