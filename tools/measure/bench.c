#define _POSIX_C_SOURCE 200809L

#include "measure/bench.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cli/load.h"
#include "measure/rows.h"
#include "output/output_file.h"

enum { MOST_SAMPLES = 100000, MOST_LOADS = 11 };

/* A shorter sample would show the clock's resolution rather than the work. */
static const double least_sample_ns = 100000;

struct bench {
  const struct bench_settings *settings;
  onnxtree_model *model;
  onnxtree_workspace *workspace;
  struct bench_rows rows;
  double *samples; /* [MOST_SAMPLES] */
  double clock_ns; /* what reading the clock takes */
};

/* ---- the clock and its samples ---------------------------------------------------------------------------------------------------- */

static double now_ns(void) {
  struct timespec time;
  (void)clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

static int compare_samples(const void *one, const void *other) {
  double a = *(const double *)one;
  double b = *(const double *)other;
  return (a > b) - (a < b);
}

/* The smallest sample that at least `share` of all do not exceed; sorts them. */
static double percentile(double *samples, size_t count, double share) {
  qsort(samples, count, sizeof *samples, compare_samples);
  size_t below = (size_t)(share * (double)count);
  return samples[below < count ? below : count - 1];
}

static double measure_clock(double *samples) {
  enum { READINGS = 1000 };
  for (int i = 0; i < READINGS; i++) {
    double start = now_ns();
    samples[i] = now_ns() - start;
  }
  return percentile(samples, READINGS, 0.5);
}

/* ---- runs ------------------------------------------------------------------------------------------------------------------------- */

static onnxtree_status run_once(struct bench *bench, size_t rows, onnxtree_error *error) {
  onnxtree_run_options options = ONNXTREE_RUN_OPTIONS_INIT;
  options.threads = bench->settings->threads;
  bench_rows_advance(&bench->rows, rows);
  return onnxtree_run(bench->model, bench->workspace, rows, bench->rows.window, bench->rows.block.input_count, bench->rows.block.outputs,
                      bench->rows.block.output_count, &options, error);
}

/* Time groups of `calls` calls for about `seconds`, at least one; each sample is the mean time of a call in its group. */
static size_t take_samples(struct bench *bench, size_t rows, size_t calls, double seconds) {
  double begin = now_ns();
  size_t count = 0;
  do {
    double start = now_ns();
    for (size_t i = 0; i < calls; i++) (void)run_once(bench, rows, NULL);
    double elapsed = now_ns() - start - bench->clock_ns;
    bench->samples[count++] = (elapsed > 0 ? elapsed : 0) / (double)calls;
  } while (count < MOST_SAMPLES && now_ns() - begin < seconds * 1e9);
  return count;
}

/* Throughput comes from groups of calls, latency from single ones; calls that take long enough serve for both. */
static enum exit_code measure_batch(struct bench *bench, size_t rows, struct bench_point *point, struct failure *failure) {
  double seconds = bench->settings->seconds;
  onnxtree_error error = {0};
  if (run_once(bench, rows, &error)) return fail_library(failure, bench->settings->model, &error);
  size_t count = take_samples(bench, rows, 1, seconds / 10);
  double call_ns = percentile(bench->samples, count, 0.5);
  *point = (struct bench_point){.rows = rows};
  if (call_ns < least_sample_ns) {
    size_t calls = (size_t)(least_sample_ns / (call_ns + 1)) + 1;
    count = take_samples(bench, rows, calls, seconds / 2);
    point->ns_per_row = percentile(bench->samples, count, 0.5) / (double)rows;
    seconds /= 2;
  }
  count = take_samples(bench, rows, 1, seconds);
  point->p50_us = percentile(bench->samples, count, 0.5) / 1000;
  point->p99_us = percentile(bench->samples, count, 0.99) / 1000;
  if (call_ns >= least_sample_ns) point->ns_per_row = point->p50_us * 1000 / (double)rows;
  return OK;
}

/* ---- loading ---------------------------------------------------------------------------------------------------------------------- */

static void name_kernels(const onnxtree_model *model, char *names, size_t capacity) {
  const char *kernel = "";
  names[0] = '\0';
  for (size_t i = 0; onnxtree_model_operator(model, i, NULL, NULL, NULL, NULL, &kernel) == ONNXTREE_OK; i++) {
    if (!*kernel || strstr(names, kernel)) continue;
    size_t size = strlen(names);
    (void)snprintf(names + size, capacity - size, "%s%s", size > 0 ? "+" : "", kernel);
  }
}

/* Load the model, and then again while there is time for it. */
static enum exit_code measure_load(struct bench *bench, const onnxtree_load_options *options, double *load_ms, struct failure *failure) {
  double begin = now_ns();
  enum exit_code code = load_model(bench->settings->model, options, &bench->model, failure);
  if (code) return code;
  double samples[MOST_LOADS] = {now_ns() - begin};
  size_t count = 1;
  while (count < MOST_LOADS && now_ns() - begin < bench->settings->seconds * 1e9) {
    onnxtree_model *again = NULL;
    double start = now_ns();
    if (onnxtree_model_load_file(bench->settings->model, options, &again, NULL)) break;
    samples[count++] = now_ns() - start;
    onnxtree_model_free(again);
  }
  *load_ms = percentile(samples, count, 0.5) / 1e6;
  return OK;
}

/* ---- one kernel, all kernels ------------------------------------------------------------------------------------------------------ */

static void let_go(struct bench *bench) {
  onnxtree_workspace_free(bench->workspace);
  onnxtree_model_free(bench->model);
  bench->workspace = NULL;
  bench->model = NULL;
}

static enum exit_code prepare(struct bench *bench, struct bench_report *report, struct failure *failure) {
  onnxtree_workspace_options options = ONNXTREE_WORKSPACE_OPTIONS_INIT;
  options.threads = bench->settings->threads;
  onnxtree_error error = {0};
  if (onnxtree_workspace_create(bench->model, &options, &bench->workspace, &error)) return fail_library(failure, bench->settings->model, &error);
  if (bench->rows.window) return OK; /* made for the kernel before */
  enum exit_code code = bench_rows_make(bench->settings, bench->model, &bench->rows, failure);
  report->distinct_rows = bench->rows.distinct_rows;
  report->are_near_thresholds = bench->rows.are_near_thresholds;
  report->stats = (onnxtree_model_stats)ONNXTREE_MODEL_STATS_INIT;
  (void)onnxtree_model_get_stats(bench->model, &report->stats);
  return code;
}

static enum exit_code measure_kernel(struct bench *bench, const char *kernel, struct bench_report *report, struct failure *failure) {
  onnxtree_load_options options = ONNXTREE_LOAD_OPTIONS_INIT;
  options.kernel = kernel;
  struct bench_result *result = &report->results[report->result_count];
  enum exit_code code = measure_load(bench, &options, &result->load_ms, failure);
  if (code == OK) code = prepare(bench, report, failure);
  if (code == OK) name_kernels(bench->model, result->kernel, sizeof result->kernel);
  for (size_t i = 0; code == OK && i < bench->settings->batch_count; i++)
    code = measure_batch(bench, bench->settings->batches[i], &result->points[i], failure);
  let_go(bench);
  report->result_count++;
  return code;
}

/* A kernel that does not take the model's ensembles is left out; anything else that is wrong with the model is found by loading it as usual. */
static bool takes_model(const struct bench_settings *settings, const char *kernel) {
  onnxtree_load_options options = ONNXTREE_LOAD_OPTIONS_INIT;
  options.kernel = kernel;
  onnxtree_model *model = NULL;
  bool taken = onnxtree_model_load_file(settings->model, &options, &model, NULL) == ONNXTREE_OK;
  onnxtree_model_free(model);
  return taken;
}

static enum exit_code measure_kernels(struct bench *bench, struct bench_report *report, struct failure *failure) {
  if (!bench->settings->all_kernels || !takes_model(bench->settings, NULL)) return measure_kernel(bench, bench->settings->kernel, report, failure);
  enum exit_code code = OK;
  for (size_t i = 0; code == OK && i < BENCH_MOST_KERNELS && onnxtree_kernel_name(i); i++) {
    const char *kernel = onnxtree_kernel_name(i);
    if (takes_model(bench->settings, kernel))
      code = measure_kernel(bench, kernel, report, failure);
    else
      note("the kernel %s does not take this model", kernel);
  }
  return code;
}

/* ---- the report ------------------------------------------------------------------------------------------------------------------- */

static enum exit_code write_report(const struct bench_report *report, const char *path, void (*render)(struct buffer *, const struct bench_report *),
                                   struct failure *failure) {
  const char *const inputs[] = {report->settings->model, report->settings->data, NULL};
  struct buffer text = {0};
  struct output_file file = {0};
  render(&text, report);
  enum exit_code code = text.failed ? fail_memory(failure) : output_open(&file, path, inputs, failure);
  if (code == OK) code = output_write(&file, text.data, text.size, failure);
  if (code == OK) code = output_commit(&file, failure);
  if (code) output_discard(&file);
  buffer_free(&text);
  return code;
}

static enum exit_code write_reports(const struct bench_report *report, struct failure *failure) {
  const struct bench_settings *settings = report->settings;
  enum exit_code code = write_report(report, NULL, settings->as_json ? bench_as_json : bench_as_text, failure);
  if (code == OK && settings->export_json) code = write_report(report, settings->export_json, bench_as_json, failure);
  if (code == OK && settings->export_csv) code = write_report(report, settings->export_csv, bench_as_csv, failure);
  if (code == OK && settings->export_markdown) code = write_report(report, settings->export_markdown, bench_as_markdown, failure);
  return code;
}

enum exit_code bench_model(const struct bench_settings *settings, struct failure *failure) {
  struct bench bench = {.settings = settings, .samples = calloc(MOST_SAMPLES, sizeof(double))};
  struct bench_report *report = calloc(1, sizeof *report);
  enum exit_code code = bench.samples && report ? OK : fail_memory(failure);
  if (code == OK) {
    report->settings = settings;
    bench.clock_ns = measure_clock(bench.samples);
    code = measure_kernels(&bench, report, failure);
  }
  if (code == OK) code = write_reports(report, failure);
  bench_rows_free(&bench.rows);
  free(bench.samples);
  free(report);
  return code;
}
