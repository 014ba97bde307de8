#include <sys/resource.h>

#include <cerrno>

#include "thread.h"

namespace port_for {

void lower_thread_priority() {
  // On Linux, against POSIX, a nice value belongs to the thread (setpriority(2), "C library/kernel
  // differences"). Relative to what the user gave the process, up to the kernel's own limit of 19.
  constexpr int kNicer = 5;
  errno = 0;
  const int nice = getpriority(PRIO_PROCESS, 0);
  if (errno == 0) setpriority(PRIO_PROCESS, 0, nice + kNicer);
}

}  // namespace port_for
