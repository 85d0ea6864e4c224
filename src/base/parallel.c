#define _GNU_SOURCE /* pthread_tryjoin_np() */
#include "base/parallel.h"

#include <pthread.h>

#if defined(__x86_64__) || defined(__i386__)
#  define PAUSE() __builtin_ia32_pause()
#else
#  define PAUSE() (void)0
#endif
#define TRIES 700 /* some 30 µs */

typedef struct worker {
  pthread_t thread;
  onnxtree_task *task;
  void *context;
  size_t index;
} worker;

static void *start(void *argument) {
  worker *self = argument;
  self->task(self->context, self->index);
  return NULL;
}

/* A sleeping thread is woken some 20 µs after the other has ended; most end sooner. Yielding in between would cost milliseconds on a busy machine. */
static void join(pthread_t thread) {
#ifdef __GLIBC__
  for (int i = 0; i < TRIES; i++) {
    if (pthread_tryjoin_np(thread, NULL) == 0) return;
    PAUSE();
  }
#endif
  pthread_join(thread, NULL);
}

void ot_parallel_run(size_t count, onnxtree_task *task, void *context) {
  worker workers[OT_MAX_THREADS];
  size_t started = 1;
  for (; started < count && started < OT_MAX_THREADS; started++) {
    workers[started] = (worker){.task = task, .context = context, .index = started};
    if (pthread_create(&workers[started].thread, NULL, start, &workers[started]) != 0) break;
  }
  task(context, 0);
  for (size_t i = started; i < count; i++) task(context, i);
  for (size_t i = 1; i < started; i++) join(workers[i].thread);
}
