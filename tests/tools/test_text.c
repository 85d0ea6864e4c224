/* Text for terminals and JSON. */
#include <math.h>
#include <string.h>

#include "support/unit_test.h"
#include "text/buffer.h"
#include "text/json.h"
#include "text/printable.h"

static void check_printable(const char *text, size_t size, const char *expected) {
  char out[PRINTABLE_SIZE];
  CU_ASSERT_STRING_EQUAL(printable(out, sizeof out, text, size), expected);
  struct buffer buffer = {0};
  append_printable(&buffer, text, size);
  append_char(&buffer, '\0');
  CU_ASSERT_STRING_EQUAL(buffer.data, expected);
  buffer_free(&buffer);
}

static void test_printable(void) {
  check_printable("plain è 日本 😀", strlen("plain è 日本 😀"), "plain è 日本 😀");
  check_printable("a\x1b[31mb", 7, "a\\x1b[31mb");
  check_printable("a\nb\0c", 5, "a\\x0ab\\x00c");
  check_printable(
      "\xc2\x9b"
      "31m",
      5, "\\xc2\\x9b31m");
  check_printable("\xff\xc3", 2, "\\xff\\xc3");
}

static void test_printable_is_cut(void) {
  char out[8];
  CU_ASSERT_STRING_EQUAL(printable(out, sizeof out, "1234567890", 10), "1234...");
  CU_ASSERT_STRING_EQUAL(printable(out, sizeof out, "12", 2), "12");
  char lines[32];
  CU_ASSERT_STRING_EQUAL(printable_lines(lines, sizeof lines, "a\nb\t"), "a\nb\\x09");
}

static void test_utf8(void) {
  static const struct {
    const char *text;
    size_t length;
  } cases[] = {{"a", 1},        {"\xc3\xa8", 2},     {"\xe2\x82\xac", 3},     {"\xf0\x9f\x98\x80", 4},
               {"\xc0\x80", 0}, {"\xe0\x80\x80", 0}, {"\xed\xa0\x80", 0},     {"\xf4\x90\x80\x80", 0},
               {"\x80", 0},     {"\xe2\x82", 0},     {"\xf0\x8f\x80\x80", 0}, {"\xfe", 0}};
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) CU_ASSERT_EQUAL(utf8_length(cases[i].text, strlen(cases[i].text)), cases[i].length);
  CU_ASSERT_EQUAL(utf8_length("", 0), 0);
}

static void test_json(void) {
  struct buffer text = {0};
  json_open(&text, '{');
  json_key(&text, "a\"\\\n\x01", 5);
  json_open(&text, '[');
  json_integer(&text, -1);
  json_float(&text, 0.5f);
  json_double(&text, (double)NAN);
  json_float(&text, INFINITY);
  json_literal(&text, "true");
  json_close(&text, ']');
  json_key(&text, "b", 1);
  json_string(&text, "[,{:\xff\x7f", 6);
  json_key(&text, "c", 1);
  json_open(&text, '{');
  json_close(&text, '}');
  json_close(&text, '}');
  append_char(&text, '\0');
  CU_ASSERT_STRING_EQUAL(text.data, "{\"a\\\"\\\\\\n\\u0001\":[-1,0.5,null,null,true],\"b\":\"[,{:\\ufffd\\u007f\",\"c\":{}}");
  buffer_free(&text);
}

static void test_buffer_refuses_the_impossible(void) {
  struct buffer text = {0};
  append_text(&text, "kept");
  append_bytes(&text, "", (size_t)-1);
  append_text(&text, "");
  CU_ASSERT(text.failed);
  CU_ASSERT_EQUAL(text.size, 4);
  buffer_free(&text);
}

UNIT_TEST_MAIN(text, {"terminal", test_printable}, {"cut to fit", test_printable_is_cut}, {"UTF-8", test_utf8}, {"JSON", test_json},
               {"buffer", test_buffer_refuses_the_impossible})
