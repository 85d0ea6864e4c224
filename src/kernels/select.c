#include "kernels/select.h"

#include <string.h>

static const ot_kernel *const kernels[] = {&ot_kernel_walk, &ot_kernel_reference};

const ot_kernel *ot_kernel_at(size_t index) { return index < sizeof kernels / sizeof *kernels ? kernels[index] : NULL; }

const ot_kernel *ot_kernel_select(const char *name) {
  if (!name || strcmp(name, "auto") == 0) return kernels[0];
  for (size_t i = 0; ot_kernel_at(i); i++)
    if (strcmp(kernels[i]->name, name) == 0) return kernels[i];
  return NULL;
}
