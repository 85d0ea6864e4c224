/* onnxtree run MODEL [DATA]: the command line. The work is in run.c. */

#include "cli/commands.h"
#include "cli/load.h"
#include "run/run.h"

enum { OUTPUT = FIRST_OPTION, FROM, TO, OUTPUTS, HEADER, DELIMITER, THREADS, KERNEL, BATCH, COMPAT, DOUBLE_INPUTS, QUIET };

static const struct option options[] = {
    {OUTPUT, 'o', "output", "FILE", "write to FILE instead of standard output; FILE appears when it is complete"},
    {FROM, 0, "from", "csv|npy", "format of DATA (default: by extension, else by its first bytes)"},
    {TO, 0, "to", "csv|jsonl|npy", "format of the results (default: by the extension of FILE, else csv)"},
    {OUTPUTS, 0, "outputs", "NAME,...", "outputs of the model to write, in this order (default: all; npy: the scores)"},
    {HEADER, 0, "header", "auto|yes|no",
     "whether the first row of a CSV file is a header (default: auto, it is one\nif a cell of it is not a value)"},
    {DELIMITER, 'd', "delimiter", "CHAR", "what separates the columns of a CSV file (default: comma; \"tab\" is a tab)"},
    {THREADS, 0, "threads", "N|auto", "threads to evaluate with, 1 to 256 (default: 1; auto: one per processor)"},
    {KERNEL, 0, "kernel", "NAME", "evaluate with this kernel (default: auto); the results are the same"},
    {BATCH, 0, "batch", "N", "rows evaluated together (default: 4096 per thread)"},
    {COMPAT, 0, "compat", "MODE", "default or onnxruntime: whom to follow where implementations disagree"},
    {DOUBLE_INPUTS, 0, "double-inputs", "MODE", "as-specified or float32: what inputs of type double are compared as"},
    {QUIET, 'q', "quiet", NULL, "no warnings and notes"},
    {0, 0, NULL, NULL, NULL},
};

static enum exit_code read_choice(int id, const char *value, struct run_settings *settings, struct failure *failure) {
  static const char *const headers[] = {"auto", "yes", "no", NULL};
  static const char *const modes[] = {"default", "onnxruntime", NULL};
  static const char *const comparisons[] = {"as-specified", "float32", NULL};
  size_t index = 0;
  enum exit_code code = OK;
  if (id == HEADER) {
    code = option_choice("header", value, headers, &index, failure);
    settings->reading.header = (enum header_mode)index;
  } else if (id == COMPAT) {
    code = option_choice("compat", value, modes, &index, failure);
    settings->loading.compat = (onnxtree_compat)index;
  } else {
    code = option_choice("double-inputs", value, comparisons, &index, failure);
    settings->loading.double_inputs = (onnxtree_double_inputs)index;
  }
  return code;
}

static enum exit_code read_operand(const char *value, struct run_settings *settings, struct failure *failure) {
  if (settings->data)
    return fail(failure, USAGE, "run takes a model and one file of data; there are more names\nusage: onnxtree %s", run_command.usage);
  *(settings->model ? &settings->data : &settings->model) = value;
  return OK;
}

static enum exit_code read_option(int id, const char *value, struct run_settings *settings, struct failure *failure) {
  switch (id) {
    case ARGUMENT_OPERAND:
      return read_operand(value, settings, failure);
    case OUTPUT:
      settings->output = value;
      return OK;
    case FROM:
      settings->from = value;
      return OK;
    case TO:
      settings->to = value;
      return OK;
    case OUTPUTS:
      settings->outputs = value;
      return OK;
    case DELIMITER:
      return option_delimiter("delimiter", value, &settings->reading.delimiter, failure);
    case THREADS:
      return option_threads("threads", value, &settings->threads, failure);
    case KERNEL:
      settings->loading.kernel = value;
      return check_kernel_name(value, failure);
    case BATCH:
      return option_number("batch", value, 1, 1000000, &settings->batch, failure);
    case QUIET:
      set_quiet(true);
      return OK;
    default:
      return read_choice(id, value, settings, failure);
  }
}

static int run_run(const struct command *command, int count, char **words) {
  struct failure failure = {""};
  struct arguments arguments = {.command = command, .next = words, .end = words + count};
  struct run_settings settings = {.reading = {',', HEADER_AUTO}, .loading = ONNXTREE_LOAD_OPTIONS_INIT, .threads = 1};
  enum exit_code code = OK;
  int id;
  const char *value;
  while (code == OK && (id = next_argument(&arguments, &value, &failure)) != ARGUMENT_END) {
    if (id == ARGUMENT_HELP) {
      print_command_help(command, stdout);
      return OK;
    }
    code = id == ARGUMENT_WRONG ? USAGE : read_option(id, value, &settings, &failure);
  }
  if (code == OK && !settings.model) {
    code = fail(&failure, USAGE, "run needs the name of a model");
    add_advice(&failure, "usage: onnxtree %s", command->usage);
  }
  if (code == OK) code = run_model(&settings, &failure);
  print_failure(&failure);
  return (int)code;
}

const struct command run_command = {
    .name = "run",
    .summary = "score rows with a model",
    .usage = "run [options] MODEL [DATA]",
    .examples =
        "  onnxtree run model.onnx rows.csv\n"
        "  onnxtree run model.onnx rows.npy -o scores.npy\n"
        "  zcat rows.csv.gz | onnxtree run model.onnx --to jsonl | gzip > scores.jsonl.gz\n",
    .options = options,
    .notes =
        "DATA is read from standard input when it is absent or \"-\", and in blocks: memory does not grow with its rows.\n\n"
        "CSV columns are bound by name when every input of the model is one column and the header has the inputs' names,\n"
        "in any order; otherwise by position, and then there must be as many columns as the model needs. Missing cells of float\n"
        "inputs are NaN; they are written: nothing, NA, N/A, NaN, nan, null, or ?. Blank lines are skipped.\n\n"
        "NPY arrays are little-endian float32, float64, int32, int64 or bool in C order. They are converted to the\n"
        "input's type, float64 to float by rounding to nearest.\n\n"
        "CSV results have a header: NAME for one column, NAME:LABEL for a column per class, else NAME:0, NAME:1, ... Numbers\n"
        "have the fewest digits that read back to the same value, in plain notation from 0.00001 up to below 1e16. In JSON\n"
        "Lines nan and infinities are null. NPY takes one numeric output.\n\n"
        "Exit codes: 0 ok; 2 wrong usage; 3 model refused; 4 data refused; 5 input or output failed, or out of memory.\n"
        "When data are refused midway, standard output may already have results of rows before; FILE is never left behind.\n",
    .run = run_run,
};
