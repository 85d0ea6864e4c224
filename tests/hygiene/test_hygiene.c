/* How the library behaves as a guest: no allocation and little stack while rows are evaluated, one model in many threads, after fork(). Linked with
 * malloc() and its kin wrapped, so that every allocation of library code is seen, not only those through the hook. */
#include <dirent.h>
#include <pthread.h>
#include <stdatomic.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <onnxtree/onnxtree.h>

#include "support/small_stack.h"
#include "support/unit_test.h"

#define ROWS 40
#define MOST_VALUES 40
#define MOST_CELLS 20000
#define THREADS 16

/* ---- allocations ---- */

static atomic_size_t allocations, last_size;

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *pointer, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *pointer, size_t size);
void *__wrap_malloc(size_t size) {
  atomic_fetch_add(&allocations, 1);
  atomic_store(&last_size, size);
  return __real_malloc(size);
}
void *__wrap_calloc(size_t count, size_t size) {
  atomic_fetch_add(&allocations, 1);
  return __real_calloc(count, size);
}
void *__wrap_realloc(void *pointer, size_t size) {
  atomic_fetch_add(&allocations, 1);
  return __real_realloc(pointer, size);
}

/* ---- a model with rows ---- */

typedef struct use {
  onnxtree_model *model;
  onnxtree_workspace *workspace;
  onnxtree_tensor inputs[MOST_VALUES], outputs[MOST_VALUES];
  size_t input_count, output_count;
} use;

static bool describe(onnxtree_tensor *tensor, const onnxtree_value_info *info) {
  *tensor = (onnxtree_tensor){NULL, info->type, ROWS, info->columns, 0, NULL};
  if (info->columns > MOST_CELLS / ROWS) return false;
  tensor->data = calloc(MOST_CELLS, onnxtree_type_size(info->type));
  return tensor->data != NULL;
}

static void fill(onnxtree_tensor *tensor) {
  for (size_t i = 0; i < ROWS * tensor->columns; i++) {
    if (tensor->type == ONNXTREE_FLOAT) ((float *)tensor->data)[i] = (float)(i * 7919 % 41) / 4 - 3;
    if (tensor->type == ONNXTREE_DOUBLE) ((double *)tensor->data)[i] = (double)(i * 7919 % 41) / 4 - 3;
    if (tensor->type == ONNXTREE_INT64) ((int64_t *)tensor->data)[i] = (int64_t)(i % 7) - 1;
    if (tensor->type == ONNXTREE_INT32) ((int32_t *)tensor->data)[i] = (int32_t)(i % 7) - 1;
    if (tensor->type == ONNXTREE_STRING) ((onnxtree_string *)tensor->data)[i] = (onnxtree_string){"a", i % 2};
  }
}

/* False for models that are too wide for this test. */
static bool begin(use *u, onnxtree_model *model, size_t threads) {
  onnxtree_workspace_options options = ONNXTREE_WORKSPACE_OPTIONS_INIT;
  *u = (use){.model = model, .input_count = onnxtree_model_input_count(model), .output_count = onnxtree_model_output_count(model)};
  options.threads = threads;
  options.block_rows = threads > 1 ? 7 : 0;
  bool good = u->input_count <= MOST_VALUES && u->output_count <= MOST_VALUES &&
              onnxtree_workspace_create(model, &options, &u->workspace, NULL) == ONNXTREE_OK;
  for (size_t i = 0; good && i < u->input_count; i++) {
    onnxtree_value_info info = ONNXTREE_VALUE_INFO_INIT;
    good = onnxtree_model_input(model, i, &info) == ONNXTREE_OK && describe(&u->inputs[i], &info);
    if (good) fill(&u->inputs[i]);
  }
  for (size_t i = 0; good && i < u->output_count; i++) {
    onnxtree_value_info info = ONNXTREE_VALUE_INFO_INIT;
    good = onnxtree_model_output(model, i, &info) == ONNXTREE_OK && describe(&u->outputs[i], &info);
  }
  return good;
}

static void end(use *u) {
  for (size_t i = 0; i < MOST_VALUES; i++) {
    free(u->inputs[i].data);
    free(u->outputs[i].data);
  }
  onnxtree_workspace_free(u->workspace);
}

static onnxtree_status run(use *u, size_t threads) {
  onnxtree_run_options options = ONNXTREE_RUN_OPTIONS_INIT;
  options.threads = threads;
  return onnxtree_run(u->model, u->workspace, ROWS, u->inputs, u->input_count, u->outputs, u->output_count, &options, NULL);
}

