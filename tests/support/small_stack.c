#include "support/small_stack.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#ifdef ONNXTREE_INSTRUMENTED
#define STACK_BYTES (1 << 20)
#else
#define STACK_BYTES 65536
#endif

void with_small_stack(void *(*function)(void *), void *context) {
  pthread_attr_t attributes;
  pthread_t thread;
  long least = sysconf(_SC_THREAD_STACK_MIN); /* 128 KiB on aarch64 */
  size_t size = least > STACK_BYTES ? (size_t)least : STACK_BYTES;
  if (pthread_attr_init(&attributes) || pthread_attr_setstacksize(&attributes, size) || pthread_create(&thread, &attributes, function, context)) {
    fprintf(stderr, "no thread with a small stack\n");
    exit(EXIT_FAILURE);
  }
  pthread_join(thread, NULL);
  pthread_attr_destroy(&attributes);
}
