/* onnxtree completion SHELL: a script that completes command lines, made from the same tables as everything else. */

#include <string.h>

#include "cli/commands.h"
#include "text/buffer.h"

/* An option's argument is a choice if it is words between bars: "auto|yes|no". */
static bool is_choice(const char *argument) { return argument && strchr(argument, '|'); }

/* FILE, GOLDEN and the like name files; NAME, CHAR, N and lists do not. */
static bool is_file(const char *argument) { return argument && (strcmp(argument, "FILE") == 0 || strcmp(argument, "GOLDEN") == 0); }

/* The words of a choice; those in capitals stand for something else. */
static void append_choices(struct buffer *text, const char *argument, const char *between) {
  for (size_t written = 0; *argument;) {
    size_t size = strcspn(argument, "|");
    if (*argument >= 'a' && *argument <= 'z') {
      append_text(text, written++ > 0 ? between : "");
      append_bytes(text, argument, size);
    }
    argument += size + (argument[size] == '|');
  }
}

/* All options of a command, the common ones last. */
struct option_list {
  const struct option *next;
  bool is_common;
};

static const struct option *next_option(struct option_list *list) {
  if (!list->next->name && !list->is_common) *list = (struct option_list){common_options, true};
  return list->next->name ? list->next++ : NULL;
}

static struct option_list options_of(const struct command *command) { return (struct option_list){command->options, false}; }

static void append_command_names(struct buffer *text) {
  for (const struct command *const *command = all_commands; *command; command++) {
    append_text(text, (*command)->name);
    append_char(text, ' ');
  }
  append_text(text, "help");
}

/* The first line of an option's help, without what would end a quoted text. */
static void append_help(struct buffer *text, const char *help) {
  for (; *help && *help != '\n'; help++) {
    if (!strchr("'\"\\`$[]:", *help)) append_char(text, *help);
  }
}

/* ---- bash ------------------------------------------------------------------------------------------------------------------------- */

static void append_bash_command(struct buffer *text, const struct command *command) {
  append_format(text, "    %s)\n      case $previous in\n", command->name);
  struct option_list list = options_of(command);
  for (const struct option *option; (option = next_option(&list)) != NULL;) {
    if (!option->argument) continue;
    append_format(text, "        --%s", option->name);
    if (option->letter) append_format(text, "|-%c", option->letter);
    append_text(text, ") COMPREPLY=()");
    if (is_choice(option->argument)) {
      append_text(text, "; COMPREPLY=($(compgen -W '");
      append_choices(text, option->argument, " ");
      append_text(text, "' -- \"$word\"))");
    } else if (is_file(option->argument)) {
      append_text(text, "; COMPREPLY=($(compgen -f -- \"$word\"))");
    }
    append_text(text, "; return ;;\n");
  }
  append_text(text, "      esac\n      options='");
  list = options_of(command);
  for (const struct option *option; (option = next_option(&list)) != NULL;) append_format(text, "--%s ", option->name);
  append_text(text, "'\n      ;;\n");
}

static void append_bash(struct buffer *text) {
  append_text(text,
              "# bash completion of onnxtree: onnxtree completion bash > /etc/bash_completion.d/onnxtree\n"
              "_onnxtree() {\n  local word=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]} options=\n"
              "  if [ \"$COMP_CWORD\" -eq 1 ]; then\n    COMPREPLY=($(compgen -W '");
  append_command_names(text);
  append_text(text, " --help --version' -- \"$word\"))\n    return\n  fi\n  case ${COMP_WORDS[1]} in\n    help) COMPREPLY=($(compgen -W '");
  append_command_names(text);
  append_text(
      text,
      "' -- \"$word\")); return ;;\n    completion) [[ $word == -* ]] || { COMPREPLY=($(compgen -W 'bash zsh fish' -- \"$word\")); return; } ;;&\n");
  for (const struct command *const *command = all_commands; *command; command++) append_bash_command(text, *command);
  append_text(text,
              "  esac\n  if [[ $word == -* ]]; then\n    COMPREPLY=($(compgen -W \"$options\" -- \"$word\"))\n  else\n"
              "    COMPREPLY=($(compgen -f -- \"$word\"))\n  fi\n}\ncomplete -o filenames -F _onnxtree onnxtree\n");
}

/* ---- zsh -------------------------------------------------------------------------------------------------------------------------- */

static void append_zsh_option(struct buffer *text, const struct option *option) {
  append_text(text, " \\\n        '");
  if (option->letter)
    append_format(text, "(-%c --%s)'{-%c%s,--%s%s}'", option->letter, option->name, option->letter, option->argument ? "+" : "", option->name,
                  option->argument ? "=" : "");
  else
    append_format(text, "--%s%s", option->name, option->argument ? "=" : "");
  append_char(text, '[');
  append_help(text, option->help);
  append_char(text, ']');
  if (option->argument) {
    append_text(text, ":value:");
    if (is_choice(option->argument)) {
      append_char(text, '(');
      append_choices(text, option->argument, " ");
      append_char(text, ')');
    } else if (is_file(option->argument)) {
      append_text(text, "_files");
    }
  }
  append_char(text, '\'');
}

