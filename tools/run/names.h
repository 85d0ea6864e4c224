/* Names of columns: lists on the command line, and what the columns of an input are called. */
#ifndef TOOLS_RUN_NAMES_H
#define TOOLS_RUN_NAMES_H

#include <stdbool.h>
#include <stddef.h>

#include <onnxtree/onnxtree.h>

/* "a,b" cut at the commas. */
struct names {
  char *text;         /* where the items live */
  const char **items; /* ends with NULL */
  size_t count;
};

bool names_split(const char *list, struct names *names); /* false: out of memory */
void names_free(struct names *names);

/* "NAME", or "NAME:INDEX" for an input of several columns. */
struct column_name {
  const char *plain; /* NULL: `made` */
  char made[280];
};

struct column_name column_name_of(const onnxtree_value_info *info, size_t column);
const char *column_name_text(const struct column_name *name);

/* Whether `text` is the INDEX of one of `columns` columns, as it is written here: without leading zeros. */
bool column_index_is(const char *text, size_t columns, size_t *index);

#endif
