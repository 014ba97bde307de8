#include "process_handle.h"

#include <poll.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>

namespace port_for {

namespace {

// The same on every architecture; missing from the headers of systems older than the kernels they run on.
#ifndef SYS_pidfd_send_signal
#define SYS_pidfd_send_signal 424
#endif
#ifndef SYS_pidfd_open
#define SYS_pidfd_open 434
#endif

}  // namespace

ProcessHandle::~ProcessHandle() {
  if (is_open_) close(descriptor_);
}

// From Linux 5.3 on; the kernel closes the descriptor in a child that executes a program.
Result<ProcessHandle> ProcessHandle::open(uint32_t pid) {
  const long descriptor = syscall(SYS_pidfd_open, static_cast<pid_t>(pid), 0);
  if (descriptor < 0) return Fault{errno, "pidfd_open"};
  return ProcessHandle(static_cast<int>(descriptor));
}

int ProcessHandle::send(int signal) const {
  return syscall(SYS_pidfd_send_signal, descriptor_, signal, nullptr, 0) == 0 ? 0 : errno;
}

// It becomes readable when the process has ended, whether its parent has collected it or not.
bool ProcessHandle::has_ended() const {
  pollfd entry{descriptor_, POLLIN, 0};
  return poll(&entry, 1, 0) == 1;
}

}  // namespace port_for
