/* Code for blocks without NaN: the same programs with plain masks in place of their twins. */
#include <string.h>

#include "kernels/sliced.h"

/* By mask: its number, or that of the mask whose twin it is, scaled. */
static uint32_t *plain_masks(const ot_sliced_layout *layout, ot_arena *scratch) {
  uint32_t *plain = ot_arena_array(scratch, layout->mask_count, sizeof *plain);
  if (!plain) return NULL;
  for (uint32_t m = 0; m < layout->mask_count; m++) plain[m] = m * OT_SLICED_SCALE;
  for (uint32_t c = 0; c < layout->column_count; c++) {
    const ot_sliced_column *column = &layout->columns[c];
    for (uint32_t k = 0; column->has_twins && k < column->rank_count; k++)
      plain[ot_sliced_first_twin(column) + k] = (column->first_mask + k) * OT_SLICED_SCALE;
  }
  return plain;
}

static uint64_t both_plain(const uint32_t *plain, uint64_t word) {
  return (uint64_t)plain[(uint32_t)(word >> 32) / OT_SLICED_SCALE] << 32 | plain[(uint32_t)word / OT_SLICED_SCALE];
}

bool ot_sliced_prepare_without_twins(ot_sliced_layout *layout, ot_arena *arena, ot_arena *scratch) {
  layout->code_without_twins = layout->code;
  for (uint32_t c = 0; c < layout->column_count; c++) layout->has_twins |= layout->columns[c].has_twins;
  if (!layout->has_twins) return true;
  const uint32_t *plain = plain_masks(layout, scratch);
  uint64_t *programs = ot_arena_array(arena, layout->program_count, sizeof *programs);
  ot_sliced_step *steps = ot_arena_array(arena, layout->step_count, sizeof *steps);
  if (!plain || !programs || !steps) return false;
  for (uint32_t i = 0; i < layout->program_count; i++) programs[i] = both_plain(plain, layout->code.programs[i]);
  for (uint32_t i = 0; i < layout->step_count; i++) {
    steps[i] = layout->code.steps[i];
    for (uint32_t k = 0; k < 4; k++) steps[i].masks[k] = both_plain(plain, steps[i].masks[k]);
  }
  layout->code_without_twins = (ot_sliced_code){programs, steps};
  return true;
}
