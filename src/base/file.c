#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"

#define FIRST_CAPACITY 65536u
#define PIECE 262144u /* read at once: new pages are still in the cache */

void ot_file_free(ot_file *file, ot_memory *memory) {
  ot_memory_release(memory, file->bytes, file->capacity);
  *file = (ot_file){0};
}

static bool grow(ot_file *file, size_t capacity, ot_memory *memory) {
  unsigned char *bytes = ot_memory_allocate(memory, capacity);
  if (!bytes) return false;
  if (file->size) memcpy(bytes, file->bytes, file->size);
  ot_memory_release(memory, file->bytes, file->capacity);
  file->bytes = bytes;
  file->capacity = capacity;
  return true;
}

static bool fail_io(ot_problems *problems, const char *path, const char *what, int number) {
  /* strerror() is not thread-safe everywhere; the usual causes have words of their own. */
  const char *why = number == ENOENT    ? "no such file"
                    : number == EACCES  ? "permission denied"
                    : number == ENODEV  ? "it is a device, not a file"
                    : number == EISDIR  ? "it is a directory"
                    : number == ENOTDIR ? "part of the path is no directory"
                    : number == ENXIO   ? "it is a socket"
                    : number == ELOOP   ? "too many symbolic links"
                    : number == EMFILE || number == ENFILE ? "too many open files"
                    : number == ENAMETOOLONG ? "the name is too long"
                                        : NULL;
  ot_excerpt name = ot_text_excerpt_of(path);
  if (why)
    ot_problem(problems, OT_PROBLEM_IO, name.text, "cannot %s: %s", what, why);
  else
    ot_problem(problems, OT_PROBLEM_IO, name.text, "cannot %s: error %d", what, number);
  return false;
}

static bool fail_too_large(ot_problems *problems, const char *path, uint64_t max_bytes) {
  ot_problem(problems, OT_PROBLEM_LIMIT_FILE, ot_text_excerpt_of(path).text, "the file is larger than max_file_bytes = %llu",
             (unsigned long long)max_bytes);
  return false;
}

static bool read_all(ot_file *file, int descriptor, const char *path, uint64_t max_bytes, ot_memory *memory, ot_problems *problems) {
  for (;;) {
    if (file->size == file->capacity && !grow(file, file->capacity * 2, memory)) return ot_problem_memory(problems, memory);
    size_t room = file->capacity - file->size;
    if (room >= PIECE) {
      room = PIECE;
      ot_memory_expect(file->bytes + file->size, room);
    }
    ssize_t got = read(descriptor, file->bytes + file->size, room);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return fail_io(problems, path, "read", errno);
    if (got == 0) return true;
    file->size += (size_t)got;
    if (file->size > max_bytes) return fail_too_large(problems, path, max_bytes);
  }
}

bool ot_file_read(ot_file *file, const char *path, uint64_t max_bytes, ot_memory *memory, ot_problems *problems) {
  *file = (ot_file){0};
  int descriptor = open(path, O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return fail_io(problems, path, "open", errno);
  struct stat status;
  bool ok = fstat(descriptor, &status) == 0 || fail_io(problems, path, "read", errno);
  if (ok && S_ISDIR(status.st_mode)) ok = fail_io(problems, path, "read", EISDIR);
  if (ok && (S_ISCHR(status.st_mode) || S_ISBLK(status.st_mode))) ok = fail_io(problems, path, "read", ENODEV);
  if (ok && S_ISREG(status.st_mode) && (uint64_t)status.st_size > max_bytes) ok = fail_too_large(problems, path, max_bytes);
  if (ok) {
    /* One byte more than the stated size tells the end of the file without growing. */
    size_t capacity = FIRST_CAPACITY;
    if (S_ISREG(status.st_mode) && status.st_size > 0 && (uint64_t)status.st_size <= max_bytes) capacity = (size_t)status.st_size + 1;
    ok = grow(file, capacity, memory) || ot_problem_memory(problems, memory);
  }
  ok = ok && read_all(file, descriptor, path, max_bytes, memory, problems);
  close(descriptor);
  if (!ok) ot_file_free(file, memory);
  return ok;
}
