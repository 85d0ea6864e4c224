/* Loading a model as the commands do: warnings go to stderr, a refusal says how to see everything. */
#ifndef TOOLS_LOAD_H
#define TOOLS_LOAD_H

#include <onnxtree/onnxtree.h>

#include "cli/message.h"
#include "text/sha256.h"

/* `options` as the caller set them; its problem callback is replaced. On success *model is the caller's. */
enum exit_code load_model(const char *path, const onnxtree_load_options *options, onnxtree_model **model, struct failure *failure);

/* SHA-256 of the model's file in hexadecimal digits; "" if it is no regular file. */
enum exit_code hash_model(const char *path, char sha256[SHA256_TEXT_SIZE], struct failure *failure);

/* Check that `name` is "auto" or a kernel of this library; the failure lists them. */
enum exit_code check_kernel_name(const char *name, struct failure *failure);

#endif
