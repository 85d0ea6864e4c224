/* Command lines. */
#include <string.h>

#include "cli/options.h"
#include "support/unit_test.h"

enum { OUTPUT = FIRST_OPTION, QUIET, THREADS };
static const struct option options[] = {
    {OUTPUT, 'o', "output", "FILE", ""}, {QUIET, 'q', "quiet", NULL, ""}, {THREADS, 0, "threads", "N", ""}, {0, 0, NULL, NULL, NULL}};
static const struct command command = {.name = "test", .options = options};

/* The command line as read, e.g. "3=x 1=y 0". */
static const char *read_all(char **words, struct failure *failure) {
  static char trace[512];
  struct arguments arguments = {.command = &command, .next = words, .end = words};
  while (*arguments.end) arguments.end++;
  trace[0] = '\0';
  for (int id = 1; id > 0;) {
    const char *value;
    id = next_argument(&arguments, &value, failure);
    size_t used = strlen(trace);
    snprintf(trace + used, sizeof trace - used, "%s%d%s%s", used ? " " : "", id, value ? "=" : "", value ? value : "");
  }
  return trace;
}

#define CHECK(expected, ...)                                     \
  do {                                                           \
    struct failure failure = {""};                               \
    char *words[] = {__VA_ARGS__, NULL};                         \
    CU_ASSERT_STRING_EQUAL(read_all(words, &failure), expected); \
  } while (0)

static char empty[] = "", dash[] = "-", dashes[] = "--", o_joined[] = "-ofile", o_alone[] = "-o", qo[] = "-qofile", long_equal[] = "--output=a=b",
            long_alone[] = "--output", name[] = "name", quiet[] = "--quiet", quiet_equal[] = "--quiet=1", unknown[] = "--ouptut",
            unknown_short[] = "-z", help[] = "--help", h[] = "-h";

static void test_forms(void) {
  CHECK("3=file 0", o_joined);
  CHECK("3=name 0", o_alone, name);
  CHECK("4 3=file 0", qo);
  CHECK("3=a=b 0", long_equal);
  CHECK("3=name 1=name 0", long_alone, name, name);
  CHECK("4 1=- 1=name 0", quiet, dash, name);
  CHECK("1=--quiet 1=-- 0", dashes, quiet, dashes);
  CHECK("3=-- 0", long_alone, dashes);
  CHECK("1= 0", empty);
  CHECK("2 2 0", help, h);
}

static void test_mistakes(void) {
  CHECK("-1", unknown);
  CHECK("-1", unknown_short);
  CHECK("-1", quiet_equal);
  CHECK("-1", long_alone);
  CHECK("-1", o_alone);

  struct failure failure = {""};
  char *words[] = {unknown, NULL};
  read_all(words, &failure);
  CU_ASSERT_STRING_EQUAL(failure.message, "unknown option '--ouptut'\ndid you mean '--output'?\nsee 'onnxtree test --help'");
}

static void test_numbers(void) {
  static const char *const wrong[] = {"0", "257", "-1", "1099511627776", "", "two", "1.5", "99999999999999999999"};
  struct failure failure = {""};
  size_t value = 0;
  CU_ASSERT(option_number("threads", "256", 1, 256, &value, &failure) == OK && value == 256);
  for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) CU_ASSERT_EQUAL(option_number("threads", wrong[i], 1, 256, &value, &failure), USAGE);
}

static void test_choices(void) {
  static const char *const choices[] = {"csv", "npy", NULL};
  struct failure failure = {""};
  size_t index = 9;
  CU_ASSERT(option_choice("from", "npy", choices, &index, &failure) == OK && index == 1);
  CU_ASSERT_EQUAL(option_choice("from", "cvs", choices, &index, &failure), USAGE);
  CU_ASSERT_STRING_EQUAL(failure.message, "--from: there is no 'cvs'; choose one of csv, npy\ndid you mean 'csv'?");
}

UNIT_TEST_MAIN(options, {"forms", test_forms}, {"mistakes", test_mistakes}, {"numbers", test_numbers}, {"choices", test_choices})
