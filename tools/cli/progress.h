/* How far a long run is: one line on standard error that is written over, and a summary at the end. */
#ifndef TOOLS_CLI_PROGRESS_H
#define TOOLS_CLI_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

enum progress_mode { PROGRESS_AUTO, PROGRESS_ALWAYS, PROGRESS_NEVER };

struct progress {
  bool is_shown;
  bool is_patient;     /* nothing is shown in the first half second */
  bool has_line;       /* a line stands on the terminal */
  int64_t total_bytes; /* of the data; -1: unknown */
  uint64_t rows;
  uint64_t bytes;
  double started; /* seconds */
  double shown;   /* when the line was written last */
};

/* AUTO shows progress if standard error is a terminal and the run takes long; ALWAYS shows it at once. */
void progress_start(struct progress *progress, enum progress_mode mode, int64_t total_bytes);
void progress_update(struct progress *progress, uint64_t rows, uint64_t bytes);
/* Remove the line: before a message, and at the end. */
void progress_clear(struct progress *progress);
double progress_seconds(const struct progress *progress);

#endif
