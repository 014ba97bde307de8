#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "raw.h"

/** As many as an idle program has: its input, both outputs, and one of its own. */
enum { DESCRIPTORS = 4 };

void make_processes(int count) {
  const pid_t parent = getpid();
  for (int made = 0; made < count; made++) {
    const pid_t child = fork();
    if (child < 0) die("fork");
    if (child > 0) continue;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) _exit(1);
    for (int descriptor = 3; descriptor < DESCRIPTORS; descriptor++) dup2(STDIN_FILENO, descriptor);
    pause();
    _exit(0);
  }
  printf("%d\n", count * DESCRIPTORS);
  fflush(stdout);
  for (char unused; read(STDIN_FILENO, &unused, 1) > 0;) continue;
}
