#include "fuzz/read_hook.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

ssize_t __real_read(int descriptor, void *buffer, size_t size);
ssize_t __wrap_read(int descriptor, void *buffer, size_t size);
int __real_poll(struct pollfd *pollers, nfds_t count, int milliseconds);
int __wrap_poll(struct pollfd *pollers, nfds_t count, int milliseconds);

static struct {
  const uint8_t *data;
  size_t size, most, fail_at, at;
  uint64_t random;
} hook;

ssize_t __wrap_read(int descriptor, void *buffer, size_t size) {
  if (descriptor != STDIN_FILENO || !hook.data) return __real_read(descriptor, buffer, size);
  FUZZ_CHECK(size > 0);
  uint64_t random = fuzz_random(&hook.random);
  if (random % 16 == 0) {
    errno = EINTR;
    return -1;
  }
  size_t count = (size_t)(1 + (random >> 8) % hook.most), left = hook.size - hook.at;
  if (count > size) count = size;
  if (count > left) count = left;
  if (hook.at + count > hook.fail_at) {
    errno = EIO;
    return -1;
  }
  if (count) memcpy(buffer, hook.data + hook.at, count);
  hook.at += count;
  return (ssize_t)count;
}

/* Now and then nothing is there yet. */
int __wrap_poll(struct pollfd *pollers, nfds_t count, int milliseconds) {
  if (count != 1 || pollers->fd != STDIN_FILENO || !hook.data) return __real_poll(pollers, count, milliseconds);
  return fuzz_random(&hook.random) % 3 > 0;
}

void hooked_source(struct source *source, const uint8_t *data, size_t size, size_t most, size_t fail_at) {
  static const uint8_t nothing[1];
  hook.data = data ? data : nothing;
  hook.size = size;
  hook.most = most;
  hook.fail_at = fail_at;
  hook.at = 0;
  hook.random = size + most;
  *source = (struct source){.descriptor = STDIN_FILENO, .name = "data", .file_size = -1};
}

void whole_source(struct source *source, const uint8_t *data, size_t size) {
  *source = (struct source){.descriptor = STDIN_FILENO, .name = "data", .file_size = (int64_t)size,
                            .end = size, .capacity = size, .is_finished = true};
  source->data = malloc(size + 1);
  FUZZ_CHECK(source->data);
  if (size) memcpy(source->data, data, size);
}
