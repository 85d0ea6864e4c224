#define _POSIX_C_SOURCE 200809L

#include "cli/options.h"

#include <string.h>
#include <unistd.h>

#include "cli/color.h"
#include "cli/suggest.h"
#include "text/parse_number.h"
#include "text/printable.h"

enum { COLOR = -2 };

/* Known to every command. */
const struct option common_options[] = {
    {COLOR, 0, "color", "auto|always|never", "print in colour (default: auto, on terminals, unless NO_COLOR is set)"},
    {ARGUMENT_HELP, 'h', "help", NULL, "print this help"},
    {0, 0, NULL, NULL, NULL},
};

static int wrong(const struct arguments *arguments, struct failure *failure) {
  add_advice(failure, "see 'onnxtree %s --help'", arguments->command->name);
  return ARGUMENT_WRONG;
}

static const struct option *find_long(const struct option *options, const char *name, size_t size) {
  for (; options->name; options++) {
    if (strlen(options->name) == size && memcmp(options->name, name, size) == 0) return options;
  }
  return NULL;
}

static const struct option *find_short(const struct option *options, char letter) {
  for (; options->name; options++) {
    if (options->letter == letter) return options;
  }
  return NULL;
}

static int unknown_long(const struct arguments *arguments, const char *name, size_t size, struct failure *failure) {
  char shown[PRINTABLE_SIZE];
  printable(shown, sizeof shown, name, size);
  (void)fail(failure, USAGE, "unknown option '--%s'", shown);

  struct suggestion suggestion = suggestion_for(shown);
  for (const struct option *option = arguments->command->options; option->name; option++) suggestion_offer(&suggestion, option->name);
  for (const struct option *option = common_options; option->name; option++) suggestion_offer(&suggestion, option->name);
  if (suggestion.best) add_advice(failure, "did you mean '--%s'?", suggestion.best);
  return wrong(arguments, failure);
}

static int missing_value(const struct arguments *arguments, const struct option *option, struct failure *failure) {
  (void)fail(failure, USAGE, "option '--%s' needs a value: --%s %s", option->name, option->name, option->argument);
  return wrong(arguments, failure);
}

static int read_long(struct arguments *arguments, const char *name, const char **value, struct failure *failure) {
  size_t size = strcspn(name, "=");
  const struct option *option = find_long(arguments->command->options, name, size);
  if (!option) option = find_long(common_options, name, size);
  if (!option) return unknown_long(arguments, name, size, failure);

  const char *attached = name[size] == '=' ? name + size + 1 : NULL;
  if (!option->argument && attached) {
    (void)fail(failure, USAGE, "option '--%s' takes no value", option->name);
    return wrong(arguments, failure);
  }
  if (option->argument && !attached) {
    if (arguments->next == arguments->end) return missing_value(arguments, option, failure);
    attached = *arguments->next++;
  }
  *value = attached;
  return option->id;
}

static int read_short(struct arguments *arguments, const char **value, struct failure *failure) {
  char letter = *arguments->cluster++;
  const struct option *option = find_short(arguments->command->options, letter);
  if (!option) option = find_short(common_options, letter);
  if (!option) {
    char shown[PRINTABLE_SIZE];
    (void)fail(failure, USAGE, "unknown option '-%s'", printable(shown, sizeof shown, &letter, 1));
    return wrong(arguments, failure);
  }
  if (!option->argument) return option->id;

  const char *attached = arguments->cluster;
  arguments->cluster = "";
  if (*attached == '\0') {
    if (arguments->next == arguments->end) return missing_value(arguments, option, failure);
    attached = *arguments->next++;
  }
  *value = attached;
  return option->id;
}

static int read_word(struct arguments *arguments, const char **value, struct failure *failure) {
  *value = NULL;
  if (arguments->cluster && *arguments->cluster) return read_short(arguments, value, failure);
  if (arguments->next == arguments->end) return ARGUMENT_END;

  const char *word = *arguments->next++;
  if (arguments->only_operands || word[0] != '-' || word[1] == '\0') {
    *value = word;
    return ARGUMENT_OPERAND;
  }
  if (strcmp(word, "--") == 0) {
    arguments->only_operands = true;
    return read_word(arguments, value, failure);
  }
  if (word[1] == '-') return read_long(arguments, word + 2, value, failure);
  arguments->cluster = word + 1;
  return read_short(arguments, value, failure);
}

int next_argument(struct arguments *arguments, const char **value, struct failure *failure) {
  static const char *const modes[] = {"auto", "always", "never", NULL};
  int id;
  while ((id = read_word(arguments, value, failure)) == COLOR) {
    size_t mode = 0;
    if (option_choice("color", *value, modes, &mode, failure)) return ARGUMENT_WRONG;
    color_set_mode((enum color_mode)mode);
  }
  return id;
}

