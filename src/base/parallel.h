/* Threads that live only as long as one call. The single place that knows an operating system's threads. */
#ifndef OT_BASE_PARALLEL_H
#define OT_BASE_PARALLEL_H

#include <stddef.h>

#include <onnxtree/predict.h>

#define OT_MAX_THREADS 256

/* Call task(context, i) for every i in [0, count), each on a thread of its own, task 0 on the calling one; returns when all have ended.
 * If a thread cannot be started, the caller runs its tasks too, so the work is always done. */
void ot_parallel_run(size_t count, onnxtree_task *task, void *context);

#endif
