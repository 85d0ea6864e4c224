/* onnxtree_model_load_*, onnxtree_model_free. */
#include <string.h>

#include "api/model.h"
#include "base/file.h"
#include "kernels/select.h"
#include "onnx/scan.h"

#define DEFAULT_MAX_FILE (sizeof(size_t) > 4 ? (UINT64_C(1) << 31) - 1 : UINT64_C(256) << 20)

typedef struct loading {
  onnxtree_load_options options;
  onnxtree_limits limits;
  onnxtree_model *model;
  ot_arena decoded; /* the ONNX messages; freed at the end */
  ot_file file;     /* when loaded from a path */
  ot_problems problems;
} loading;

/* ---- options ---- */

/* A caller built with an older header passes a shorter struct; what it lacks is 0. */
static bool copy_struct(void *to, size_t to_size, const void *from, size_t from_size) {
  if (from_size < sizeof(size_t)) return false;
  memcpy(to, from, from_size < to_size ? from_size : to_size);
  return true;
}

static uint64_t or_default(uint64_t value, uint64_t standard) { return value ? value : standard; }
static uint32_t or_default32(uint32_t value, uint32_t standard) { return value ? value : standard; }
static uint64_t at_most(uint64_t value, uint64_t bound) { return value < bound ? value : bound; }

static void set_limits(onnxtree_limits *l) {
  l->max_file_bytes = at_most(or_default(l->max_file_bytes, DEFAULT_MAX_FILE), DEFAULT_MAX_FILE);
  l->max_nesting = (uint32_t)at_most(or_default32(l->max_nesting, OT_MAX_NESTING), OT_MAX_NESTING);
  l->max_graph_nodes = or_default32(l->max_graph_nodes, 65536);
  l->max_trees = or_default32(l->max_trees, 1000000);
  l->max_tree_nodes = (uint32_t)at_most(or_default32(l->max_tree_nodes, UINT32_C(1) << 28), OT_MAX_NODES - 1);
  l->max_columns = (uint32_t)at_most(or_default32(l->max_columns, 1000000), UINT32_C(1) << 28);
  l->max_label_bytes = or_default32(l->max_label_bytes, 65536);
  l->max_scratch_bytes = or_default(l->max_scratch_bytes, UINT64_C(256) << 20);
}

static onnxtree_status read_options(loading *l, const onnxtree_load_options *options, onnxtree_error *error) {
  l->options = (onnxtree_load_options)ONNXTREE_LOAD_OPTIONS_INIT;
  l->limits = (onnxtree_limits)ONNXTREE_LIMITS_INIT;
  if (options && !copy_struct(&l->options, sizeof l->options, options, options->struct_size))
    return ot_fail(error, OT_PROBLEM_ARGUMENT, "onnxtree_load_options.struct_size is not set");
  if (l->options.limits && !copy_struct(&l->limits, sizeof l->limits, l->options.limits, l->options.limits->struct_size))
    return ot_fail(error, OT_PROBLEM_ARGUMENT, "onnxtree_limits.struct_size is not set");
  set_limits(&l->limits);
  const onnxtree_allocator *allocator = l->options.allocator;
  if (allocator && (!allocator->allocate || !allocator->release)) return ot_fail(error, OT_PROBLEM_ARGUMENT, "an allocator needs both functions");
  if ((unsigned)l->options.compat > ONNXTREE_COMPAT_ONNXRUNTIME) return ot_fail(error, OT_PROBLEM_ARGUMENT, "unknown value of compat");
  if ((unsigned)l->options.double_inputs > ONNXTREE_DOUBLE_INPUTS_AS_FLOAT32)
    return ot_fail(error, OT_PROBLEM_ARGUMENT, "unknown value of double_inputs");
  if ((unsigned)l->options.sums > ONNXTREE_SUMS_IN_DOUBLE) return ot_fail(error, OT_PROBLEM_ARGUMENT, "unknown value of sums");
  if (!ot_kernel_is_auto(l->options.kernel) && !ot_kernel_named(l->options.kernel))
    return ot_fail(error, OT_PROBLEM_UNKNOWN_KERNEL, "no kernel is named '%.64s', or this CPU cannot run it", l->options.kernel);
  l->problems = (ot_problems){.error = error, .callback = l->options.on_problem, .context = l->options.on_problem_context};
  return ONNXTREE_OK;
}

/* ---- metadata ---- */

static bool copy_text(onnxtree_model *model, const char *from, const char **to) {
  *to = from && *from ? ot_arena_text(&model->arena, from, strlen(from)) : "";
  return *to != NULL;
}

static bool copy_metadata(onnxtree_model *model, const Onnxtree__Pb__ModelProto *proto) {
  onnxtree_model_metadata *m = &model->metadata;
  *m = (onnxtree_model_metadata)ONNXTREE_MODEL_METADATA_INIT;
  m->ir_version = proto->ir_version;
  m->model_version = proto->has_model_version ? proto->model_version : 0;
  m->opset_count = model->plan.opsets.count;
  model->properties = ot_arena_array(&model->arena, proto->n_metadata_props, sizeof *model->properties);
  if (!model->properties) return false;
  for (size_t i = 0; i < proto->n_metadata_props; i++) {
    ot_property *property = &model->properties[m->property_count++];
    if (!copy_text(model, proto->metadata_props[i]->key, &property->key) || !copy_text(model, proto->metadata_props[i]->value, &property->value))
      return false;
  }
  return copy_text(model, proto->producer_name, &m->producer_name) && copy_text(model, proto->producer_version, &m->producer_version) &&
         copy_text(model, proto->domain, &m->domain) && copy_text(model, proto->doc_string, &m->doc_string) &&
         copy_text(model, proto->graph->name, &m->graph_name);
}

