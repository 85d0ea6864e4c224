#include "input/npy_header.h"

#include <string.h>

struct scanner {
  const char *next;
  const char *end;
};

static void skip_blanks(struct scanner *scanner) {
  static const char blanks[] = {' ', '\t', '\n', '\r'};
  while (scanner->next < scanner->end && memchr(blanks, *scanner->next, sizeof blanks)) scanner->next++;
}

/* Take one character, with blanks before it, if it comes next. */
static bool take(struct scanner *scanner, char character) {
  skip_blanks(scanner);
  if (scanner->next == scanner->end || *scanner->next != character) return false;
  scanner->next++;
  return true;
}

static bool take_word(struct scanner *scanner, const char *word) {
  size_t size = strlen(word);
  skip_blanks(scanner);
  if ((size_t)(scanner->end - scanner->next) < size || memcmp(scanner->next, word, size) != 0) return false;
  scanner->next += size;
  return true;
}

/* A quoted text; it is cut when it does not fit. Nothing in these headers needs a backslash. */
static bool take_string(struct scanner *scanner, char *out, size_t capacity) {
  skip_blanks(scanner);
  char quote = scanner->next < scanner->end ? *scanner->next : '\0';
  if (quote != '\'' && quote != '"') return false;
  const char *start = ++scanner->next;
  const char *close = memchr(start, quote, (size_t)(scanner->end - start));
  if (!close || memchr(start, '\\', (size_t)(close - start)) || memchr(start, '\0', (size_t)(close - start))) return false;

  size_t size = (size_t)(close - start);
  size = size < capacity ? size : capacity - 1;
  memcpy(out, start, size);
  out[size] = '\0';
  scanner->next = close + 1;
  return true;
}

static bool take_number(struct scanner *scanner, uint64_t *value) {
  skip_blanks(scanner);
  const char *start = scanner->next;
  *value = 0;
  for (; scanner->next < scanner->end && *scanner->next >= '0' && *scanner->next <= '9'; scanner->next++) {
    unsigned digit = (unsigned)(*scanner->next - '0');
    if (*value > (UINT64_MAX - digit) / 10) return false;
    *value = *value * 10 + digit;
  }
  bool found = scanner->next > start;
  (void)(found && take(scanner, 'L')); /* Python 2 wrote 3L */
  return found;
}

/* (3, 4) or (3,) or () */
static bool take_shape(struct scanner *scanner, struct npy_header *header) {
  if (!take(scanner, '(')) return false;
  while (!take(scanner, ')')) {
    if (header->rank == NPY_MOST_DIMENSIONS || !take_number(scanner, &header->shape[header->rank++])) return false;
    if (!take(scanner, ',')) return take(scanner, ')');
  }
  return true;
}

static bool take_truth(struct scanner *scanner, bool *value) {
  *value = take_word(scanner, "True");
  return *value || take_word(scanner, "False");
}

/* One "key: value". `seen` collects the keys, a bit for each. */
static const char *take_entry(struct scanner *scanner, struct npy_header *header, unsigned *seen) {
  static const char *const keys[] = {"descr", "fortran_order", "shape"};
  char key[32];
  if (!take_string(scanner, key, sizeof key) || !take(scanner, ':')) return "the header is not a dictionary of descr, fortran_order and shape";

  unsigned which = 0;
  while (which < 3 && strcmp(key, keys[which]) != 0) which++;
  if (which == 3) return "the header has a key other than descr, fortran_order and shape";
  if (*seen & 1u << which) return "the header has a key twice";
  *seen |= 1u << which;

  if (which == 0) {
    skip_blanks(scanner);
    header->is_structured = scanner->next < scanner->end && (*scanner->next == '[' || *scanner->next == '(' || *scanner->next == '{');
    return header->is_structured || take_string(scanner, header->descr, sizeof header->descr) ? NULL : "descr in the header is not a type";
  }
  if (which == 1) return take_truth(scanner, &header->is_fortran_order) ? NULL : "fortran_order in the header is neither True nor False";
  return take_shape(scanner, header) ? NULL : "shape in the header is not a list of sizes";
}

const char *npy_header_parse(const char *text, size_t size, struct npy_header *header) {
  struct scanner scanner = {text, text + size};
  unsigned seen = 0;
  *header = (struct npy_header){0};
  if (!take(&scanner, '{')) return "the header is not a dictionary";
  while (!take(&scanner, '}')) {
    const char *complaint = take_entry(&scanner, header, &seen);
    /* What a list of fields says does not matter: such arrays are not read. */
    if (complaint || header->is_structured) return complaint;
    if (!take(&scanner, ',') && !(scanner.next < scanner.end && *scanner.next == '}'))
      return "the header is not a dictionary of descr, fortran_order and shape";
  }
  skip_blanks(&scanner);
  if (seen != 7) return "the header lacks descr, fortran_order or shape";
  return scanner.next == scanner.end ? NULL : "the header goes on after its dictionary";
}
