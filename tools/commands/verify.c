/* onnxtree verify MODEL DATA EXPECTED: the command line. The work is in verify/verify.c. */

#include <math.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/load.h"
#include "text/parse_number.h"
#include "text/printable.h"
#include "verify/verify.h"

enum {
  ATOL = FIRST_OPTION,
  RTOL,
  ULP,
  ACCURACY,
  SHOW,
  RECORD,
  ANY_MODEL,
  OUTPUTS,
  HEADER,
  DELIMITER,
  LIMIT,
  KERNEL,
  COMPAT,
  DOUBLE_INPUTS,
  SUMS,
  AS_JSON,
  QUIET
};

static const struct option options[] = {
    {ATOL, 0, "atol", "X", "numbers may differ by X + rtol * |expected| (default: 1e-6; golden files: 0)"},
    {RTOL, 0, "rtol", "X", "see --atol (default: 1e-5; golden files: 0)"},
    {ULP, 0, "ulp", "N", "or by N representable numbers (default: 0)"},
    {ACCURACY, 0, "accuracy", "X", "share of labels that must be equal, 0 to 1 (default: 1)"},
    {SHOW, 0, "show", "N", "print the first N mismatches (default: 10)"},
    {RECORD, 0, "record", "GOLDEN", "compare nothing; write the rows, their results, the model's hash and versions to GOLDEN"},
    {ANY_MODEL, 0, "any-model", NULL, "a golden file of another model will do"},
    {OUTPUTS, 0, "outputs", "NAME,...", "outputs of the model to compare or record (default: all that are expected)"},
    {HEADER, 0, "header", "auto|yes|no", "whether the first row of DATA is a header (default: auto)"},
    {DELIMITER, 'd', "delimiter", "CHAR", "what separates columns (default: comma; \"tab\" is a tab)"},
    {LIMIT, 0, "limit", "N", "at most N rows"},
    {KERNEL, 0, "kernel", "NAME", "evaluate with this kernel (default: auto)"},
    {COMPAT, 0, "compat", "default|onnxruntime", "whom to follow where implementations disagree (default: default)"},
    {DOUBLE_INPUTS, 0, "double-inputs", "as-specified|float32", "what inputs of type double are compared as (default: as-specified)"},
    {SUMS, 0, "sums", "as-specified|double",
     "the type that leaf values are added in (default: as-specified: float, unless\nthe model says otherwise)"},
    {AS_JSON, 0, "json", NULL, "print the verdict as one JSON object"},
    {QUIET, 'q', "quiet", NULL, "print nothing but errors"},
    {0, 0, NULL, NULL, NULL},
};

enum { MOST_OPERANDS = 3 };

struct request {
  struct verify_settings settings;
  const char *operands[MOST_OPERANDS];
  size_t operand_count;
};

static enum exit_code read_real(const char *option, const char *text, double most, double *value, struct failure *failure) {
  char shown[PRINTABLE_SIZE];
  if (parse_double(text, value) == NUMBER_OK && *value >= 0 && *value <= most) return OK;
  return fail(failure, USAGE, "--%s: '%s' is not a number from 0%s", option, printable(shown, sizeof shown, text, strlen(text)),
              most <= 1 ? " to 1" : "");
}

static enum exit_code read_tolerance(int id, const char *value, struct verify_settings *settings, struct failure *failure) {
  /* One that is named stands alone. */
  if (!settings->has_tolerance) settings->tolerance = (struct tolerance){0};
  settings->has_tolerance = true;
  if (id == ATOL) return read_real("atol", value, HUGE_VAL, &settings->tolerance.atol, failure);
  if (id == RTOL) return read_real("rtol", value, HUGE_VAL, &settings->tolerance.rtol, failure);
  size_t ulps = 0;
  enum exit_code code = option_number("ulp", value, 0, SIZE_MAX / 2, &ulps, failure);
  settings->tolerance.ulp = ulps;
  return code;
}

static enum exit_code read_choice(int id, const char *value, struct verify_settings *settings, struct failure *failure) {
  static const char *const headers[] = {"auto", "yes", "no", NULL};
  static const char *const modes[] = {"default", "onnxruntime", NULL};
  static const char *const comparisons[] = {"as-specified", "float32", NULL};
  static const char *const sums[] = {"as-specified", "double", NULL};
  size_t index = 0;
  enum exit_code code = id == HEADER   ? option_choice("header", value, headers, &index, failure)
                        : id == COMPAT ? option_choice("compat", value, modes, &index, failure)
                        : id == SUMS   ? option_choice("sums", value, sums, &index, failure)
                                       : option_choice("double-inputs", value, comparisons, &index, failure);
  if (id == HEADER)
    settings->reading.header = (enum header_mode)index;
  else if (id == COMPAT)
    settings->loading.compat = (onnxtree_compat)index;
  else if (id == SUMS)
    settings->loading.sums = (onnxtree_sums)index;
  else
    settings->loading.double_inputs = (onnxtree_double_inputs)index;
  return code;
}

