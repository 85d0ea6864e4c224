#define _POSIX_C_SOURCE 200809L

#include "cli/color.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static enum color_mode chosen;

void color_set_mode(enum color_mode mode) { chosen = mode; }

static bool is_colored(FILE *stream) {
  if (chosen != COLOR_AUTO) return chosen == COLOR_ALWAYS;
  const char *no_color = getenv("NO_COLOR");
  const char *terminal = getenv("TERM");
  return !(no_color && *no_color) && terminal && strcmp(terminal, "dumb") != 0 && isatty(fileno(stream));
}

const char *color_on(FILE *stream, enum color color) {
  static const char *const sequences[] = {"\033[1m", "\033[1;31m", "\033[33m", "\033[0m"};
  return is_colored(stream) ? sequences[color] : "";
}
