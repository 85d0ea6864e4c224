/* Every file of models/bad is refused with its documented status and problem code, and a message that names the place. */
#include <stdio.h>
#include <string.h>

#include <onnxtree/onnxtree.h>

#include "support/unit_test.h"

#define BAD_DIR ONNXTREE_MODELS_DIR "/bad/"

static size_t mismatches;

typedef struct expectation {
  char file[128], status[32], code[40], place[128];
} expectation;

/* Splits a line at tabs; false if there are fewer than four cells. */
static bool parse(char *line, expectation *e) {
  struct {
    char *to;
    size_t size;
  } cells[] = {{e->file, sizeof e->file}, {e->status, sizeof e->status}, {e->code, sizeof e->code}, {e->place, sizeof e->place}};
  for (size_t i = 0; i < sizeof cells / sizeof *cells; i++) {
    size_t size = strcspn(line, "\t\r\n");
    snprintf(cells[i].to, cells[i].size, "%.*s", (int)size, line);
    if (i < 3 && line[size] != '\t') return false;
    line += size + 1;
  }
  return true;
}

static void check(const expectation *e) {
  char path[512];
  snprintf(path, sizeof path, "%s%s", BAD_DIR, e->file);
  onnxtree_model *model;
  onnxtree_error error = {ONNXTREE_OK, "none", ""};
  onnxtree_status status = onnxtree_model_load_file(path, NULL, &model, &error);
  bool good = strcmp(onnxtree_status_name(status), e->status) == 0 && strcmp(error.code, e->code) == 0 && strstr(error.message, e->place);
  if (!good) {
    mismatches++;
    fprintf(stderr, "%s: expected %s, %s, '%s'; found %s, %s: %s\n", e->file, e->status, e->code, e->place, onnxtree_status_name(status), error.code,
            error.message);
  }
  onnxtree_model_free(model);
}

static void test_all_files(void) {
  FILE *list = fopen(BAD_DIR "expected.tsv", "r");
  CU_ASSERT_PTR_NOT_NULL_FATAL(list);
  char line[2048];
  size_t files = 0;
  CU_ASSERT_FATAL(fgets(line, sizeof line, list) != NULL); /* the header */
  while (fgets(line, sizeof line, list)) {
    expectation e;
    CU_ASSERT_FATAL(parse(line, &e));
    check(&e);
    files++;
  }
  fclose(list);
  printf("%zu files, %zu mismatches\n", files, mismatches);
  CU_ASSERT(files >= 30);
  CU_ASSERT_EQUAL(mismatches, 0);
}

UNIT_TEST_MAIN(bad_models, {"every file of models/bad", test_all_files})
