/* Included once per type: REAL is float or double, NAME(x) adds the type's suffix. */

void NAME(ot_sliced_load)(const ot_sliced_layout *layout, uint32_t first, uint32_t count, const ot_rows *rows, size_t width, REAL *values) {
  const ot_sliced_column *columns = layout->columns + first;
  for (size_t r = 0; r < rows->count; r++) {
    const REAL *row = (const REAL *)rows->data + r * rows->stride;
    for (uint32_t i = 0; i < count; i++) values[i * width + r] = row[columns[i].feature];
  }
  for (uint32_t i = 0; i < count && rows->count < width; i++) memset(values + i * width + rows->count, 0, (width - rows->count) * sizeof *values);
}

/* Eight searches side by side; the comparison is arithmetic, not a branch. */
void NAME(ot_sliced_rank)(const ot_sliced_layout *layout, const ot_sliced_column *column, const REAL *values, size_t count, uint32_t *ranks,
                          uint64_t *missing) {
  const REAL *search = (const REAL *)layout->search + column->first_node;
  uint32_t levels = column->levels;
  memset(missing, 0, (count + 63) / 64 * sizeof *missing);
  for (size_t first = 0; first < count; first += LANES) {
    const REAL *x = values + first;
    uint32_t at[LANES];
    for (size_t i = 0; i < LANES; i++) at[i] = 1;
    for (uint32_t level = 0; level < levels; level++)
      for (size_t i = 0; i < LANES; i++) at[i] = 2 * at[i] + (search[at[i]] < x[i]);
    for (size_t i = 0; i < LANES; i++) {
      bool is_missing = x[i] != x[i];
      ranks[first + i] = is_missing ? column->missing_rank : at[i] - (1u << levels);
      missing[first / 64] |= (uint64_t)is_missing << ((first + i) % 64);
    }
  }
}
