#define _POSIX_C_SOURCE 200809L

#include "run/pipeline.h"

#include <pthread.h>
#include <stdlib.h>

struct pipeline {
  struct reader *reader;
  struct writer *writer;
  struct progress *progress;
  struct failure *failure;

  pthread_mutex_t taking; /* guards the reader, and: */
  uint64_t taken;         /* chunks */
  bool is_finished;       /* there are no more */

  pthread_mutex_t sending; /* guards the writer, and: */
  pthread_cond_t sent;
  uint64_t turn; /* the chunk to be sent next */
  bool is_stopped;
  enum exit_code code;
};

struct worker {
  struct pipeline *pipeline;
  struct block *block;
  struct failure failure;
  pthread_t thread;
};

/* False when there is nothing left. */
static bool take(struct worker *worker, uint64_t *number, enum exit_code *code) {
  struct pipeline *pipeline = worker->pipeline;
  (void)pthread_mutex_lock(&pipeline->taking);
  bool found = !pipeline->is_finished;
  *number = pipeline->taken;
  if (found) {
    *code = pipeline->reader->kind->take(pipeline->reader, &worker->block->chunk, &worker->failure);
    pipeline->is_finished = *code != OK || worker->block->chunk.size == 0;
    found = *code != OK || worker->block->chunk.size > 0;
    pipeline->taken += found;
  }
  (void)pthread_mutex_unlock(&pipeline->taking);
  return found;
}

static void stop(struct pipeline *pipeline, enum exit_code code, const struct failure *failure) {
  pipeline->is_stopped = true;
  pipeline->code = code;
  *pipeline->failure = *failure;
}

/* Rows before a bad one are sent too: what is written does not depend on where chunks begin. */
static bool send(struct worker *worker, uint64_t number, enum exit_code code) {
  struct pipeline *pipeline = worker->pipeline;
  struct block *block = worker->block;
  (void)pthread_mutex_lock(&pipeline->sending);
  while (pipeline->turn != number && !pipeline->is_stopped) (void)pthread_cond_wait(&pipeline->sent, &pipeline->sending);
  if (!pipeline->is_stopped) {
    struct failure of_writing = {""};
    enum exit_code written = writer_send(pipeline->writer, &block->text, block->rows, &of_writing);
    if (written)
      stop(pipeline, written, &of_writing);
    else if (code)
      stop(pipeline, code, &worker->failure);
    pipeline->turn++;
    progress_update(pipeline->progress, block->rows, block->chunk.size);
    (void)pthread_cond_broadcast(&pipeline->sent);
  }
  bool goes_on = !pipeline->is_stopped;
  (void)pthread_mutex_unlock(&pipeline->sending);
  return goes_on;
}

static void *work(void *context) {
  struct worker *worker = context;
  struct block *block = worker->block;
  uint64_t number;
  enum exit_code code;
  do {
    code = OK;
    block->rows = 0;
    block->text.size = 0;
    if (!take(worker, &number, &code)) return NULL;
    if (code == OK) code = block_score(block, worker->pipeline->reader, worker->pipeline->writer, &worker->failure);
  } while (send(worker, number, code));
  return NULL;
}

/* A thread that the system refuses to start is done without. */
static void run_workers(struct worker *workers, size_t count) {
  size_t started = 1;
  while (started < count && pthread_create(&workers[started].thread, NULL, work, &workers[started]) == 0) started++;
  (void)work(&workers[0]);
  for (size_t i = 1; i < started; i++) (void)pthread_join(workers[i].thread, NULL);
}

enum exit_code pipeline_run(struct reader *reader, struct writer *writer, struct block *blocks, size_t count, struct progress *progress,
                            struct failure *failure) {
  struct pipeline pipeline = {.reader = reader, .writer = writer, .progress = progress, .failure = failure};
  struct worker *workers = calloc(count, sizeof *workers);
  if (!workers) return fail_memory(failure);
  (void)pthread_mutex_init(&pipeline.taking, NULL);
  (void)pthread_mutex_init(&pipeline.sending, NULL);
  (void)pthread_cond_init(&pipeline.sent, NULL);
  for (size_t i = 0; i < count; i++) workers[i] = (struct worker){.pipeline = &pipeline, .block = &blocks[i]};
  run_workers(workers, count);
  (void)pthread_cond_destroy(&pipeline.sent);
  (void)pthread_mutex_destroy(&pipeline.sending);
  (void)pthread_mutex_destroy(&pipeline.taking);
  free(workers);
  return pipeline.code;
}
