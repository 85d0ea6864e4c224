#define _XOPEN_SOURCE 700

#include "output/output_file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "text/printable.h"

/* ---- removing the temporary file when the command is interrupted ------------------------------------------------------------------ */

static char *volatile unfinished; /* its name while there is one */

static void remove_unfinished(int signal_number) {
  const char *path = unfinished;
  if (path) (void)unlink(path);
  (void)signal(signal_number, SIG_DFL);
  (void)raise(signal_number);
}

static const int signals[] = {SIGINT, SIGTERM, SIGHUP, SIGXCPU, SIGXFSZ};

/* While a file is made and not yet known as unfinished; *before: what was blocked already. */
static void hold_signals(sigset_t *before) {
  sigset_t held;
  (void)sigemptyset(&held);
  for (size_t i = 0; i < sizeof signals / sizeof signals[0]; i++) (void)sigaddset(&held, signals[i]);
  (void)sigprocmask(SIG_BLOCK, &held, before);
}

static void watch_signals(void) {
  for (size_t i = 0; i < sizeof signals / sizeof signals[0]; i++) {
    struct sigaction action = {0};
    if (sigaction(signals[i], NULL, &action) == 0 && action.sa_handler == SIG_DFL) {
      action.sa_handler = remove_unfinished;
      (void)sigaction(signals[i], &action, NULL);
    }
  }
}

/* ---- opening ---------------------------------------------------------------------------------------------------------------------- */

static enum exit_code fail_open(const struct output_file *file, struct failure *failure) {
  return fail(failure, IO_FAILED, "%s: cannot be written: %s", file->name, strerror(errno));
}

static enum exit_code refuse_inputs(const struct output_file *file, const struct stat *output, const char *const *inputs, struct failure *failure) {
  for (; *inputs; inputs++) {
    struct stat input;
    if (stat(*inputs, &input) == 0 && input.st_dev == output->st_dev && input.st_ino == output->st_ino) {
      (void)fail(failure, USAGE, "%s: is an input of this run and would be overwritten", file->name);
      add_advice(failure, "choose another name for --output");
      return USAGE;
    }
  }
  return OK;
}

/* Create "path.PID-N.tmp", readable as the umask says. */
static enum exit_code create_temporary(struct output_file *file, struct failure *failure) {
  enum { ATTEMPTS = 100 };
  size_t size = strlen(file->path) + 48;
  file->temporary = malloc(size);
  if (!file->temporary) return fail_memory(failure);

  watch_signals();
  sigset_t before;
  hold_signals(&before);
  int descriptor = -1;
  for (int attempt = 0; descriptor < 0 && attempt < ATTEMPTS; attempt++) {
    (void)snprintf(file->temporary, size, "%s.%ld-%d.tmp", file->path, (long)getpid(), attempt);
    descriptor = open(file->temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (descriptor < 0 && errno != EEXIST) break;
  }
  if (descriptor >= 0) unfinished = file->temporary;
  (void)sigprocmask(SIG_SETMASK, &before, NULL);
  if (descriptor < 0) {
    (void)fail_open(file, failure);
    free(file->temporary);
    file->temporary = NULL;
    return IO_FAILED;
  }
  file->stream = fdopen(descriptor, "wb");
  file->is_new = true;
  if (!file->stream) (void)close(descriptor);
  return file->stream ? OK : fail_memory(failure);
}

static enum exit_code open_named(struct output_file *file, const char *path, const char *const *inputs, struct failure *failure) {
  struct stat status;
  bool exists = stat(path, &status) == 0;
  if (exists && S_ISDIR(status.st_mode)) return fail(failure, IO_FAILED, "%s: is a directory", file->name);
  if (exists && !S_ISREG(status.st_mode)) { /* a device or pipe must stay what it is */
    file->stream = fopen(path, "wb");
    return file->stream ? OK : fail_open(file, failure);
  }
  if (exists && refuse_inputs(file, &status, inputs, failure)) return USAGE;
  if (exists && access(path, W_OK) != 0) return fail_open(file, failure);

  /* A symbolic link stays one: the file it points to is replaced. */
  file->path = exists ? realpath(path, NULL) : strdup(path);
  if (!file->path) return fail_open(file, failure);
  enum exit_code code = create_temporary(file, failure);
  if (code == OK && exists) (void)fchmod(fileno(file->stream), status.st_mode & 07777);
  return code;
}

enum exit_code output_open(struct output_file *file, const char *path, const char *const *inputs, struct failure *failure) {
  *file = (struct output_file){0};
  if (!path || strcmp(path, "-") == 0) {
    file->stream = stdout;
    (void)strcpy(file->name, "standard output");
    return OK;
  }
  printable(file->name, sizeof file->name, path, strlen(path));
  enum exit_code code = open_named(file, path, inputs, failure);
  if (code) output_discard(file);
  return code;
}

/* ---- writing and closing ---------------------------------------------------------------------------------------------------------- */

enum exit_code output_failed(const struct output_file *file, struct failure *failure) {
  if (errno == EPIPE) return fail(failure, IO_FAILED, "%s", "");
  return fail_open(file, failure);
}

enum exit_code output_write(struct output_file *file, const char *bytes, size_t size, struct failure *failure) {
  return size == 0 || fwrite(bytes, 1, size, file->stream) == size ? OK : output_failed(file, failure);
}

enum exit_code output_flush(struct output_file *file, struct failure *failure) {
  return fflush(file->stream) == 0 ? OK : output_failed(file, failure);
}

enum exit_code output_commit(struct output_file *file, struct failure *failure) {
  enum exit_code code = output_flush(file, failure);
  FILE *stream = file->stream;
  file->stream = NULL;
  if (fclose(stream) != 0 && code == OK) code = output_failed(file, failure);
  if (code == OK && file->temporary && rename(file->temporary, file->path) != 0) code = fail_open(file, failure);
  if (code == OK && file->temporary) {
    unfinished = NULL;
    free(file->temporary);
    file->temporary = NULL;
  }
  output_discard(file);
  return code;
}

void output_discard(struct output_file *file) {
  if (file->stream && file->stream != stdout) (void)fclose(file->stream);
  if (file->temporary) {
    (void)unlink(file->temporary);
    unfinished = NULL;
  }
  free(file->temporary);
  free(file->path);
  *file = (struct output_file){0};
}
