/* onnxtree run MODEL [DATA]: the command line. The work is in run/run.c. */

#include <stdlib.h>

#include "cli/commands.h"
#include "cli/load.h"
#include "run/names.h"
#include "run/run.h"

enum {
  OUTPUT = FIRST_OPTION,
  FROM,
  TO,
  OUTPUTS,
  RAW,
  LEAF_NUMBERS,
  KEEP,
  MAP,
  STRICT,
  HEADER,
  NO_HEADER,
  DELIMITER,
  MISSING,
  SKIP,
  LIMIT,
  THREADS,
  KERNEL,
  BATCH,
  COMPAT,
  DOUBLE_INPUTS,
  SUMS,
  PROGRESS,
  VERBOSE,
  QUIET
};

static const struct option options[] = {
    {OUTPUT, 'o', "output", "FILE", "write to FILE instead of standard output; FILE appears when it is complete"},
    {FROM, 0, "from", "csv|tsv|npy", "format of DATA (default: by extension, else by its first bytes)"},
    {TO, 0, "to", "csv|tsv|jsonl|npy", "format of the results (default: by the extension of FILE, else csv)"},
    {OUTPUTS, 0, "outputs", "NAME,...", "outputs of the model to write, in this order (default: all; npy: the scores)"},
    {RAW, 0, "raw", NULL, "write raw scores of the trees, before class rules and post transform"},
    {LEAF_NUMBERS, 0, "leaves", NULL, "write the leaf that each tree reaches, numbered as inspect --tree does"},
    {KEEP, 'k', "keep", "HEADING,...", "copy these columns of the data to the front of the results"},
    {MAP, 'm', "map", "HEADING=INPUT", "bind the column HEADING to the input INPUT of the model; may be repeated"},
    {STRICT, 0, "strict", NULL, "refuse data with columns that are neither inputs nor kept"},
    {HEADER, 0, "header", "auto|yes|no",
     "whether the first row of a CSV file is a header (default: auto, it is one\nif a cell of it is not a value)"},
    {NO_HEADER, 0, "no-header", NULL, "the same as --header no"},
    {DELIMITER, 'd', "delimiter", "CHAR", "what separates the columns of a CSV file (default: comma; \"tab\" is a tab)"},
    {MISSING, 0, "missing", "TEXT,...", "how missing cells are written (default: \",NA,N/A,NaN,nan,null,?\"; the first is\nnothing)"},
    {SKIP, 0, "skip", "N", "leave out the first N rows"},
    {LIMIT, 0, "limit", "N", "score at most N rows"},
    {THREADS, 'j', "threads", "N|auto", "threads to read and score with, 1 to 256 (default: 1; auto: one per processor)"},
    {KERNEL, 0, "kernel", "NAME", "evaluate with this kernel (default: auto); the results are the same"},
    {BATCH, 0, "batch", "N", "rows evaluated together (default: up to 4096)"},
    {COMPAT, 0, "compat", "default|onnxruntime", "whom to follow where implementations disagree (default: default)"},
    {DOUBLE_INPUTS, 0, "double-inputs", "as-specified|float32", "what inputs of type double are compared as (default: as-specified)"},
    {SUMS, 0, "sums", "as-specified|double",
     "the type that leaf values are added in (default: as-specified: float, unless\nthe model says otherwise)"},
    {PROGRESS, 0, "progress", "auto|always|never", "show progress on standard error (default: auto, if it is a terminal)"},
    {VERBOSE, 'v', "verbose", NULL, "a summary with times at the end"},
    {QUIET, 'q', "quiet", NULL, "no warnings and notes"},
    {0, 0, NULL, NULL, NULL},
};

/* What the command line asks for, and the lists that its settings point to. */
struct request {
  struct run_settings settings;
  struct names missing;
  const char **maps; /* ends with NULL */
  size_t map_count;
};

static enum exit_code read_choice(int id, const char *value, struct run_settings *settings, struct failure *failure) {
  static const char *const headers[] = {"auto", "yes", "no", NULL};
  static const char *const modes[] = {"default", "onnxruntime", NULL};
  static const char *const comparisons[] = {"as-specified", "float32", NULL};
  static const char *const sums[] = {"as-specified", "double", NULL};
  static const char *const shows[] = {"auto", "always", "never", NULL};
  size_t index = 0;
  enum exit_code code = OK;
  if (id == HEADER) {
    code = option_choice("header", value, headers, &index, failure);
    settings->reading.header = (enum header_mode)index;
  } else if (id == COMPAT) {
    code = option_choice("compat", value, modes, &index, failure);
    settings->loading.compat = (onnxtree_compat)index;
  } else if (id == PROGRESS) {
    code = option_choice("progress", value, shows, &index, failure);
    settings->progress = (enum progress_mode)index;
  } else if (id == SUMS) {
    code = option_choice("sums", value, sums, &index, failure);
    settings->loading.sums = (onnxtree_sums)index;
  } else {
    code = option_choice("double-inputs", value, comparisons, &index, failure);
    settings->loading.double_inputs = (onnxtree_double_inputs)index;
  }
  return code;
}

static enum exit_code read_count(int id, const char *value, struct run_settings *settings, struct failure *failure) {
  static const size_t most = SIZE_MAX / 2;
  size_t number = 0;
  enum exit_code code = option_number(id == SKIP ? "skip" : "limit", value, id == LIMIT, most, &number, failure);
  *(id == SKIP ? &settings->reading.skip : &settings->reading.limit) = number;
  return code;
}

