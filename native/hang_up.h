#pragma once

#include <chrono>
#include <vector>

#include "socket.h"

namespace port_for {

/**
 * Ends connected sockets as a client does: sends a FIN, then reads and drops what the peers say until they
 * close their ends too, or until `patience` is over. Blocks; leaves the descriptors open. Does nothing on
 * Windows.
 */
void hang_up(const std::vector<int>& descriptors, std::chrono::milliseconds patience);

/** Another descriptor of the same socket; none where no more can be opened, and on Windows. */
Socket duplicate_of(int descriptor);

}  // namespace port_for
