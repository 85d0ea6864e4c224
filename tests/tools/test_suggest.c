/* Which known word a mistyped one is taken for. */
#include "cli/suggest.h"
#include "support/unit_test.h"

static void test_distance(void) {
  static const struct {
    const char *one, *other;
    size_t distance;
  } cases[] = {{"", "", 0},       {"", "abc", 3},     {"abc", "", 3},           {"run", "run", 0},       {"Run", "rUN", 0},
               {"rnu", "run", 1}, {"runn", "run", 1}, {"kitten", "sitting", 3}, {"output", "ouptut", 1}, {"a", "b", 1}};
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) CU_ASSERT_EQUAL(edit_distance(cases[i].one, cases[i].other), cases[i].distance);
}

static void test_long_words(void) {
  char one[1001] = {0}, other[1001] = {0};
  for (size_t i = 0; i < 1000; i++) one[i] = 'a', other[i] = 'b';
  CU_ASSERT_EQUAL(edit_distance(one, other), 63);
}

static const char *best_of(const char *word, const char *first, const char *second) {
  struct suggestion suggestion = suggestion_for(word);
  suggestion_offer(&suggestion, first);
  suggestion_offer(&suggestion, second);
  return suggestion.best;
}

static void test_suggestion(void) {
  CU_ASSERT_STRING_EQUAL(best_of("thread", "kernel", "threads"), "threads");
  CU_ASSERT_STRING_EQUAL(best_of("Age", "fare", "age"), "age");
  CU_ASSERT_STRING_EQUAL(best_of("form", "from", "to"), "from");
  CU_ASSERT_STRING_EQUAL(best_of("output_prob", "output_label", "output_probability"), "output_probability");
  CU_ASSERT_PTR_NULL(best_of("zebra", "kernel", "threads"));
  CU_ASSERT_PTR_NULL(best_of("", "a", "b"));
  CU_ASSERT_PTR_NULL(best_of("x", "y", ""));
}

UNIT_TEST_MAIN(suggest, {"distance", test_distance}, {"long words", test_long_words}, {"suggestion", test_suggestion})
