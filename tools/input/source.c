#define _POSIX_C_SOURCE 200809L

#include "input/source.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "text/printable.h"

/* The window starts small, for small files, and doubles up to the size that is good for large ones. */
enum { FIRST_READ = 4 * 1024, READ_SIZE = 256 * 1024 };

enum exit_code source_open(struct source *source, const char *path, struct failure *failure) {
  bool is_stdin = !path || strcmp(path, "-") == 0;
  *source = (struct source){.descriptor = STDIN_FILENO, .file_size = -1};
  source->name = is_stdin ? "stdin" : printable(source->name_store, sizeof source->name_store, path, strlen(path));
  if (!is_stdin) source->descriptor = open(path, O_RDONLY | O_CLOEXEC);

  struct stat status;
  if (source->descriptor < 0 || fstat(source->descriptor, &status) != 0)
    return fail(failure, IO_FAILED, "%s: cannot be opened: %s", source->name, strerror(errno));
  if (S_ISDIR(status.st_mode)) return fail(failure, IO_FAILED, "%s: is a directory, not a file of data", source->name);
  /* Standard input may already stand in the middle of its file; its size says nothing then. */
  if (!is_stdin && S_ISREG(status.st_mode)) source->file_size = status.st_size;
  return OK;
}

static enum exit_code make_room(struct source *source, size_t size, struct failure *failure) {
  size_t used = source->end - source->begin;
  if (source->begin > 0) {
    memmove(source->data, source->data + source->begin, used);
    source->begin = 0;
    source->end = used;
  }
  if (size > SIZE_MAX / 2 - READ_SIZE) return fail_memory(failure);
  size_t wanted = size + (source->capacity < FIRST_READ ? FIRST_READ : source->capacity < READ_SIZE ? source->capacity : READ_SIZE);
  if (wanted <= source->capacity) return OK;

  if (wanted < source->capacity * 2) wanted = source->capacity * 2;
  char *data = realloc(source->data, wanted + 1);
  if (!data) return fail_memory(failure);
  source->data = data;
  source->capacity = wanted;
  return OK;
}

static bool is_ready(const struct source *source) {
  struct pollfd poller = {.fd = source->descriptor, .events = POLLIN};
  return poll(&poller, 1, 0) != 0;
}

static enum exit_code fill(struct source *source, size_t size, bool waits, struct failure *failure) {
  if (source->is_finished || source->end - source->begin >= size) return OK;
  if (make_room(source, size, failure)) return IO_FAILED;

  while (source->end < size && !source->is_finished) {
    if (!waits && source->end > 0 && !is_ready(source)) break;
    ssize_t count = read(source->descriptor, source->data + source->end, source->capacity - source->end);
    if (count < 0 && errno != EINTR) return fail(failure, IO_FAILED, "%s: cannot be read: %s", source->name, strerror(errno));
    if (count > 0) source->end += (size_t)count;
    source->is_finished = count == 0;
  }
  return OK;
}

enum exit_code source_need(struct source *source, size_t size, struct failure *failure) { return fill(source, size, true, failure); }

enum exit_code source_gather(struct source *source, size_t size, struct failure *failure) { return fill(source, size, false, failure); }

void source_close(struct source *source) {
  if (source->descriptor > STDIN_FILENO) (void)close(source->descriptor);
  free(source->data);
  *source = (struct source){.descriptor = -1};
}
