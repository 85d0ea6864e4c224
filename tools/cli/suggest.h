/* "Did you mean …?": the known word nearest to one that is not known. */
#ifndef TOOLS_SUGGEST_H
#define TOOLS_SUGGEST_H

#include <stddef.h>

/* Letters to insert, delete, replace or swap with their neighbour to turn one word into the other; upper and lower case count as equal.
 * Only the first 63 bytes of a word are looked at. */
size_t edit_distance(const char *one, const char *other);

struct suggestion {
  const char *word; /* what was typed */
  const char *best; /* the nearest word offered that is near enough to be meant, or NULL */
  size_t distance;  /* of `best` */
};

struct suggestion suggestion_for(const char *word);
void suggestion_offer(struct suggestion *suggestion, const char *known);

#endif
