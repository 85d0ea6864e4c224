/* NPY: headers, types, sizes. */
#include <math.h>

#include "input/npy_header.h"
#define FIXTURE_FILE "test_npy.tmp"
#include "reader_fixture.h"
#include "support/npy.h"
#include "support/unit_test.h"

static const char *parse(const char *text, struct npy_header *header) { return npy_header_parse(text, strlen(text), header); }

static void test_header(void) {
  struct npy_header header;
  CU_ASSERT_PTR_NULL(parse("{'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }   \n", &header));
  CU_ASSERT_STRING_EQUAL(header.descr, "<f4");
  CU_ASSERT(!header.is_fortran_order && header.rank == 2 && header.shape[0] == 3 && header.shape[1] == 4);
  CU_ASSERT_PTR_NULL(parse("{\"shape\":(5L,),\"fortran_order\":True,\"descr\":\"|b1\"}", &header));
  CU_ASSERT(header.is_fortran_order && header.rank == 1 && header.shape[0] == 5);
  CU_ASSERT_PTR_NULL(parse("{'descr': '<f4', 'fortran_order': False, 'shape': ()}", &header));
  CU_ASSERT_EQUAL(header.rank, 0);
  CU_ASSERT_PTR_NULL(parse("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,)}", &header));
  CU_ASSERT(header.is_structured);
}

static void test_bad_headers(void) {
  static const char *const texts[] = {
      "",
      "(",
      "{",
      "{}",
      "{'descr': '<f4'}",
      "{'descr': '<f4', 'fortran_order': False, 'shape': (3, 4)} x",
      "{'descr': '<f4', 'fortran_order': False, 'shape': (3, 4)",
      "{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': (3, 4)}",
      "{'extra': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': (3, 4)}",
      "{'descr': '<f4', 'fortran_order': 0, 'shape': (3, 4)}",
      "{'descr': '<f4', 'fortran_order': False, 'shape': (-3, 4)}",
      "{'descr': '<f4",
      "{'descr': 4}",
      "{'descr' '<f4'}",
      "{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999, 4)}",
      "{'descr': '<f4', 'fortran_order': False, 'shape': (3 4)}",
      "{'descr': '<f4', 'fortran_order': False, 'shape': 3}",
      "{'descr': '<f4' 'fortran_order': False, 'shape': (3, 4)}",
      "{'descr': '\\x3cf4', 'fortran_order': False, 'shape': (3, 4)}",
      "{'descr': '<f4', 'fortran_order': False, 'shape': (1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1)}"};
  struct npy_header header;
  for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) CU_ASSERT_PTR_NOT_NULL(parse(texts[i], &header));

  static char nested[100000];
  memset(nested, '(', sizeof nested);
  memcpy(nested, "{'shape': ", 10);
  CU_ASSERT_PTR_NOT_NULL(npy_header_parse(nested, sizeof nested, &header));
}

/* A file of the version with this dictionary and these elements. */
static struct table npy(int version, const char *dictionary, const void *elements, size_t size, onnxtree_type type) {
  static const struct reader_options standard = {.header = HEADER_AUTO};
  char bytes[1024] = NPY_MAGIC;
  size_t length = strlen(dictionary), prefix = version == 1 ? 10 : 12;
  bytes[6] = (char)version;
  bytes[8] = (char)length;
  memcpy(bytes + prefix, dictionary, length);
  memcpy(bytes + prefix + length, elements, size);
  const char *descr = strchr(dictionary, '<');
  size_t element_size = descr ? (size_t)(descr[2] - '0') : 1;
  npy_reorder(bytes + prefix + length, size / element_size, element_size);
  return table_of(&npy_reader, bytes, prefix + length + size, standard, type);
}

#define SHAPE(descr, shape) "{'descr': '" descr "', 'fortran_order': False, 'shape': " shape "}"

static void test_versions(void) {
  static const float values[] = {1, 2, 3, 4, 5, 6};
  for (int version = 1; version <= 3; version++) {
    struct table table = npy(version, SHAPE("<f4", "(2, 3)"), values, sizeof values, ONNXTREE_FLOAT);
    CU_ASSERT(table.code == OK && table.rows == 2 && table.columns == 3 && table.cells[1][2] == 6);
  }
  CU_ASSERT_EQUAL(npy(4, SHAPE("<f4", "(2, 3)"), values, sizeof values, ONNXTREE_FLOAT).code, DATA_REFUSED);
  CU_ASSERT_EQUAL(npy(0, SHAPE("<f4", "(2, 3)"), values, sizeof values, ONNXTREE_FLOAT).code, DATA_REFUSED);
}