static onnxtree_status predict(const use *u, size_t rows) {
  int label = onnxtree_model_label_output(u->model), score = onnxtree_model_score_output(u->model);
  return onnxtree_predict(u->model, u->inputs[0].type, u->inputs[0].data, rows, 0, label < 0 ? NULL : u->outputs[label].data,
                          score < 0 || u->outputs[score].type != ONNXTREE_FLOAT ? NULL : u->outputs[score].data, NULL);
}

/* Whether one row takes more scratch than onnxtree_predict() has on the stack: then it may allocate. */
static bool is_large(const onnxtree_model *model) {
  onnxtree_workspace_options options = ONNXTREE_WORKSPACE_OPTIONS_INIT;
  onnxtree_workspace *workspace;
  options.block_rows = 1;
  CU_ASSERT_EQUAL(onnxtree_workspace_create(model, &options, &workspace, NULL), ONNXTREE_OK);
  size_t size = last_size;
  onnxtree_workspace_free(workspace);
  return size > 16384;
}

/* ---- every model of models/ ---- */

static size_t models_used, predictions;

static void use_model(const char *path) {
  onnxtree_model *model;
  onnxtree_error error;
  use u;
  if (onnxtree_model_load_file(path, NULL, &model, &error) != ONNXTREE_OK) {
    fprintf(stderr, "%s: %s\n", path, error.message);
    CU_FAIL("a model is refused");
    return;
  }
  if (begin(&u, model, 1)) {
    size_t before = allocations;
    CU_ASSERT_EQUAL(run(&u, 1), ONNXTREE_OK);
    CU_ASSERT_EQUAL(allocations, before);
    models_used++;
    if (u.input_count == 1 && u.inputs[0].type != ONNXTREE_STRING) {
      CU_ASSERT_EQUAL(predict(&u, ROWS), ONNXTREE_OK);
      before = allocations;
      CU_ASSERT_EQUAL(predict(&u, 1), ONNXTREE_OK);
      bool allocates = allocations != before;
      if (allocates) printf("%s: a row needs more than 16 KiB\n", path);
      CU_ASSERT_EQUAL(allocates, allocates && is_large(model));
      predictions++;
    }
  }
  end(&u);
  onnxtree_model_free(model);
}

static void *use_all_models(void *nothing) {
  (void)nothing;
  DIR *directory = opendir(ONNXTREE_MODELS_DIR);
  CU_ASSERT_PTR_NOT_NULL_FATAL(directory);
  for (struct dirent *entry; (entry = readdir(directory));) {
    char path[1024];
    snprintf(path, sizeof path, "%s/%.200s/model.onnx", ONNXTREE_MODELS_DIR, entry->d_name);
    if (access(path, R_OK) == 0) use_model(path);
  }
  closedir(directory);
  return NULL;
}

static void test_small_stack_and_no_allocation(void) {
  with_small_stack(use_all_models, NULL);
  printf("%zu models, %zu with onnxtree_predict(): ", models_used, predictions);
  CU_ASSERT(models_used > 90 && predictions > 60);
}

/* ---- threads ---- */

#define SHARED ONNXTREE_MODELS_DIR "/sk_forest_digits/model.onnx"

typedef struct shared {
  onnxtree_model *model;
  float expected[ROWS * 10];
  atomic_int users; /* threads that are not done with it */
} shared;

#ifdef ONNXTREE_INSTRUMENTED
#define ROUNDS 20
#else
#define ROUNDS 200
#endif

/* O11: loads the same file, runs on the common model and on its own. The last one frees the common model, as soon as no run is in it any more. */
static void *work(void *context) {
  shared *s = context;
  onnxtree_model *own;
  size_t wrong = 0;
  for (int i = 0; i < ROUNDS; i++) {
    use u;
    if (!begin(&u, s->model, 1) || run(&u, 1) != ONNXTREE_OK || memcmp(u.outputs[1].data, s->expected, sizeof s->expected) != 0) wrong++;
    if (predict(&u, ROWS) != ONNXTREE_OK || memcmp(u.outputs[1].data, s->expected, sizeof s->expected) != 0) wrong++;
    end(&u);
  }
  if (onnxtree_model_load_file(SHARED, NULL, &own, NULL) != ONNXTREE_OK) wrong++;
  onnxtree_model_free(own);
  if (atomic_fetch_sub(&s->users, 1) == 1) onnxtree_model_free(s->model);
  return (void *)wrong;
}

