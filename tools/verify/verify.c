#include "verify/verify.h"

#include <stdlib.h>
#include <string.h>

#include "cli/load.h"
#include "run/block.h"
#include "text/json.h"
#include "verify/expected.h"
#include "verify/golden.h"

enum { BLOCK_ROWS = 4096 };
static const size_t most_block_bytes = (size_t)64 << 20;

/* A table that is read block by block. */
struct side {
  struct source source;
  struct reader *reader;
  struct chunk chunk;
  struct field *fields;
  size_t capacity;
  size_t rows; /* of the block */
  size_t next; /* rows of it that are done */
};

struct verification {
  const struct verify_settings *settings;
  onnxtree_model *model;
  struct results plan;
  struct binding binding;
  struct block block;
  struct side data;
  struct side answers; /* not used with golden files */
  struct expected expected;
  struct comparison comparison;
  bool is_other_model;
};

/* ---- reading ---------------------------------------------------------------------------------------------------------------------- */

/* The next block, if the last one is done; side->rows is 0 at the end of the table. */
static enum exit_code side_fill(struct side *side, bool *is_new, struct failure *failure) {
  *is_new = side->next == side->rows;
  if (!*is_new) return OK;
  side->next = side->rows = 0;
  enum exit_code code = OK;
  while (code == OK && side->rows == 0 && !side->reader->is_empty) {
    if (side->chunk.next == side->chunk.size) {
      code = side->reader->kind->take(side->reader, &side->chunk, failure);
      if (code || side->chunk.size == 0) return code;
    }
    code = side->reader->kind->read(side->reader, &side->chunk, side->fields, side->capacity, &side->rows, failure);
  }
  return code;
}

static enum exit_code side_open(struct side *side, const char *path, const struct reader_options *reading, struct failure *failure) {
  enum exit_code code = source_open(&side->source, path, failure);
  return code ? code : reader_open(NULL, path, &side->source, reading, &side->reader, failure);
}

static void side_close(struct side *side) {
  reader_close(side->reader);
  source_close(&side->source);
  chunk_free(&side->chunk);
}

/* ---- opening ---------------------------------------------------------------------------------------------------------------------- */

static size_t choose_rows(const struct verification *v) {
  size_t row_bytes = 1;
  for (size_t i = 0; i < v->binding.input_count; i++) row_bytes += v->binding.inputs[i].columns * onnxtree_type_size(v->binding.inputs[i].type);
  for (size_t i = 0; i < v->plan.count; i++) row_bytes += 2 * v->plan.items[i].info.columns * onnxtree_type_size(v->plan.items[i].info.type);
  size_t most = most_block_bytes / row_bytes;
  return most > BLOCK_ROWS ? BLOCK_ROWS : most > 0 ? most : 1;
}

static enum exit_code create_block(struct verification *v, struct failure *failure) {
  struct bind_settings binding = v->settings->binding;
  binding.is_quiet = !v->settings->expected && !v->settings->record; /* that a golden file has more than inputs is no news */
  enum exit_code code = bind_columns(v->model, v->data.reader, &binding, &v->binding, failure);
  if (code == OK) code = block_create(v->model, &v->binding, v->data.reader, &v->plan, choose_rows(v), &v->block, failure);
  v->data.capacity = v->block.capacity;
  v->data.fields = v->block.fields;
  return code;
}

/* Headings of inputs are "in:NAME"; without the prefix they bind like any others, and no result has such a name. */
static void strip_input_prefixes(struct reader *reader) {
  for (size_t i = 0; reader->names && i < reader->columns; i++) {
    char *name = reader->names[i];
    if (strncmp(name, "in:", 3) == 0) memmove(name, name + 3, strlen(name + 3) + 1);
  }
}

static enum exit_code open_golden(struct verification *v, struct failure *failure) {
  const struct verify_settings *settings = v->settings;
  struct golden golden;
  const struct reader_options reading = {.header = HEADER_YES};
  enum exit_code code = source_open(&v->data.source, settings->data, failure);
  if (code == OK) code = golden_open(&v->data.source, &golden, failure);
  if (code == OK) code = reader_open("csv", NULL, &v->data.source, &reading, &v->data.reader, failure);
  if (code) return code;
  char hash[SHA256_TEXT_SIZE];
  code = hash_model(settings->model, hash, failure);
  if (code) return code;
  v->is_other_model = strcmp(hash, golden.sha256) != 0;
  if (v->is_other_model && !settings->as_json && !settings->is_quiet)
    (void)printf("the model is not the one that was recorded: its SHA-256 is %s,\nnot %s\n", hash, golden.sha256);
  strip_input_prefixes(v->data.reader);
  code = create_block(v, failure);
  if (code == OK) code = expected_bind(&v->plan, v->data.reader, "out:", v->block.capacity, &v->expected, failure);
  /* One table has both: what is expected goes to its columns, the inputs to theirs. */
  for (size_t i = 0; code == OK && i < v->data.reader->columns; i++) {
    if (v->expected.fields[i].data) v->block.fields[i] = v->expected.fields[i];
  }
  return code;
}

