/* The subcommands. */
#ifndef TOOLS_CLI_COMMANDS_H
#define TOOLS_CLI_COMMANDS_H

#include "cli/options.h"

extern const struct command run_command;
extern const struct command inspect_command;
extern const struct command check_command;
extern const struct command verify_command;
extern const struct command bench_command;
extern const struct command completion_command;
extern const struct command man_command; /* for the build: writes the manual pages */

/* Those that people are told of, in this order; ends with NULL. */
extern const struct command *const all_commands[];

const struct command *find_command(const char *name); /* also man; NULL if there is none */

#endif
