#define _POSIX_C_SOURCE 200809L

#include "input/files.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "text/printable.h"

static bool push(struct files *files, char *path) {
  if (!path) return false;
  if (files->count == files->capacity) {
    size_t capacity = files->capacity * 2 + 16;
    char **paths = realloc(files->paths, capacity * sizeof *paths);
    if (!paths) {
      free(path);
      return false;
    }
    files->paths = paths;
    files->capacity = capacity;
  }
  files->paths[files->count++] = path;
  return true;
}

static char *join(const char *folder, const char *name) {
  size_t folder_size = strlen(folder);
  size_t size = folder_size + strlen(name) + 2;
  char *path = malloc(size);
  if (path) (void)snprintf(path, size, "%s%s%s", folder, folder_size > 0 && folder[folder_size - 1] != '/' ? "/" : "", name);
  return path;
}

static bool ends_with(const char *text, const char *end) {
  size_t size = strlen(text);
  size_t end_size = strlen(end);
  return size >= end_size && strcmp(text + size - end_size, end) == 0;
}

/* What a folder has: files that are wanted to `files`, folders to `folders`. */
static enum exit_code list_folder(const char *folder, const char *extension, struct files *files, struct files *folders, struct failure *failure) {
  char shown[PRINTABLE_SIZE];
  DIR *listing = opendir(folder);
  if (!listing)
    return fail(failure, IO_FAILED, "%s: cannot be opened: %s", printable(shown, sizeof shown, folder, strlen(folder)), strerror(errno));
  enum exit_code code = OK;
  for (const struct dirent *entry; code == OK && (entry = readdir(listing)) != NULL;) {
    if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) continue;
    char *path = join(folder, entry->d_name);
    struct stat status;
    bool exists = path && lstat(path, &status) == 0;
    struct files *list = exists && S_ISDIR(status.st_mode) ? folders : exists && ends_with(path, extension) ? files : NULL;
    if (list) {
      code = push(list, path) ? OK : fail_memory(failure);
    } else {
      code = path ? OK : fail_memory(failure);
      free(path);
    }
  }
  (void)closedir(listing);
  return code;
}

static int compare_names(const void *one, const void *other) { return strcmp(*(char *const *)one, *(char *const *)other); }

enum exit_code files_add(struct files *files, const char *path, const char *extension, struct failure *failure) {
  struct stat status;
  bool is_folder = stat(path, &status) == 0 && S_ISDIR(status.st_mode);
  if (!is_folder) return push(files, strdup(path)) ? OK : fail_memory(failure);

  size_t first = files->count;
  struct files folders = {0};
  enum exit_code code = push(&folders, strdup(path)) ? OK : fail_memory(failure);
  for (size_t i = 0; code == OK && i < folders.count; i++) code = list_folder(folders.paths[i], extension, files, &folders, failure);
  files_free(&folders);
  if (files->count > first) qsort(files->paths + first, files->count - first, sizeof *files->paths, compare_names);
  return code;
}

void files_free(struct files *files) {
  for (size_t i = 0; i < files->count; i++) free(files->paths[i]);
  free(files->paths);
  *files = (struct files){0};
}