static enum exit_code open_tables(struct verification *v, struct failure *failure) {
  const struct verify_settings *settings = v->settings;
  enum exit_code code = side_open(&v->data, settings->data, &settings->reading, failure);
  if (code == OK) code = create_block(v, failure);
  if (code || settings->record) return code;
  struct reader_options reading = {.delimiter = settings->reading.delimiter, .skip = settings->reading.skip, .limit = settings->reading.limit};
  code = side_open(&v->answers, settings->expected, &reading, failure);
  if (code == OK) code = expected_bind(&v->plan, v->answers.reader, "", v->block.capacity, &v->expected, failure);
  v->answers.capacity = v->block.capacity;
  v->answers.fields = v->expected.fields;
  return code;
}

static bool ends_in_npy(const char *path) {
  size_t size = path ? strlen(path) : 0;
  return size >= 4 && strcmp(path + size - 4, ".npy") == 0;
}

static enum exit_code open_all(struct verification *v, struct failure *failure) {
  const struct verify_settings *settings = v->settings;
  const struct result_settings wanted = {.outputs = settings->outputs, .one_numeric = ends_in_npy(settings->expected)};
  enum exit_code code = load_model(settings->model, &settings->loading, &v->model, failure);
  if (code == OK) code = results_choose(v->model, &wanted, &v->plan, failure);
  if (code) return code;
  return settings->expected || settings->record ? open_tables(v, failure) : open_golden(v, failure);
}

/* ---- comparing -------------------------------------------------------------------------------------------------------------------- */

static enum exit_code next_results(struct verification *v, struct failure *failure) {
  bool is_new;
  enum exit_code code = side_fill(&v->data, &is_new, failure);
  return code == OK && is_new && v->data.rows > 0 ? block_evaluate(&v->block, v->data.rows, failure) : code;
}

static enum exit_code compare_golden(struct verification *v, struct failure *failure) {
  for (;;) {
    enum exit_code code = next_results(v, failure);
    if (code || v->data.rows == 0) return code;
    compare_rows(&v->comparison, &v->block.results, 0, &v->expected.results, 0, v->data.rows);
    v->data.next = v->data.rows;
  }
}

static enum exit_code compare_tables(struct verification *v, struct failure *failure) {
  struct side *data = &v->data;
  struct side *answers = &v->answers;
  for (;;) {
    bool is_new;
    enum exit_code code = next_results(v, failure);
    if (code == OK) code = side_fill(answers, &is_new, failure);
    if (code) return code;
    if (data->rows == 0 || answers->rows == 0) break;
    size_t rows = data->rows - data->next < answers->rows - answers->next ? data->rows - data->next : answers->rows - answers->next;
    compare_rows(&v->comparison, &v->block.results, data->next, &v->expected.results, answers->next, rows);
    data->next += rows;
    answers->next += rows;
  }
  if (data->rows == answers->rows) return OK;
  const struct side *shorter = data->rows == 0 ? data : answers;
  const struct side *longer = data->rows == 0 ? answers : data;
  return fail(failure, DATA_REFUSED, "%s has %llu rows, %s has more", shorter->source.name, (unsigned long long)v->comparison.tally.rows,
              longer->source.name);
}

/* ---- the verdict ------------------------------------------------------------------------------------------------------------------ */

static double accuracy_of(const struct tally *tally) {
  return tally->labels > 0 ? (double)(tally->labels - tally->wrong_labels) / (double)tally->labels : 1;
}

static bool is_passed(const struct verification *v) {
  const struct tally *tally = &v->comparison.tally;
  return tally->wrong_values == 0 && accuracy_of(tally) >= v->settings->least_accuracy && (!v->is_other_model || v->settings->any_model);
}

static void print_json(const struct verification *v) {
  const struct tally *tally = &v->comparison.tally;
  struct buffer text = {0};
  json_open(&text, '{');
  json_member(&text, "passed");
  json_literal(&text, is_passed(v) ? "true" : "false");
  json_integer_member(&text, "rows", (int64_t)tally->rows);
  json_integer_member(&text, "values", (int64_t)tally->values);
  json_integer_member(&text, "wrong_values", (int64_t)tally->wrong_values);
  json_integer_member(&text, "labels", (int64_t)tally->labels);
  json_integer_member(&text, "wrong_labels", (int64_t)tally->wrong_labels);
  json_double_member(&text, "accuracy", accuracy_of(tally));
  json_double_member(&text, "largest_difference", tally->largest_difference);
  json_integer_member(&text, "largest_ulp", (int64_t)tally->largest_ulp);
  json_member(&text, "same_model");
  json_literal(&text, v->is_other_model ? "false" : "true");
  json_close(&text, '}');
  append_char(&text, '\n');
  (void)fwrite(text.data, 1, text.size, stdout);
  buffer_free(&text);
}

