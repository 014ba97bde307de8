#include <stdlib.h>
#include <sys/random.h>
#include <unistd.h>

#include "raw.h"

// Picks and leases: ports in random order, each bound, and connected to on the loopback of both families
// while it is.

static uint16_t random_port(void) {
  // From where neither the kernel nor many services take ports.
  enum { LOW = 20000, COUNT = 10000 };
  uint32_t random;
  if (getrandom(&random, sizeof random, 0) != sizeof random) die("getrandom");
  return (uint16_t)(LOW + random % COUNT);
}

/** A socket that holds a free port, or -1. */
static int hold(int* v4, int* v6) {
  const uint16_t port = random_port();
  const int held = bind_dual_stack(port);
  if (held < 0) return -1;
  const struct sockaddr_in on_v4 = loopback_v4(port);
  const struct sockaddr_in6 on_v6 = loopback_v6(port);
  if (is_refused(v4, (const struct sockaddr*)&on_v4, sizeof on_v4) &&
      is_refused(v6, (const struct sockaddr*)&on_v6, sizeof on_v6))
    return held;
  close(held);
  return -1;
}

static int compare(const void* left, const void* right) {
  const int64_t a = *(const int64_t*)left, b = *(const int64_t*)right;
  return (a > b) - (a < b);
}

int64_t measure_pick(int count) {
  int v4 = -1, v6 = -1;
  int64_t* taken = calloc((size_t)count, sizeof *taken);
  if (taken == NULL) die("calloc");
  for (int picked = 0; picked < count; picked++) {
    const int64_t start = now();
    int held = -1;
    while (held < 0) held = hold(&v4, &v6);
    close(held);
    taken[picked] = now() - start;
  }
  qsort(taken, (size_t)count, sizeof *taken, compare);
  const int64_t median = taken[count / 2];
  free(taken);
  return median;
}

int64_t measure_leases(int count) {
  int v4 = -1, v6 = -1;
  const int64_t start = now();
  for (int leased = 0; leased < count;) {
    const int held = hold(&v4, &v6);
    if (held < 0) continue;
    const int on = 1;
    setsockopt(held, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    leased++;
  }
  return now() - start;  // The end of the process lets them go.
}
