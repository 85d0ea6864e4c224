#include "base/parallel.h"

#include <pthread.h>

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

void ot_parallel_run(size_t count, onnxtree_task *task, void *context) {
  worker workers[OT_MAX_THREADS];
  size_t started = 1;
  for (; started < count && started < OT_MAX_THREADS; started++) {
    workers[started] = (worker){.task = task, .context = context, .index = started};
    if (pthread_create(&workers[started].thread, NULL, start, &workers[started]) != 0) break;
  }
  task(context, 0);
  for (size_t i = started; i < count; i++) task(context, i);
  for (size_t i = 1; i < started; i++) pthread_join(workers[i].thread, NULL);
}
