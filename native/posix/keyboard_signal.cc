#include "keyboard_signal.h"

namespace port_for {

bool is_from_keyboard(int signal, const siginfo_t& info) {
  if (signal != SIGINT && signal != SIGQUIT) return false;
#ifdef SI_KERNEL
  return info.si_code == SI_KERNEL;
#else
  return info.si_pid == 0;
#endif
}

}  // namespace port_for
