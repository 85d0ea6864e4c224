/* Output files appear whole or not at all. */
#include <stdlib.h>
#include <string.h>

#include "output/output_file.h"
#include "output/writer.h"
#include "support/unit_test.h"

static const char path[] = "test_output.tmp";
static const char *const no_inputs[] = {NULL};

static bool content_is(const char *name, const char *expected) {
  char bytes[256] = "";
  FILE *file = fopen(name, "rb");
  if (!file) return expected == NULL;
  size_t size = fread(bytes, 1, sizeof bytes - 1, file);
  fclose(file);
  return expected && size == strlen(expected) && memcmp(bytes, expected, size) == 0;
}

static void test_commit_and_discard(void) {
  struct output_file file;
  struct failure failure = {""};
  remove(path);
  CU_ASSERT_EQUAL_FATAL(output_open(&file, path, no_inputs, &failure), OK);
  CU_ASSERT_EQUAL(output_write(&file, "one", 3, &failure), OK);
  CU_ASSERT(content_is(path, NULL));
  CU_ASSERT_EQUAL(output_commit(&file, &failure), OK);
  CU_ASSERT(content_is(path, "one"));

  CU_ASSERT_EQUAL_FATAL(output_open(&file, path, no_inputs, &failure), OK);
  CU_ASSERT_EQUAL(output_write(&file, "two", 3, &failure), OK);
  char temporary[512];
  snprintf(temporary, sizeof temporary, "%s", file.temporary);
  output_discard(&file);
  CU_ASSERT(content_is(path, "one"));
  CU_ASSERT(content_is(temporary, NULL));
  remove(path);
}

static void test_inputs_are_kept(void) {
  struct output_file file;
  struct failure failure = {""};
  FILE *input = fopen(path, "wb");
  CU_ASSERT_PTR_NOT_NULL_FATAL(input);
  fclose(input);
  const char *const inputs[] = {"no such file", path, NULL};
  CU_ASSERT_EQUAL(output_open(&file, path, inputs, &failure), USAGE);
  CU_ASSERT_EQUAL(output_open(&file, "./test_output.tmp", inputs, &failure), USAGE);
  remove(path);
}

static void test_impossible_places(void) {
  struct output_file file;
  struct failure failure = {""};
  CU_ASSERT_EQUAL(output_open(&file, "no such folder/file", no_inputs, &failure), IO_FAILED);
  CU_ASSERT_EQUAL(output_open(&file, ".", no_inputs, &failure), IO_FAILED);
  CU_ASSERT_EQUAL(output_open(&file, "/dev/full", no_inputs, &failure), OK);
  (void)output_write(&file, "x", 1, &failure);
  CU_ASSERT_EQUAL(output_commit(&file, &failure), IO_FAILED);
}

/* One row of every type, through a writer into a file. */
static bool writes(const struct writer_kind *kind, const char *expected) {
  static float scores[] = {0.5f, -1e-7f};
  static double wide[] = {0.1};
  static int64_t label[] = {-3};
  static int32_t small[] = {7};
  static unsigned char truth[] = {1};
  static onnxtree_string texts[] = {{"a,\"b\"\n", 6}}, names[] = {{"yes,", 4}, {"no", 2}};
  struct result results[] = {
      {{.name = "p", .columns = 2, .label_type = ONNXTREE_STRING, .label_count = 2, .string_labels = names},
       {.type = ONNXTREE_FLOAT, .columns = 2, .data = scores}, FROM_MODEL},
      {{.name = "m", .columns = 2}, {.type = ONNXTREE_FLOAT, .columns = 2, .data = scores}, FROM_MODEL},
      {{.name = "d", .columns = 1}, {.type = ONNXTREE_DOUBLE, .columns = 1, .data = wide}, FROM_MODEL},
      {{.name = "l", .columns = 1}, {.type = ONNXTREE_INT64, .columns = 1, .data = label}, FROM_MODEL},
      {{.name = "i", .columns = 1}, {.type = ONNXTREE_INT32, .columns = 1, .data = small}, FROM_MODEL},
      {{.name = "b", .columns = 1}, {.type = ONNXTREE_BOOL, .columns = 1, .data = truth}, FROM_MODEL},
      {{.name = "s", .columns = 1}, {.type = ONNXTREE_STRING, .columns = 1, .data = texts}, FROM_MODEL},
  };
  const struct results all = {results, sizeof results / sizeof results[0]};
  struct buffer text = {0};
  struct output_file file;
  struct writer writer = {0};
  struct failure failure = {""};
  bool ok = output_open(&file, path, no_inputs, &failure) == OK &&
            writer_start(&writer, kind, &file, &all, &failure) == OK;
  if (ok) writer_format(&writer, &all, 1, &text);
  ok = ok && writer_send(&writer, &text, 1, &failure) == OK && writer_finish(&writer, &failure) == OK && output_commit(&file, &failure) == OK &&
            content_is(path, expected);
  writer_free(&writer);
  buffer_free(&text);
  remove(path);
  return ok;
}

static void test_formats(void) {
  CU_ASSERT(writes(&csv_writer, "\"p:yes,\",p:no,m:0,m:1,d,l,i,b,s\n0.5,-1e-7,0.5,-1e-7,0.1,-3,7,true,\"a,\"\"b\"\"\n\"\n"));
  CU_ASSERT(writes(&jsonl_writer,
                   "{\"p\":{\"yes,\":0.5,\"no\":-1e-7},\"m\":[0.5,-1e-7],\"d\":0.1,\"l\":-3,\"i\":7,\"b\":true,\"s\":\"a,\\\"b\\\"\\n\"}\n"));
}

UNIT_TEST_MAIN(output, {"commit and discard", test_commit_and_discard}, {"inputs are kept", test_inputs_are_kept},
               {"impossible places", test_impossible_places}, {"formats", test_formats})