static void open_shared(shared *s) {
  use u;
  CU_ASSERT_FATAL(onnxtree_model_load_file(SHARED, NULL, &s->model, NULL) == ONNXTREE_OK);
  CU_ASSERT_FATAL(begin(&u, s->model, 1) && u.outputs[1].columns == 10);
  CU_ASSERT_EQUAL(run(&u, 1), ONNXTREE_OK);
  memcpy(s->expected, u.outputs[1].data, sizeof s->expected);
  end(&u);
}

static void test_threads(void) {
  shared s;
  pthread_t threads[THREADS];
  open_shared(&s);
  atomic_init(&s.users, THREADS);
  for (int i = 0; i < THREADS; i++) CU_ASSERT_FATAL(pthread_create(&threads[i], NULL, work, &s) == 0);
  for (int i = 0; i < THREADS; i++) {
    void *wrong;
    pthread_join(threads[i], &wrong);
    CU_ASSERT_PTR_NULL(wrong);
  }
}

/* ---- O11: what the contract forbids, freeing a model or workspace in the middle of a run ---- */

/* AddressSanitizer sees it, as nothing is pooled or put off. */

#if defined(__has_feature)
#define HAS_FEATURE(name) __has_feature(name)
#else
#define HAS_FEATURE(name) 0
#endif
#if defined(__SANITIZE_ADDRESS__) || HAS_FEATURE(address_sanitizer)
enum { SEES_MISUSE = 1 };
#else
enum { SEES_MISUSE = 0 };
#endif

static int free_model(void *context) {
  onnxtree_model_free(context);
  return 0;
}

static int free_workspace(void *context) {
  onnxtree_workspace_free(context);
  return 0;
}

/* The hook that could cancel is called before each block; there is but one. */
static void run_and_free(bool frees_model) {
  shared s;
  use u;
  open_shared(&s);
  if (!begin(&u, s.model, 1)) return;
  onnxtree_run_options options = ONNXTREE_RUN_OPTIONS_INIT;
  options.cancelled = frees_model ? free_model : free_workspace;
  options.cancelled_context = frees_model ? (void *)s.model : (void *)u.workspace;
  (void)!onnxtree_run(u.model, u.workspace, ROWS, u.inputs, u.input_count, u.outputs, u.output_count, &options, NULL);
}

static void test_freed_while_in_use(void) {
  for (int frees_model = 0; frees_model < 2 && SEES_MISUSE; frees_model++) {
    pid_t child = fork();
    if (child == 0) {
      if (freopen("/dev/null", "w", stderr)) run_and_free(frees_model);
      _exit(0);
    }
    int status = 0;
    CU_ASSERT_FATAL(child > 0 && waitpid(child, &status, 0) == child);
    CU_ASSERT(WIFSIGNALED(status) || WEXITSTATUS(status) != 0);
  }
}

/* O12: a child of fork() uses the model of its parent, also after the parent's run had threads of its own: none of them lives on. */
static void test_fork(void) {
  shared s;
  use u;
  open_shared(&s);
  CU_ASSERT_FATAL(begin(&u, s.model, 4));
  for (int i = 0; i < 8; i++) {
    CU_ASSERT_EQUAL(run(&u, 4), ONNXTREE_OK);
    pid_t child = fork();
    if (child == 0) {
      bool right = run(&u, i % 2 ? 4 : 1) == ONNXTREE_OK && memcmp(u.outputs[1].data, s.expected, sizeof s.expected) == 0;
      raise(right ? SIGUSR1 : SIGKILL); /* no exit code: valgrind makes its own of what the parent still holds */
    }
    int status = -1;
    CU_ASSERT_FATAL(child > 0 && waitpid(child, &status, 0) == child);
    CU_ASSERT(WIFSIGNALED(status) && WTERMSIG(status) == SIGUSR1);
  }
  CU_ASSERT_EQUAL(run(&u, 4), ONNXTREE_OK);
  CU_ASSERT(memcmp(u.outputs[1].data, s.expected, sizeof s.expected) == 0);
  end(&u);
  onnxtree_model_free(s.model);
}

UNIT_TEST_MAIN(hygiene, {"every model on a 64 KiB stack, without allocation", test_small_stack_and_no_allocation},
               {"16 threads on one model", test_threads}, {"freed while in use", test_freed_while_in_use}, {"fork", test_fork})
