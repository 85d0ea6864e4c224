/* Comparing what a model gives with what is expected; recording golden files. */
#ifndef TOOLS_VERIFY_VERIFY_H
#define TOOLS_VERIFY_VERIFY_H

#include "input/reader.h"
#include "run/bind.h"
#include "verify/compare.h"

struct verify_settings {
  const char *model;
  const char *data;     /* rows; or a golden file, if there are neither `expected` nor `record` */
  const char *expected; /* NULL, or results of the rows */
  const char *record;   /* NULL, or the golden file to write */
  const char *outputs;  /* "name,name", or NULL for all */
  struct reader_options reading;
  struct bind_settings binding;
  onnxtree_load_options loading;
  struct tolerance tolerance;
  bool has_tolerance;    /* one was asked for; golden files are compared exactly otherwise */
  double least_accuracy; /* share of labels that must be equal */
  size_t most_shown;
  bool any_model; /* a golden file of another model will do */
  bool as_json;
  bool is_quiet;
};

/* NEGATIVE if something differs. */
enum exit_code verify_model(const struct verify_settings *settings, struct failure *failure);

#endif
