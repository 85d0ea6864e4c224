/* The onnxtree command: finds the subcommand and hands the rest of the command line to it. */
#define _POSIX_C_SOURCE 200809L

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include <onnxtree/onnxtree.h>

#include "cli/commands.h"
#include "cli/overview.h"
#include "cli/suggest.h"
#include "text/printable.h"

static int unknown_command(const char *name) {
  char shown[PRINTABLE_SIZE];
  struct failure failure = {0};
  (void)fail(&failure, USAGE, "there is no command '%s'", printable(shown, sizeof shown, name, strlen(name)));
  struct suggestion suggestion = suggestion_for(name);
  for (const struct command *const *command = all_commands; *command; command++) suggestion_offer(&suggestion, (*command)->name);
  static const char *const others[] = {"help", "--help", "--version"};
  for (size_t i = 0; i < sizeof others / sizeof *others; i++) suggestion_offer(&suggestion, others[i]);
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
    print_full_help(stdout);
  return OK;
}

static bool asks_for_help(const char *word) { return strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0 || strcmp(word, "help") == 0; }

static int dispatch(int count, char **words) {
  if (count < 2) {
    print_concise_help(stderr);
    return USAGE;
  }
  const char *name = words[1];
  if (asks_for_help(name)) return print_help(name[0] == 'h' && count > 2 && !asks_for_help(words[2]) ? words[2] : NULL);
  if (strcmp(name, "--version") == 0) return print_version();
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
