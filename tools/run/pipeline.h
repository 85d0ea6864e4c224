/* Threads that score chunks: each takes the next chunk, scores it by itself, and waits for its turn to send the results. So the results come
 * in the order of the rows, byte for byte the same for any number of threads, and at most one chunk per thread is in memory. */
#ifndef TOOLS_RUN_PIPELINE_H
#define TOOLS_RUN_PIPELINE_H

#include "cli/progress.h"
#include "run/block.h"

/* Score everything that the reader has with one thread for each block, this one included. */
enum exit_code pipeline_run(struct reader *reader, struct writer *writer, struct block *blocks, size_t count, struct progress *progress,
                            struct failure *failure);

#endif
