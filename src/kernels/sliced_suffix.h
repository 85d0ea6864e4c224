/* Masks from ranks without comparisons: each row sets its bit in the slot of its rank; or-ing the slots from the top gives "rank > k" for
 * every k. Included by the instruction sets that use it, after VECTOR and its operations. */

static void make_masks(const ot_sliced_column *column, const uint32_t *ranks, size_t count, void *digits, uint64_t *masks) {
  (void)digits;
  const size_t words = WIDTH / 64;
  memset(masks, 0, ((size_t)column->rank_count + 1) * (WIDTH / 8));
  for (size_t r = 0; r < count; r++) masks[ranks[r] * words + r / 64] |= UINT64_C(1) << (r % 64);
  VECTOR above = LOAD(masks + column->rank_count * words);
  for (uint32_t k = column->rank_count; k-- > 0;) {
    VECTOR here = LOAD(masks + k * words);
    STORE(masks + k * words, above);
    above = OR(above, here);
  }
}

static void make_twins(const ot_sliced_column *column, const uint64_t *missing, uint64_t *masks) {
  const size_t words = WIDTH / 64;
  VECTOR nan = LOAD(missing), second = column->missing_rank ? AND_NOT(nan, nan) : nan;
  uint64_t *twins = masks + ((size_t)column->rank_count + 1) * words;
  for (uint32_t k = 0; k < column->rank_count; k++) STORE(twins + k * words, OR(AND_NOT(LOAD(masks + k * words), nan), second));
}
