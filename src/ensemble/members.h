/* Sets of numbers that branches test for membership: made canonical here, so that a search finds a member wherever ONNX's equality holds. */
#ifndef OT_ENSEMBLE_MEMBERS_H
#define OT_ENSEMBLE_MEMBERS_H

#include "base/arena.h"
#include "ensemble/ensemble.h"

/* Sort each set, drop what is repeated, make -0 to 0; ensemble->set_members is adjusted. No member may be NaN. False: out of memory. */
bool ot_members_normalise(ot_ensemble *ensemble, ot_arena *scratch);

#endif
