/* The subcommands. */
#ifndef TOOLS_COMMANDS_H
#define TOOLS_COMMANDS_H

#include "cli/options.h"

extern const struct command run_command;
extern const struct command inspect_command;
extern const struct command check_command;
extern const struct command bench_command;

#endif
