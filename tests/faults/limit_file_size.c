/* limit_file_size BYTES COMMAND...: files that the command writes may not grow beyond BYTES; the write that would fails with EFBIG, as on a full
 * disk. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

int main(int argc, char **argv) {
  if (argc < 3) return 2;
  struct rlimit limit = {strtoul(argv[1], NULL, 10), RLIM_INFINITY};
  if (signal(SIGXFSZ, SIG_IGN) == SIG_ERR || setrlimit(RLIMIT_FSIZE, &limit) != 0) return 1;
  execv(argv[2], argv + 2);
  perror(argv[2]);
  return 1;
}
