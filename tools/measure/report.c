#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "measure/bench.h"
#include "text/json.h"
#include "text/printable.h"

static double rows_per_second(const struct bench_point *point) { return point->ns_per_row > 0 ? 1e9 / point->ns_per_row : 0; }

/* Three significant digits, as no measurement has more. */
static const char *rounded(char *out, size_t capacity, double value) {
  int digits = value < 10 ? 2 : value < 100 ? 1 : 0;
  (void)snprintf(out, capacity, "%.*f", digits, value);
  return out;
}

static void append_cell(struct buffer *text, double value) {
  char number[64];
  append_format(text, " %11s", rounded(number, sizeof number, value));
}

static void append_rate(struct buffer *text, double value) {
  static const char *const units[] = {"", " k", " M", " G"};
  size_t unit = 0;
  for (; value >= 1000 && unit < 3; unit++) value /= 1000;
  char number[64];
  append_format(text, " %9s%-2s", rounded(number, sizeof number, value), units[unit]);
}

/* ---- for people ------------------------------------------------------------------------------------------------------------------- */

static void append_heading(struct buffer *text, const struct bench_report *report) {
  const struct bench_settings *settings = report->settings;
  append_printable(text, settings->model, strlen(settings->model));
  append_format(text, ": %" PRIu64 " tree%s, %" PRIu64 " leaves, depth %" PRIu64 ", %" PRIu64 " features used\n", report->stats.trees,
                report->stats.trees == 1 ? "" : "s", report->stats.leaves, report->stats.max_depth, report->stats.features_used);
  append_format(text, "%zu different rows ", report->distinct_rows);
  if (settings->data) {
    append_text(text, "of ");
    append_printable(text, settings->data, strlen(settings->data));
  } else {
    append_format(text, "(random, %s, seed %zu)", report->are_near_thresholds ? "near the thresholds" : "about normal", settings->seed);
  }
  append_format(text, ", %zu thread%s\n", settings->threads, settings->threads == 1 ? "" : "s");
}

static void append_result(struct buffer *text, const struct bench_report *report, const struct bench_result *result) {
  char load[64];
  append_format(text, "\n%s, loaded in %s ms\n", result->kernel, rounded(load, sizeof load, result->load_ms));
  append_format(text, "%11s %11s %11s %11s %11s\n", "rows a call", "ns a row", "rows/s", "p50 us", "p99 us");
  for (size_t i = 0; i < report->settings->batch_count; i++) {
    const struct bench_point *point = &result->points[i];
    append_format(text, "%11zu", point->rows);
    append_cell(text, point->ns_per_row);
    append_rate(text, rows_per_second(point));
    append_cell(text, point->p50_us);
    append_cell(text, point->p99_us);
    append_text(text, "\n");
  }
}

/* Which kernel is the fastest with the batch size of this index, and by how much. */
static void append_comparison(struct buffer *text, const struct bench_report *report, size_t index) {
  size_t best = 0;
  for (size_t i = 1; i < report->result_count; i++)
    if (report->results[i].points[index].ns_per_row < report->results[best].points[index].ns_per_row) best = i;
  const struct bench_result *fastest = &report->results[best];
  append_format(text, "  %zu rows a call: %s is\n", fastest->points[index].rows, fastest->kernel);
  for (size_t i = 0; i < report->result_count; i++) {
    if (i == best) continue;
    char ratio[64];
    double factor = report->results[i].points[index].ns_per_row / (fastest->points[index].ns_per_row + 1e-9);
    append_format(text, "%9s times as fast as %s\n", rounded(ratio, sizeof ratio, factor), report->results[i].kernel);
  }
}

void bench_as_text(struct buffer *text, const struct bench_report *report) {
  append_heading(text, report);
  for (size_t i = 0; i < report->result_count; i++) append_result(text, report, &report->results[i]);
  if (report->result_count < 2) return;
  append_text(text, "\nSummary\n");
  for (size_t i = 0; i < report->settings->batch_count; i++) append_comparison(text, report, i);
}

/* ---- for programs ----------------------------------------------------------------------------------------------------------------- */

static void result_members(struct buffer *text, const struct bench_report *report, const struct bench_result *result) {
  json_double_member(text, "load_ms", result->load_ms);
  json_text_member(text, "kernel", result->kernel);
  json_integer_member(text, "threads", (int64_t)report->settings->threads);
  json_member(text, "batches");
  json_open(text, '[');
  for (size_t i = 0; i < report->settings->batch_count; i++) {
    const struct bench_point *point = &result->points[i];
    json_open(text, '{');
    json_integer_member(text, "rows", (int64_t)point->rows);
    json_double_member(text, "ns_per_row", point->ns_per_row);
    json_double_member(text, "p50_us", point->p50_us);
    json_double_member(text, "p99_us", point->p99_us);
    json_close(text, '}');
  }
  json_close(text, ']');
}

void bench_as_json(struct buffer *text, const struct bench_report *report) {
  json_open(text, '{');
  json_text_member(text, "file", report->settings->model);
  if (report->settings->data) json_text_member(text, "data", report->settings->data);
  json_integer_member(text, "distinct_rows", (int64_t)report->distinct_rows);
  if (!report->settings->all_kernels) {
    result_members(text, report, &report->results[0]);
  } else {
    json_member(text, "kernels");
    json_open(text, '[');
    for (size_t i = 0; i < report->result_count; i++) {
      json_open(text, '{');
      result_members(text, report, &report->results[i]);
      json_close(text, '}');
    }
    json_close(text, ']');
  }
  json_close(text, '}');
  append_text(text, "\n");
}

void bench_as_csv(struct buffer *text, const struct bench_report *report) {
  append_text(text, "kernel,threads,load_ms,rows,ns_per_row,rows_per_second,p50_us,p99_us\n");
  for (size_t i = 0; i < report->result_count; i++) {
    const struct bench_result *result = &report->results[i];
    for (size_t j = 0; j < report->settings->batch_count; j++) {
      const struct bench_point *point = &result->points[j];
      append_format(text, "%s,%zu,%.6g,%zu,%.6g,%.6g,%.6g,%.6g\n", result->kernel, report->settings->threads, result->load_ms, point->rows,
                    point->ns_per_row, rows_per_second(point), point->p50_us, point->p99_us);
    }
  }
}

void bench_as_markdown(struct buffer *text, const struct bench_report *report) {
  append_text(text, "| kernel | rows a call | ns a row | rows/s | p50 us | p99 us |\n|---|---:|---:|---:|---:|---:|\n");
  for (size_t i = 0; i < report->result_count; i++) {
    const struct bench_result *result = &report->results[i];
    for (size_t j = 0; j < report->settings->batch_count; j++) {
      const struct bench_point *point = &result->points[j];
      char ns[64];
      char p50[64];
      char p99[64];
      append_format(text, "| %s | %zu | %s | %.0f | %s | %s |\n", result->kernel, point->rows, rounded(ns, sizeof ns, point->ns_per_row),
                    rows_per_second(point), rounded(p50, sizeof p50, point->p50_us), rounded(p99, sizeof p99, point->p99_us));
    }
  }
}
