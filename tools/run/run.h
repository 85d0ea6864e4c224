/* Scoring a table of rows, block by block. */
#ifndef TOOLS_RUN_H
#define TOOLS_RUN_H

#include <onnxtree/onnxtree.h>

#include "input/reader.h"

struct run_settings {
  const char *model; /* paths; NULL where not given */
  const char *data;
  const char *output;
  const char *from; /* names of formats, or NULL */
  const char *to;
  const char *outputs; /* "name,name", or NULL for all */
  struct reader_options reading;
  onnxtree_load_options loading;
  size_t threads;
  size_t batch; /* rows per block; 0: chosen here */
};

enum exit_code run_model(const struct run_settings *settings, struct failure *failure);

#endif
