/* The fused path where weights are looked up one by one: after index_bytes(), before sliced_template.h. */

static void add_target(const ot_ensemble *e, const NAME(block) *block, const VECTOR *all_slices, uint32_t target, size_t count, float *sums) {
  const ot_sliced_layout *layout = block->layout;
  float totals[WIDTH] __attribute__((aligned(sizeof(VECTOR)))) = {0};
  for (size_t r = 0; e->continues && r < count; r++) totals[r] = sums[r * e->target_count];
  VECTOR room[OT_SLICED_GROUP * OT_SLICED_MOST_DEPTH];
  const VECTOR *slices[OT_SLICED_GROUP];
  for (uint32_t first = layout->target_addends[target], end = layout->target_addends[target + 1], a = first; a < end; a++) {
    const ot_sliced_addend *addend = &layout->addends[a];
    const float *values = layout->values + addend->first_value;
    uint32_t place = (a - first) % OT_SLICED_GROUP;
    if (place == 0) slices_of(block, all_slices, a, end - a < OT_SLICED_GROUP ? end - a : OT_SLICED_GROUP, room, slices);
    for (size_t group = 0; group * 64 < count; group++) {
      uint8_t bytes[64] __attribute__((aligned(sizeof(VECTOR))));
      index_bytes(slices[place], layout->trees[addend->tree].index_bits, group, bytes);
      float *out = totals + group * 64;
      for (size_t r = 0; r < 64; r++) out[r] += values[bytes[r]];
    }
  }
  for (size_t r = 0; r < count; r++) sums[r * e->target_count] = totals[r];
}
