#include "random_seed.h"

#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>

namespace port_for {

Result<uint64_t> random_seed() {
  uint64_t seed;
  // glibc has a function for it since 2.25 only. So few bytes come whole or not at all (getrandom(2)).
  while (syscall(SYS_getrandom, &seed, sizeof seed, 0) < 0) {
    if (errno != EINTR) return Fault{errno, "getrandom"};
  }
  return seed;
}

}  // namespace port_for
