#pragma once

#include <climits>

#include "socket.h"

namespace port_for {

/** An interface that is never there: the kernel counts them from 1 on and never gets so far. */
constexpr int kNoInterface = INT_MAX;

/**
 * Ties a socket to an interface: it takes in only what comes by that one. A user may do so once for a socket,
 * from Linux 5.7 on; root may always. Returns 0 or an errno value.
 */
int tie_to_interface(const Socket& socket, int interface);
/** The interface that a socket is tied to; 0 for none. */
int tied_interface(const Socket& socket);
/** Sets it free again: a datagram socket always, a TCP socket with privilege (CAP_NET_RAW). */
int untie(const Socket& socket);

}  // namespace port_for
