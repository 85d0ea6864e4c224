/* Reading and ranking without vector instructions, for the instruction sets that have nothing better. */

static void load_floats(const ot_sliced_layout *layout, uint32_t first, uint32_t count, const ot_rows *rows, float *values) {
  ot_sliced_load_floats(layout, first, count, rows, WIDTH, values);
}

static void rank_floats(const ot_sliced_layout *layout, const ot_sliced_column *column, const float *values, size_t count, uint32_t *ranks,
                        uint64_t *missing) {
  ot_sliced_rank_floats(layout, column, values, count, ranks, missing);
}

static void rank_doubles(const ot_sliced_layout *layout, const ot_sliced_column *column, const double *values, size_t count,
                         uint32_t *ranks, uint64_t *missing) {
  ot_sliced_rank_doubles(layout, column, values, count, ranks, missing);
}
