/* Numbers of an ensemble's real type. A double holds every one of them. */
#ifndef OT_ENSEMBLE_REAL_H
#define OT_ENSEMBLE_REAL_H

#include "ensemble/ensemble.h"

static inline size_t ot_real_size(const ot_ensemble *ensemble) { return ensemble->is_double ? sizeof(double) : sizeof(float); }

static inline double ot_load_real(const ot_ensemble *ensemble, const void *array, size_t index) {
  return ensemble->is_double ? ((const double *)array)[index] : (double)((const float *)array)[index];
}

static inline void ot_store_real(const ot_ensemble *ensemble, void *array, size_t index, double value) {
  if (ensemble->is_double)
    ((double *)array)[index] = value;
  else
    ((float *)array)[index] = (float)value;
}

#endif
