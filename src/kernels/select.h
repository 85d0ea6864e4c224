/* The table of kernels, best first. */
#ifndef OT_KERNELS_SELECT_H
#define OT_KERNELS_SELECT_H

#include "kernels/kernel.h"

/* The i-th kernel that this CPU can run, or NULL past the last. */
const ot_kernel *ot_kernel_at(size_t index);

/* Whether a name (NULL or "auto") leaves the choice to us. */
bool ot_kernel_is_auto(const char *name);

/* The kernel of that name that this CPU can run, or NULL. */
const ot_kernel *ot_kernel_named(const char *name);

#endif