bool read_arguments(const struct command *command, int count, char **words,
                    enum exit_code (*read)(int id, const char *value, void *request, struct failure *failure), void *request, enum exit_code *code,
                    struct failure *failure) {
  struct arguments arguments = {.command = command, .next = words, .end = words + count};
  const char *value;
  *code = OK;
  for (int id; *code == OK && (id = next_argument(&arguments, &value, failure)) != ARGUMENT_END;) {
    if (id == ARGUMENT_HELP) {
      print_command_help(command, stdout);
      return false;
    }
    *code = id == ARGUMENT_WRONG ? USAGE : read(id, value, request, failure);
  }
  return *code == OK;
}

enum exit_code option_number(const char *option, const char *text, size_t least, size_t most, size_t *value, struct failure *failure) {
  int64_t number = 0;
  enum number_result result = parse_int64(text, &number);
  if (result != NUMBER_OK || number < 0 || (uint64_t)number < least || (uint64_t)number > most) {
    char shown[PRINTABLE_SIZE];
    return fail(failure, USAGE, "--%s: '%s' is not a whole number from %zu to %zu", option, printable(shown, sizeof shown, text, strlen(text)), least,
                most);
  }
  *value = (size_t)number;
  return OK;
}

enum exit_code option_choice(const char *option, const char *text, const char *const *choices, size_t *index, struct failure *failure) {
  struct buffer list = {0};
  struct suggestion suggestion = suggestion_for(text);
  for (size_t i = 0; choices[i]; i++) {
    if (strcmp(text, choices[i]) == 0) {
      *index = i;
      buffer_free(&list);
      return OK;
    }
    suggestion_offer(&suggestion, choices[i]);
    append_text(&list, i > 0 ? ", " : "");
    append_text(&list, choices[i]);
  }

  char shown[PRINTABLE_SIZE];
  printable(shown, sizeof shown, text, strlen(text));
  (void)fail(failure, USAGE, "--%s: there is no '%s'; choose one of %.*s", option, shown, (int)list.size, list.data);
  if (suggestion.best) add_advice(failure, "did you mean '%s'?", suggestion.best);
  buffer_free(&list);
  return USAGE;
}

enum exit_code option_threads(const char *option, const char *text, size_t *threads, struct failure *failure) {
  if (strcmp(text, "auto") != 0) return option_number(option, text, 1, 256, threads, failure);
  long processors = sysconf(_SC_NPROCESSORS_ONLN);
  *threads = processors < 1 ? 1 : processors > 256 ? 256 : (size_t)processors;
  return OK;
}

enum exit_code option_delimiter(const char *option, const char *text, char *delimiter, struct failure *failure) {
  bool is_tab = strcmp(text, "tab") == 0 || strcmp(text, "\\t") == 0;
  char character = is_tab ? '\t' : text[0];
  /* Neither part of numbers and names nor of the structure. */
  if ((!is_tab && strlen(text) != 1) || !strchr("\t ,;:|!#$%&*/<=>@^_~", character))
    return fail(failure, USAGE, "--%s: one of , ; | : or another sign is expected, or tab", option);
  *delimiter = character;
  return OK;
}

static void print_option(const struct option *option, FILE *stream) {
  enum { HELP_COLUMN = 30 };
  char letter[8] = "    ";
  if (option->letter) (void)snprintf(letter, sizeof letter, "-%c, ", option->letter);
  int width = fprintf(stream, "  %s--%s%s%s", letter, option->name, option->argument ? " " : "", option->argument ? option->argument : "");
  if (width >= HELP_COLUMN) {
    (void)fputc('\n', stream);
    width = 0;
  }
  for (const char *line = option->help; *line;) {
    size_t size = strcspn(line, "\n");
    (void)fprintf(stream, "%*s%.*s\n", HELP_COLUMN - width, "", (int)size, line);
    line += size + (line[size] == '\n');
    width = 0;
  }
}

static void print_heading(FILE *stream, const char *heading) {
  (void)fprintf(stream, "%s%s:%s", color_on(stream, COLOR_HEADING), heading, color_on(stream, COLOR_NONE));
}

/* Ways to use a command are separated by " | ". */
static void print_usage(const struct command *command, FILE *stream) {
  print_heading(stream, "Usage");
  for (const char *usage = command->usage; usage;) {
    const char *bar = strstr(usage, " | ");
    int size = bar ? (int)(bar - usage) : (int)strlen(usage);
    if (usage == command->usage)
      (void)fprintf(stream, " onnxtree %.*s\n", size, usage);
    else
      (void)fprintf(stream, "       onnxtree %s %.*s\n", command->name, size, usage);
    usage = bar ? bar + 3 : NULL;
  }
}

void print_command_help(const struct command *command, FILE *stream) {
  (void)fprintf(stream, "onnxtree %s: %s\n\n", command->name, command->summary);
  print_heading(stream, "Examples");
  (void)fprintf(stream, "\n%s\n", command->examples);
  print_usage(command, stream);
  (void)fputc('\n', stream);
  print_heading(stream, "Options");
  (void)fputc('\n', stream);
  for (const struct option *option = command->options; option->name; option++) print_option(option, stream);
  for (const struct option *option = common_options; option->name; option++) print_option(option, stream);
  if (command->notes) (void)fprintf(stream, "\n%s", command->notes);
}
