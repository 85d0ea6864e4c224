/* Problems found while loading: each goes to the caller's callback, the first one also into the caller's error record. */
#ifndef OT_BASE_PROBLEMS_H
#define OT_BASE_PROBLEMS_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

#include <onnxtree/model.h>
#include <onnxtree/status.h>

#include "base/memory.h"
#include "base/problem_codes.h"

#define OT_PROBLEM_ENUM(identifier, name, status, meaning) OT_PROBLEM_##identifier,
typedef enum ot_problem_code { OT_PROBLEMS(OT_PROBLEM_ENUM) OT_PROBLEM_COUNT } ot_problem_code;
#undef OT_PROBLEM_ENUM

#define OT_PLACE_SIZE 256

/* Where in the model, e.g. "node 'trees' (TreeEnsembleRegressor), attribute nodes_modes[3]". */
typedef struct ot_place {
  char text[OT_PLACE_SIZE];
} ot_place;

typedef struct ot_problems {
  onnxtree_error *error;               /* may be NULL */
  onnxtree_problem_callback *callback; /* may be NULL */
  void *context;
  size_t found;           /* problems so far, warnings not counted */
  onnxtree_status status; /* of the first problem */
} ot_problems;

#if defined(__GNUC__)
#  define OT_PRINTF(format_index) __attribute__((format(printf, format_index, format_index + 1)))
#else
#  define OT_PRINTF(format_index)
#endif


/* A place from a printf format. Only integers and text: the C library formats these the same in every locale. */
ot_place ot_place_format(const char *format, ...) OT_PRINTF(1);

/* Report a problem (or a warning, when the code is one). */
void ot_problem(ot_problems *problems, ot_problem_code code, const char *place, const char *format, ...) OT_PRINTF(4);
/* Memory has run out: by the bound or by the allocator. Always returns false. */
bool ot_problem_memory(ot_problems *problems, const ot_memory *memory);
/* Ends a stage: false if problems were found; then the error record says how many there are in all. */
bool ot_problems_none(ot_problems *problems);

/* Fill a caller's error record (may be NULL) and return the code's status. For calls that find one problem at most. */
onnxtree_status ot_fail(onnxtree_error *error, ot_problem_code code, const char *format, ...) OT_PRINTF(3);

#endif
