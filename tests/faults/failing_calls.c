/* Preloaded into the command: makes calls of the C library fail. FAIL_CALL="malloc:17" lets the 17th allocation fail, "malloc:17+" all from then on;
 * also "read", "open", "fstat", "rename" and "close", and "short": reads deliver one byte and are interrupted. FAIL_COUNT=FILE writes how many calls
 * there were. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *pointer, size_t size);

enum call { MALLOC, READ, OPEN, FSTAT, RENAME, CLOSE, CALLS };
static const char *const names[CALLS] = {"malloc", "read", "open", "fstat", "rename", "close"};

static unsigned long counts[CALLS], fail_at;
static enum call failing = CALLS;
static int from_then, is_short, is_ready;

__attribute__((constructor)) static void start(void) {
  const char *wanted = getenv("FAIL_CALL");
  for (int i = 0; wanted && i < CALLS; i++) {
    size_t size = strlen(names[i]);
    if (strncmp(wanted, names[i], size) != 0 || wanted[size] != ':') continue;
    failing = (enum call)i;
    fail_at = strtoul(wanted + size + 1, NULL, 10);
    from_then = strchr(wanted, '+') != NULL;
  }
  is_short = wanted && strcmp(wanted, "short") == 0;
  is_ready = 1;
}

__attribute__((destructor)) static void stop(void) {
  const char *path = getenv("FAIL_COUNT");
  is_ready = 0;
  FILE *file = path ? fopen(path, "w") : NULL;
  if (!file) return;
  for (int i = 0; i < CALLS; i++) fprintf(file, "%s %lu\n", names[i], counts[i]);
  fclose(file);
}

static int fails(enum call call, int error) {
  if (!is_ready) return 0;
  unsigned long number = __atomic_add_fetch(&counts[call], 1, __ATOMIC_RELAXED);
  if (call != failing || !(number == fail_at || (from_then && number > fail_at))) return 0;
  errno = error;
  return 1;
}

void *malloc(size_t size) { return fails(MALLOC, ENOMEM) ? NULL : __libc_malloc(size); }
void *calloc(size_t count, size_t size) { return fails(MALLOC, ENOMEM) ? NULL : __libc_calloc(count, size); }
void *realloc(void *pointer, size_t size) { return fails(MALLOC, ENOMEM) ? NULL : __libc_realloc(pointer, size); }

#define REAL(type, name) ((type)dlsym(RTLD_NEXT, name))

ssize_t read(int descriptor, void *buffer, size_t size) {
  static unsigned long reads;
  if (fails(READ, EIO)) return -1;
  if (is_short && ++reads % 3 == 0) {
    errno = EINTR;
    return -1;
  }
  return REAL(ssize_t(*)(int, void *, size_t), "read")(descriptor, buffer, is_short && size > 1 ? 1 : size);
}

int open(const char *path, int flags, ...) {
  va_list arguments;
  va_start(arguments, flags);
  mode_t mode = flags & O_CREAT ? va_arg(arguments, mode_t) : 0;
  va_end(arguments);
  return fails(OPEN, EMFILE) ? -1 : REAL(int (*)(const char *, int, mode_t), "open")(path, flags, mode);
}

int fstat(int descriptor, struct stat *status) { return fails(FSTAT, EIO) ? -1 : REAL(int (*)(int, struct stat *), "fstat")(descriptor, status); }
int rename(const char *from, const char *to) { return fails(RENAME, EIO) ? -1 : REAL(int (*)(const char *, const char *), "rename")(from, to); }
int close(int descriptor) { return fails(CLOSE, EIO) ? -1 : REAL(int (*)(int), "close")(descriptor); }
