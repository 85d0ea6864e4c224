/* O8: a signal while `onnxtree run -o FILE` writes. test_signals MODELS COMMAND...
 * Nothing here waits for time to pass: the command gets more rows than a pipe holds and tells by its temporary file, which inotify reports,
 * that it has written some of them; it cannot be done, as the pipe is still open. */
#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support/unit_test.h"
#include "support/whole_file.h"

#define ROW "5,3,1.5,0.2\n"
#define SCORES "0,1,0,0\n"
#define HEADING "output_label,output_probability:0,output_probability:1,output_probability:2\n"
#define BATCH 10000
#define PATIENCE 300000 /* ms; only for failing rather than hanging */

static const char *models;
static char **command;

/* ---- the command, in a folder of its own ---- */

typedef struct command_run {
  pid_t process;
  int rows, events;
  size_t row_count;
  char folder[64];
} command_run;

static void execute(const char *folder, int rows, int ignored) {
  char *arguments[32], model[4096], *const run[] = {"run", model, "-o", "out.csv", NULL};
  size_t count = 0;
  for (; command[count]; count++) arguments[count] = command[count];
  memcpy(arguments + count, run, sizeof run);
  snprintf(model, sizeof model, "%s/sk_tree_iris/model.onnx", models);
  signal(SIGINT, SIG_DFL); /* a shell's background jobs ignore it */
  signal(SIGHUP, SIG_DFL);
  if (ignored) signal(ignored, SIG_IGN);
  if (chdir(folder) == 0 && dup2(rows, STDIN_FILENO) >= 0) execvp(arguments[0], arguments);
  _exit(127);
}

static const char *out_of(const command_run *run) {
  static char path[128];
  snprintf(path, sizeof path, "%s/out.csv", run->folder);
  return path;
}

/* The file has content already if `before` is not NULL; the command ignores a signal if `ignored` is not 0. */
static command_run start(const char *before, int ignored) {
  command_run run = {.folder = "/tmp/onnxtree_signals_XXXXXX"};
  int ends[2];
  CU_ASSERT_FATAL(mkdtemp(run.folder) != NULL && pipe2(ends, O_CLOEXEC) == 0);
  FILE *file = before ? fopen(out_of(&run), "w") : NULL;
  CU_ASSERT_FATAL(!before || (file && fputs(before, file) >= 0 && fclose(file) == 0));
  run.events = inotify_init1(IN_CLOEXEC);
  CU_ASSERT_FATAL(run.events >= 0 && inotify_add_watch(run.events, run.folder, IN_MODIFY) >= 0);
  run.rows = ends[1];
  run.process = fork();
  if (run.process == 0) execute(run.folder, ends[0], ignored);
  CU_ASSERT_FATAL(run.process > 0);
  close(ends[0]);
  return run;
}

/* Writes rows until the command has written to its temporary file: rows that a pipe does not hold, so that it has read most of them. */
static void reach_the_middle(command_run *run) {
  static char rows[BATCH * (sizeof ROW - 1)];
  for (size_t i = 0; i < BATCH; i++) memcpy(rows + i * (sizeof ROW - 1), ROW, sizeof ROW - 1);
  CU_ASSERT_EQUAL_FATAL(write(run->rows, rows, sizeof rows), sizeof rows);
  run->row_count = BATCH;
  struct pollfd wait = {.fd = run->events, .events = POLLIN};
  CU_ASSERT_EQUAL_FATAL(poll(&wait, 1, PATIENCE), 1);
}

static int finish(command_run *run) {
  int status = -1;
  CU_ASSERT_EQUAL(waitpid(run->process, &status, 0), run->process);
  close(run->events);
  return status;
}

/* ---- what is left ---- */

static size_t count_files(const char *folder) {
  size_t count = 0;
  DIR *directory = opendir(folder);
  CU_ASSERT_FATAL(directory != NULL);
  for (struct dirent *entry; (entry = readdir(directory));) count += entry->d_name[0] != '.';
  closedir(directory);
  return count;
}

static void interrupt(int signal_number, const char *before) {
  command_run run = start(before, 0);
  reach_the_middle(&run);
  CU_ASSERT_EQUAL(count_files(run.folder), before ? 2u : 1u);
  CU_ASSERT_EQUAL(kill(run.process, signal_number), 0);
  int status = finish(&run);
  CU_ASSERT(WIFSIGNALED(status) && WTERMSIG(status) == signal_number);
  CU_ASSERT_EQUAL(count_files(run.folder), before ? 1u : 0u);
  if (before) {
    size_t size = 0;
    char *now = whole_file_read(out_of(&run), &size);
    CU_ASSERT(now && size == strlen(before) && memcmp(now, before, size) == 0);
    free(now);
    unlink(out_of(&run));
  }
  close(run.rows);
  CU_ASSERT_EQUAL(rmdir(run.folder), 0);
}

static void test_interrupted(void) {
  static const int signals[] = {SIGINT, SIGTERM, SIGHUP};
  for (size_t i = 0; i < sizeof signals / sizeof *signals; i++) {
    interrupt(signals[i], NULL);
    interrupt(signals[i], "of an earlier run\n");
  }
}

/* As after nohup: the command goes on, and the file is complete. */
static void test_ignored(void) {
  command_run run = start(NULL, SIGHUP);
  reach_the_middle(&run);
  CU_ASSERT_EQUAL(kill(run.process, SIGHUP), 0);
  close(run.rows);
  int status = finish(&run);
  CU_ASSERT(WIFEXITED(status) && WEXITSTATUS(status) == 0);
  size_t size = 0, heading = strlen(HEADING), line = strlen(SCORES);
  char *out = whole_file_read(out_of(&run), &size);
  CU_ASSERT_FATAL(out && size == heading + run.row_count * line && memcmp(out, HEADING, heading) == 0);
  size_t good = 0;
  while (good < run.row_count && memcmp(out + heading + good * line, SCORES, line) == 0) good++;
  CU_ASSERT_EQUAL(good, run.row_count);
  free(out);
  CU_ASSERT_EQUAL(count_files(run.folder), 1);
  unlink(out_of(&run));
  CU_ASSERT_EQUAL(rmdir(run.folder), 0);
}

int main(int argc, char **argv) {
  if (argc < 3) return EXIT_FAILURE;
  models = argv[1];
  command = argv + 2;
  signal(SIGPIPE, SIG_IGN);
  static CU_TestInfo tests[] = {
      {"interrupted: no file is left, an earlier one stays", test_interrupted}, {"an ignored signal", test_ignored}, CU_TEST_INFO_NULL};
  return unit_test_run("signals", tests);
}
