/* Command lines. One table of options per command drives both parsing and --help. */
#ifndef TOOLS_OPTIONS_H
#define TOOLS_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "cli/message.h"

struct option {
  int id;               /* what next_argument() returns: FIRST_OPTION or more */
  char letter;          /* -o; 0 if there is no short form */
  const char *name;     /* "output" for --output */
  const char *argument; /* "FILE", or NULL if it takes none */
  const char *help;     /* lines after '\n' are indented like the first */
};

struct command {
  const char *name;
  const char *summary;          /* one line */
  const char *usage;            /* "run [options] MODEL [DATA]" */
  const char *examples;         /* indented lines */
  const struct option *options; /* ends with a name of NULL; --help is known to every command */
  const char *notes;            /* printed after the options; may be NULL */
  int (*run)(const struct command *command, int count, char **words);
};

extern const struct option common_options[]; /* known to every command, too */

enum { ARGUMENT_WRONG = -1, ARGUMENT_END = 0, ARGUMENT_OPERAND = 1, ARGUMENT_HELP = 2, FIRST_OPTION = 3 };

struct arguments {
  const struct command *command;
  char **next;
  char **end;
  const char *cluster; /* letters of -abc that are still to be read */
  bool only_operands;  /* "--" has been seen */
};

/* The next option (its id) or operand of the command line; *value is the option's argument or the operand.
 * Understands --name=value, --name value, -o value, -ovalue, -ab and "--". */
int next_argument(struct arguments *arguments, const char **value, struct failure *failure);

/* Hands options and operands to `read` until one is wrong. True: the command is to be run, the line was right. False: *code is how the program ends;
 * if help was asked for, it has been printed. */
bool read_arguments(const struct command *command, int count, char **words,
                    enum exit_code (*read)(int id, const char *value, void *request, struct failure *failure), void *request, enum exit_code *code,
                    struct failure *failure);

/* Values of options; `option` is named in messages. Each returns OK or USAGE. */
enum exit_code option_number(const char *option, const char *text, size_t least, size_t most, size_t *value, struct failure *failure);
enum exit_code option_choice(const char *option, const char *text, const char *const *choices, size_t *index, struct failure *failure);
enum exit_code option_threads(const char *option, const char *text, size_t *threads,
                              struct failure *failure); /* 1 to 256, or "auto": one per processor */
enum exit_code option_delimiter(const char *option, const char *text, char *delimiter, struct failure *failure);

void print_command_help(const struct command *command, FILE *stream);

#endif
