/* What one thread needs to score a chunk: memory for a block of rows and its results, and a workspace of the model. */
#ifndef TOOLS_RUN_BLOCK_H
#define TOOLS_RUN_BLOCK_H

#include "run/bind.h"
#include "run/results.h"

struct block {
  const onnxtree_model *model;
  size_t capacity; /* rows */
  onnxtree_tensor *inputs;
  size_t input_count;
  struct field *fields; /* [columns of the data] */
  struct results results;
  onnxtree_tensor *outputs; /* those results that the model computes */
  size_t output_count;
  onnxtree_workspace *workspace;
  struct chunk chunk;
  struct buffer text; /* results of the chunk as they go into the file */
  uint64_t rows;      /* of the text */
};

enum exit_code block_create(const onnxtree_model *model, const struct binding *binding, const struct reader *reader, const struct results *plan,
                            size_t rows, struct block *block, struct failure *failure);

/* Evaluate the rows that the inputs hold. */
enum exit_code block_evaluate(struct block *block, size_t rows, struct failure *failure);

/* Read, evaluate and format the rows of block->chunk. On failure the text has the rows before the bad one. */
enum exit_code block_score(struct block *block, const struct reader *reader, const struct writer *writer, struct failure *failure);

void block_free(struct block *block);

#endif
