#include "support/guarded_memory.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

guarded_memory guarded_allocate(size_t bytes, size_t alignment) {
  size_t page = (size_t)sysconf(_SC_PAGESIZE), used = (bytes + page - 1) / page * page, total = used + 2 * page;
  char *pages = mmap(NULL, total, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (pages == MAP_FAILED || mprotect(pages, page, PROT_NONE) || mprotect(pages + page + used, page, PROT_NONE)) {
    perror("guarded memory");
    exit(EXIT_FAILURE);
  }
  memset(pages + page, 0xA5, used); /* what is not written does not look like a result */
  return (guarded_memory){pages + page + used - (bytes + alignment - 1) / alignment * alignment, pages, total};
}

size_t guarded_rows(guarded_memory *memory, size_t rows, size_t bytes) {
  size_t page = (size_t)sysconf(_SC_PAGESIZE), block = (bytes + page - 1) / page * page, stride = block + page, total = rows * stride;
  char *pages = mmap(NULL, total, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  bool good = pages != MAP_FAILED;
  for (size_t i = 0; good && i < rows; i++) good = mprotect(pages + i * stride + block, page, PROT_NONE) == 0;
  if (!good) {
    perror("guarded rows");
    exit(EXIT_FAILURE);
  }
  *memory = (guarded_memory){pages + block - bytes, pages, total};
  return stride;
}

void guarded_free(guarded_memory *memory) { munmap(memory->pages, memory->page_bytes); }
