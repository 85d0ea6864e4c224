/* Sorting of what a file lists: n log n whatever the order, unlike qsort. */
#ifndef OT_BASE_SORT_H
#define OT_BASE_SORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Fill order[0..count) with 0..count-1 so that keys[order[i]] ascends; equal keys keep their order. `scratch` has room for count. */
void ot_sort_order(const int64_t *keys, size_t count, uint32_t *order, uint32_t *scratch);

/* Whether element a comes after element b. */
typedef bool ot_sort_after(const void *context, size_t a, size_t b);

/* The same for any order of things. */
void ot_sort_positions(size_t count, uint32_t *order, uint32_t *scratch, ot_sort_after *is_after, const void *context);

/* An integer that orders like the number; -0 and +0 are one. NaN has no place in an order. */
int64_t ot_sort_key(double number);

/* Index i with keys[order[i]] == key, or count if there is none. */
size_t ot_sort_find(const int64_t *keys, const uint32_t *order, size_t count, int64_t key);

#endif
