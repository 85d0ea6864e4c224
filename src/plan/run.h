/* Runs a plan over rows, block by block. */
#ifndef OT_PLAN_RUN_H
#define OT_PLAN_RUN_H

#include <stdatomic.h>

#include <onnxtree/predict.h>

#include "plan/plan.h"

/* One run: what to read, where to write, and the memory to do it in. */
typedef struct ot_job {
  const ot_plan *plan;
  ot_span *inputs;  /* [input_count] the caller's rows */
  ot_span *outputs; /* [output_count] the caller's memory; data NULL: not wanted */
  size_t row_count;
  size_t block_rows; /* the memory is for so many */
  size_t part_rows;  /* rows evaluated together in this run, at most */
  size_t thread_count;
  ot_team team;                    /* who share the blocks of the first thread */
  double row_tests;                /* of one row in the trees that a team may share; 0: they are not worth one */
  bool doubles_as_floats;          /* outputs of type double are wanted as float */
  ot_trace trace;                  /* of all rows */
  atomic_size_t next_row;          /* of those that no thread has taken */
  atomic_size_t failed_row;        /* the first row with a value that a step cannot use, or OT_NO_FAILURE */
  int (*cancelled)(void *context); /* may be NULL */
  void *cancelled_context;

  size_t *slot_offsets; /* [slot_count] in a thread's scratch */
  uint32_t *owners;     /* [value_count + 1] the output whose memory the value is computed in, plus one; 0: none */
  size_t step_offset;   /* in a thread's scratch, of what steps use themselves */
  char *thread_memory;  /* of the first thread */
  size_t thread_stride; /* bytes from one thread's memory to the next */
} ot_job;

/* Memory for a job, aligned to 64 bytes: the spans of inputs and outputs, and each thread's frame and scratch. SIZE_MAX if it does not fit. */
size_t ot_job_bytes(const ot_plan *plan, size_t block_rows, size_t thread_count);

/* Lay out a job in `memory`; inputs and outputs are then to be filled in. */
void ot_job_init(ot_job *job, const ot_plan *plan, size_t block_rows, size_t thread_count, void *memory);

/* Divide row_count rows, of which there are some, into parts for at most so many threads: sets part_rows and thread_count, or the size of a team. */
void ot_job_split(ot_job *job, size_t most_threads);

/* After inputs, outputs and row_count are set: evaluate the blocks of thread `index` of job->thread_count. Threads may run at the same time. */
void ot_job_begin(ot_job *job);
void ot_job_run_thread(void *job, size_t index);

/* After a run with a failed row: which step failed, and why. */
void ot_job_explain(ot_job *job, const ot_step **step, const char **failure);

#endif
