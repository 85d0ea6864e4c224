#include "fuzz/model_use.h"

#include <math.h>
#include <string.h>

#define MOST_COLUMNS 256

/* Problems and warnings have a code, and a text that is not cut inside a character. */
static void note_problem(void *context, onnxtree_severity severity, const char *code, const char *place, const char *message) {
  size_t *count = context;
  FUZZ_CHECK(severity == ONNXTREE_WARNING || severity == ONNXTREE_PROBLEM);
  FUZZ_CHECK(code && code[0] && place && message && message[0]);
  FUZZ_CHECK(++*count < 400);
}

onnxtree_model *use_load(const uint8_t *data, size_t size, const char *kernel, counting_allocator *memory) {
  onnxtree_allocator hook = counting_allocator_hook(memory);
  onnxtree_limits limits = ONNXTREE_LIMITS_INIT;
  limits.max_columns = 4096;
  limits.max_scratch_bytes = 1 << 20;
  onnxtree_load_options options = ONNXTREE_LOAD_OPTIONS_INIT;
  size_t problems = 0;
  options.allocator = &hook;
  options.limits = &limits;
  options.kernel = kernel;
  options.on_problem = note_problem;
  options.on_problem_context = &problems;
  onnxtree_model *model;
  onnxtree_error error = {ONNXTREE_OK, NULL, ""};
  double start = fuzz_cpu_seconds();
  onnxtree_status status = onnxtree_model_load_memory(data, size, &options, &model, &error);
  FUZZ_CHECK(fuzz_cpu_seconds() - start < FUZZ_MOST_SECONDS);
  FUZZ_CHECK((status == ONNXTREE_OK) == (model != NULL));
  FUZZ_CHECK(model || (error.status == status && error.code && error.message[0]));
  FUZZ_CHECK(status != ONNXTREE_INTERNAL && status != ONNXTREE_IO);
  FUZZ_CHECK(status != ONNXTREE_OUT_OF_MEMORY || memory->fail_at);
  FUZZ_CHECK(model || memory->in_use == 0);
  FUZZ_CHECK(memory->peak <= 16 * size + ((size_t)1 << 20) + 8192); /* the model's own record comes on top of the budget */
  return model;
}

static void fill(onnxtree_tensor *tensor, size_t count, uint64_t *seed) {
  static const onnxtree_string strings[] = {{"", 0}, {"a", 1}, {"b", 1}, {"cat", 3}, {"a\0b", 3}, {"1", 1}, {"NaN", 3}, {"\xC3\xA9", 2}};
  for (size_t i = 0; i < count; i++) {
    double number = fuzz_awkward_number(fuzz_random(seed));
    uint64_t random = fuzz_random(seed);
    switch (tensor->type) {
      case ONNXTREE_FLOAT: ((float *)tensor->data)[i] = (float)number; break;
      case ONNXTREE_DOUBLE: ((double *)tensor->data)[i] = number; break;
      case ONNXTREE_INT32: ((int32_t *)tensor->data)[i] = random % 4 ? (int32_t)(random >> 8 & 7) - 2 : (int32_t)(uint32_t)(random >> 32); break;
      case ONNXTREE_INT64: ((int64_t *)tensor->data)[i] = random % 4 ? (int64_t)(random >> 8 & 7) - 2 : (int64_t)random; break;
      case ONNXTREE_STRING: ((onnxtree_string *)tensor->data)[i] = strings[random % (sizeof strings / sizeof *strings)]; break;
      default: ((unsigned char *)tensor->data)[i] = random & 1; break;
    }
  }
}

static bool describe(model_use *use, onnxtree_tensor *tensor, const onnxtree_value_info *info) {
  FUZZ_CHECK(info->name && onnxtree_type_size(info->type) > 0);
  if (info->columns > MOST_COLUMNS) return false;
  *tensor = (onnxtree_tensor){NULL, info->type, use->rows, info->columns, 0, calloc(use->rows * info->columns + 1, onnxtree_type_size(info->type))};
  return tensor->data != NULL;
}

