/* onnxtree bench MODEL [DATA]: the command line. The work is in measure/bench.c. */

#include <stdlib.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/load.h"
#include "measure/bench.h"
#include "text/parse_number.h"
#include "text/printable.h"

enum {
  BATCHES = FIRST_OPTION,
  KERNEL,
  ALL_KERNELS,
  THREADS,
  SECONDS,
  SEED,
  FROM,
  HEADER,
  DELIMITER,
  AS_JSON,
  EXPORT_JSON,
  EXPORT_CSV,
  EXPORT_MARKDOWN,
  QUIET
};

static const struct option options[] = {
    {BATCHES, 'b', "batches", "N,...", "rows of one call (default: 1,10,100,1000,10000,65536)"},
    {KERNEL, 0, "kernel", "NAME", "time this kernel (default: auto)"},
    {ALL_KERNELS, 0, "all-kernels", NULL, "time every kernel that this processor can run and the model fits"},
    {THREADS, 0, "threads", "N|auto", "threads to evaluate with, 1 to 256 (default: 1; auto: one per processor)"},
    {SECONDS, 0, "seconds", "S", "about how long to measure each batch size (default: 0.5)"},
    {SEED, 0, "seed", "N", "of the random rows, used when there is no DATA (default: 1)"},
    {FROM, 0, "from", "csv|npy", "format of DATA (default: by extension, else by its first bytes)"},
    {HEADER, 0, "header", "auto|yes|no", "whether the first row of a CSV file is a header (default: auto)"},
    {DELIMITER, 'd', "delimiter", "CHAR", "what separates the columns of a CSV file (default: comma; \"tab\" is a tab)"},
    {AS_JSON, 0, "json", NULL, "print one JSON object"},
    {EXPORT_JSON, 0, "export-json", "FILE", "write the results to FILE too, as JSON"},
    {EXPORT_CSV, 0, "export-csv", "FILE", "the same as CSV"},
    {EXPORT_MARKDOWN, 0, "export-markdown", "FILE", "the same as a Markdown table"},
    {QUIET, 'q', "quiet", NULL, "no warnings and notes"},
    {0, 0, NULL, NULL, NULL},
};

enum { MOST_BATCH_ROWS = 1000000 };

static enum exit_code read_batches(const char *text, struct bench_settings *settings, struct failure *failure) {
  enum exit_code code = OK;
  settings->batch_count = 0;
  for (const char *next = text; code == OK && next;) {
    char word[32];
    size_t size = strcspn(next, ",");
    if (size >= sizeof word || settings->batch_count == BENCH_MOST_BATCHES)
      return fail(failure, USAGE, "--batches: up to %d numbers with commas between them are expected, such as 1,100,10000", BENCH_MOST_BATCHES);
    memcpy(word, next, size);
    word[size] = '\0';
    code = option_number("batches", word, 1, MOST_BATCH_ROWS, &settings->batches[settings->batch_count++], failure);
    next = next[size] == ',' ? next + size + 1 : NULL;
  }
  return code;
}

static enum exit_code read_seconds(const char *text, double *seconds, struct failure *failure) {
  char shown[PRINTABLE_SIZE];
  if (parse_double(text, seconds) == NUMBER_OK && *seconds >= 0 && *seconds <= 3600) return OK;
  return fail(failure, USAGE, "--seconds: '%s' is not a number from 0 to 3600", printable(shown, sizeof shown, text, strlen(text)));
}

static enum exit_code read_header(const char *text, struct bench_settings *settings, struct failure *failure) {
  static const char *const headers[] = {"auto", "yes", "no", NULL};
  size_t index = 0;
  enum exit_code code = option_choice("header", text, headers, &index, failure);
  settings->reading.header = (enum header_mode)index;
  return code;
}

static enum exit_code read_operand(const char *value, struct bench_settings *settings, struct failure *failure) {
  if (settings->data)
    return fail(failure, USAGE, "bench takes a model and one file of data; there are more names\nusage: onnxtree %s", bench_command.usage);
  *(settings->model ? &settings->data : &settings->model) = value;
  return OK;
}

