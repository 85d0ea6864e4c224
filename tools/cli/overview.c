#include "cli/overview.h"

#include "cli/color.h"
#include "cli/commands.h"

const char overview_summary[] = "evaluates decision-tree models in ONNX form";

const char overview_examples[] =
    "  onnxtree run model.onnx rows.csv -o scores.csv\n"
    "  onnxtree inspect model.onnx\n"
    "  onnxtree check models/\n"
    "  onnxtree verify model.onnx golden.csv\n";

const char overview_streams[] = "Results go to standard output, everything else to standard error.";

const struct exit_meaning exit_meanings[] = {
    {OK, "ok"},
    {NEGATIVE, "check found a problem, or verify a difference"},
    {USAGE, "wrong usage"},
    {MODEL_REFUSED, "the model was refused"},
    {DATA_REFUSED, "the data were refused"},
    {IO_FAILED, "input or output failed, or out of memory"},
    {0, NULL},
};

static void print_heading(FILE *stream, const char *heading) {
  (void)fprintf(stream, "\n%s%s:%s\n", color_on(stream, COLOR_HEADING), heading, color_on(stream, COLOR_NONE));
}

static void print_commands(FILE *stream) {
  print_heading(stream, "Commands");
  for (const struct command *const *command = all_commands; *command; command++)
    (void)fprintf(stream, "  %-11s %s\n", (*command)->name, (*command)->summary);
}

void print_concise_help(FILE *stream) {
  (void)fprintf(stream, "onnxtree %s.\n\n  onnxtree run model.onnx rows.csv -o scores.csv\n", overview_summary);
  print_commands(stream);
  (void)fputs("\nMore: onnxtree --help, onnxtree run --help\n", stream);
}

void print_full_help(FILE *stream) {
  (void)fprintf(stream, "onnxtree %s.\n", overview_summary);
  print_heading(stream, "Examples");
  (void)fputs(overview_examples, stream);
  (void)fputs("\nUsage: onnxtree COMMAND [options] ...\n", stream);
  print_commands(stream);
  (void)fprintf(stream, "  %-11s the same as COMMAND --help\n", "help");
  print_heading(stream, "Options");
  (void)fputs("  -h, --help        print this help\n"
              "      --version     print the version and the kernels that this processor can run\n",
              stream);
  (void)fprintf(stream, "\n%s\n", overview_streams);
  print_heading(stream, "Exit codes");
  for (const struct exit_meaning *exit = exit_meanings; exit->meaning; exit++) (void)fprintf(stream, "  %d  %s\n", exit->code, exit->meaning);
}
