#include "verify/golden.h"

#include <stdio.h>
#include <string.h>

#include <onnxtree/onnxtree.h>

#include "cli/load.h"

static const char magic[] = "# onnxtree golden file 1";
enum { LONGEST_LINE = 256 };

/* The next line, without its end; false if it does not start with '#' or is too long. */
static bool take_comment(struct source *source, char line[LONGEST_LINE]) {
  const char *start = source->data + source->begin;
  size_t available = source->end - source->begin;
  const char *newline = available > 0 && *start == '#' ? memchr(start, '\n', available) : NULL;
  size_t size = newline ? (size_t)(newline - start) : 0;
  if (size == 0 || size >= LONGEST_LINE) return false;
  memcpy(line, start, size);
  line[size - (start[size - 1] == '\r')] = '\0';
  line[size] = '\0';
  source->begin += size + 1;
  source->lines++;
  return true;
}

enum exit_code golden_open(struct source *source, struct golden *golden, struct failure *failure) {
  *golden = (struct golden){.version = ""};
  char line[LONGEST_LINE];
  if (source_need(source, 4096, failure)) return IO_FAILED;
  if (!take_comment(source, line) || strcmp(line, magic) != 0) {
    (void)fail(failure, DATA_REFUSED, "%s: is no golden file", source->name);
    add_advice(failure, "'onnxtree verify --record GOLDEN MODEL DATA' writes one; with other files give both: verify MODEL DATA EXPECTED");
    return DATA_REFUSED;
  }
  while (take_comment(source, line)) {
    if (sscanf(line, "# model sha256 %64[0-9a-f]", golden->sha256) != 1) (void)sscanf(line, "# onnxtree %31[0-9a-z.+-]", golden->version);
  }
  return OK;
}

enum exit_code golden_start(struct output_file *file, const char *model, struct failure *failure) {
  char hash[SHA256_TEXT_SIZE];
  char text[512];
  enum exit_code code = hash_model(model, hash, failure);
  if (code) return code;
  int size = snprintf(text, sizeof text, "%s\n# model sha256 %s\n# onnxtree %s\n", magic, hash, onnxtree_version());
  return output_write(file, text, (size_t)size, failure);
}
