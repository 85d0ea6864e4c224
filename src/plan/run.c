#include "plan/run.h"

#include <string.h>

#include "base/checked.h"
#include "base/convert.h"
#include "ops/tree_ensemble.h"

#define CACHE_LINE 64u
#define BLOCK_ROWS 512u        /* intermediates of a small model stay in the first-level cache */
#define BLOCK_ROWS_LARGE 4096u /* a large model is read through once per block: let more rows share that */
#define BLOCK_ROWS_HUGE 12288u /* one that is in no cache: their number is best from here to 8,192, and ten thousand are one block */
#define PART_ROWS 512u         /* parts are multiples of the widest vectors of kernels */
#define TEAM_PART_ROWS 2048u     /* threads that have fewer rows share the trees of a huge model, so that it is read once */
#define TEAM_LEAVES ((size_t)1 << 20)
#define TEAM_TESTS 32768.0       /* a thread of a team has at least so much to do, about twice as much as starting it takes */
#define LARGE_MODEL_BYTES (UINT64_C(1) << 20)
#define HUGE_MODEL_BYTES (UINT64_C(16) << 20)

/* ---- memory ---- */

static size_t slot_bytes(const ot_plan *plan, uint32_t slot, size_t row_count) {
  size_t size;
  return ot_multiply(row_count, plan->slot_row_bytes[slot], &size) && ot_align_up(size, CACHE_LINE, &size) ? size : SIZE_MAX;
}

size_t ot_plan_scratch_bytes(const ot_plan *plan, size_t row_count) {
  size_t total = 0, largest = 0;
  for (uint32_t i = 0; i < plan->slot_count; i++)
    if (!ot_add(total, slot_bytes(plan, i, row_count), &total)) return SIZE_MAX;
  for (uint32_t r = 0; r < plan->run_count; r++) {
    const ot_step *step = &plan->steps[plan->runs[r]];
    size_t bytes = step->operator->scratch_bytes ? step->operator->scratch_bytes(step, row_count) : 0;
    if (bytes > largest) largest = bytes;
  }
  return ot_add(total, largest, &total) && ot_align_up(total, CACHE_LINE, &total) ? total : SIZE_MAX;
}

size_t ot_plan_block_rows(const ot_plan *plan, uint64_t max_bytes) {
  size_t rows = plan->layout_bytes > HUGE_MODEL_BYTES ? BLOCK_ROWS_HUGE : plan->layout_bytes > LARGE_MODEL_BYTES ? BLOCK_ROWS_LARGE : BLOCK_ROWS;
  while (rows > 0 && ot_plan_scratch_bytes(plan, rows) > max_bytes) rows /= 2;
  return rows;
}

static size_t frame_bytes(const ot_plan *plan) {
  return (((size_t)plan->value_count + 1) * sizeof(ot_span) + CACHE_LINE - 1) & ~(size_t)(CACHE_LINE - 1);
}

static size_t shared_bytes(const ot_plan *plan) {
  size_t size = ((size_t)plan->input_count + plan->output_count) * sizeof(ot_span) + plan->slot_count * sizeof(size_t) +
                ((size_t)plan->value_count + 1) * sizeof(uint32_t);
  return (size + CACHE_LINE - 1) & ~(size_t)(CACHE_LINE - 1);
}

/* Steps whose trees threads can share: the most trees of one, and the tests that a row goes through in all, about. */
static uint64_t find_shared_trees(const ot_plan *plan, double *row_tests) {
  uint64_t most = 0;
  *row_tests = 0;
  for (uint32_t r = 0; r < plan->run_count && plan->layout_bytes > HUGE_MODEL_BYTES; r++) {
    const ot_step *step = &plan->steps[plan->runs[r]];
    const ot_tree_groups *groups = ot_step_groups(step);
    if (!groups || groups->count != 1 || !groups->groups->kernel->locator) continue;
    if (step->stats.trees > most) most = step->stats.trees;
    *row_tests += (double)step->stats.trees * (double)step->stats.max_depth / 2;
  }
  return most;
}

/* Room for the leaves of a team. */
static size_t team_leaf_count(const ot_plan *plan, size_t thread_count) {
  double row_tests;
  uint64_t trees = thread_count > 1 ? find_shared_trees(plan, &row_tests) : 0, rows = trees ? TEAM_LEAVES / trees : 0;
  if (rows > TEAM_PART_ROWS) rows = TEAM_PART_ROWS;
  return (size_t)(rows ? rows * trees : trees);
}

static size_t team_bytes(const ot_plan *plan, size_t thread_count) { return team_leaf_count(plan, thread_count) * sizeof(uint32_t); }

size_t ot_job_bytes(const ot_plan *plan, size_t block_rows, size_t thread_count) {
  size_t total;
  if (!ot_add(ot_plan_scratch_bytes(plan, block_rows), frame_bytes(plan), &total)) return SIZE_MAX;
  if (!ot_multiply(total, thread_count, &total) || !ot_add(total, shared_bytes(plan) + team_bytes(plan, thread_count), &total)) return SIZE_MAX;
  return total;
}

