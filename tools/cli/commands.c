#include "cli/commands.h"

#include <string.h>

const struct command *const all_commands[] = {&run_command,    &inspect_command, &check_command,     &verify_command,
                                              &bench_command, &completion_command, NULL};

const struct command *find_command(const char *name) {
  for (const struct command *const *command = all_commands; *command; command++) {
    if (strcmp((*command)->name, name) == 0) return *command;
  }
  /* An older name, and one that is not for people. */
  if (strcmp(name, "info") == 0) return &inspect_command;
  return strcmp(name, man_command.name) == 0 ? &man_command : NULL;
}
