#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

#include "raw.h"

static void raise_descriptor_limit(void) {
  struct rlimit limit;
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) die("getrlimit");
  limit.rlim_cur = limit.rlim_max;
  if (setrlimit(RLIMIT_NOFILE, &limit) != 0) die("setrlimit");
}

void occupy(int low, int count, int step) {
  raise_descriptor_limit();
  int occupied = 0;
  for (int port = low; port <= LAST_PORT && occupied < count; port += step) {
    const int descriptor = bind_dual_stack((uint16_t)port);
    if (descriptor < 0) continue;
    // Nobody accepts: there must be room for all connections that a scan of the port makes, even when they
    // are gone.
    if (listen(descriptor, SOMAXCONN) != 0) die("listen");
    occupied++;
  }
  printf("%d\n", occupied);
  fflush(stdout);
  for (char unused; read(STDIN_FILENO, &unused, 1) > 0;) continue;
}
