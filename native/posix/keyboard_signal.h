#pragma once

#include <signal.h>

namespace port_for {

/**
 * Whether the terminal sent a signal (Ctrl-C, Ctrl-\), which it sends to every process of its foreground
 * group. Called in a signal handler.
 */
bool is_from_keyboard(int signal, const siginfo_t& info);

}  // namespace port_for
