/* CSV: quoting, line ends, headers, missing cells, and what is wrong where. */
#include <math.h>
#include <stdlib.h>

#include "input/csv_record.h"
#define FIXTURE_FILE "test_csv.tmp"
#include "reader_fixture.h"
#include "support/unit_test.h"

static const struct reader_options standard = {.delimiter = ',', .header = HEADER_AUTO};

static struct table csv(const char *text) { return table_of(&csv_reader, text, strlen(text), standard, ONNXTREE_FLOAT); }

static void check_refused(const char *text, const char *message) {
  struct table table = csv(text);
  CU_ASSERT_EQUAL(table.code, DATA_REFUSED);
  CU_ASSERT_STRING_EQUAL(table.failure.message, message);
}

static void check_first(const char *text, size_t rows, size_t columns, float last_of_first_row) {
  struct table table = csv(text);
  CU_ASSERT_EQUAL(table.code, OK);
  CU_ASSERT_EQUAL(table.rows, rows);
  CU_ASSERT_EQUAL(table.columns, columns);
  if (rows > 0) CU_ASSERT_EQUAL(table.cells[0][columns - 1], last_of_first_row);
}

static void test_lines(void) {
  check_first("1,2\n3,4\n", 2, 2, 2);
  check_first("1,2\r\n3,4\r\n", 2, 2, 2);
  check_first("1,2\n3,4\r\n5,6", 3, 2, 2);
  check_first("\n\n1,2\n\r\n3,4\n\n", 2, 2, 2);
  check_first(
      "\xEF\xBB\xBF"
      "1,2\n",
      1, 2, 2);
  check_first(
      "\xEF\xBB\xBF"
      "a,b\n1,2\n",
      1, 2, 2);
  check_first("7", 1, 1, 7);
  check_first("", 0, 0, 0);
  check_first("\n\n", 0, 0, 0);
  check_first("a,b\n", 0, 2, 0);
  check_first("a,b", 0, 2, 0);
}

static void test_quotes(void) {
  check_first("\"1\",\"2\"\n", 1, 2, 2);
  check_first("\"a,b\",\"c\"\"d\",\"e\nf\"\n1,2,3\n", 1, 3, 3);
  struct table table = csv("\"a,b\", c ,\"e\"\"\nf\"\r\n1,2,\"3\"\r\n");
  CU_ASSERT(table.has_names);
  CU_ASSERT_STRING_EQUAL(table.names[0], "a,b");
  CU_ASSERT_STRING_EQUAL(table.names[1], "c");
  CU_ASSERT_STRING_EQUAL(table.names[2], "e\"\nf");
  check_refused("a,b\n1,\"2\n", "data:2:2: the cell has a quote that is never closed");
  check_refused("a,b\n1,\"2\"x\n", "data:2:2: the cell has text after its closing quote");
  check_refused("a,b\n1\",2\n", "data:2:1: the cell has a quote in the middle; quote the whole cell and double the quotes inside");
}

static void test_header(void) {
  CU_ASSERT(csv("1,x\n1,2\n").has_names);
  CU_ASSERT_FALSE(csv("1,NA\n1,2\n").has_names);
  CU_ASSERT_FALSE(csv("true,1e999\n").has_names);
  const struct reader_options yes = {.header = HEADER_YES}, no = {.header = HEADER_NO};
  CU_ASSERT_EQUAL(table_of(&csv_reader, "1,2\n3,4\n", 8, yes, ONNXTREE_FLOAT).rows, 1);
  CU_ASSERT_EQUAL(table_of(&csv_reader, "a,2\n3,4\n", 8, no, ONNXTREE_FLOAT).code, DATA_REFUSED);
}

static void test_missing(void) {
  struct table table = csv("a,b,c,d,e,f,g\n,NA,N/A,NaN,nan,null,?\n\"\", ,0,0,0,0,0\n");
  CU_ASSERT_EQUAL(table.code, OK);
  for (size_t i = 0; i < 7; i++) CU_ASSERT(isnan(table.cells[0][i]));
  CU_ASSERT(isnan(table.cells[1][0]) && isnan(table.cells[1][1]));
  check_refused("a,b\n1,none\n", "data:2:2 'b': 'none' is not a number");
}

static void test_whole_numbers(void) {
  struct table table = table_of(&csv_reader, "a\n7\n\"\"\n", 7, standard, ONNXTREE_INT32);
  CU_ASSERT_EQUAL(table.code, DATA_REFUSED);
  CU_ASSERT_STRING_EQUAL(table.failure.message, "data:3:1 'a': '' is missing, and a whole-number input has no missing value");
  table = table_of(&csv_reader, "a\n2147483648\n", 13, standard, ONNXTREE_INT32);
  CU_ASSERT_STRING_EQUAL(table.failure.message, "data:2:1 'a': '2147483648' is beyond the range of int32");
}

