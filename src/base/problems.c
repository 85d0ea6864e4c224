#include "base/problems.h"

#include <stdio.h>
#include <string.h>

#define MOST_CALLBACKS 100

static const struct {
  const char *name;
  onnxtree_status status;
} table[] = {
#define OT_PROBLEM_ROW(identifier, name, status, meaning) {name, ONNXTREE_##status},
    OT_PROBLEMS(OT_PROBLEM_ROW)
#undef OT_PROBLEM_ROW
};

ot_place ot_place_format(const char *format, ...) {
  ot_place place;
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(place.text, sizeof place.text, format, arguments);
  va_end(arguments);
  return place;
}

static void fill_error(onnxtree_error *error, ot_problem_code code, const char *place, const char *message) {
  if (!error) return;
  error->status = table[code].status;
  error->code = table[code].name;
  snprintf(error->message, sizeof error->message, "%s%s%s", place, *place ? ": " : "", message);
}

void ot_problem(ot_problems *problems, ot_problem_code code, const char *place, const char *format, ...) {
  char message[ONNXTREE_ERROR_MESSAGE_SIZE - 64];
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(message, sizeof message, format, arguments);
  va_end(arguments);
  bool warning = table[code].status == ONNXTREE_OK;
  if (!warning) {
    if (problems->found == 0) {
      problems->status = table[code].status;
      fill_error(problems->error, code, place, message);
    }
    problems->found++;
  }
  if (problems->callback && problems->found <= MOST_CALLBACKS)
    problems->callback(problems->context, warning ? ONNXTREE_WARNING : ONNXTREE_PROBLEM, table[code].name, place, message);
}

bool ot_problem_memory(ot_problems *problems, const ot_memory *memory) {
  if (memory->refused_by_limit)
    ot_problem(problems, OT_PROBLEM_LIMIT_MEMORY, "", "loading needs more than max_load_bytes = %llu bytes", (unsigned long long)memory->limit);
  else
    ot_problem(problems, OT_PROBLEM_MEMORY, "", "out of memory while loading (%llu bytes in use)", (unsigned long long)memory->in_use);
  return false;
}

bool ot_problems_none(ot_problems *problems) {
  if (problems->found == 0) return true;
  if (problems->found > 1 && problems->error) {
    size_t used = strlen(problems->error->message);
    snprintf(problems->error->message + used, sizeof problems->error->message - used, " (and %zu more problem%s)", problems->found - 1,
             problems->found == 2 ? "" : "s");
  }
  return false;
}

onnxtree_status ot_fail(onnxtree_error *error, ot_problem_code code, const char *format, ...) {
  char message[ONNXTREE_ERROR_MESSAGE_SIZE];
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(message, sizeof message, format, arguments);
  va_end(arguments);
  fill_error(error, code, "", message);
  return table[code].status;
}