static char *scratch_of(const ot_job *job, char *thread_memory) { return thread_memory + frame_bytes(job->plan); }

static void *slot_of(const ot_job *job, const ot_value *storage, char *scratch) {
  return storage->slot == OT_NO_SLOT ? NULL : scratch + job->slot_offsets[storage->slot];
}

/* Where values lie in every block of a thread: constants, and slots of its scratch. */
static void init_spans(const ot_job *job, char *thread_memory) {
  const ot_plan *plan = job->plan;
  ot_span *spans = (ot_span *)(void *)thread_memory;
  for (uint32_t v = 0; v <= plan->value_count; v++) {
    const ot_value *value = &plan->values[v < plan->value_count ? plan->values[v].storage : v];
    spans[v] = (ot_span){NULL, value->columns, value->columns};
    if (value->constant)
      spans[v] = (ot_span){(void *)(uintptr_t)value->constant, 0, value->columns};
    else if (v < plan->value_count)
      spans[v].data = slot_of(job, value, scratch_of(job, thread_memory));
  }
}

void ot_job_init(ot_job *job, const ot_plan *plan, size_t block_rows, size_t thread_count, void *memory) {
  *job = (ot_job){.plan = plan, .block_rows = block_rows, .thread_count = thread_count};
  job->inputs = memory;
  job->outputs = job->inputs + plan->input_count;
  job->slot_offsets = (size_t *)(void *)(job->outputs + plan->output_count);
  job->owners = (uint32_t *)(void *)(job->slot_offsets + plan->slot_count);
  job->thread_memory = (char *)memory + shared_bytes(plan);
  job->thread_stride = frame_bytes(plan) + ot_plan_scratch_bytes(plan, block_rows);
  size_t offset = 0;
  for (uint32_t i = 0; i < plan->slot_count; i++) {
    job->slot_offsets[i] = offset;
    offset += slot_bytes(plan, i, block_rows);
  }
  job->step_offset = offset;
  job->team = (ot_team){.count = 1, .scratch_stride = job->thread_stride};
  job->team.leaves = (uint32_t *)(void *)(job->thread_memory + thread_count * job->thread_stride);
  job->team.leaf_count = team_leaf_count(plan, thread_count);
  if (job->team.leaf_count) find_shared_trees(plan, &job->row_tests);
  for (size_t t = 0; t < thread_count; t++) init_spans(job, job->thread_memory + t * job->thread_stride);
}

/* ---- one block ---- */

static void *advance(const ot_span *span, size_t first_row, size_t element_size) {
  return span->data ? (char *)span->data + first_row * span->stride * element_size : NULL;
}

static ot_frame frame_of(const ot_job *job, size_t thread) {
  char *memory = job->thread_memory + thread * job->thread_stride;
  return (ot_frame){
      .values = (ot_span *)(void *)memory, .scratch = scratch_of(job, memory) + job->step_offset, .team = job->team.count > 1 ? &job->team : NULL};
}

/* Where the others lie in this block: in the caller's memory, or in a slot as before if the caller gives none. */
static void begin_block(const ot_job *job, ot_frame *frame, size_t first_row) {
  const ot_plan *plan = job->plan;
  char *scratch = (char *)frame->scratch - job->step_offset;
  for (uint32_t m = 0; m < plan->moving_count; m++) {
    ot_moving moving = plan->moving[m];
    ot_span *span = &frame->values[moving.value];
    const ot_span *memory = moving.storage < plan->input_count ? &job->inputs[moving.storage]
                            : job->owners[moving.storage]      ? &job->outputs[job->owners[moving.storage] - 1]
                                                               : NULL;
    span->data = memory ? advance(memory, first_row, moving.element_size) : slot_of(job, &plan->values[moving.storage], scratch);
    span->stride = memory ? memory->stride : span->columns;
  }
}

static onnxtree_type wanted_type(const ot_job *job, uint32_t o) {
  onnxtree_type type = job->plan->outputs[o].type;
  return job->doubles_as_floats && type == ONNXTREE_DOUBLE ? ONNXTREE_FLOAT : type;
}

/* Outputs that were not computed in place: passed-through inputs, second uses of a value, other float widths. */
static void copy_outputs(const ot_job *job, const ot_frame *frame, size_t first_row) {
  const ot_plan *plan = job->plan;
  for (uint32_t o = 0; o < plan->output_count; o++) {
    const ot_plan_output *output = &plan->outputs[o];
    const ot_value *value = &plan->values[output->value];
    if (!job->outputs[o].data || job->owners[value->storage] == o + 1) continue;
    const ot_span *from = &frame->values[output->value];
    onnxtree_type type = wanted_type(job, o);
    void *to = advance(&job->outputs[o], first_row, onnxtree_type_size(type));
    ot_convert_rows(from->data, value->type, from->stride, to, type, job->outputs[o].stride, frame->row_count, value->columns);
  }
}

/* Keep the smallest. */
static void note_failure(ot_job *job, size_t row) {
  size_t before = atomic_load_explicit(&job->failed_row, memory_order_relaxed);
  while (row < before && !atomic_compare_exchange_weak_explicit(&job->failed_row, &before, row, memory_order_relaxed, memory_order_relaxed)) {}
}

