/* What the command is as a whole: said by --help and by the manual page alike. */
#ifndef TOOLS_CLI_OVERVIEW_H
#define TOOLS_CLI_OVERVIEW_H

#include <stdio.h>

extern const char overview_summary[];  /* one line */
extern const char overview_examples[]; /* indented lines */
extern const char overview_streams[];  /* where output goes */

struct exit_meaning {
  int code;
  const char *meaning;
};
extern const struct exit_meaning exit_meanings[]; /* ends with a meaning of NULL */

void print_concise_help(FILE *stream);
void print_full_help(FILE *stream);

#endif