static void test_conversions(void) {
  static const double doubles[] = {1e-50, 16777217.0, 0.1};
  struct table table = npy(1, SHAPE("<f8", "(1, 3)"), doubles, sizeof doubles, ONNXTREE_FLOAT);
  CU_ASSERT(table.code == OK && table.cells[0][0] == 0 && table.cells[0][1] == 16777216.0f && table.cells[0][2] == 0.1f);
  static const int64_t wholes[] = {16777219, -1, INT64_MAX};
  table = npy(1, SHAPE("<i8", "(1, 3)"), wholes, sizeof wholes, ONNXTREE_FLOAT);
  CU_ASSERT(table.code == OK && table.cells[0][0] == 16777220.0f && table.cells[0][1] == -1 && table.cells[0][2] == 0x1p63f);
  static const unsigned char truths[] = {1, 0};
  table = npy(1, SHAPE("|b1", "(1, 2)"), truths, sizeof truths, ONNXTREE_FLOAT);
  CU_ASSERT(table.code == OK && table.cells[0][0] == 1 && table.cells[0][1] == 0);
  table = npy(1, SHAPE("<i8", "(1, 3)"), wholes, sizeof wholes, ONNXTREE_INT32);
  CU_ASSERT_STRING_EQUAL(table.failure.message, "data: row 1, column 3: the value is beyond the range of int32");
  static const float floats[] = {1};
  table = npy(1, SHAPE("<f4", "(1,)"), floats, sizeof floats, ONNXTREE_INT32);
  CU_ASSERT_STRING_EQUAL(table.failure.message,
                         "data: holds float32, but the model's input has type int32\nconvert it first: np.save(path, X.astype(np.int32))");
  static const double large[] = {3.5e38}, infinite[] = {HUGE_VAL};
  CU_ASSERT_EQUAL(npy(1, SHAPE("<f8", "(1, 1)"), large, sizeof large, ONNXTREE_FLOAT).code, DATA_REFUSED);
  table = npy(1, SHAPE("<f8", "(1, 1)"), infinite, sizeof infinite, ONNXTREE_FLOAT);
  CU_ASSERT(table.code == OK && isinf(table.cells[0][0]));
}

static void test_refused_arrays(void) {
  static const char *const dictionaries[] = {SHAPE(">f4", "(1, 1)"),
                                             SHAPE("|O", "(1, 1)"),
                                             SHAPE("<f2", "(1, 1)"),
                                             SHAPE("<i1", "(1, 1)"),
                                             SHAPE("<U8", "(1, 1)"),
                                             SHAPE("<f4", "()"),
                                             SHAPE("<f4", "(1, 1, 1)"),
                                             SHAPE("<f4", "(1, 0)"),
                                             SHAPE("<f4", "(2, 1)"),
                                             SHAPE("<f4", "(0, 1)"),
                                             SHAPE("<f4", "(4611686018427387904, 4)"),
                                             SHAPE("<f4", "(1, 9223372036854775807)"),
                                             "{'descr': '<f4', 'fortran_order': True, 'shape': (1, 1)}",
                                             "{'descr': [('x', '<f4')], 'fortran_order': False, 'shape': (1,)}"};
  static const float value = 1;
  for (size_t i = 0; i < sizeof dictionaries / sizeof dictionaries[0]; i++)
    CU_ASSERT_EQUAL(npy(1, dictionaries[i], &value, sizeof value, ONNXTREE_FLOAT).code, DATA_REFUSED);
}

static void test_cut_files(void) {
  static const struct reader_options standard = {.header = HEADER_AUTO};
  static const char bytes[] = NPY_MAGIC "\x01\x00\xFF\xFF{'descr'";
  for (size_t size = 0; size < sizeof bytes; size++) CU_ASSERT_EQUAL(table_of(&npy_reader, bytes, size, standard, ONNXTREE_FLOAT).code, DATA_REFUSED);
  CU_ASSERT_EQUAL(npy(1, SHAPE("<f4", "(0, 3)"), "", 0, ONNXTREE_FLOAT).code, OK);
}

UNIT_TEST_MAIN(npy, {"headers", test_header}, {"bad headers", test_bad_headers}, {"versions", test_versions}, {"conversions", test_conversions},
               {"refused arrays", test_refused_arrays}, {"cut files", test_cut_files})
