/* The table of kernels, best first. */
#ifndef OT_KERNELS_SELECT_H
#define OT_KERNELS_SELECT_H

#include "kernels/kernel.h"

/* The i-th kernel that this CPU can run, or NULL past the last. */
const ot_kernel *ot_kernel_at(size_t index);

/* The kernel of that name; NULL or "auto" asks for the best. NULL if there is none. */
const ot_kernel *ot_kernel_select(const char *name);

#endif
