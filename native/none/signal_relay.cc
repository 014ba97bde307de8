#include "signal_relay.h"

namespace port_for {

// On Windows Ctrl-C reaches every process of the console, and there is no other signal to pass on.
void catch_signals() {}

void relay_signals_to(int) {}

void end_signal_relay() {}

int ending_signal() {
  return 0;
}

}  // namespace port_for
