#include <sys/resource.h>

#include "thread.h"

namespace port_for {

void lower_thread_priority() {
  // On Linux, against POSIX, a nice value belongs to the thread (setpriority(2), "C library/kernel
  // differences").
  constexpr int kNice = 5;
  setpriority(PRIO_PROCESS, 0, kNice);
}

}  // namespace port_for
