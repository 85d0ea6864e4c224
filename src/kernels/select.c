#include "kernels/select.h"

#include <string.h>

static const ot_kernel *const kernels[] = {
#ifdef ONNXTREE_X86_KERNELS
    &ot_kernel_sliced_avx512, &ot_kernel_sliced_avx2,
#endif
#ifdef ONNXTREE_NEON_KERNELS
    &ot_kernel_sliced_neon,
#endif
    &ot_kernel_sliced_portable,
#ifdef ONNXTREE_X86_KERNELS
    &ot_kernel_walk_avx512,
#endif
    &ot_kernel_walk, &ot_kernel_reference};

const ot_kernel *ot_kernel_at(size_t index) {
  for (size_t i = 0; i < sizeof kernels / sizeof *kernels; i++) {
    if (kernels[i]->is_supported && !kernels[i]->is_supported()) continue;
    if (index-- == 0) return kernels[i];
  }
  return NULL;
}

bool ot_kernel_is_auto(const char *name) { return !name || strcmp(name, "auto") == 0; }

const ot_kernel *ot_kernel_named(const char *name) {
  const ot_kernel *kernel;
  for (size_t i = 0; (kernel = ot_kernel_at(i)) != NULL; i++)
    if (strcmp(kernel->name, name) == 0) return kernel;
  return NULL;
}
