#include "cli/suggest.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

enum { LONGEST = 63 };

static size_t least(size_t a, size_t b) { return a < b ? a : b; }

static int folded(char letter) { return tolower((unsigned char)letter); }

size_t edit_distance(const char *one, const char *other) {
  size_t rows = least(strlen(one), LONGEST);
  size_t columns = least(strlen(other), LONGEST);
  size_t table[3][LONGEST + 1]; /* the row being filled and the two before it, by turns */

  for (size_t column = 0; column <= columns; column++) table[0][column] = column;
  for (size_t row = 1; row <= rows; row++) {
    size_t *current = table[row % 3];
    const size_t *above = table[(row + 2) % 3];
    const size_t *twice_above = table[(row + 1) % 3];
    current[0] = row;
    for (size_t column = 1; column <= columns; column++) {
      int a = folded(one[row - 1]);
      int b = folded(other[column - 1]);
      size_t best = least(above[column], current[column - 1]) + 1;
      best = least(best, above[column - 1] + (a != b));
      if (row > 1 && column > 1 && a == folded(other[column - 2]) && b == folded(one[row - 2])) best = least(best, twice_above[column - 2] + 1);
      current[column] = best;
    }
  }
  return table[rows % 3][columns];
}

struct suggestion suggestion_for(const char *word) {
  /* A third of the letters may be wrong: more, and the guess is noise. */
  return (struct suggestion){word, NULL, least(strlen(word), LONGEST) / 3 + 1};
}

void suggestion_offer(struct suggestion *suggestion, const char *known) {
  /* A word broken off counts as one letter wrong. */
  size_t typed = strlen(suggestion->word);
  size_t distance = typed >= 3 && strncasecmp(suggestion->word, known, typed) == 0 ? known[typed] != '\0' : edit_distance(suggestion->word, known);
  size_t length = least(strlen(known), LONGEST);
  if (distance < length && (suggestion->best ? distance < suggestion->distance : distance <= suggestion->distance)) {
    suggestion->best = known;
    suggestion->distance = distance;
  }
}
