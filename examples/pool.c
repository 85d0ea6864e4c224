/* Runs a batch on threads that the program already has, instead of threads that the library would start.
 *
 *     pool MODEL [ROWS]
 *
 * The pool is as small as can be: workers wait for a job, take its tasks one after the other, and wait again. */
#define _POSIX_C_SOURCE 200809L
#include <onnxtree/onnxtree.h>

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

enum { WORKERS = 3 };

typedef struct pool {
  pthread_mutex_t lock;
  pthread_cond_t has_work, is_done;
  onnxtree_task *task;
  void *task_context;
  size_t next, count, unfinished;
  int stops;
} pool;

/* Takes tasks until there are none. The lock is held when it begins and when it returns. */
static void work(pool *p) {
  while (p->next < p->count) {
    size_t index = p->next++;
    pthread_mutex_unlock(&p->lock);
    p->task(p->task_context, index);
    pthread_mutex_lock(&p->lock);
    if (--p->unfinished == 0) pthread_cond_broadcast(&p->is_done);
  }
}

static void *worker(void *context) {
  pool *p = context;
  pthread_mutex_lock(&p->lock);
  while (!p->stops) {
    work(p);
    if (!p->stops) pthread_cond_wait(&p->has_work, &p->lock);
  }
  pthread_mutex_unlock(&p->lock);
  return NULL;
}

/* What the library calls: every task once, on any threads, the calling one included. */
static void parallel_for(void *context, size_t count, onnxtree_task *task, void *task_context) {
  pool *p = context;
  pthread_mutex_lock(&p->lock);
  p->task = task;
  p->task_context = task_context;
  p->next = 0;
  p->count = p->unfinished = count;
  pthread_cond_broadcast(&p->has_work);
  work(p);
  while (p->unfinished > 0) pthread_cond_wait(&p->is_done, &p->lock);
  pthread_mutex_unlock(&p->lock);
}

static onnxtree_status score(const onnxtree_model *model, pool *p, size_t rows, onnxtree_error *error) {
  onnxtree_value_info input = ONNXTREE_VALUE_INFO_INIT;
  if (onnxtree_model_input(model, 0, &input) != ONNXTREE_OK) return ONNXTREE_INVALID_ARGUMENT;
  float *numbers = malloc(rows * input.columns * sizeof *numbers);
  int64_t *labels = malloc(rows * sizeof *labels);
  if (!numbers || !labels) {
    free(numbers);
    free(labels);
    return ONNXTREE_OUT_OF_MEMORY;
  }
  for (size_t i = 0; i < rows * input.columns; i++) numbers[i] = (float)(i % 97) / 12.0f;

  onnxtree_workspace_options options = ONNXTREE_WORKSPACE_OPTIONS_INIT;
  options.threads = WORKERS + 1; /* tasks that a run is cut into */
  onnxtree_workspace *workspace = NULL;
  onnxtree_status status = onnxtree_workspace_create(model, &options, &workspace, error);
  if (status == ONNXTREE_OK) {
    const onnxtree_tensor in = {NULL, ONNXTREE_FLOAT, rows, input.columns, 0, numbers}, out = {NULL, ONNXTREE_INT64, rows, 1, 0, labels};
    onnxtree_run_options how = ONNXTREE_RUN_OPTIONS_INIT;
    how.parallel_for = parallel_for;
    how.parallel_for_context = p;
    status = onnxtree_run(model, workspace, rows, &in, 1, &out, 1, &how, error);
  }
  long long sum = 0;
  for (size_t r = 0; status == ONNXTREE_OK && r < rows; r++) sum += labels[r];
  if (status == ONNXTREE_OK) printf("%zu rows, sum of labels %lld\n", rows, sum);
  onnxtree_workspace_free(workspace);
  free(numbers);
  free(labels);
  return status;
}

int main(int argc, char **argv) {
  onnxtree_model *model = NULL;
  onnxtree_error error = {ONNXTREE_OK, "", "out of memory"};
  if (argc < 2 || onnxtree_model_load_file(argv[1], NULL, &model, &error) != ONNXTREE_OK) {
    fprintf(stderr, "%s\n", argc < 2 ? "usage: pool MODEL [ROWS]" : error.message);
    return 1;
  }
  pool p = {.lock = PTHREAD_MUTEX_INITIALIZER, .has_work = PTHREAD_COND_INITIALIZER, .is_done = PTHREAD_COND_INITIALIZER};
  pthread_t threads[WORKERS];
  int started = 0;
  while (started < WORKERS && pthread_create(&threads[started], NULL, worker, &p) == 0) started++;

  onnxtree_status status = score(model, &p, argc > 2 ? strtoul(argv[2], NULL, 10) : 100000, &error);
  if (status != ONNXTREE_OK) fprintf(stderr, "%s\n", error.message);

  pthread_mutex_lock(&p.lock);
  p.stops = 1;
  pthread_cond_broadcast(&p.has_work);
  pthread_mutex_unlock(&p.lock);
  for (int i = 0; i < started; i++) pthread_join(threads[i], NULL);
  onnxtree_model_free(model);
  return status != ONNXTREE_OK;
}
