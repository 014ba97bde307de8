#pragma once

namespace port_for {

/**
 * Takes the exclusive lock of an open file without waiting: 0, EWOULDBLOCK while somebody else has it, or the
 * error. The lock belongs to the open file: it goes with its last descriptor, also when the process is
 * killed.
 */
int try_lock_file(int descriptor);

}  // namespace port_for
