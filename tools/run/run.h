/* Scoring a table of rows. */
#ifndef TOOLS_RUN_RUN_H
#define TOOLS_RUN_RUN_H

#include <onnxtree/onnxtree.h>

#include "cli/progress.h"
#include "input/reader.h"
#include "run/bind.h"

struct run_settings {
  const char *model; /* paths; NULL where not given */
  const char *data;
  const char *output;
  const char *from; /* names of formats, or NULL */
  const char *to;
  const char *outputs; /* "name,name", or NULL for all */
  bool wants_raw_scores;
  bool wants_leaves;
  struct reader_options reading;
  struct bind_settings binding;
  onnxtree_load_options loading;
  size_t threads;
  size_t batch; /* rows evaluated together; 0: chosen here */
  enum progress_mode progress;
  bool is_verbose; /* a summary at the end */
};

enum exit_code run_model(const struct run_settings *settings, struct failure *failure);

#endif