static void print_summary(const struct verification *v) {
  const struct tally *tally = &v->comparison.tally;
  uint64_t wrong = tally->wrong_values + tally->wrong_labels;
  if (wrong > tally->shown || tally->shown > v->settings->most_shown) (void)printf("... %llu mismatches in all\n", (unsigned long long)wrong);
  (void)printf("%s: %llu rows", is_passed(v) ? "ok" : "FAILED", (unsigned long long)tally->rows);
  if (tally->values > 0)
    (void)printf("; %llu of %llu numbers within tolerance, largest difference %.3g (%llu ulp)",
                 (unsigned long long)(tally->values - tally->wrong_values), (unsigned long long)tally->values, tally->largest_difference,
                 (unsigned long long)tally->largest_ulp);
  if (tally->labels > 0)
    (void)printf("; %llu of %llu labels equal (%.4g %%)", (unsigned long long)(tally->labels - tally->wrong_labels),
                 (unsigned long long)tally->labels, 100 * accuracy_of(tally));
  (void)putchar('\n');
}

static enum exit_code compare(struct verification *v, struct failure *failure) {
  const struct verify_settings *settings = v->settings;
  v->comparison =
      (struct comparison){.tolerance = settings->tolerance, .most_shown = settings->most_shown, .is_quiet = settings->is_quiet || settings->as_json};
  if (!settings->expected && !settings->has_tolerance) v->comparison.tolerance = (struct tolerance){0};
  enum exit_code code = settings->expected ? compare_tables(v, failure) : compare_golden(v, failure);
  if (code) return code;
  if (v->comparison.tally.rows == 0) return fail(failure, DATA_REFUSED, "%s: there are no rows to verify", v->data.source.name);
  if (settings->as_json)
    print_json(v);
  else if (!settings->is_quiet)
    print_summary(v);
  return is_passed(v) ? OK : NEGATIVE;
}

/* ---- recording -------------------------------------------------------------------------------------------------------------------- */

/* Inputs and outputs as one list of results, with "in:" and "out:" before their names. */
static enum exit_code list_columns(const struct verification *v, struct results *all, char **names, struct failure *failure) {
  size_t inputs = v->block.input_count;
  for (size_t i = 0; i < inputs + v->block.results.count; i++) {
    bool is_input = i < inputs;
    struct result *result = &all->items[all->count++];
    *result = is_input ? (struct result){v->binding.inputs[i], v->block.inputs[i], FROM_DATA} : v->block.results.items[i - inputs];
    size_t size = strlen(result->info.name) + 5;
    names[i] = malloc(size);
    if (!names[i]) return fail_memory(failure);
    (void)snprintf(names[i], size, "%s:%s", is_input ? "in" : "out", result->info.name);
    result->info.name = names[i];
  }
  return OK;
}

static enum exit_code write_rows(struct verification *v, const struct results *all, struct output_file *file, struct failure *failure) {
  struct writer writer = {0};
  struct buffer text = {0};
  enum exit_code code = golden_start(file, v->settings->model, failure);
  if (code == OK) code = writer_start(&writer, &csv_writer, file, all, failure);
  while (code == OK) {
    code = next_results(v, failure);
    if (code || v->data.rows == 0) break;
    writer_format(&writer, all, v->data.rows, &text);
    code = writer_send(&writer, &text, v->data.rows, failure);
    v->data.next = v->data.rows;
  }
  if (code == OK) code = writer_finish(&writer, failure);
  if (code == OK && writer.rows == 0) code = fail(failure, DATA_REFUSED, "%s: there are no rows to record", v->data.source.name);
  writer_free(&writer);
  buffer_free(&text);
  return code;
}

static enum exit_code record(struct verification *v, struct failure *failure) {
  size_t count = v->block.input_count + v->block.results.count;
  struct results all = {.items = calloc(count + 1, sizeof *all.items)};
  char **names = calloc(count + 1, sizeof *names);
  struct output_file file = {0};
  const char *const inputs[] = {v->settings->model, v->settings->data, NULL};
  enum exit_code code = all.items && names ? list_columns(v, &all, names, failure) : fail_memory(failure);
  if (code == OK) code = output_open(&file, v->settings->record, inputs, failure);
  if (code == OK) code = write_rows(v, &all, &file, failure);
  if (code == OK) code = output_commit(&file, failure);
  output_discard(&file);
  for (size_t i = 0; names && i < count; i++) free(names[i]);
  free(names);
  free(all.items);
  return code;
}

enum exit_code verify_model(const struct verify_settings *settings, struct failure *failure) {
  struct verification v = {.settings = settings, .data = {.source = {.descriptor = -1}}, .answers = {.source = {.descriptor = -1}}};
  enum exit_code code = open_all(&v, failure);
  if (code == OK) code = settings->record ? record(&v, failure) : compare(&v, failure);
  expected_free(&v.expected);
  block_free(&v.block);
  bind_free(&v.binding);
  results_free(&v.plan);
  side_close(&v.answers);
  side_close(&v.data);
  onnxtree_model_free(v.model);
  return code;
}
