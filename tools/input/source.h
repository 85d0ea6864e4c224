/* Bytes of a file or of standard input, seen through a window that grows as far as its user asks. */
#ifndef TOOLS_INPUT_SOURCE_H
#define TOOLS_INPUT_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cli/message.h"

struct source {
  int descriptor;
  const char *name; /* the path made printable, or "stdin" */
  char *data;       /* the window is data[begin .. end); data[end] may be written to as well */
  size_t begin;
  size_t end;
  size_t capacity;
  bool is_finished;  /* nothing follows the window */
  int64_t file_size; /* of a regular file; -1 for pipes and the like */
  uint64_t lines;    /* that were read before a table starts */
  char name_store[320];
};

/* Open `path`, or standard input when it is NULL or "-". */
enum exit_code source_open(struct source *source, const char *path, struct failure *failure);

/* Read until the window has `size` bytes or the input is finished. Moves the window: pointers into it become invalid. */
enum exit_code source_need(struct source *source, size_t size, struct failure *failure);

/* The same, but stop early when something is in the window and more would have to be waited for: a slow pipe is read as it comes. */
enum exit_code source_gather(struct source *source, size_t size, struct failure *failure);

void source_close(struct source *source);

#endif
