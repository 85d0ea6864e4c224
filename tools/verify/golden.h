/* Golden files: rows with their results, and what made them. A CSV file whose first lines start with '#':
 *
 *   # onnxtree golden file 1
 *   # model sha256 <64 hexadecimal digits>
 *   # onnxtree 0.1.0
 *   in:X:0,in:X:1,out:label,out:probabilities:0,...
 */
#ifndef TOOLS_VERIFY_GOLDEN_H
#define TOOLS_VERIFY_GOLDEN_H

#include "input/source.h"
#include "output/output_file.h"

struct golden {
  char sha256[65];
  char version[32]; /* of the library that recorded it */
};

/* Read the lines at the start; the source's window then starts with the header. DATA_REFUSED if it is no golden file. */
enum exit_code golden_open(struct source *source, struct golden *golden, struct failure *failure);

enum exit_code golden_start(struct output_file *file, const char *model, struct failure *failure);

#endif
