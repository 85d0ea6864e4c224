/* What an onnxtree_model is inside. */
#ifndef OT_API_MODEL_H
#define OT_API_MODEL_H

#include <onnxtree/onnxtree.h>

#include "base/arena.h"
#include "plan/plan.h"

typedef struct ot_property {
  const char *key, *value;
} ot_property;

struct onnxtree_model {
  ot_memory memory; /* every byte of the model is counted here */
  ot_arena arena;
  ot_plan plan;
  onnxtree_model_metadata metadata;
  ot_property *properties;
  uint64_t file_bytes;
  uint64_t peak_load_bytes;
  uint64_t model_bytes;
  uint64_t max_scratch_bytes;
  size_t block_rows;
  int label_output, score_output;
};

/* Fill as much of the caller's record as its struct_size covers; the size itself stays. */
onnxtree_status ot_fill_info(void *to, size_t to_size, const void *from, size_t from_size);

/* The step of the index-th tree operator, or NULL. */
const ot_step *ot_model_ensemble_step(const onnxtree_model *model, size_t ensemble);

#endif
