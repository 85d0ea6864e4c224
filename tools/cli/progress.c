#define _POSIX_C_SOURCE 200809L

#include "cli/progress.h"

#include <stdio.h>
#include <time.h>
#include <unistd.h>

enum { BAR_WIDTH = 24 };
static const double first_after = 0.5; /* seconds: short runs show nothing */
static const double shortest_gap = 0.1;

static double now(void) {
  struct timespec time;
  (void)clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

void progress_start(struct progress *progress, enum progress_mode mode, int64_t total_bytes) {
  *progress = (struct progress){.total_bytes = total_bytes, .is_patient = mode == PROGRESS_AUTO, .started = now()};
  progress->is_shown = mode == PROGRESS_ALWAYS || (mode == PROGRESS_AUTO && isatty(STDERR_FILENO));
}

double progress_seconds(const struct progress *progress) { return now() - progress->started; }

static void write_bar(double share) {
  char bar[BAR_WIDTH + 1];
  int full = (int)(share * BAR_WIDTH);
  for (int i = 0; i < BAR_WIDTH; i++) bar[i] = i < full ? '=' : i == full ? '>' : ' ';
  bar[BAR_WIDTH] = '\0';
  (void)fprintf(stderr, "[%s] %3.0f %%  ", bar, share * 100);
}

static void write_line(const struct progress *progress, double seconds) {
  (void)fputs("\r\033[K", stderr);
  double share = progress->total_bytes > 0 ? (double)progress->bytes / (double)progress->total_bytes : 0;
  if (progress->total_bytes > 0) write_bar(share < 1 ? share : 1);
  (void)fprintf(stderr, "%llu rows, %.0f rows/s", (unsigned long long)progress->rows, (double)progress->rows / seconds);
  if (share > 0 && share < 1) (void)fprintf(stderr, ", %.0f s left", seconds / share - seconds);
  (void)fflush(stderr);
}

void progress_update(struct progress *progress, uint64_t rows, uint64_t bytes) {
  progress->rows += rows;
  progress->bytes += bytes;
  if (!progress->is_shown) return;
  double time = now();
  if (progress->is_patient && time - progress->started < first_after) return;
  if (time - progress->shown < shortest_gap) return;
  progress->shown = time;
  progress->has_line = true;
  write_line(progress, time - progress->started);
}

void progress_clear(struct progress *progress) {
  if (progress->has_line) (void)fputs("\r\033[K", stderr);
  progress->has_line = false;
}
