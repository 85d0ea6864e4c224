/* Exit codes of the command; --help and the manual list them. */
#ifndef TOOLS_EXIT_CODES_H
#define TOOLS_EXIT_CODES_H

enum exit_code {
  OK = 0,
  NEGATIVE = 1,      /* the question was answered with no: `check` found a problem */
  USAGE = 2,         /* the command line is wrong */
  MODEL_REFUSED = 3, /* the model is malformed, invalid, unsupported or too large */
  DATA_REFUSED = 4,  /* the data cannot be read or do not fit the model */
  IO_FAILED = 5      /* a file cannot be read or written, or memory is exhausted */
};

#endif