static enum exit_code read_flag(int id, struct verify_settings *settings) {
  if (id == ANY_MODEL) settings->any_model = true;
  if (id == AS_JSON) settings->as_json = true;
  if (id == QUIET) {
    settings->is_quiet = true;
    set_quiet(true);
  }
  return OK;
}

static enum exit_code read_option(int id, const char *value, void *context, struct failure *failure) {
  struct request *request = context;
  struct verify_settings *settings = &request->settings;
  size_t number = 0;
  enum exit_code code = OK;
  switch (id) {
    case ARGUMENT_OPERAND:
      if (request->operand_count < MOST_OPERANDS) request->operands[request->operand_count] = value;
      request->operand_count++;
      return OK;
    case ATOL:
    case RTOL:
    case ULP:
      return read_tolerance(id, value, settings, failure);
    case ACCURACY:
      return read_real("accuracy", value, 1, &settings->least_accuracy, failure);
    case SHOW:
      return option_number("show", value, 0, SIZE_MAX / 2, &settings->most_shown, failure);
    case RECORD:
      settings->record = value;
      return OK;
    case OUTPUTS:
      settings->outputs = value;
      return OK;
    case DELIMITER:
      return option_delimiter("delimiter", value, &settings->reading.delimiter, failure);
    case LIMIT:
      code = option_number("limit", value, 1, SIZE_MAX / 2, &number, failure);
      settings->reading.limit = number;
      return code;
    case KERNEL:
      settings->loading.kernel = value;
      return check_kernel_name(value, failure);
    case ANY_MODEL:
    case AS_JSON:
    case QUIET:
      return read_flag(id, settings);
    default:
      return read_choice(id, value, settings, failure);
  }
}

static enum exit_code check_request(const struct command *command, struct request *request, struct failure *failure) {
  struct verify_settings *settings = &request->settings;
  bool records = settings->record != NULL;
  if (request->operand_count < 2 || request->operand_count > (records ? 2 : 3)) {
    (void)fail(failure, USAGE,
               records ? "verify --record needs a model and its data"
                       : "verify needs a model, its data and the expected results, or a model and a golden file");
    add_advice(failure, "usage: onnxtree %s", command->usage);
    return USAGE;
  }
  settings->model = request->operands[0];
  settings->data = request->operands[1];
  settings->expected = request->operands[2];
  return OK;
}

static int run_verify(const struct command *command, int count, char **words) {
  struct failure failure = {""};
  struct request request = {.settings = {.loading = ONNXTREE_LOAD_OPTIONS_INIT, .tolerance = {1e-6, 1e-5, 0}, .least_accuracy = 1, .most_shown = 10}};
  enum exit_code code;
  if (read_arguments(command, count, words, read_option, &request, &code, &failure)) {
    code = check_request(command, &request, &failure);
    if (code == OK) code = verify_model(&request.settings, &failure);
  }
  print_failure(&failure);
  return (int)code;
}

const struct command verify_command = {
    .name = "verify",
    .summary = "compare a model's results with expected ones",
    .usage = "verify [options] MODEL DATA EXPECTED | MODEL GOLDEN | --record GOLDEN MODEL DATA",
    .examples =
        "  onnxtree verify model.onnx rows.csv sklearn_predictions.csv --rtol 1e-6\n"
        "  onnxtree verify --record golden.csv model.onnx rows.csv\n"
        "  onnxtree verify model.onnx golden.csv\n",
    .options = options,
    .notes =
        "EXPECTED is a CSV file with headings as 'onnxtree run' writes them, in any order, for some or all outputs of the model;\n"
        "or an NPY file with one numeric output, the scores unless --outputs names another. It has as many rows as DATA.\n\n"
        "Texts, whole numbers and truth values are labels: equal or not. NaN equals NaN. The largest difference and the first\n"
        "mismatches are printed, with their rows (counted from 1, without the header) and columns.\n\n"
        "A golden file is all that a later check needs: the rows, the results, the SHA-256 of the model and the version of the\n"
        "library. The same library gives the same bits on every machine, so that golden files are compared exactly unless a\n"
        "tolerance is given.\n\n"
        "Exit codes: 0 all passed; 1 something differs; 2 wrong usage; 3 model refused; 4 data refused, or the files do not fit\n"
        "together; 5 input or output failed, or out of memory.\n",
    .run = run_verify,
};
