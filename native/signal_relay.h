#pragma once

namespace port_for {

/**
 * Passes signals that are sent to this process on to a child, as a command has to that runs another one. What
 * the terminal sends (Ctrl-C) reaches the child by itself, which is in the same process group, and is not
 * sent to it twice: only the kernel's word on the sender tells these apart, so this cannot be done in
 * JavaScript. From `catch_signals()` on signals are kept, and given to the child when there is one; the same
 * for each further child. Does nothing on Windows, which has no such signals.
 */
void catch_signals();
void relay_signals_to(int child);
/** The child has ended: what is sent from here on is for nobody. */
void end_signal_relay();
/** The last signal that asked this process to end, by number; 0 for none. */
int ending_signal();

}  // namespace port_for