/* Options whose value is taken as it is. Returns NULL for the others. */
static const char **plain_option(int id, struct bench_settings *settings) {
  switch (id) {
    case FROM:
      return &settings->from;
    case KERNEL:
      return &settings->kernel;
    case EXPORT_JSON:
      return &settings->export_json;
    case EXPORT_CSV:
      return &settings->export_csv;
    case EXPORT_MARKDOWN:
      return &settings->export_markdown;
    default:
      return NULL;
  }
}

static enum exit_code read_option(int id, const char *value, void *context, struct failure *failure) {
  struct bench_settings *settings = context;
  const char **plain = plain_option(id, settings);
  if (plain) *plain = value;
  switch (id) {
    case ARGUMENT_OPERAND:
      return read_operand(value, settings, failure);
    case BATCHES:
      return read_batches(value, settings, failure);
    case KERNEL:
      return check_kernel_name(value, failure);
    case ALL_KERNELS:
      settings->all_kernels = true;
      return OK;
    case THREADS:
      return option_threads("threads", value, &settings->threads, failure);
    case SECONDS:
      return read_seconds(value, &settings->seconds, failure);
    case SEED:
      return option_number("seed", value, 0, SIZE_MAX / 2, &settings->seed, failure);
    case HEADER:
      return read_header(value, settings, failure);
    case DELIMITER:
      return option_delimiter("delimiter", value, &settings->reading.delimiter, failure);
    case AS_JSON:
      settings->as_json = true;
      return OK;
    case QUIET:
      set_quiet(true);
      return OK;
    default:
      return OK;
  }
}

static enum exit_code check_settings(const struct bench_settings *settings, struct failure *failure) {
  enum exit_code code = OK;
  if (settings->all_kernels && settings->kernel)
    code = fail(failure, USAGE, "--kernel and --all-kernels exclude each other");
  else if (!settings->model)
    code = fail(failure, USAGE, "bench needs the name of a model");
  if (code) add_advice(failure, "usage: onnxtree %s", bench_command.usage);
  return code;
}

static int run_bench(const struct command *command, int count, char **words) {
  struct failure failure = {""};
  struct bench_settings settings = {
      .reading = {.header = HEADER_AUTO}, .threads = 1, .seconds = 0.5, .seed = 1, .batches = {1, 10, 100, 1000, 10000, 65536}, .batch_count = 6};
  enum exit_code code;
  if (read_arguments(command, count, words, read_option, &settings, &code, &failure)) {
    code = check_settings(&settings, &failure);
    if (code == OK) code = bench_model(&settings, &failure);
  }
  print_failure(&failure);
  return (int)code;
}

const struct command bench_command = {
    .name = "bench",
    .summary = "measure how fast a model is",
    .usage = "bench [options] MODEL [DATA]",
    .examples =
        "  onnxtree bench model.onnx rows.csv\n"
        "  onnxtree bench --all-kernels --batches 1,10000 model.onnx\n"
        "  onnxtree bench --json model.onnx | jq '.batches[] | [.rows, .ns_per_row]'\n",
    .options = options,
    .notes =
        "Calls take different rows in turn: those of DATA (read as by run; repeated if a batch is larger), or at least 16384 random\n"
        "ones. Random numbers lie near the values that its trees compare with where these read the input as it is, else they are\n"
        "about normal (integers about 50). Real rows are better: trees are mostly faster on them.\n\n"
        "\"ns a row\" is the median over samples of at least 0.1 ms, each of one or more calls of onnxtree_run(), from the rows as\n"
        "they lie in memory to all outputs. \"p50\" and \"p99\" are times of single calls, less the time to read the clock.\n"
        "Loading is the median of up to 11 loads, file reading included.\n\n"
        "Exit codes: 0 ok; 2 wrong usage; 3 model refused; 4 data refused; 5 input or output failed, or out of memory.\n",
    .run = run_bench,
};
