/* The preparation of the bit-sliced layout in parts: columns and ranks, then masks, then programs. */
#ifndef OT_KERNELS_SLICED_PREPARE_H
#define OT_KERNELS_SLICED_PREPARE_H

#include "kernels/branch.h"
#include "kernels/sliced.h"

typedef struct ot_sliced_preparation {
  const ot_ensemble *ensemble;
  ot_arena *arena, *scratch;
  ot_sliced_layout *layout;
  ot_branch *branches;   /* [branch_count] */
  ot_sliced_tree *trees; /* [tree_count] */
  uint32_t program_count, leaf_count;

  ot_sliced_column *columns;
  uint32_t *column_of; /* [feature_count] */
  size_t *first_value; /* [branch_count + 1] of the branch in the next array */
  uint32_t *ranks;     /* of ot_branch_value() in its column; OT_NO_RANK: NaN */
  uint32_t *masks;     /* [branch_count] */
} ot_sliced_preparation;

#define OT_NO_RANK UINT32_MAX
#define OT_SLICED_MOST_VALUES ((size_t)1 << 28) /* thresholds and members, sets counted once for each branch that uses them */

/* Whether the branches have no more values than that; counts them. */
bool ot_sliced_count_values(ot_sliced_preparation *preparation);

/* Sets up columns, ranks and the search trees. False: out of memory. */
bool ot_sliced_prepare_columns(ot_sliced_preparation *preparation);

/* Numbers the masks; layout->mask_count stays 0 if there are too many. False: out of memory. */
bool ot_sliced_prepare_masks(ot_sliced_preparation *preparation);

#endif