static void test_bad_cells(void) {
  check_refused("1,2\n1,0x1p3\n", "data:2:2 'X': '0x1p3' is not a number");
  check_refused("a,b\n\n\n1,1e999\n", "data:4:2 'b': '1e999' is beyond the range of a float (about 3.4e38)");
  check_refused("\"a\nb\",c\n1,\x1b[2J\n", "data:3:2 'c': '\\x1b[2J' is not a number");
}

static void test_ragged(void) {
  check_refused("a,b\n1,2\n1\n", "data:3: the row has 1 cell, the first row has 2");
  check_refused("a,b\n1,2,3\n", "data:2: the row has 3 cells, the first row has 2");
}

static void test_encodings(void) {
  check_refused(
      "\xFF\xFE"
      "1",
      "data: is UTF-16 text; UTF-8 is expected\nconvert it first: iconv -f UTF-16 -t UTF-8");
  struct table table = table_of(&csv_reader, "a,b\n1,\0002\n", 9, standard, ONNXTREE_FLOAT);
  CU_ASSERT_EQUAL(table.code, DATA_REFUSED);
  CU_ASSERT_STRING_EQUAL(table.failure.message, "data:2: a NUL byte: this is not UTF-8 text\nfor UTF-16, convert it first: iconv -f UTF-16 -t UTF-8");
  check_refused("1,2\r3,4\r", "data:1:2: the cell has a carriage return; lines must end in LF or CRLF");
}

static void test_delimiters(void) {
  const struct reader_options tab = {.delimiter = '\t', .header = HEADER_AUTO};
  CU_ASSERT_EQUAL(table_of(&csv_reader, "1\t2\n", 4, tab, ONNXTREE_FLOAT).columns, 2);
  check_refused("a;b\n1,5;2\n",
                "data:2: the row has 2 cells, the first row has 1\n"
                "the first line has semicolons: if they separate the columns, add --delimiter ';'");
}

/* However the text is cut, the record's end is found where it is. */
static void test_record_size_in_pieces(void) {
  static const char text[] = "a,\"b\n\"\"\",c\nnext";
  for (size_t first = 0; first <= 10; first++) {
    size_t position = 0, quotes = 0;
    size_t size = csv_record_size(text, first, &position, &quotes);
    CU_ASSERT_EQUAL(size, SIZE_MAX);
    size = csv_record_size(text, sizeof text - 1, &position, &quotes);
    CU_ASSERT_EQUAL(size, 10);
  }
}

/* A table larger than the window, with a record across each edge. */
static void test_large(void) {
  enum { ROWS = 200000 };
  FILE *file = fopen("large.csv.tmp", "wb");
  for (int i = 0; i < ROWS; i++) fprintf(file, "%d,%d\n", i, 2 * i);
  fclose(file);

  struct source source;
  struct reader *reader = NULL;
  struct failure failure = {""};
  float cells[1000][2];
  struct field fields[2] = {{"a", (unsigned char *)&cells[0][0], ONNXTREE_FLOAT, sizeof cells[0], NULL},
                            {"b", (unsigned char *)&cells[0][1], ONNXTREE_FLOAT, sizeof cells[0], NULL}};
  struct chunk chunk = {0};
  CU_ASSERT_EQUAL(source_open(&source, "large.csv.tmp", &failure), OK);
  CU_ASSERT_EQUAL_FATAL(csv_reader.open(&source, &standard, &reader, &failure), OK);
  size_t total = 0, wrong = 0;
  while (csv_reader.take(reader, &chunk, &failure) == OK && chunk.size > 0) {
    for (size_t rows = 1000; rows == 1000; total += rows) {
      CU_ASSERT_EQUAL(csv_reader.read(reader, &chunk, fields, 1000, &rows, &failure), OK);
      for (size_t i = 0; i < rows; i++) wrong += cells[i][0] != (float)(total + i) || cells[i][1] != (float)(2 * (total + i));
    }
  }
  chunk_free(&chunk);
  CU_ASSERT_EQUAL(total, ROWS);
  CU_ASSERT_EQUAL(wrong, 0);
  reader_close(reader);
  source_close(&source);
  remove("large.csv.tmp");
}

UNIT_TEST_MAIN(csv, {"lines", test_lines}, {"quotes", test_quotes}, {"header", test_header}, {"missing cells", test_missing},
               {"whole numbers", test_whole_numbers}, {"bad cells", test_bad_cells}, {"ragged rows", test_ragged}, {"encodings", test_encodings},
               {"delimiters", test_delimiters}, {"records in pieces", test_record_size_in_pieces}, {"large table", test_large})
