/* O: what the system does to the library: files that are none, and memory that runs out. The command's share is in environment.test and limits.test.
 * */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <onnxtree/onnxtree.h>

#include "support/counting_allocator.h"
#include "support/onnx_writer.h"
#include "support/unit_test.h"

/* ---- O5: paths ---- */

static char long_name[5001];

static const struct {
  const char *what, *path, *code, *message;
} paths[] = {
    {"a folder", ".", "io", ".: cannot read: it is a directory"},
    {"a device without end", "/dev/zero", "io", "/dev/zero: cannot read: it is a device, not a file"},
    {"a device that is empty", "/dev/null", "io", "/dev/null: cannot read: it is a device, not a file"},
    {"a file whose size is said to be 0", "/proc/self/status", "not-onnx", "this is no ONNX model: it looks like text"},
    {"a socket", "socket", "io", "socket: cannot open: it is a socket"},
    {"links in a circle", "circle", "io", "circle: cannot open: too many symbolic links"},
    {"a link to nothing", "nowhere", "io", "nowhere: cannot open: no such file"},
    {"a file as a folder", "empty/model.onnx", "io", "empty/model.onnx: cannot open: part of the path is no directory"},
    {"an empty file", "empty", "model-no-graph", "the file is empty"},
    {"a name with a line end", "a\nb", "io", "a?b: cannot open: no such file"},
    {"a name of 5,000 characters", long_name, "io", "cannot open: the name is too long"},
    {"no name", "", "io", "cannot open: no such file"},
};

static void make_paths(void) {
  struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = "socket"};
  int descriptor = socket(AF_UNIX, SOCK_STREAM, 0);
  CU_ASSERT_EQUAL(bind(descriptor, (const struct sockaddr *)&address, sizeof address), 0);
  close(descriptor);
  CU_ASSERT_EQUAL(symlink("other", "circle") | symlink("circle", "other") | symlink("missing", "nowhere"), 0);
  FILE *empty = fopen("empty", "w");
  CU_ASSERT_PTR_NOT_NULL_FATAL(empty);
  fclose(empty);
  memset(long_name, 'a', sizeof long_name - 1);
}

static void test_paths(void) {
  char folder[] = "/tmp/onnxtree_catalogue_XXXXXX", *before = getcwd(NULL, 0);
  CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(folder));
  CU_ASSERT_EQUAL_FATAL(chdir(folder), 0);
  make_paths();
  for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
    onnxtree_model *model;
    onnxtree_error error = {ONNXTREE_OK, "accepted", ""};
    (void)!onnxtree_model_load_file(paths[i].path, NULL, &model, &error);
    bool good = !model && strcmp(error.code, paths[i].code) == 0 && strstr(error.message, paths[i].message);
    if (!good) fprintf(stderr, "O5, %s: %s: %s\n", paths[i].what, error.code, error.message);
    CU_ASSERT(good);
    printf("O5, %s\n", paths[i].what);
  }
  static const char *const made[] = {"socket", "circle", "other", "nowhere", "empty"};
  for (size_t i = 0; i < sizeof made / sizeof *made; i++) unlink(made[i]);
  CU_ASSERT_EQUAL(chdir(before), 0);
  CU_ASSERT_EQUAL(rmdir(folder), 0);
  free(before);
}

/* ---- O10: each allocation of load, workspace and prediction fails, once or from then on ---- */

/* True if all went well. What failed did so for want of memory, and left nothing. */
static bool use(const bytes *file, counting_allocator *memory) {
  static const float rows[200][2] = {{0.5f, 3}};
  static float scores[200 * 3];
  onnxtree_allocator hook = counting_allocator_hook(memory);
  onnxtree_load_options options = ONNXTREE_LOAD_OPTIONS_INIT;
  options.allocator = &hook;
  onnxtree_model *model;
  onnxtree_workspace *workspace = NULL;
  onnxtree_error error = {ONNXTREE_OK, "", ""};
  onnxtree_status status = onnxtree_model_load_memory(file->data, file->size, &options, &model, &error);
  CU_ASSERT_EQUAL(status == ONNXTREE_OK, model != NULL);
  if (status == ONNXTREE_OK) status = onnxtree_workspace_create(model, NULL, &workspace, &error);
  if (status == ONNXTREE_OK) status = onnxtree_predict(model, ONNXTREE_FLOAT, rows, 200, 0, NULL, scores, &error);
  CU_ASSERT(status == ONNXTREE_OK || (status == ONNXTREE_OUT_OF_MEMORY && strcmp(error.code, "out-of-memory") == 0));
  if (model && status != ONNXTREE_OK) { /* it can still be used */
    memory->fail_at = 0;
    CU_ASSERT_EQUAL(onnxtree_predict(model, ONNXTREE_FLOAT, rows, 1, 0, NULL, scores, NULL), ONNXTREE_OK);
  }
  onnxtree_workspace_free(workspace);
  onnxtree_model_free(model);
  CU_ASSERT_EQUAL(memory->in_use, 0);
  return status == ONNXTREE_OK;
}

static void fail_each(const char *what, writer_model m) {
  bytes file = writer_write(&m);
  counting_allocator all = {0};
  CU_ASSERT(use(&file, &all));
  for (int from_then = 0; from_then < 2; from_then++)
    for (size_t i = 1; i <= all.calls; i++) CU_ASSERT_FALSE(use(&file, &(counting_allocator){.fail_at = i, .fail_from_then = from_then}));
  printf("O10, %s: %zu allocations\n", what, all.calls);
  bytes_free(&file);
}

static void test_no_memory(void) {
  fail_each("regressor", writer_regressor());
  fail_each("classifier", writer_classifier());
  fail_each("TreeEnsemble", writer_tree_ensemble());
}

UNIT_TEST_MAIN(environment, {"paths", test_paths}, {"no memory", test_no_memory})
