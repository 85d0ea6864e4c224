/* Timing a model: loading it, and runs of batches of several sizes with rows that differ. */
#ifndef TOOLS_MEASURE_BENCH_H
#define TOOLS_MEASURE_BENCH_H

#include <onnxtree/onnxtree.h>

#include "input/reader.h"
#include "text/buffer.h"

enum { BENCH_MOST_BATCHES = 32, BENCH_MOST_KERNELS = 32 };

struct bench_settings {
  const char *model; /* paths; NULL where not given */
  const char *data;
  const char *from; /* name of a format, or NULL */
  struct reader_options reading;
  const char *kernel; /* NULL: the planner's choice */
  bool all_kernels;
  bool as_json;
  size_t threads;
  double seconds; /* for each batch size */
  size_t seed;
  size_t batches[BENCH_MOST_BATCHES];
  size_t batch_count;
  const char *export_json; /* paths, or NULL */
  const char *export_csv;
  const char *export_markdown;
};

struct bench_point {
  size_t rows; /* of one call */
  double ns_per_row;
  double p50_us; /* of one call */
  double p99_us;
};

struct bench_result {
  char kernel[64]; /* that evaluates the model; several are joined by "+" */
  double load_ms;
  struct bench_point points[BENCH_MOST_BATCHES];
};

struct bench_report {
  const struct bench_settings *settings;
  onnxtree_model_stats stats;
  size_t distinct_rows;
  bool are_near_thresholds; /* random rows made for the model's trees */
  struct bench_result results[BENCH_MOST_KERNELS];
  size_t result_count;
};

enum exit_code bench_model(const struct bench_settings *settings, struct failure *failure);

/* Each appends the whole report. */
void bench_as_text(struct buffer *text, const struct bench_report *report);
void bench_as_json(struct buffer *text, const struct bench_report *report);
void bench_as_csv(struct buffer *text, const struct bench_report *report);
void bench_as_markdown(struct buffer *text, const struct bench_report *report);

#endif
