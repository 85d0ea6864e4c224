/* Calls of onnxtree and of its peers, timed from C: the same loop over different rows for all of them, and a call of each library's C
 * interface inside. compare.py compiles this file, creates the libraries' objects and gives their handles and functions. */
#define _POSIX_C_SOURCE 200809L

#include <dlfcn.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <onnxtree/onnxtree.h>

/* ---- what is timed ---------------------------------------------------------------------------------------------------------------- */

/* The rows are a ring; calls take the next `count` of it. */
struct peer {
  int (*call)(struct peer *peer, size_t first, size_t count); /* nonzero: failed */
  int (*prepare)(struct peer *peer, size_t count);            /* before calls with `count` rows, not timed; may be NULL */
  const char *rows;
  size_t columns;
  size_t row_bytes;
  size_t ring_rows;
  size_t next;
  void *scores; /* where calls write them, unless the library has its own place */
};

static double now_ns(void) {
  struct timespec time;
  (void)clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

static int call_next(struct peer *peer, size_t count) {
  if (peer->next + count > peer->ring_rows) peer->next = 0;
  size_t first = peer->next;
  peer->next += count;
  return peer->call(peer, first, count);
}

int bench_prepare(struct peer *peer, size_t count) {
  peer->next = 0;
  return peer->prepare ? peer->prepare(peer, count) : 0;
}

/* One call on the first `count` rows, to look at the scores. */
int bench_once(struct peer *peer, size_t count) { return peer->call(peer, 0, count); }

/* Nanoseconds of `calls` calls; negative if one failed. */
double bench_calls(struct peer *peer, size_t count, size_t calls) {
  double start = now_ns();
  for (size_t i = 0; i < calls; i++)
    if (call_next(peer, count)) return -1;
  return now_ns() - start;
}

static struct peer *peer_new(size_t size, int (*call)(struct peer *, size_t, size_t), const void *rows, size_t columns, size_t cell_bytes,
                             size_t ring_rows, void *scores) {
  struct peer *peer = calloc(1, size);
  if (peer) *peer = (struct peer){call, NULL, rows, columns, columns * cell_bytes, ring_rows, 0, scores};
  return peer;
}

/* ---- onnxtree --------------------------------------------------------------------------------------------------------------------- */

struct onnxtree_peer {
  struct peer peer;
  onnxtree_model *model;
  onnxtree_workspace *workspace;
  onnxtree_tensor input;
  onnxtree_tensor outputs[2];
  size_t output_count;
  size_t threads;
};

static int onnxtree_call(struct peer *peer, size_t first, size_t count) {
  struct onnxtree_peer *self = (struct onnxtree_peer *)peer;
  onnxtree_run_options options = ONNXTREE_RUN_OPTIONS_INIT;
  options.threads = self->threads;
  self->input.data = (void *)(peer->rows + first * peer->row_bytes);
  self->input.rows = count;
  for (size_t i = 0; i < self->output_count; i++) self->outputs[i].rows = count;
  return onnxtree_run(self->model, self->workspace, count, &self->input, 1, self->outputs, self->output_count, &options, NULL);
}

/* Labels are computed too when the model is a classifier, as ONNX Runtime does. */
struct peer *onnxtree_open(const char *path, const char *kernel, size_t threads, const void *rows, size_t columns, size_t ring_rows, float *scores,
                           void *labels, char *message) {
  struct onnxtree_peer *self = (struct onnxtree_peer *)peer_new(sizeof *self, onnxtree_call, rows, columns, sizeof(float), ring_rows, scores);
  onnxtree_load_options load = ONNXTREE_LOAD_OPTIONS_INIT;
  load.kernel = *kernel ? kernel : NULL;
  onnxtree_workspace_options options = ONNXTREE_WORKSPACE_OPTIONS_INIT;
  options.threads = self->threads = threads;
  onnxtree_error error = {0};
  if (onnxtree_model_load_file(path, &load, &self->model, &error) || onnxtree_workspace_create(self->model, &options, &self->workspace, &error)) {
    (void)snprintf(message, 500, "%.499s", error.message);
    return NULL;
  }
  self->input = (onnxtree_tensor){.type = ONNXTREE_FLOAT, .columns = columns};
  const int indexes[] = {onnxtree_model_score_output(self->model), onnxtree_model_label_output(self->model)};
  void *const places[] = {scores, labels};
  for (int i = 0; i < 2; i++) {
    onnxtree_value_info info = ONNXTREE_VALUE_INFO_INIT;
    if (indexes[i] < 0 || onnxtree_model_output(self->model, (size_t)indexes[i], &info)) continue;
    self->outputs[self->output_count++] = (onnxtree_tensor){.name = info.name, .type = info.type, .columns = info.columns, .data = places[i]};
  }
  return &self->peer;
}

void onnxtree_close(struct peer *peer) {
  struct onnxtree_peer *self = (struct onnxtree_peer *)peer;
  onnxtree_workspace_free(self->workspace);
  onnxtree_model_free(self->model);
  free(self);
}

const char *onnxtree_kernel_used(struct peer *peer) {
  const char *kernel = "";
  for (size_t i = 0; !*kernel && !onnxtree_model_operator(((struct onnxtree_peer *)peer)->model, i, NULL, NULL, NULL, NULL, &kernel);) i++;
  return kernel;
}

void onnxtree_sizes(struct peer *peer, uint64_t *sizes) {
  onnxtree_model_stats stats = ONNXTREE_MODEL_STATS_INIT;
  (void)onnxtree_model_get_stats(((struct onnxtree_peer *)peer)->model, &stats);
  const uint64_t known[] = {stats.trees, stats.branch_nodes, stats.leaves, stats.max_depth, stats.model_bytes, stats.peak_load_bytes};
  memcpy(sizes, known, sizeof known);
}

/* ---- ONNX Runtime ----------------------------------------------------------------------------------------------------------------- */

/* Its C interface is a table of functions that only ever grows at its end (onnxruntime_c_api.h), so positions in it are enough. */
enum {
  ORT_VERSION = 21,
  ORT_ERROR_MESSAGE = 2,
  ORT_CREATE_ENV = 3,
  ORT_CREATE_SESSION = 7,
  ORT_RUN = 9,
  ORT_CREATE_SESSION_OPTIONS = 10,
  ORT_SET_INTRA_OP_THREADS = 24,
  ORT_SET_INTER_OP_THREADS = 25,
  ORT_CREATE_TENSOR = 49,
  ORT_CREATE_CPU_MEMORY_INFO = 69,
  ORT_RELEASE_SESSION = 95,
  ORT_RELEASE_VALUE = 96,
  ORT_FLOAT = 1,
  ORT_INT64 = 7,
  ORT_WARNING = 2,
  ORT_ARENA_ALLOCATOR = 1,
};

struct ort_base {
  void **(*table)(uint32_t version);
};

typedef void *ort_create_tensor(const void *memory_info, void *data, size_t bytes, const int64_t *shape, size_t rank, int type, void **value);
typedef void *ort_run(void *session, const void *options, const char *const *inputs, const void *const *values, size_t input_count,
                      const char *const *outputs, size_t output_count, void **results);

/* Input tensors for each call of a round and the output tensors are made beforehand: what is timed is Run() alone. */
struct ort_peer {
  struct peer peer;
  void **table;
  void *session;
  void *memory_info;
  ort_run *run;
  char *names[3]; /* input, scores, labels */
  size_t output_count;
  size_t score_columns;
  size_t label_columns; /* 0: labels are a vector */
  void *labels;
  void **windows; /* [window_count] */
  size_t window_count;
  size_t window_rows;
  void *results[2];
};

static int ort_failed(struct ort_peer *self, void *status) {
  if (status) (void)fprintf(stderr, "ONNX Runtime: %s\n", ((const char *(*)(const void *))self->table[ORT_ERROR_MESSAGE])(status));
  return status != NULL;
}

static int ort_tensor(struct ort_peer *self, const void *data, size_t cell_bytes, int type, size_t rows, size_t columns, void **value) {
  const int64_t shape[] = {(int64_t)rows, (int64_t)columns};
  size_t rank = columns > 0 ? 2 : 1;
  size_t bytes = rows * (columns > 0 ? columns : 1) * cell_bytes;
  return ort_failed(self, ((ort_create_tensor *)self->table[ORT_CREATE_TENSOR])(self->memory_info, (void *)data, bytes, shape, rank, type, value));
}

static void ort_release(struct ort_peer *self) {
  void (*release)(void *) = (void (*)(void *))self->table[ORT_RELEASE_VALUE];
  for (size_t i = 0; i < self->window_count; i++) release(self->windows[i]);
  for (size_t i = 0; self->window_count > 0 && i < self->output_count; i++) release(self->results[i]);
  free(self->windows);
  self->windows = NULL;
  self->window_count = 0;
}

static int ort_prepare(struct peer *peer, size_t count) {
  struct ort_peer *self = (struct ort_peer *)peer;
  ort_release(self);
  size_t windows = peer->ring_rows / count;
  self->windows = calloc(windows, sizeof *self->windows);
  self->window_rows = count;
  for (size_t i = 0; i < windows; i++, self->window_count++)
    if (ort_tensor(self, peer->rows + i * count * peer->row_bytes, sizeof(float), ORT_FLOAT, count, peer->columns, &self->windows[i])) return 1;
  if (ort_tensor(self, peer->scores, sizeof(float), ORT_FLOAT, count, self->score_columns, &self->results[0])) return 1;
  return self->output_count > 1 && ort_tensor(self, self->labels, sizeof(int64_t), ORT_INT64, count, self->label_columns, &self->results[1]);
}

static int ort_call(struct peer *peer, size_t first, size_t count) {
  struct ort_peer *self = (struct ort_peer *)peer;
  const char *const inputs[] = {self->names[0]};
  const char *const outputs[] = {self->names[1], self->names[2]};
  const void *const values[] = {self->windows[first / count]};
  return ort_failed(self, self->run(self->session, NULL, inputs, values, 1, outputs, self->output_count, self->results));
}

static int ort_create(struct ort_peer *self, const char *model, int threads) {
  void *options = NULL;
  void *environment = NULL;
  void **table = self->table;
  if (ort_failed(self, ((void *(*)(int, const char *, void **))table[ORT_CREATE_ENV])(ORT_WARNING, "bench", &environment))) return 1;
  if (ort_failed(self, ((void *(*)(void **))table[ORT_CREATE_SESSION_OPTIONS])(&options))) return 1;
  if (ort_failed(self, ((void *(*)(void *, int))table[ORT_SET_INTRA_OP_THREADS])(options, threads))) return 1;
  if (ort_failed(self, ((void *(*)(void *, int))table[ORT_SET_INTER_OP_THREADS])(options, 1))) return 1;
  if (ort_failed(self, ((void *(*)(int, int, void **))table[ORT_CREATE_CPU_MEMORY_INFO])(ORT_ARENA_ALLOCATOR, 0, &self->memory_info))) return 1;
  return ort_failed(self, ((void *(*)(void *, const char *, void *, void **))table[ORT_CREATE_SESSION])(environment, model, options, &self->session));
}

/* `names` are those of the input, the scores and, for classifiers, the labels (NULL otherwise). */
struct peer *ort_open(const char *library, const char *model, int threads, const char *const *names, const void *rows, size_t columns,
                      size_t ring_rows, float *scores, size_t score_columns, int64_t *labels,
                      size_t label_columns) {
  void *handle = dlopen(library, RTLD_NOW | RTLD_LOCAL);
  const struct ort_base *(*base)(void) = handle ? (const struct ort_base *(*)(void))dlsym(handle, "OrtGetApiBase") : NULL;
  if (!base) return NULL;
  struct ort_peer *self = (struct ort_peer *)peer_new(sizeof *self, ort_call, rows, columns, sizeof(float), ring_rows, scores);
  self->peer.prepare = ort_prepare;
  self->table = base()->table(ORT_VERSION);
  self->run = (ort_run *)self->table[ORT_RUN];
  self->score_columns = score_columns;
  self->labels = labels;
  self->label_columns = label_columns;
  self->output_count = names[2] ? 2 : 1;
  for (int i = 0; i < 3; i++) self->names[i] = names[i] ? strdup(names[i]) : NULL;
  return ort_create(self, model, threads) ? NULL : &self->peer;
}

void ort_close(struct peer *peer) {
  struct ort_peer *self = (struct ort_peer *)peer;
  ort_release(self);
  ((void (*)(void *))self->table[ORT_RELEASE_SESSION])(self->session);
  free(self);
}

/* ---- XGBoost: in-place prediction of a dense array -------------------------------------------------------------------------------- */

typedef int xgboost_predict(void *booster, const char *array, const char *config, void *info, const uint64_t **shape, uint64_t *rank,
                            const float **result);

enum { ARRAY_TEXT = 200 };

struct xgboost_peer {
  struct peer peer;
  void *booster;
  xgboost_predict *predict;
  char (*arrays)[ARRAY_TEXT]; /* the array interface of each window, written beforehand */
  size_t capacity;
  const float *result; /* the library's own memory */
};

static int xgboost_prepare(struct peer *peer, size_t count) {
  struct xgboost_peer *self = (struct xgboost_peer *)peer;
  free(self->arrays);
  size_t windows = peer->ring_rows / count;
  self->arrays = calloc(windows, sizeof *self->arrays);
  for (size_t i = 0; i < windows; i++)
    (void)snprintf(self->arrays[i], ARRAY_TEXT, "{\"data\":[%zu,true],\"shape\":[%zu,%zu],\"typestr\":\"<f4\",\"version\":3}",
                   (size_t)(uintptr_t)(peer->rows + i * count * peer->row_bytes), count, peer->columns);
  return 0;
}

static int xgboost_call(struct peer *peer, size_t first, size_t count) {
  struct xgboost_peer *self = (struct xgboost_peer *)peer;
  const uint64_t *shape;
  uint64_t rank;
  return self->predict(
      self->booster, self->arrays[first / count],
      "{\"type\":0,\"training\":false,\"iteration_begin\":0,\"iteration_end\":0,\"missing\":NaN,\"strict_shape\":false,\"cache_id\":0}", NULL, &shape,
      &rank, &self->result);
}

struct peer *xgboost_open(void *booster, void *predict, const void *rows, size_t columns, size_t ring_rows) {
  struct xgboost_peer *self = (struct xgboost_peer *)peer_new(sizeof *self, xgboost_call, rows, columns, sizeof(float), ring_rows, NULL);
  self->peer.prepare = xgboost_prepare;
  self->booster = booster;
  self->predict = (xgboost_predict *)predict;
  return &self->peer;
}

const float *xgboost_result(struct peer *peer) { return ((struct xgboost_peer *)peer)->result; }

/* ---- LightGBM: a matrix, or its fast way for single rows -------------------------------------------------------------------------- */

typedef int lightgbm_predict(void *booster, const void *rows, int type, int32_t count, int32_t columns, int is_row_major, int predict_type,
                             int start, int iterations, const char *parameters, int64_t *size, double *result);
typedef int lightgbm_fast_init(void *booster, int predict_type, int start, int iterations, int type, int32_t columns, const char *parameters,
                               void **fast);
typedef int lightgbm_fast_predict(void *fast, const void *row, int64_t *size, double *result);

struct lightgbm_peer {
  struct peer peer;
  void *booster;
  lightgbm_predict *predict;
  lightgbm_fast_predict *fast_predict;
  void *fast;
  char parameters[40];
};

static int lightgbm_call(struct peer *peer, size_t first, size_t count) {
  struct lightgbm_peer *self = (struct lightgbm_peer *)peer;
  const void *rows = peer->rows + first * peer->row_bytes;
  int64_t size = 0;
  if (count == 1) return self->fast_predict(self->fast, rows, &size, peer->scores);
  return self->predict(self->booster, rows, 0, (int32_t)count, (int32_t)peer->columns, 1, 0, 0, -1, self->parameters, &size, peer->scores);
}

struct peer *lightgbm_open(void *booster, void *predict, void *fast_init, void *fast_predict, int threads, const void *rows, size_t columns,
                           size_t ring_rows, double *scores) {
  struct lightgbm_peer *self = (struct lightgbm_peer *)peer_new(sizeof *self, lightgbm_call, rows, columns, sizeof(float), ring_rows, scores);
  self->booster = booster;
  self->predict = (lightgbm_predict *)predict;
  self->fast_predict = (lightgbm_fast_predict *)fast_predict;
  (void)snprintf(self->parameters, sizeof self->parameters, "num_threads=%d", threads);
  if (((lightgbm_fast_init *)fast_init)(booster, 0, 0, -1, 0, (int32_t)columns, self->parameters, &self->fast)) return NULL;
  return &self->peer;
}

/* ---- lleaves: its compiled function, on floats ------------------------------------------------------------------------------------ */

struct function_peer {
  struct peer peer;
  void (*function)(void);
  void *handle;
  void *config;
  const char *type;
  size_t score_bytes; /* of a row */
};

static int lleaves_call(struct peer *peer, size_t first, size_t count) {
  struct function_peer *self = (struct function_peer *)peer;
  ((void (*)(const float *, float *, int, int))self->function)((const float *)(peer->rows + first * peer->row_bytes), peer->scores, 0, (int)count);
  return 0;
}

struct peer *lleaves_open(void *function, const void *rows, size_t columns, size_t ring_rows, float *scores) {
  struct function_peer *self = (struct function_peer *)peer_new(sizeof *self, lleaves_call, rows, columns, sizeof(float), ring_rows, scores);
  self->function = (void (*)(void))function;
  return &self->peer;
}

/* ---- Treelite's interpreter, on rows of its model's type -------------------------------------------------------------------------- */

static int treelite_call(struct peer *peer, size_t first, size_t count) {
  struct function_peer *self = (struct function_peer *)peer;
  return ((int (*)(void *, const void *, const char *, uint64_t, void *, void *))self->function)(
      self->handle, peer->rows + first * peer->row_bytes, self->type, count, peer->scores, self->config);
}

struct peer *treelite_open(void *function, void *handle, void *config, const char *type, const void *rows, size_t columns, size_t cell_bytes,
                           size_t ring_rows, void *scores) {
  struct function_peer *self = (struct function_peer *)peer_new(sizeof *self, treelite_call, rows, columns, cell_bytes, ring_rows, scores);
  self->function = (void (*)(void))function;
  self->handle = handle;
  self->config = config;
  self->type = strdup(type);
  return &self->peer;
}

/* ---- TL2cgen: the compiled function of the model, row by row ---------------------------------------------------------------------- */

/* Its rows are arrays of a union of the number and an int that is -1 where the value is missing, which is how peers.py lays them out.
 * It adds to what the result holds. */
static int tl2cgen_call(struct peer *peer, size_t first, size_t count) {
  struct function_peer *self = (struct function_peer *)peer;
  const char *row = peer->rows + first * peer->row_bytes;
  char *score = peer->scores;
  memset(score, 0, count * self->score_bytes);
  for (size_t i = 0; i < count; i++, row += peer->row_bytes, score += self->score_bytes)
    ((void (*)(const void *, int, void *))self->function)(row, 0, score);
  return 0;
}

struct peer *tl2cgen_open(const char *library, const void *rows, size_t columns, size_t cell_bytes, size_t ring_rows, void *scores,
                          size_t score_bytes) {
  void *handle = dlopen(library, RTLD_NOW | RTLD_LOCAL);
  if (!handle) return NULL;
  struct function_peer *self = (struct function_peer *)peer_new(sizeof *self, tl2cgen_call, rows, columns, cell_bytes, ring_rows, scores);
  self->function = (void (*)(void))dlsym(handle, "predict");
  self->score_bytes = score_bytes;
  return self->function ? &self->peer : NULL;
}
