/* Where results go. A named file appears complete or not at all: it is written under a temporary name beside it and then renamed. */
#ifndef TOOLS_OUTPUT_OUTPUT_FILE_H
#define TOOLS_OUTPUT_OUTPUT_FILE_H

#include <stdbool.h>
#include <stdio.h>

#include "cli/message.h"

struct output_file {
  FILE *stream;
  char name[320]; /* for messages */
  char *path;     /* the final name; NULL for standard output and for devices, which are written to directly */
  char *temporary;
  bool is_new; /* a new file of our own: seeking back in it works */
};

/* Open `path`, or standard output when it is NULL or "-". `inputs` (ends with NULL) are files that must not be overwritten. */
enum exit_code output_open(struct output_file *file, const char *path, const char *const *inputs, struct failure *failure);

enum exit_code output_write(struct output_file *file, const char *bytes, size_t size, struct failure *failure);
enum exit_code output_flush(struct output_file *file, struct failure *failure);

/* Why the last write failed. A reader that has gone away (EPIPE) is no news: the message is empty then. */
enum exit_code output_failed(const struct output_file *file, struct failure *failure);

/* Give a complete file its name. */
enum exit_code output_commit(struct output_file *file, struct failure *failure);

/* Remove what has been written, if it was not committed. */
void output_discard(struct output_file *file);

#endif
