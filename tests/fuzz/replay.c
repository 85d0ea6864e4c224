/* Runs a fuzz target without libFuzzer.
 *   target PACK...              every input of the packs: an ordinary test
 *   target --pack PACK FILE...  makes a pack of files
 *   target --unpack PACK DIR    makes files of a pack, for libFuzzer
 * A pack is a sequence of inputs, each behind its length in four little-endian bytes: thousands of tiny files would be a burden in a repository. */
#include <string.h>

#include "fuzz/fuzz.h"

static unsigned char *read_file(const char *path, size_t *size) {
  FILE *file = fopen(path, "rb");
  if (!file) {
    perror(path);
    exit(EXIT_FAILURE);
  }
  fseek(file, 0, SEEK_END);
  long end = ftell(file);
  rewind(file);
  unsigned char *bytes = malloc(end > 0 ? (size_t)end : 1);
  *size = bytes ? fread(bytes, 1, end > 0 ? (size_t)end : 0, file) : 0;
  fclose(file);
  return bytes;
}

static void write_input(const char *path, const char *mode, const unsigned char *bytes, size_t size, bool with_length) {
  FILE *file = fopen(path, mode);
  unsigned char length[4] = {(unsigned char)size, (unsigned char)(size >> 8), (unsigned char)(size >> 16), (unsigned char)(size >> 24)};
  if (!file || (with_length && fwrite(length, 1, 4, file) != 4) || fwrite(bytes, 1, size, file) != size || fclose(file) != 0) {
    perror(path);
    exit(EXIT_FAILURE);
  }
}

/* Calls the target with each input, in memory of exactly its size; or writes each to `directory`. */
static size_t each_input(const char *pack, const char *directory) {
  size_t size, count = 0;
  unsigned char *bytes = read_file(pack, &size);
  for (size_t at = 0; at + 4 <= size; count++) {
    size_t length = bytes[at] | (size_t)bytes[at + 1] << 8 | (size_t)bytes[at + 2] << 16 | (size_t)bytes[at + 3] << 24;
    at += 4;
    FUZZ_CHECK(length <= size - at);
    if (directory) {
      char path[4096];
      snprintf(path, sizeof path, "%s/seed-%06zu", directory, count);
      write_input(path, "wb", bytes + at, length, false);
    } else {
      unsigned char *copy = malloc(length ? length : 1);
      memcpy(copy, bytes + at, length);
      LLVMFuzzerTestOneInput(copy, length);
      free(copy);
    }
    at += length;
  }
  free(bytes);
  return count;
}

static int pack(const char *path, char **files, int count) {
  remove(path);
  for (int i = 0; i < count; i++) {
    size_t size;
    unsigned char *bytes = read_file(files[i], &size);
    write_input(path, "ab", bytes, size, true);
    free(bytes);
  }
  return EXIT_SUCCESS;
}

int main(int argc, char **argv) {
  if (argc > 3 && strcmp(argv[1], "--pack") == 0) return pack(argv[2], argv + 3, argc - 3);
  if (argc == 4 && strcmp(argv[1], "--unpack") == 0) return each_input(argv[2], argv[3]) ? EXIT_SUCCESS : EXIT_FAILURE;
  size_t count = 0;
  for (int i = 1; i < argc; i++) count += each_input(argv[i], NULL);
  printf("%zu inputs\n", count);
  return count ? EXIT_SUCCESS : EXIT_FAILURE;
}
