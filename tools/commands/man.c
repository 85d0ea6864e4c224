/* onnxtree man [COMMAND]: manual pages in roff, made from the tables that --help prints. Not for people: the build calls it. */

#include <ctype.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/overview.h"
#include "text/buffer.h"

/* Text in roff: backslashes doubled, hyphens that can be copied, and no line that looks like a request. */
static void append_roff(struct buffer *page, const char *text, size_t size) {
  for (size_t i = 0; i < size; i++) {
    bool starts_line = i == 0 || text[i - 1] == '\n';
    if (starts_line && (text[i] == '.' || text[i] == '\'')) append_text(page, "\\&");
    if (text[i] == '\\')
      append_text(page, "\\e");
    else if (text[i] == '-')
      append_text(page, "\\-");
    else
      append_char(page, text[i]);
  }
}

static void append_words(struct buffer *page, const char *text) { append_roff(page, text, strlen(text)); }

static void append_title(struct buffer *page, const char *name, const char *summary) {
  char capitals[64] = "ONNXTREE";
  size_t used = strlen(capitals);
  if (*name) capitals[used++] = '-';
  for (const char *next = name; *next && used + 1 < sizeof capitals; next++) capitals[used++] = (char)toupper((unsigned char)*next);
  append_format(page, ".TH %s 1 \"\" \"onnxtree %s\" \"User commands\"\n.SH NAME\nonnxtree", capitals, onnxtree_version());
  append_text(page, *name ? "\\-" : "");
  append_words(page, name);
  append_text(page, " \\- ");
  append_words(page, summary);
  append_char(page, '\n');
}

/* Ways to use a command are separated by " | "; the first one starts with its name. */
static void append_synopsis(struct buffer *page, const char *usage) {
  size_t name_size = strcspn(usage, " ");
  const char *name = usage;
  append_text(page, ".SH SYNOPSIS\n.nf\n");
  while (usage) {
    const char *bar = strstr(usage, " | ");
    append_text(page, "onnxtree ");
    if (usage != name) {
      append_roff(page, name, name_size);
      append_char(page, ' ');
    }
    append_roff(page, usage, bar ? (size_t)(bar - usage) : strlen(usage));
    append_char(page, '\n');
    usage = bar ? bar + 3 : NULL;
  }
  append_text(page, ".fi\n");
}

static void append_options(struct buffer *page, const struct option *options) {
  for (; options->name; options++) {
    append_text(page, ".TP\n");
    if (options->letter) append_format(page, "\\fB\\-%c\\fR, ", options->letter);
    append_text(page, "\\fB\\-\\-");
    append_words(page, options->name);
    append_text(page, "\\fR");
    if (options->argument) {
      append_text(page, " \\fI");
      append_words(page, options->argument);
      append_text(page, "\\fR");
    }
    append_char(page, '\n');
    append_words(page, options->help);
    append_char(page, '\n');
  }
}

static void append_examples(struct buffer *page, const char *examples) {
  append_text(page, ".SH EXAMPLES\n.nf\n");
  append_words(page, examples);
  append_text(page, ".fi\n");
}

/* Paragraphs are separated by blank lines. */
static void append_notes(struct buffer *page, const char *notes) {
  append_text(page, ".SH NOTES\n");
  for (const char *next = notes; *next;) {
    const char *end = strstr(next, "\n\n");
    size_t size = end ? (size_t)(end - next) : strlen(next);
    append_roff(page, next, size);
    append_text(page, end ? "\n.PP\n" : "");
    next += size + (end ? 2 : 0);
  }
}

static void append_command_page(struct buffer *page, const struct command *command) {
  append_title(page, command->name, command->summary);
  append_synopsis(page, command->usage);
  append_text(page, ".SH OPTIONS\n");
  append_options(page, command->options);
  append_options(page, common_options);
  if (command->notes) append_notes(page, command->notes);
  append_examples(page, command->examples);
  append_text(page, ".SH SEE ALSO\n\\fBonnxtree\\fR(1)\n");
}

static void append_main_page(struct buffer *page) {
  append_title(page, "", overview_summary);
  append_synopsis(page, "COMMAND [options] ...");
  append_text(page, ".SH DESCRIPTION\n");
  append_words(page, overview_streams);
  append_text(page, "\n.SH COMMANDS\n");
  for (const struct command *const *command = all_commands; *command; command++) {
    append_format(page, ".TP\n\\fBonnxtree\\-%s\\fR(1)\n", (*command)->name);
    append_words(page, (*command)->summary);
    append_char(page, '\n');
  }
  append_text(page, ".SH EXIT STATUS\n");
  for (const struct exit_meaning *exit = exit_meanings; exit->meaning; exit++) {
    append_format(page, ".TP\n%d\n", exit->code);
    append_words(page, exit->meaning);
    append_char(page, '\n');
  }
  append_text(page, ".SH ENVIRONMENT\n.TP\nNO_COLOR, TERM\nIf NO_COLOR is set and not empty, or TERM is \"dumb\", nothing is printed in colour.\n");
  append_examples(page, overview_examples);
  append_text(page, ".SH SEE ALSO\n\\fBlibonnxtree\\fR(3)\n");
}

static int run_man(const struct command *command, int count, char **words) {
  (void)command;
  const struct command *subject = count > 0 ? find_command(words[0]) : NULL;
  if (count > 0 && !subject) return USAGE;
  struct buffer page = {0};
  if (subject)
    append_command_page(&page, subject);
  else
    append_main_page(&page);
  if (!page.failed) (void)fwrite(page.data, 1, page.size, stdout);
  enum exit_code code = page.failed ? IO_FAILED : OK;
  buffer_free(&page);
  return (int)code;
}

static const struct option options[] = {{0, 0, NULL, NULL, NULL}};

const struct command man_command = {
    .name = "man", .summary = "print a manual page in roff", .usage = "man [COMMAND]", .examples = "", .options = options, .run = run_man};
