#ifndef OT_KERNELS_ROW_WEIGHTS_AVX512_H
#define OT_KERNELS_ROW_WEIGHTS_AVX512_H

#include <immintrin.h>

#include "ensemble/accumulate.h"
#include "kernels/row_weights.h"

#define OT_ROW_SOME 14u

/* A row's sums while its trees are located. */
typedef struct ot_row_sums {
  void *sums; /* real */
  uint8_t *presence;
  const uint32_t *found; /* [trees] of the kernel's table */
  uint32_t added;        /* trees */
  uint32_t located;      /* trees that may be added one by one: there is one target */
  float single;          /* the sum, where there is one target */
  __m512 cyclic;         /* the sums, where the targets are a cycle */
} ot_row_sums;

static inline ot_row_sums ot_row_sums_begin(const ot_ensemble *e, const ot_row_weights *weights, void *sums, uint8_t *presence,
                                            const uint32_t *found) {
  if (!weights->has_values || weights->targets) ot_accumulate_begin(e, sums, presence, 1);
  __mmask16 lanes = (__mmask16)(e->continues ? (1u << weights->cycle) - 1 : 0);
  float sum = e->continues && weights->has_values ? *(const float *)sums : 0;
  return (ot_row_sums){sums, presence, found, 0, 0, sum, _mm512_maskz_loadu_ps(lanes, sums)};
}

static inline void ot_row_sums_cycle(const ot_row_weights *weights, ot_row_sums *s, uint32_t trees) {
  __mmask16 lanes = (__mmask16)((1u << weights->cycle) - 1);
  for (; s->added + weights->cycle <= trees; s->added += weights->cycle) 
    s->cyclic = _mm512_mask_add_ps(s->cyclic, lanes, s->cyclic, _mm512_loadu_ps(s->found + s->added));
}

/* Adds in file order, up to tree number `trees`. */
static inline void ot_row_sums_add(const ot_ensemble *e, const ot_row_weights *weights, ot_row_sums *s, uint32_t trees) {
  const float *values = (const float *)(const void *)s->found;
  if (!weights->has_values) {
    _mm256_zeroupper(); /* for plain code, see the ends of evaluate() */
    ot_accumulate(e, s->found + s->added, trees - s->added, 1, s->sums, s->presence);
    s->added = trees;
  } else if (!weights->targets) {
    float sum = s->single;
    uint32_t t = s->added;
    values += t;
    for (; t + 8 <= trees; t += 8, values += 8)
      sum = sum + values[0] + values[1] + values[2] + values[3] + values[4] + values[5] + values[6] + values[7];
    for (; t < trees; t++) sum += *values++;
    s->single = sum;
    s->added = trees;
  } else if (weights->cycle) {
    ot_row_sums_cycle(weights, s, trees);
  } else {
    for (; s->added < trees; s->added++) ((float *)s->sums)[weights->targets[s->added]] += values[s->added];
  }
}

/* Sums wait for each addition: a few trees that are located are added while the next are. */
static inline __attribute__((always_inline)) void ot_row_sums_add_some(ot_row_sums *s) {
  if (s->added + OT_ROW_SOME > s->located) return;
  for (uint32_t i = 0; i < OT_ROW_SOME; i++) s->single += ((const float *)(const void *)s->found)[s->added + i];
  s->added += OT_ROW_SOME;
}

/* Trees before `end` are located, and may be added. */
static inline void ot_row_sums_locate(const ot_row_weights *weights, ot_row_sums *s, uint32_t end) {
  s->located = weights->has_values && !weights->targets ? end : 0;
}

/* After trees up to `end` are located: those before `first` are added, the others may be. */
static inline void ot_row_sums_next(const ot_ensemble *e, const ot_row_weights *weights, ot_row_sums *s, uint32_t first, uint32_t end) {
  ot_row_sums_add(e, weights, s, first);
  ot_row_sums_locate(weights, s, end);
}

static inline void ot_row_sums_end(const ot_row_weights *weights, ot_row_sums *s, uint32_t trees) {
  if (weights->has_values && !weights->targets) *(float *)s->sums = s->single;
  if (!weights->cycle) return;
  __mmask16 rest = (__mmask16)((1u << (trees - s->added)) - 1);
  s->cyclic = _mm512_mask_add_ps(s->cyclic, rest, s->cyclic, _mm512_maskz_loadu_ps(rest, s->found + s->added));
  _mm512_mask_storeu_ps(s->sums, (__mmask16)((1u << weights->cycle) - 1), s->cyclic);
}

#endif