static enum exit_code read_operand(const char *value, struct run_settings *settings, struct failure *failure) {
  if (settings->data)
    return fail(failure, USAGE, "run takes a model and one file of data; there are more names\nusage: onnxtree %s", run_command.usage);
  *(settings->model ? &settings->data : &settings->model) = value;
  return OK;
}

static enum exit_code read_list(int id, const char *value, struct request *request, struct failure *failure) {
  if (id == MAP) {
    request->maps[request->map_count++] = value;
    return OK;
  }
  names_free(&request->missing);
  if (!names_split(value, &request->missing)) return fail_memory(failure);
  request->settings.reading.missing = request->missing.items;
  return OK;
}

/* Where a value goes that is used as it is. */
static const char **text_setting(int id, struct run_settings *settings) {
  return id == OUTPUT    ? &settings->output
         : id == FROM    ? &settings->from
         : id == TO      ? &settings->to
         : id == OUTPUTS ? &settings->outputs
                         : &settings->binding.keep;
}

static enum exit_code read_option(int id, const char *value, void *context, struct failure *failure) {
  struct request *request = context;
  struct run_settings *settings = &request->settings;
  switch (id) {
    case ARGUMENT_OPERAND:
      return read_operand(value, settings, failure);
    case OUTPUT:
    case FROM:
    case TO:
    case OUTPUTS:
    case KEEP:
      *text_setting(id, settings) = value;
      return OK;
    case MAP:
    case MISSING:
      return read_list(id, value, request, failure);
    case RAW:
      settings->wants_raw_scores = true;
      return OK;
    case LEAF_NUMBERS:
      settings->wants_leaves = true;
      return OK;
    case STRICT:
      settings->binding.is_strict = true;
      return OK;
    case NO_HEADER:
      settings->reading.header = HEADER_NO;
      return OK;
    case DELIMITER:
      return option_delimiter("delimiter", value, &settings->reading.delimiter, failure);
    case SKIP:
    case LIMIT:
      return read_count(id, value, settings, failure);
    case THREADS:
      return option_threads("threads", value, &settings->threads, failure);
    case KERNEL:
      settings->loading.kernel = value;
      return check_kernel_name(value, failure);
    case BATCH:
      return option_number("batch", value, 1, 1000000, &settings->batch, failure);
    case VERBOSE:
      settings->is_verbose = true;
      return OK;
    case QUIET:
      set_quiet(true);
      return OK;
    default:
      return read_choice(id, value, settings, failure);
  }
}

static enum exit_code check_request(const struct command *command, const struct request *request, struct failure *failure) {
  if (request->settings.model) return OK;
  (void)fail(failure, USAGE, "run needs the name of a model");
  add_advice(failure, "usage: onnxtree %s", command->usage);
  return USAGE;
}

static int run_run(const struct command *command, int count, char **words) {
  struct failure failure = {""};
  struct request request = {.settings = {.loading = ONNXTREE_LOAD_OPTIONS_INIT, .threads = 1}, .maps = calloc((size_t)count + 1, sizeof(char *))};
  request.settings.binding.maps = request.maps;
  enum exit_code code;
  if (!request.maps) {
    code = fail_memory(&failure);
  } else if (read_arguments(command, count, words, read_option, &request, &code, &failure)) {
    code = check_request(command, &request, &failure);
    if (code == OK) code = run_model(&request.settings, &failure);
  }
  print_failure(&failure);
  names_free(&request.missing);
  free((void *)request.maps);
  return (int)code;
}

const struct command run_command = {
    .name = "run",
    .summary = "score rows with a model",
    .usage = "run [options] MODEL [DATA]",
    .examples =
        "  onnxtree run model.onnx rows.csv\n"
        "  onnxtree run model.onnx customers.csv --keep id -o scores.csv --threads auto\n"
        "  onnxtree run model.onnx rows.npy -o scores.npy\n"
        "  zcat rows.csv.gz | onnxtree run model.onnx --to jsonl | gzip > scores.jsonl.gz\n",
    .options = options,
    .notes =
        "DATA is read from standard input when it is absent or \"-\", and in chunks: memory does not grow with its rows.\n\n"
        "Columns are bound by name when the header has names of the model's inputs, in any order: NAME for an input of one column,\n"
        "NAME:0, NAME:1, ... for a matrix, or the features' names if the model has them (its property feature_names, which\n"
        "tools/export_sklearn.py writes). Columns with other names are left out, and noted. Without such names columns are\n"
        "bound by position, and then there must be as many as the model needs, kept ones not counted.\n\n"
        "Missing cells of float inputs are NaN; text inputs get the cell as it is written. Blank lines are skipped.\n"
        "Quoting follows RFC 4180; lines end in LF or CRLF; a byte order mark is skipped.\n\n"
        "NPY arrays are little-endian float32, float64, int32, int64 or bool in C order. They are converted to the\n"
        "input's type, float64 to float by rounding to nearest.\n\n"
        "CSV results have a header: NAME for one column, NAME:LABEL for a column per class, else NAME:0, NAME:1, ... Numbers\n"
        "have the fewest digits that read back to the same value, in plain notation from 0.00001 up to below 1e16. In JSON\n"
        "Lines nan and infinities are null, and kept columns are text. NPY takes one numeric output.\n\n"
        "The results are the same, byte for byte, for any number of threads.\n\n"
        "Exit codes: 0 ok; 2 wrong usage; 3 model refused; 4 data refused; 5 input or output failed, or out of memory.\n"
        "When data are refused midway, standard output already has the results of the rows before; FILE is never left behind.\n",
    .run = run_run,
};
