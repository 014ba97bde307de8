#pragma once

#include "address.h"
#include "bind_probe.h"
#include "outcome.h"

namespace port_for {

/** A socket for a server on a port that is held exclusively, and how others were kept out while it was made.
 */
struct ServerSocket {
  enum class Way {
    kHeld,  // It is the socket that holds the port, shared with the server.
    kKept,  // It was bound beside that socket, at no moment of which another socket could be.
    kGate,  // Sockets with SO_REUSEADDR were admitted while it was bound: look for them.
  };
  Socket socket;
  Way way;
};

/**
 * Makes a socket of `transport` that listens (TCP) or is bound (UDP) at `place`, or without one where the
 * port is held. `held` holds the port exclusively, and goes on doing so.
 */
Result<ServerSocket> open_server_socket(HeldPort& held, Transport transport, const Address* place,
                                        bool is_ipv6_only);

/** Makes held sockets that listen for a server hold their port only, as before. */
void end_listening(HeldPort& held);

/** Makes a held socket fit for others to use: it takes in what comes for it again. Answers 0 or an errno
 * value. */
int make_usable(Socket& held);

/** Makes held sockets what a service manager passes on: TCP sockets listen, none returns early. 0, or an
 * errno value. */
int activate(HeldPort& held);
/** Makes calls on a socket wait. */
int set_blocking(SocketHandle socket);

}  // namespace port_for