static void begin_trace(const ot_job *job, ot_frame *frame, size_t first_row) {
  frame->trace = job->trace;
  frame->trace.raw_scores.data = advance(&job->trace.raw_scores, first_row, onnxtree_type_size(job->trace.raw_type));
  frame->trace.leaves.data = advance(&job->trace.leaves, first_row, sizeof(int32_t));
}

static void run_block(ot_job *job, ot_frame *frame, size_t first_row, size_t row_count) {
  const ot_plan *plan = job->plan;
  frame->row_count = row_count;
  if (job->trace.step) begin_trace(job, frame, first_row);
  frame->failed_row = OT_NO_FAILURE;
  begin_block(job, frame, first_row);
  for (uint32_t r = 0; r < plan->run_count; r++) {
    const ot_step *step = &plan->steps[plan->runs[r]];
    step->operator->run(step, frame);
  }
  if (frame->failed_row != OT_NO_FAILURE) note_failure(job, first_row + frame->failed_row);
  copy_outputs(job, frame, first_row);
}

/* ---- the run ---- */

void ot_job_begin(ot_job *job) {
  const ot_plan *plan = job->plan;
  atomic_init(&job->failed_row, OT_NO_FAILURE);
  atomic_init(&job->next_row, 0);
  for (uint32_t o = 0; o < plan->output_count; o++) job->owners[plan->values[plan->outputs[o].value].storage] = 0;
  for (uint32_t o = 0; o < plan->output_count; o++) {
    const ot_plan_output *output = &plan->outputs[o];
    const ot_value *value = &plan->values[output->value];
    uint32_t storage = value->storage;
    bool wanted = job->outputs[o].data != NULL, same_type = wanted_type(job, o) == value->type;
    /* Steps write rows without gaps. */
    bool fits = job->outputs[o].stride == value->columns;
    if (wanted && same_type && fits && plan->values[storage].slot != OT_NO_SLOT && !job->owners[storage]) job->owners[storage] = o + 1;
  }
}

static size_t team_size(const ot_job *job, size_t most_threads) {
  double useful = job->row_tests * (double)job->row_count / TEAM_TESTS;
  if (job->row_tests == 0 || job->row_count / TEAM_PART_ROWS >= most_threads || useful < 2) return 1;
  return useful < (double)most_threads ? (size_t)useful : most_threads;
}

void ot_job_split(ot_job *job, size_t most_threads) {
  job->team.count = team_size(job, most_threads);
  if (job->team.count > 1) most_threads = 1;
  if (job->row_count <= job->block_rows && (most_threads == 1 || job->row_count < 2 * (size_t)PART_ROWS)) { /* without the divisions */
    job->part_rows = job->block_rows;
    job->thread_count = 1;
    return;
  }
  size_t rows = job->row_count, parts = rows <= job->block_rows ? 1 : (rows - 1) / job->block_rows + 1, threads = most_threads;
  size_t useful = rows / PART_ROWS > parts ? rows / PART_ROWS : parts;
  if (threads > useful) threads = useful;
  parts = (parts + threads - 1) / threads * threads;
  size_t even = (rows - 1) / parts + 1;
  even += (PART_ROWS - even % PART_ROWS) % PART_ROWS;
  job->part_rows = even < job->block_rows ? even : job->block_rows;
  job->thread_count = threads;
}

/* The next rows that nobody has taken yet. Threads begin at different times: what is left is shared out in ever smaller parts, unless reading the
 * model through for each of them costs more. */
static size_t take_rows(ot_job *job, size_t *first) {
  bool shared = job->thread_count > 1, shrinks = shared && job->plan->layout_bytes <= HUGE_MODEL_BYTES;
  const memory_order relaxed = memory_order_relaxed;
  *first = atomic_load_explicit(&job->next_row, relaxed);
  for (size_t left; (left = job->row_count - *first) > 0;) {
    size_t fair = shrinks ? left / (2 * PART_ROWS * job->thread_count) * PART_ROWS + PART_ROWS : left;
    if (fair > job->part_rows) fair = job->part_rows;
    size_t count = left < fair ? left : fair;
    if (!shared) atomic_store_explicit(&job->next_row, *first + count, relaxed);
    if (!shared || atomic_compare_exchange_weak_explicit(&job->next_row, first, *first + count, relaxed, relaxed)) return count;
  }
  return 0;
}

void ot_job_run_thread(void *context, size_t index) {
  ot_job *job = context;
  ot_frame frame = frame_of(job, index);
  for (size_t first, count; (count = take_rows(job, &first)) > 0;) {
    if (job->cancelled && job->cancelled(job->cancelled_context)) return;
    run_block(job, &frame, first, count);
  }
}

void ot_job_explain(ot_job *job, const ot_step **step, const char **failure) {
  job->team.count = 1;
  ot_frame frame = frame_of(job, 0);
  run_block(job, &frame, atomic_load(&job->failed_row), 1);
  *step = frame.failed_step;
  *failure = frame.failure;
}
