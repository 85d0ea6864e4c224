#include "kernels/sliced_rank.h"

#include <string.h>

#define LANES 8u

/* Eight searches side by side; the comparison is arithmetic, not a branch. */
#define RANK(name, real)                                                                                                                \
  void name(const ot_sliced_layout *layout, const ot_sliced_column *column, const ot_rows *rows, size_t width, uint32_t *ranks) {        \
    const real *search = (const real *)layout->search + column->first_node, *data = (const real *)rows->data + column->feature;          \
    uint32_t levels = column->levels;                                                                                                    \
    memset(ranks, 0, width * sizeof *ranks);                                                                                             \
    for (size_t first = 0; first < rows->count; first += LANES) {                                                                        \
      size_t lanes = rows->count - first < LANES ? rows->count - first : LANES;                                                          \
      real x[LANES] = {0};                                                                                                               \
      uint32_t at[LANES];                                                                                                                \
      for (size_t i = 0; i < lanes; i++) x[i] = data[(first + i) * rows->stride];                                                        \
      for (size_t i = 0; i < LANES; i++) at[i] = 1;                                                                                      \
      for (uint32_t level = 0; level < levels; level++)                                                                                  \
        for (size_t i = 0; i < LANES; i++) at[i] = 2 * at[i] + (search[at[i]] < x[i]);                                                   \
      for (size_t i = 0; i < lanes; i++) ranks[first + i] = x[i] == x[i] ? at[i] - (1u << levels) : column->rank_count;                  \
    }                                                                                                                                    \
  }

RANK(ot_sliced_rank_floats, float)
RANK(ot_sliced_rank_doubles, double)
