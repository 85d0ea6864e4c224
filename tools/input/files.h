/* Lists of files, from names of files and folders. */
#ifndef TOOLS_INPUT_FILES_H
#define TOOLS_INPUT_FILES_H

#include <stddef.h>

#include "cli/message.h"

struct files {
  char **paths;
  size_t count;
  size_t capacity;
};

/* Add a file; or of a folder, sorted by name, the files in it and in the folders below whose names end in `extension`. Symbolic links to
 * folders are not followed. What does not exist is added as it is, to fail when it is read. */
enum exit_code files_add(struct files *files, const char *path, const char *extension, struct failure *failure);
void files_free(struct files *files);

#endif
