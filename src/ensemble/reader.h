/* Reads a tree ensemble in either of its forms: lists of nodes and weights with ids (TreeEnsembleClassifier and TreeEnsembleRegressor, ai.onnx.ml 1
 * and 3), or tests and leaves that refer to each other by position (TreeEnsemble, ai.onnx.ml 5). */
#ifndef OT_ENSEMBLE_READER_H
#define OT_ENSEMBLE_READER_H

#include "base/arena.h"
#include "base/problems.h"
#include "ensemble/ensemble.h"
#include "ensemble/finish.h"
#include "onnx/decode.h"

typedef struct ot_reader_options {
  bool classifier;       /* else a regressor */
  int version;           /* of the operator: 1, 3 or 5 */
  size_t column_count;   /* of the input; 0: unknown */
  bool double_input;     /* compare and sum in double */
  bool compat_onnxruntime;
  const onnxtree_limits *limits;
} ot_reader_options;

/* Fill `ensemble` and `finish` from the node's attributes. The result lives in `arena`; `scratch` may be freed afterwards.
 * `place` names the node in messages. False, with every problem that could be found reported, if the node is refused. */
bool ot_ensemble_read(ot_ensemble *ensemble, ot_finish *finish, const Onnxtree__Pb__NodeProto *node, const ot_reader_options *options,
                      const char *place, ot_arena *arena, ot_arena *scratch, ot_problems *problems);

/* The same for TreeEnsemble; options->classifier is false. */
bool ot_ensemble_read_indexed(ot_ensemble *ensemble, ot_finish *finish, const Onnxtree__Pb__NodeProto *node, const ot_reader_options *options,
                              const char *place, ot_arena *arena, ot_arena *scratch, ot_problems *problems);

#endif