static void append_zsh(struct buffer *text) {
  append_text(text,
              "#compdef onnxtree\n# zsh completion of onnxtree: put it into a folder of $fpath as _onnxtree\n_onnxtree() {\n  local -a commands\n  "
              "commands=(\n");
  for (const struct command *const *command = all_commands; *command; command++) {
    append_format(text, "    '%s:", (*command)->name);
    append_help(text, (*command)->summary);
    append_text(text, "'\n");
  }
  append_text(text,
              "    'help:print help'\n  )\n  if (( CURRENT == 2 )); then\n    _describe command commands\n    return\n  fi\n"
              "  local name=$words[2]\n  shift words\n  (( CURRENT-- ))\n  case $name in\n");
  for (const struct command *const *command = all_commands; *command; command++) {
    append_format(text, "    %s)\n      _arguments -s", (*command)->name);
    struct option_list list = options_of(*command);
    for (const struct option *option; (option = next_option(&list)) != NULL;) append_zsh_option(text, option);
    append_text(text, *command == &completion_command ? " \\\n        '*:shell:(bash zsh fish)' ;;\n" : " \\\n        '*:file:_files' ;;\n");
  }
  append_text(text, "    help) _describe command commands ;;\n  esac\n}\n_onnxtree \"$@\"\n");
}

/* ---- fish ------------------------------------------------------------------------------------------------------------------------- */

static void append_fish_command(struct buffer *text, const struct command *command) {
  append_format(text, "complete -c onnxtree -n __fish_use_subcommand -f -a %s -d '", command->name);
  append_help(text, command->summary);
  append_text(text, "'\n");
  struct option_list list = options_of(command);
  for (const struct option *option; (option = next_option(&list)) != NULL;) {
    append_format(text, "complete -c onnxtree -n '__fish_seen_subcommand_from %s' -l %s", command->name, option->name);
    if (option->letter) append_format(text, " -s %c", option->letter);
    if (option->argument) append_text(text, is_file(option->argument) ? " -r" : " -x");
    if (is_choice(option->argument)) {
      append_text(text, " -a '");
      append_choices(text, option->argument, " ");
      append_char(text, '\'');
    }
    append_text(text, " -d '");
    append_help(text, option->help);
    append_text(text, "'\n");
  }
}

static void append_fish(struct buffer *text) {
  append_text(text, "# fish completion of onnxtree: onnxtree completion fish > ~/.config/fish/completions/onnxtree.fish\n");
  for (const struct command *const *command = all_commands; *command; command++) append_fish_command(text, *command);
  append_text(text, "complete -c onnxtree -n '__fish_seen_subcommand_from completion' -f -a 'bash zsh fish'\n");
}

/* ---- the command ------------------------------------------------------------------------------------------------------------------ */

static const struct option options[] = {{0, 0, NULL, NULL, NULL}};

static enum exit_code print_completion(const struct command *command, const char *shell, struct failure *failure) {
  static const char *const shells[] = {"bash", "zsh", "fish", NULL};
  static void (*const writers[])(struct buffer *) = {append_bash, append_zsh, append_fish};
  size_t index = 0;
  while (shell && shells[index] && strcmp(shell, shells[index]) != 0) index++;
  if (!shell || !shells[index]) {
    (void)fail(failure, USAGE, "completion needs the name of a shell: bash, zsh or fish");
    add_advice(failure, "usage: onnxtree %s", command->usage);
    return USAGE;
  }
  struct buffer text = {0};
  writers[index](&text);
  enum exit_code code = text.failed ? fail_memory(failure) : OK;
  if (code == OK) (void)fwrite(text.data, 1, text.size, stdout);
  buffer_free(&text);
  return code;
}

static int run_completion(const struct command *command, int count, char **words) {
  struct failure failure = {""};
  struct arguments arguments = {.command = command, .next = words, .end = words + count};
  const char *value;
  const char *shell = NULL;
  int id;
  while ((id = next_argument(&arguments, &value, &failure)) == ARGUMENT_OPERAND) shell = value;
  enum exit_code code = id == ARGUMENT_WRONG ? USAGE : OK;
  if (id == ARGUMENT_HELP)
    print_command_help(command, stdout);
  else if (code == OK)
    code = print_completion(command, shell, &failure);
  print_failure(&failure);
  return (int)code;
}

const struct command completion_command = {
    .name = "completion",
    .summary = "print a script that completes command lines",
    .usage = "completion bash|zsh|fish",
    .examples =
        "  onnxtree completion bash > /etc/bash_completion.d/onnxtree\n"
        "  onnxtree completion zsh > \"${fpath[1]}/_onnxtree\"\n"
        "  onnxtree completion fish > ~/.config/fish/completions/onnxtree.fish\n",
    .options = options,
    .notes = "Exit codes: 0 ok; 2 wrong usage.\n",
    .run = run_completion,
};