/* ---- the whole ---- */

static void find_common_outputs(onnxtree_model *model) {
  const ot_plan *plan = &model->plan;
  model->label_output = model->score_output = -1;
  for (int i = (int)plan->output_count - 1; i >= 0; i--) {
    const ot_value *value = &plan->values[plan->outputs[i].value];
    bool is_real = plan->outputs[i].type == ONNXTREE_FLOAT || plan->outputs[i].type == ONNXTREE_DOUBLE;
    if (is_real) model->score_output = i;
    if (!is_real && value->columns == 1 && plan->outputs[i].type != ONNXTREE_BOOL && plan->outputs[i].type != ONNXTREE_INT32) model->label_output = i;
  }
}

static bool check_scratch(loading *l) {
  onnxtree_model *model = l->model;
  model->max_scratch_bytes = l->limits.max_scratch_bytes;
  model->block_rows = ot_plan_block_rows(&model->plan, model->max_scratch_bytes);
  if (model->block_rows) return true;
  ot_problem(&l->problems, OT_PROBLEM_LIMIT_SCRATCH, "", "one row needs %llu bytes of scratch; the limit max_scratch_bytes is %llu",
             (unsigned long long)ot_plan_scratch_bytes(&model->plan, 1), (unsigned long long)model->max_scratch_bytes);
  return false;
}

static bool load(loading *l, const unsigned char *bytes, size_t size) {
  onnxtree_model *model = l->model;
  model->file_bytes = size;
  const Onnxtree__Pb__ModelProto *proto = ot_decode_model(bytes, size, &l->limits, &l->decoded, &l->problems);
  if (!proto) return false;
  ot_plan_options options = {&l->limits, l->options.compat == ONNXTREE_COMPAT_ONNXRUNTIME,
                             l->options.double_inputs == ONNXTREE_DOUBLE_INPUTS_AS_FLOAT32, l->options.sums == ONNXTREE_SUMS_IN_DOUBLE,
                             l->options.kernel};
  if (!ot_plan_build(&model->plan, proto, &options, &model->arena, &l->problems)) return false;
  if (!check_scratch(l)) return false;
  if (!copy_metadata(model, proto)) return ot_problem_memory(&l->problems, &model->memory);
  find_common_outputs(model);
  return true;
}

static bool begin(loading *l) {
  ot_memory memory;
  ot_memory_init(&memory, l->options.allocator, UINT64_MAX);
  onnxtree_model *model = ot_memory_allocate(&memory, sizeof *model);
  if (!model) return ot_problem_memory(&l->problems, &memory);
  *model = (onnxtree_model){.memory = memory};
  ot_arena_init(&model->arena, &model->memory);
  ot_arena_init(&l->decoded, &model->memory);
  l->model = model;
  return true;
}

static void limit_memory(loading *l, uint64_t size) {
  uint64_t standard = size > (UINT64_MAX >> 5) ? UINT64_MAX : 16 * size + (UINT64_C(1) << 20);
  l->model->memory.limit = or_default(l->limits.max_load_bytes, standard);
}

static onnxtree_status end(loading *l, bool ok, onnxtree_model **result) {
  if (!ok) ot_problems_none(&l->problems);
  if (!l->model) return l->problems.status;
  ot_arena_free(&l->decoded);
  ot_file_free(&l->file, &l->model->memory);
  l->model->peak_load_bytes = l->model->memory.peak;
  l->model->model_bytes = l->model->memory.in_use;
  if (ok) {
    *result = l->model;
    return ONNXTREE_OK;
  }
  onnxtree_model_free(l->model);
  return l->problems.status;
}

onnxtree_status onnxtree_model_load_memory(const void *bytes, size_t size, const onnxtree_load_options *options, onnxtree_model **model,
                                           onnxtree_error *error) {
  if (!model) return ot_fail(error, OT_PROBLEM_ARGUMENT, "model is NULL");
  *model = NULL;
  if (!bytes && size) return ot_fail(error, OT_PROBLEM_ARGUMENT, "bytes is NULL");
  loading l = {0};
  onnxtree_status status = read_options(&l, options, error);
  if (status != ONNXTREE_OK) return status;
  bool ok = true;
  if (size > l.limits.max_file_bytes) {
    ot_problem(&l.problems, OT_PROBLEM_LIMIT_FILE, "", "%llu bytes; the limit max_file_bytes is %llu", (unsigned long long)size,
               (unsigned long long)l.limits.max_file_bytes);
    ok = false;
  }
  ok = ok && begin(&l);
  if (ok) limit_memory(&l, size);
  ok = ok && load(&l, bytes, size);
  return end(&l, ok, model);
}

onnxtree_status onnxtree_model_load_file(const char *path, const onnxtree_load_options *options, onnxtree_model **model, onnxtree_error *error) {
  if (!model) return ot_fail(error, OT_PROBLEM_ARGUMENT, "model is NULL");
  *model = NULL;
  if (!path) return ot_fail(error, OT_PROBLEM_ARGUMENT, "path is NULL");
  loading l = {0};
  onnxtree_status status = read_options(&l, options, error);
  if (status != ONNXTREE_OK) return status;
  bool ok = begin(&l) && ot_file_read(&l.file, path, l.limits.max_file_bytes, &l.model->memory, &l.problems);
  if (ok) limit_memory(&l, l.file.size);
  ok = ok && load(&l, l.file.bytes, l.file.size);
  return end(&l, ok, model);
}

void onnxtree_model_free(onnxtree_model *model) {
  if (!model) return;
  ot_arena_free(&model->arena);
  ot_memory memory = model->memory; /* it lies inside what it frees */
  ot_memory_release(&memory, model, sizeof *model);
}
