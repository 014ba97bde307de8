#include "posix/keyboard_signal.h"

#include <fcntl.h>
#include <unistd.h>

namespace port_for {

namespace {

/** Whether this process belongs to the foreground of its terminal, if it has one. */
bool is_in_foreground() {
  const int terminal = open("/dev/tty", O_RDONLY | O_NOCTTY | O_CLOEXEC);
  if (terminal < 0) return false;
  const bool is_foreground = tcgetpgrp(terminal) == getpgrp();
  close(terminal);
  return is_foreground;
}

}  // namespace

// XNU marks no signal as the kernel's: the sender of Ctrl-C is the process that passed the key on to the
// terminal, such as Terminal, sshd or tmux (psignal_internal in bsd/kern/kern_sig.c). That one serves our
// session and is no member of it. A SIGINT that a process of another session sends to us while we are in the
// foreground looks the same; a child that misses one is better than one that gets each Ctrl-C twice and takes
// it for "at once".
bool is_from_keyboard(int signal, const siginfo_t& info) {
  if (signal != SIGINT && signal != SIGQUIT) return false;
  return info.si_pid == 0 || (getsid(info.si_pid) != getsid(0) && is_in_foreground());
}

}  // namespace port_for