bool use_begin(model_use *use, const onnxtree_model *model, size_t rows, uint64_t seed) {
  *use = (model_use){.model = model, .rows = rows};
  size_t inputs = onnxtree_model_input_count(model), outputs = onnxtree_model_output_count(model);
  if (inputs > USE_MOST_VALUES || outputs > USE_MOST_VALUES) return false;
  for (size_t i = 0; i < inputs; i++) {
    onnxtree_value_info info = ONNXTREE_VALUE_INFO_INIT;
    FUZZ_CHECK(onnxtree_model_input(model, i, &info) == ONNXTREE_OK);
    if (!describe(use, &use->inputs[use->input_count], &info)) return false;
    fill(&use->inputs[use->input_count++], rows * info.columns, &seed);
  }
  for (size_t i = 0; i < outputs; i++) {
    onnxtree_value_info info = ONNXTREE_VALUE_INFO_INIT;
    FUZZ_CHECK(onnxtree_model_output(model, i, &info) == ONNXTREE_OK);
    FUZZ_CHECK(info.label_type == ONNXTREE_UNDEFINED || info.label_count == info.columns);
    if (!describe(use, &use->outputs[use->output_count], &info)) return false;
    use->output_count++;
  }
  return true;
}

void use_end(model_use *use) {
  for (size_t i = 0; i < use->input_count; i++) free(use->inputs[i].data);
  for (size_t i = 0; i < use->output_count; i++) free(use->outputs[i].data);
}

static onnxtree_tensor part(const onnxtree_tensor *tensor, size_t first, size_t count) {
  onnxtree_tensor result = *tensor;
  result.rows = count;
  result.data = (char *)tensor->data + first * tensor->columns * onnxtree_type_size(tensor->type);
  return result;
}

void use_run(model_use *use, onnxtree_workspace *workspace, size_t first, size_t count, size_t threads) {
  onnxtree_tensor inputs[USE_MOST_VALUES], outputs[USE_MOST_VALUES];
  for (size_t i = 0; i < use->input_count; i++) inputs[i] = part(&use->inputs[i], first, count);
  for (size_t i = 0; i < use->output_count; i++) outputs[i] = part(&use->outputs[i], first, count);
  onnxtree_run_options options = ONNXTREE_RUN_OPTIONS_INIT;
  options.threads = threads;
  onnxtree_error error = {ONNXTREE_OK, NULL, ""};
  double start = fuzz_cpu_seconds();
  onnxtree_status status = onnxtree_run(use->model, workspace, count, inputs, use->input_count, outputs, use->output_count, &options, &error);
  /* After a successful load, right inputs cannot fail, but for values that an operator has no use for. */
  bool ok = status == ONNXTREE_OK || status == ONNXTREE_INVALID_DATA;
  if (!ok) fprintf(stderr, "%s\n", error.message);
  FUZZ_CHECK(ok);
  FUZZ_CHECK(fuzz_cpu_seconds() - start < FUZZ_MOST_SECONDS);
}

static bool same_element(const onnxtree_tensor *a, const onnxtree_tensor *b, size_t i) {
  if (a->type == ONNXTREE_STRING) {
    onnxtree_string x = ((onnxtree_string *)a->data)[i], y = ((onnxtree_string *)b->data)[i];
    return x.size == y.size && (x.size == 0 || memcmp(x.data, y.data, x.size) == 0);
  }
  if (a->type == ONNXTREE_FLOAT && isnan(((float *)a->data)[i])) return isnan(((float *)b->data)[i]);
  if (a->type == ONNXTREE_DOUBLE && isnan(((double *)a->data)[i])) return isnan(((double *)b->data)[i]);
  size_t size = onnxtree_type_size(a->type);
  return memcmp((char *)a->data + i * size, (char *)b->data + i * size, size) == 0;
}

bool use_same(const model_use *a, const model_use *b) {
  FUZZ_CHECK(a->output_count == b->output_count);
  for (size_t o = 0; o < a->output_count; o++) {
    FUZZ_CHECK(a->outputs[o].type == b->outputs[o].type && a->outputs[o].columns == b->outputs[o].columns);
    for (size_t i = 0; i < a->rows * a->outputs[o].columns; i++)
      if (!same_element(&a->outputs[o], &b->outputs[o], i)) return false;
  }
  return true;
}
